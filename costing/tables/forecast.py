"""What a forecast is made of: category by category of an engagement, engagement by engagement of a portfolio."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.core.paginator import Page
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from costing.domain.arithmetic import exact_sum
from costing.domain.conversion import Unit
from costing.domain.forecast import Forecast, Outlook, falls_in, forecast_of, outlooks
from costing.domain.items import Bucket
from costing.domain.summary import UNCATEGORISED, AskedFigure
from costing.domain.vocabulary import Basis, Category, Outside
from costing.selectors.costs import ExplainedItem, MemberCost, SaidOutlook
from costing.tables.explain import figure_words, group_words, left_out_notes, paged_items
from ta_portal.ui import formats
from ta_portal.ui.explanations import Explanation
from ta_portal.ui.tables import Column, Table

Part = tuple[Bucket, Outlook]


def forecast_explained(
    asked: AskedFigure,
    forecast: Forecast,
    items: Sequence[ExplainedItem],
    unit: Unit,
    address: Mapping[str, str],
    *,
    page: str,
) -> tuple[Explanation, Page[ExplainedItem]]:
    """The forecast worked out anew from `items`, category by category; and the lines that are planned for later."""
    found = outlooks((one.item for one in items), asked.as_of)
    parts = [(bucket, found[bucket]) for bucket in (*Category, *Outside, None) if bucket in found]
    counted = [one for one in items if one.item.basis is not Basis.PLANNED or one.item.on_date > asked.as_of]
    ahead = [one for one in counted if one.item.basis is Basis.PLANNED]
    lines, on_page = paged_items(ahead, unit, name="ahead", caption=_("Planned to begin later"), page=page)
    explanation = Explanation(
        what=figure_words(asked, unit, {}),
        figure=formats.number(forecast.of(asked.group), unit.digits),
        rule=_(
            "What is spent, and the greater of two amounts: what is committed and not paid, and what is planned to "
            "begin after the day. Each category is worked out by itself, then they are added."
        ),
        tables=[_parts_table(parts, unit, address), lines],
        foot=formats.number(forecast_of(found).of(asked.group), unit.digits),
        notes=left_out_notes(counted),
    )
    return explanation, on_page


def forecast_members(
    group: str, found: Mapping[int, Mapping[Bucket, SaidOutlook]], named: Mapping[int, tuple[str, str]]
) -> list[MemberCost]:
    """What each engagement has of the group's forecast, the most first; `named` says its reference and its title."""
    members = [_member(group, parts, *named[key]) for key, parts in found.items()]
    counted = [one for one in members if one.items]
    return sorted(counted, key=lambda one: (one.amount is None, -(one.amount or 0), one.ref))


def _member(group: str, parts: Mapping[Bucket, SaidOutlook], ref: str, title: str) -> MemberCost:
    said = [one for bucket, one in parts.items() if falls_in(bucket, group)]
    items, left_out = sum(one.items for one in said), sum(one.left_out for one in said)
    amount = exact_sum(one.outlook.forecast for one in said) if items > left_out else None
    return MemberCost(ref, title, amount, items, left_out)


def _parts_table(parts: Sequence[Part], unit: Unit, address: Mapping[str, str]) -> Table[Part]:
    """What each category's forecast comes of; what is spent and what was ordered lead to what they are made of."""

    def amount(part: Part, basis: Basis) -> SafeString:
        query = urlencode({**address, "basis": basis, "group": part[0] or UNCATEGORISED})
        return format_html('<a href="?{}">{}</a>', query, formats.number(getattr(part[1], basis), unit.digits))

    return Table(
        name="parts",
        caption=_("Category by category"),
        columns=[
            Column(_("Category"), lambda part: group_words(part[0] or UNCATEGORISED), total=_("Sum")),
            Column(_("Actual"), lambda part: amount(part, Basis.ACTUAL), numeric=True),
            Column(_("Committed"), lambda part: amount(part, Basis.COMMITTED), numeric=True),
            Column(_("Committed, not paid"), lambda part: formats.number(part[1].unpaid, unit.digits), numeric=True),
            Column(_("Planned for later"), lambda part: formats.number(part[1].ahead, unit.digits), numeric=True),
            Column(
                _("Forecast"),
                lambda part: formats.number(part[1].forecast, unit.digits),
                numeric=True,
                total=formats.number(exact_sum(part[1].forecast for part in parts), unit.digits),
            ),
        ],
        rows=parts,
        empty=_("Nothing is recorded, so the figure is 0."),
        stacked=True,
    )
