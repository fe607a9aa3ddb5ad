"""What one figure of the cost page is made of: lines and entries, each with its rates, down to the figure itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from costing.domain.arithmetic import difference, exact_sum, percentage
from costing.domain.comparison import CostComparison, CostRow
from costing.domain.conversion import Unit
from costing.domain.summary import CHARGED, TOTAL, UNASSIGNED, UNCATEGORISED, AskedFigure
from costing.domain.vocabulary import Basis, By, Category, Figure, Outside
from costing.selectors.costs import ExplainedItem, Quoted
from costing.tables.costs import Names, group_name
from costing.words import CATEGORIES, FIGURES, OUTSIDE, REASONS
from ta_portal.access.permissions import Permission
from ta_portal.money.exact import rounded
from ta_portal.ui import formats
from ta_portal.ui.explanations import Explanation, Withheld
from ta_portal.ui.roles import who_grants
from ta_portal.ui.tables import Column, Table

ITEMS_ON_A_PAGE = 100
# A rate is shown with as many decimals as its source may give.
RATE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item, or many of them in one sum: those that this reader does not see, or that stand on other pages."""

    worth: Decimal
    shown: ExplainedItem | None = None
    count: int = 1
    says: str = ""


def row_of(costs: CostComparison, group: str) -> CostRow | None:
    """The row of the comparison that the group's name stands for; None if there is none."""
    whole = {TOTAL: costs.total, CHARGED: costs.charged, UNCATEGORISED: costs.uncategorised}
    beside = {str(kind): row for kind, row in costs.outside.items()}
    return whole.get(group) or beside.get(group) or costs.groups.get(group)


def belongs_to(group: str, by: By) -> Callable[[ExplainedItem], bool]:
    """Is an item part of the group's figure? The formula's groups hold only what falls in one of the five."""
    if group == CHARGED:
        return lambda found: True
    if group == UNCATEGORISED:
        return lambda found: found.item.bucket is None
    if group in set(Outside):
        return lambda found: found.item.bucket == group
    key = None if group == UNASSIGNED else group
    return lambda found: isinstance(found.item.bucket, Category) and (group == TOTAL or found.item.key(by) == key)


def amount_explained(
    asked: AskedFigure,
    costs: CostComparison,
    items: Sequence[ExplainedItem],
    names: Names,
    *,
    with_rates: bool,
    page: str,
) -> tuple[Explanation, Page[ExplainedItem]]:
    """An amount on one basis: what was converted adds up to it, what could not be is told beside it."""
    unit = costs.question.currency
    row = row_of(costs, asked.group)
    counted = _counted(items)
    table, on_page = paged_items(
        items, unit, name="items", caption=_("Lines and entries"), with_rates=with_rates, page=page
    )
    explanation = Explanation(
        what=figure_words(asked, unit, names),
        figure=formats.number(getattr(row, asked.figure), unit.digits),
        rule=_AMOUNT_RULES[Basis(asked.figure)],
        tables=[table],
        foot=formats.number(exact_sum(_worth(counted)), unit.digits),
        notes=left_out_notes(items),
        withheld=_withheld(counted, _open(counted, with_rates=with_rates)),
    )
    return explanation, on_page


def paged_items(
    items: Sequence[ExplainedItem],
    unit: Unit,
    *,
    name: str,
    caption: str | Promise,
    with_rates: bool = True,
    page: str,
) -> tuple[Table[ItemRow], Page[ExplainedItem]]:
    """A page of items as in `item_table`; what stands on other pages is in one sum, so that the foot is the whole."""
    counted = _counted(items)
    shown = _open(counted, with_rates=with_rates)
    on_page = Paginator(shown, ITEMS_ON_A_PAGE).get_page(page)
    return _item_table(_rows(counted, shown, list(on_page.object_list)), unit, name=name, caption=caption), on_page


def derived_explained(
    asked: AskedFigure, costs: CostComparison, names: Names, address: Mapping[str, str]
) -> Explanation:
    """A figure that two amounts come to; each of them is explained at its own address."""
    unit, row = costs.question.currency, row_of(costs, asked.group) or CostRow()
    total = costs.total
    parts = {
        Figure.VARIANCE: [(Basis.ACTUAL, asked.group, row.actual), (Basis.PLANNED, asked.group, row.planned)],
        Figure.VARIANCE_PCT: [(Basis.ACTUAL, asked.group, row.actual), (Basis.PLANNED, asked.group, row.planned)],
        Figure.SHARE: [(Basis.ACTUAL, asked.group, row.actual), (Basis.ACTUAL, TOTAL, total.actual)],
    }[asked.figure]
    figure, foot = {
        Figure.VARIANCE: (
            formats.signed(row.variance, unit.digits),
            formats.signed(difference(parts[0][2], parts[1][2]), unit.digits),
        ),
        Figure.VARIANCE_PCT: (
            formats.pct(row.variance_pct),
            formats.pct(percentage(difference(parts[0][2], parts[1][2]), parts[1][2])),
        ),
        Figure.SHARE: (
            formats.pct(costs.share_of_actual_pct(row)),
            formats.pct(percentage(parts[0][2], parts[1][2])),
        ),
    }[asked.figure]
    return Explanation(
        what=figure_words(asked, unit, names),
        figure=figure,
        rule=_DERIVED_RULES[asked.figure],
        tables=[_parts_table(parts, asked, unit, names, address)],
        foot=foot,
    )


