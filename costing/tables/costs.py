"""Costs and funding as tables. Amounts are shown in full: a page says what REST says, to the cent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from costing.domain.arithmetic import ZERO
from costing.domain.comparison import CostComparison, CostRow, RunningSum
from costing.domain.conversion import Unit
from costing.domain.forecast import Forecast
from costing.domain.funding import DonorFunding, Funding
from costing.domain.items import Unconverted
from costing.domain.summary import CHARGED, TOTAL, UNASSIGNED, UNCATEGORISED, CostSummary
from costing.domain.vocabulary import By, Category
from costing.models import CostLine
from costing.words import CATEGORIES, GROUPINGS, ITEMS, OUTSIDE, REASONS
from programmes.models import Engagement, FundingAgreement, Workstream
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table

Names = Mapping[str, str]
# A bullet's scale ends beyond the plan, so that what is over it can be seen.
ROOM_BEYOND_PLAN = Decimal("1.3")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison: what it is, its figures, and the end of its bullet's scale."""

    key: str
    name: str | Promise
    row: CostRow
    share: Decimal | None = None
    forecast: Decimal | None = None

    @property
    def top(self) -> Decimal:
        reached = (self.row.committed, self.row.actual, self.forecast or ZERO)
        return max(self.row.planned * ROOM_BEYOND_PLAN, *reached)

    @property
    def is_over(self) -> bool:
        return self.row.variance > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What costing/_comparison.html draws: the formula's parts and total, what stands beside it, and all of it."""

    heading: str | Promise
    currency: Unit
    lines: list[Line]
    total: Line
    beside: list[Line]
    charged: Line | None
    with_native: bool
    with_forecast: bool
    explain: str = ""


def comparison_lines(
    costs: CostComparison, names: Names, explain: str = "", forecast: Forecast | None = None
) -> Comparison:
    """The comparison in the reader's words. Lines beside the formula stand only where there are any.

    `explain` is the address at which its figures are explained, to be ended with which; empty where they are not.
    """

    def line(key: str, name: str | SafeString | Promise, row: CostRow, share: Decimal | None = None) -> Line:
        return Line(key, name, row, share, forecast.of(key) if forecast else None)

    beside = [line(*found) for found in _beside(costs)]
    return Comparison(
        heading=GROUPINGS[costs.question.by],
        currency=costs.question.currency,
        lines=[
            line(key, group_name(key, costs.question.by, names), row, costs.share_of_actual_pct(row))
            for key, row in costs.groups.items()
        ],
        total=line(TOTAL, _("Total"), costs.total),
        beside=beside,
        charged=line(CHARGED, _("All that is charged"), costs.charged) if beside else None,
        with_native=costs.question.by is By.CURRENCY,
        with_forecast=forecast is not None,
        explain=explain,
    )


def running_table(sums: Sequence[RunningSum], currency: Unit) -> Table[RunningSum]:
    """The formula's running sums, a line for each period."""
    return Table(
        name="running",
        caption=_("Costs from the beginning to the end of each period, %(currency)s") % {"currency": currency.code},
        columns=[
            Column(_("Up to"), lambda one: formats.bdi(one.period, "ltr")),
            Column(_("Planned"), lambda one: formats.number(one.planned, currency.digits), numeric=True),
            Column(_("Actual"), lambda one: _spent(one, currency), numeric=True),
        ],
        rows=sums,
    )


def _spent(one: RunningSum, currency: Unit) -> SafeString:
    return formats.missing(_("not yet")) if one.actual is None else formats.number(one.actual, currency.digits)


def summary_table(costs: CostSummary, names: Names, explain: str = "") -> Table[tuple[str, Decimal]]:
    """One basis: each group's amount. The total is the formula's. Each leads to what it is made of, as above."""
    digits = costs.question.currency.digits

    def amount(group: str, worth: Decimal) -> SafeString:
        shown = formats.number(worth, digits)
        query = urlencode({"basis": costs.basis, "group": group})
        return format_html('<a href="{}&{}">{}</a>', explain, query, shown) if explain else shown

    return Table(
        name="costs",
        caption=gettext_lazy("Costs"),
        columns=[
            Column(
                GROUPINGS[costs.question.by], lambda row: group_name(row[0], costs.question.by, names), total=_("Total")
            ),
            Column(
                costs.question.currency.code,
                lambda row: amount(*row),
                numeric=True,
                total=amount("total", costs.total),
            ),
        ],
        rows=list(costs.groups.items()),
        empty=gettext_lazy("No costs are recorded."),
    )


def beside_formula(costs: CostSummary) -> list[tuple[str | Promise, Decimal]]:
    """What one basis has outside the five categories, and all of it together; nothing if there is none."""
    found: list[tuple[str | Promise, Decimal]] = [(OUTSIDE[kind], amount) for kind, amount in costs.outside.items()]
    if costs.uncategorised:
        found.append((_("No category in the source"), costs.uncategorised))
    return [*found, (_("All that is charged"), costs.charged)] if found else []


def unconverted_table(items: list[Unconverted]) -> Table[Unconverted]:
    """What is left out of every total for want of a rate."""
    return Table(
        name="unconverted",
        caption=gettext_lazy("Left out of the totals"),
        columns=[
            Column(gettext_lazy("What"), lambda item: ITEMS[item.kind]),
            Column(
                gettext_lazy("Category"),
                lambda item: CATEGORIES[item.category] if item.category else formats.missing(_("none")),
            ),
            Column(gettext_lazy("Date"), lambda item: formats.day(item.date)),
            Column(gettext_lazy("Amount"), lambda item: formats.money(item.amount, item.currency), numeric=True),
            Column(gettext_lazy("Why"), lambda item: REASONS[item.reason]),
        ],
        rows=items,
        stacked=True,
    )


