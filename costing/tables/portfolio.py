"""What many engagements cost together: donors, budgets that are over, and the engagements behind one figure."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from costing.domain.arithmetic import exact_sum
from costing.domain.comparison import Bases
from costing.domain.conversion import Unit
from costing.domain.summary import UNASSIGNED, AskedFigure
from costing.selectors.costs import MemberCost
from costing.tables.explain import explain_address, figure_words
from programmes.models import Engagement
from ta_portal.ui import formats
from ta_portal.ui.explanations import Explanation
from ta_portal.ui.tables import Column, Table

MOST_OVER = 10


def donor_table(donors: Mapping[str, Bases], names: Mapping[str, str], unit: Unit) -> Table[tuple[str, Bases]]:
    """What is charged to each donor, on each basis."""

    def amounts(heading: str, name: str) -> Column[tuple[str, Bases]]:
        total = exact_sum(getattr(row, name) for row in donors.values())
        return Column(
            heading,
            lambda row: formats.number(getattr(row[1], name), unit.digits),
            numeric=True,
            total=formats.number(total, unit.digits),
        )

    rows = sorted(donors.items(), key=lambda row: (row[0] == UNASSIGNED, -row[1].actual, row[0]))
    return Table(
        name="donors",
        caption=_("All that is charged, by donor, %(currency)s") % {"currency": unit.code},
        columns=[
            Column(_("Donor"), lambda row: _donor(row[0], names), total=_("Total")),
            amounts(_("Planned"), "planned"),
            amounts(_("Committed"), "committed"),
            amounts(_("Actual"), "actual"),
        ],
        rows=rows,
        empty=_("No costs are recorded."),
    )


def over_lines(
    over: Mapping[int, Decimal], engagements: Mapping[int, Engagement], unit: Unit
) -> list[dict[str, object]]:
    """The engagements that spent more than their budget, the most first."""
    return [
        {
            "url": reverse("costing:costs", args=[engagements[key].ref]),
            "title": formats.bdi(engagements[key].title),
            "ref": formats.bdi(engagements[key].ref, "ltr"),
            "amount": formats.money(amount, unit.code, unit.digits),
        }
        for key, amount in sorted(over.items(), key=lambda row: -row[1])[:MOST_OVER]
        if key in engagements
    ]


def members_explained(
    asked: AskedFigure, figure: Decimal, members: Sequence[MemberCost], unit: Unit, opened: Collection[str]
) -> Explanation:
    """A figure of the portfolio as the sum of its engagements' own.

    Each is explained at its own address to those to whom it is open (`opened`, references of engagements); to others it
    leads to the costs that they may see.
    """
    left_out = sum(member.left_out for member in members)
    foot = exact_sum(member.amount for member in members if member.amount is not None)
    return Explanation(
        what=figure_words(asked, unit, {}),
        figure=formats.number(figure, unit.digits),
        rule=_(
            "Each engagement's own figure in this currency; every item was converted and rounded before it was added."
        ),
        tables=[_member_table(asked, members, unit, foot, opened)],
        foot=formats.number(foot, unit.digits),
        notes=[
            ngettext(
                "%(count)d item is left out: there is no rate to convert it with.",
                "%(count)d items are left out: there is no rate to convert them with.",
                left_out,
            )
            % {"count": left_out}
        ]
        if left_out
        else [],
    )


def _member_table(
    asked: AskedFigure, members: Sequence[MemberCost], unit: Unit, total: Decimal, opened: Collection[str]
) -> Table[MemberCost]:
    return Table(
        name="members",
        caption=_("Engagements"),
        columns=[
            Column(_("Engagement"), lambda row: _member(row, asked, unit, is_open=row.ref in opened), total=_("Sum")),
            Column(_("Items"), lambda row: formats.number(row.items), numeric=True),
            Column(_("Left out"), lambda row: formats.number(row.left_out), numeric=True),
            Column(
                unit.code,
                lambda row: formats.number(row.amount or Decimal(0), unit.digits),
                numeric=True,
                total=formats.number(total, unit.digits),
            ),
        ],
        rows=members,
        empty=_("Nothing is recorded, so the figure is 0."),
        stacked=True,
    )


def _member(row: MemberCost, asked: AskedFigure, unit: Unit, *, is_open: bool) -> SafeString:
    told = {"basis": asked.figure, "group": asked.group, "currency": unit.code, "as_of": asked.as_of.isoformat()}
    address = explain_address(row.ref, **told) if is_open else reverse("costing:costs", args=[row.ref])
    name, code = formats.bdi(row.title), formats.bdi(row.ref, "ltr")
    return format_html('<a href="{}">{}</a><small>{}</small>', address, name, code)


def _donor(code: str, names: Mapping[str, str]) -> SafeString | str:
    if code == UNASSIGNED:
        return _("No agreement named")
    return format_html('<a href="{}">{}</a>', reverse("donor", args=[code]), formats.bdi(names.get(code, code)))