def explain_address(ref: str, **asked: object) -> str:
    """Where a figure is explained; the same address explains it again."""
    return f"{reverse('costing:explain', args=[ref])}?{urlencode({k: v for k, v in asked.items() if v})}"


def item_table(
    items: Sequence[ExplainedItem], unit: Unit, *, name: str, caption: str | Promise, with_rates: bool
) -> Table[ItemRow]:
    """Items with their rates and what they are worth, down to their sum; what leads to a person's rate as one sum."""
    counted = _counted(items)
    shown = _open(counted, with_rates=with_rates)
    return _item_table(_rows(counted, shown, shown), unit, name=name, caption=caption)


def _counted(items: Sequence[ExplainedItem]) -> list[ExplainedItem]:
    return [one for one in items if isinstance(one.item.converted, Decimal)]


def _open(items: Sequence[ExplainedItem], *, with_rates: bool) -> list[ExplainedItem]:
    return [one for one in items if with_rates or not one.is_personal]


def _item_table(
    rows: Sequence[ItemRow],
    unit: Unit,
    *,
    name: str,
    caption: str | Promise,
) -> Table[ItemRow]:
    total = exact_sum(row.worth for row in rows)
    return Table(
        name=name,
        caption=caption,
        columns=[
            Column(_("What"), _said, total=_("Sum")),
            Column(_("Date"), lambda row: formats.day(row.shown.item.on_date) if row.shown else ""),
            Column(_("Amount"), lambda row: _native(row.shown), numeric=True),
            Column(_("Rate"), lambda row: _rates(row.shown), wide=True),
            Column(_("Who"), lambda row: _who(row.shown), wide=True),
            Column(
                unit.code,
                lambda row: formats.number(row.worth, unit.digits),
                numeric=True,
                total=formats.number(total, unit.digits),
            ),
        ],
        rows=rows,
        empty=_("Nothing is recorded, so the figure is 0."),
        stacked=True,
    )


def _rows(
    counted: Sequence[ExplainedItem], shown: Sequence[ExplainedItem], on_page: Sequence[ExplainedItem]
) -> list[ItemRow]:
    """The items of this page, then what is not on it in one sum each, so that the foot is always the whole figure."""
    rows = [ItemRow(_converted(one), one) for one in on_page]
    here, seen = {id(one) for one in on_page}, {id(one) for one in shown}
    elsewhere = [one for one in shown if id(one) not in here]
    hidden = [one for one in counted if id(one) not in seen]
    if elsewhere:
        rows.append(ItemRow(exact_sum(_worth(elsewhere)), None, len(elsewhere), _("On other pages")))
    if hidden:
        rows.append(ItemRow(exact_sum(_worth(hidden)), None, len(hidden), _("Pay of named persons, withheld")))
    return rows


def _worth(items: Sequence[ExplainedItem]) -> list[Decimal]:
    return [_converted(one) for one in items]


def _converted(one: ExplainedItem) -> Decimal:
    worth = one.item.converted
    return worth if isinstance(worth, Decimal) else Decimal(0)


def left_out_notes(items: Sequence[ExplainedItem]) -> list[str]:
    """What has no rate is in no sum: how many, and why."""
    left_out = [one for one in items if not isinstance(one.item.converted, Decimal)]
    if not left_out:
        return []
    reasons = _(", ").join(sorted({str(REASONS[str(one.item.converted)]) for one in left_out}))
    said = ngettext(
        "%(count)d item is left out of this figure: %(reasons)s.",
        "%(count)d items are left out of this figure: %(reasons)s.",
        len(left_out),
    )
    return [said % {"count": len(left_out), "reasons": reasons}]


def _withheld(counted: Sequence[ExplainedItem], shown: Sequence[ExplainedItem]) -> Withheld | None:
    if len(counted) == len(shown):
        return None
    what = _("What leads to a named person's rate is withheld: only its sum stands here.")
    return Withheld(what, who_grants(Permission.RATE_VIEW))