def funding_table(money: Funding, names: Names) -> Table[tuple[str, DonorFunding]]:
    """What each donor promised and brought in, in its own currency; what was spent of it, in the programme's."""
    base, digits = money.currency.code, money.currency.digits
    return Table(
        name="funding",
        caption=gettext_lazy("Funding by donor"),
        columns=[
            Column(gettext_lazy("Donor"), lambda row: _donor(row[0], names)),
            Column(gettext_lazy("Committed"), lambda row: _native(row[1], row[1].committed), numeric=True),
            Column(gettext_lazy("Received"), lambda row: _native(row[1], row[1].received), numeric=True),
            Column(gettext_lazy("Undrawn"), lambda row: _native(row[1], row[1].undrawn), numeric=True),
            Column(
                _("Committed, %(currency)s") % {"currency": base},
                lambda row: formats.number(row[1].committed_base, digits),
                numeric=True,
            ),
            Column(
                _("Received, %(currency)s") % {"currency": base},
                lambda row: formats.number(row[1].received_base, digits),
                numeric=True,
            ),
            Column(
                _("Spent, %(currency)s") % {"currency": base},
                lambda row: formats.number(row[1].spent_base, digits),
                numeric=True,
            ),
            Column(
                _("Balance, %(currency)s") % {"currency": base},
                lambda row: formats.number(row[1].balance_base, digits),
                numeric=True,
            ),
            Column(gettext_lazy("Spent of committed"), lambda row: formats.pct(row[1].spent_pct), numeric=True),
        ],
        rows=list(money.donors.items()),
        empty=gettext_lazy("No funding agreement is recorded."),
    )


def agreement_links(engagement: Engagement) -> list[tuple[str, SafeString]]:
    """Where each agreement's entries stand, by its code and its contributor's name."""
    return [
        (reverse("funding", args=[engagement.ref, one.code]), formats.bdi(f"{one.code} · {one.contributor.name}"))
        for one in engagement.agreements.all()
    ]


def funding_lines(money: Funding, names: Names) -> Table[tuple[str, DonorFunding]]:
    """Each donor in one line, in the programme's currency."""
    base, digits = money.currency.code, money.currency.digits
    return Table(
        name="funding",
        caption=_("Funding by donor, %(currency)s") % {"currency": base},
        columns=[
            Column(format_html("{}", formats.bdi(base, "ltr")), lambda row: _donor(row[0], names)),
            Column(gettext_lazy("Committed"), lambda row: formats.number(row[1].committed_base, digits), numeric=True),
            Column(gettext_lazy("Received"), lambda row: formats.number(row[1].received_base, digits), numeric=True),
            Column(gettext_lazy("Spent"), lambda row: formats.number(row[1].spent_base, digits), numeric=True),
            Column(gettext_lazy("Balance"), lambda row: formats.number(row[1].balance_base, digits), numeric=True),
            Column(gettext_lazy("Spent of committed"), lambda row: formats.pct(row[1].spent_pct), numeric=True),
        ],
        rows=list(money.donors.items()),
        empty=gettext_lazy("No funding agreement is recorded."),
    )


def open_items(items: Sequence[Unconverted], *, with_rates: bool) -> list[Unconverted]:
    """Those that this reader may see: a single salary amount leads to a named person's rate."""
    return [item for item in items if with_rates or item.category is not Category.SALARIES]


def group_name(key: str, by: By, names: Names) -> str | SafeString | Promise:
    """What a group is called: the category's word, the workstream's title with its code, the donor's name."""
    if key == UNASSIGNED:
        return _("Not assigned")
    if by is By.CATEGORY:
        return CATEGORIES[key]
    if key in names:
        return format_html("{}<small>{}</small>", formats.bdi(names[key]), formats.bdi(key, "ltr"))
    return formats.bdi(key, "ltr")


def names_of(engagement: Engagement, by: By) -> Names:
    """The names behind the codes of a grouping, where it has some. One query at most."""
    match by:
        case By.WORKSTREAM:
            return dict(Workstream.objects.filter(engagement=engagement).values_list("code", "title"))
        case By.LINE:
            return _line_names(engagement)
        case By.DONOR:
            return donor_names(engagement)
    return {}


def donor_names(engagement: Engagement) -> Names:
    agreements: list[FundingAgreement] = list(engagement.agreements.all())
    return {agreement.contributor.code: agreement.contributor.name for agreement in agreements}


def _line_names(engagement: Engagement) -> Names:
    lines = CostLine.objects.filter(budget__engagement=engagement).order_by("budget__version")
    return dict(lines.values_list("key__code", "description"))


def _beside(costs: CostComparison) -> Iterator[tuple[str, str | Promise, CostRow]]:
    for kind, row in costs.outside.items():
        yield kind, OUTSIDE[kind], row
    if costs.uncategorised.planned or costs.uncategorised.committed or costs.uncategorised.actual:
        yield UNCATEGORISED, _("No category in the source"), costs.uncategorised


def _donor(code: str, names: Names) -> SafeString | str:
    return _("No agreement named") if code == UNASSIGNED else formats.bdi(names.get(code, code))


def _native(money: DonorFunding, amount: Decimal | None) -> SafeString:
    unit = money.unit
    return formats.money(amount, unit.code, unit.digits) if unit else formats.missing(_("in several currencies"))