def figure_words(asked: AskedFigure, unit: Unit, names: Names) -> SafeString:
    """Which figure of which group, in which currency, as of when."""
    group = group_words(asked.group, asked.by, names)
    if asked.figure in (Figure.VARIANCE_PCT, Figure.SHARE):
        return format_html("{}: {}", group, FIGURES[asked.figure])
    return format_html("{}: {}, {}", group, FIGURES[asked.figure], formats.bdi(unit.code, "ltr"))


def group_words(group: str, by: By = By.CATEGORY, names: Names | None = None) -> str | SafeString | Promise:
    """What a row of the comparison is called."""
    if group in set(Outside):
        return OUTSIDE[group]
    named = {
        TOTAL: _("Total"),
        CHARGED: _("All that is charged"),
        UNCATEGORISED: _("No category in the source"),
    }
    if group in named:
        return named[group]
    names = names or {}
    return formats.bdi(names[group]) if group in names else group_name(group, by, names)


def _parts_table(
    parts: Sequence[tuple[Basis, str, Decimal]],
    asked: AskedFigure,
    unit: Unit,
    names: Names,
    address: Mapping[str, str],
) -> Table[tuple[Basis, str, Decimal]]:
    def linked(part: tuple[Basis, str, Decimal]) -> SafeString:
        query = urlencode({**address, "basis": part[0], "group": part[1]})
        words = format_html("{}: {}", group_words(part[1], asked.by, names), FIGURES[part[0]])
        return format_html('<a href="?{}">{}</a>', query, words)

    return Table(
        name="parts",
        caption=_("The two amounts"),
        columns=[
            Column(_("Amount"), linked),
            Column(unit.code, lambda part: formats.number(part[2], unit.digits), numeric=True),
        ],
        rows=parts,
    )


def _said(row: ItemRow) -> SafeString | str:
    one = row.shown
    if one is None:
        counted = ngettext("%(count)d item", "%(count)d items", row.count) % {"count": row.count}
        return format_html("{}<small>{}</small>", row.says, counted)
    bucket = one.item.bucket
    category = CATEGORIES[bucket] if bucket in set(Category) else OUTSIDE[bucket] if bucket else _("No category")
    under = [
        formats.bdi(one.reference, "ltr"),
        category,
        *([formats.bdi(one.item.line, "ltr")] if one.item.line and one.description else []),
    ]
    words = formats.bdi(one.description or one.item.line or category)
    return format_html("{}<small>{}</small>", words, format_html_join(" · ", "{}", ((word,) for word in under)))


def _native(one: ExplainedItem | None) -> SafeString | str:
    return formats.money(one.item.amount, one.item.currency) if one else ""


def _rates(one: ExplainedItem | None) -> SafeString | str:
    if one is None:
        return ""
    if one.as_booked:
        return _("as the accounts hold it")
    if not one.rates:
        return formats.missing(_("none needed"))
    return format_html_join(
        "", "<div>{}<small>{}</small></div>", ((_quoted(rate), _quoted_by(rate)) for rate in one.rates)
    )


def _quoted(rate: Quoted) -> SafeString:
    value = formats.number(_trimmed(rate))
    return format_html(
        '<span class="nowrap">1 {} = {} {}</span>', formats.bdi(rate.base, "ltr"), value, formats.bdi(rate.quote, "ltr")
    )


def _trimmed(rate: Quoted) -> Decimal:
    """As quoted, without the zeros that its column pads it with."""
    value = rounded(rate.value, RATE_DIGITS)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _quoted_by(rate: Quoted) -> SafeString | str:
    if rate.on is None:
        return _("the budget's own rate")
    return format_html("{} · {}", formats.day(rate.on), formats.bdi(rate.source, "ltr"))


def _who(one: ExplainedItem | None) -> SafeString | str:
    return format_html("{}<small>{}</small>", formats.bdi(one.who), formats.day(one.known_at)) if one else ""


_AMOUNT_RULES: dict[Basis, Promise] = {
    Basis.PLANNED: gettext_lazy(
        "Every line of the latest approved budget, at the budget's own rates; each is rounded, then added."
    ),
    Basis.COMMITTED: gettext_lazy(
        "Every commitment up to the day, at the rate stored with it; each is rounded, then added."
    ),
    Basis.ACTUAL: gettext_lazy(
        "Every expenditure, and every disbursement that is no advance, up to the day, at the rate stored with it; "
        "each is rounded, then added."
    ),
}
_DERIVED_RULES: dict[Figure, Promise] = {
    Figure.VARIANCE: gettext_lazy("Actual less planned: above 0 is over the plan."),
    Figure.VARIANCE_PCT: gettext_lazy("Actual less planned, in percent of what is planned."),
    Figure.SHARE: gettext_lazy("The group's actual cost, in percent of the total that was spent on the formula."),
}
