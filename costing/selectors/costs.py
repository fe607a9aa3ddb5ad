"""What it costs and who pays, for many engagements at once: set-based in SQL, put together in the domain.

`as_of` is the valid date (entries up to it), `cut_off` the instant of knowledge (what was posted, valued, approved and
quoted by then). None of these asks who is asking: callers pass engagements that their user may see.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from costing.domain.arithmetic import ZERO
from costing.domain.comparison import Bases, CostComparison, comparison_of
from costing.domain.conversion import Unit
from costing.domain.forecast import Forecast, Outlook, forecast_of
from costing.domain.funding import AgreementMoney, Funding, fund
from costing.domain.items import Bucket, CostItem, CostSum, Unconverted
from costing.domain.summary import CostQuestion, CostSummary, summary_of
from costing.domain.vocabulary import Basis, By, Category, ItemKind, Measure, Outside, Reason
from programmes.models import Currency, Engagement
from programmes.selectors.rows import named_rows
from ta_portal.errors import InvalidInput

# What a column holds, by its word: an enum's own way to its members takes longer than the row that it is read from.
_BASES = {basis.value: basis for basis in Basis}
_BUCKETS: dict[str, Bucket] = {bucket.value: bucket for bucket in (*Category, *Outside)}
# The two rates that an amount may go through: its own currency's, and the wanted one's.
LEGS = ("own", "wanted")
_SQL = Path(__file__).parent.parent / "sql"
_COST_SUMS = """
    SELECT engagement_id, measure, category, outside, key, amount, native, items, unconverted
    FROM ta_cost_sums(%s, %s, %s, %s, %s, %s)
"""
OUTLOOKS = (_SQL / "outlooks.sql").read_text("utf-8")
EXPLAINED_ITEMS = (_SQL / "explained_items.sql").read_text("utf-8")
PORTFOLIO_COSTS = (_SQL / "portfolio_costs.sql").read_text("utf-8")
PORTFOLIO_MEMBERS = (_SQL / "portfolio_members.sql").read_text("utf-8")


def cost_summaries(
    engagement_ids: Collection[int],
    *,
    basis: Basis,
    by: By,
    currency: str | None = None,
    as_of: dt.date,
    cut_off: dt.datetime,
) -> dict[int, CostSummary]:
    """The cost of each engagement on one basis, in `currency` or in its programme's own.

    Two queries for any number of engagements, three when a currency is given. Raises InvalidInput at `currency` for one
    that does not exist.
    """
    questions = _questions(engagement_ids, by=by, currency=currency, as_of=as_of)
    sums = _cost_sums(questions, [basis], by=by, currency=currency, as_of=as_of, cut_off=cut_off)
    return {key: summary_of(sums[key], basis, question) for key, question in questions.items()}


def cost_comparisons(
    engagement_ids: Collection[int], *, by: By, currency: str | None = None, as_of: dt.date, cut_off: dt.datetime
) -> dict[int, CostComparison]:
    """Planned, committed and actual of each engagement side by side. As many queries as `cost_summaries`."""
    questions = _questions(engagement_ids, by=by, currency=currency, as_of=as_of)
    return _comparisons(questions, by=by, currency=currency, as_of=as_of, cut_off=cut_off)


def own_comparisons(
    engagements: Iterable[Engagement], *, by: By, as_of: dt.date, cut_off: dt.datetime
) -> dict[int, CostComparison]:
    """The same, each in its programme's own currency; one query where those were read with the engagements."""
    questions = {row.pk: _own_question(row, by=by, as_of=as_of) for row in engagements}
    return _comparisons(questions, by=by, currency=None, as_of=as_of, cut_off=cut_off)


def cost_items(
    engagement_ids: Collection[int],
    *,
    bases: Iterable[Basis] = Basis,
    currency: str | None = None,
    as_of: dt.date,
    cut_off: dt.datetime,
) -> dict[int, list[CostItem]]:
    """The lines and entries behind the totals, each with what it is worth, oldest first.

    One query, two when a currency is given.
    """
    _known_unit(currency)
    found: dict[int, list[CostItem]] = {key: [] for key in engagement_ids}
    rows = named_rows(
        "SELECT * FROM ta_money_items(%s, %s, %s, %s, %s) ORDER BY on_date, item_kind, item_id",
        [list(engagement_ids), list(bases), currency, as_of, cut_off],
    )
    for row in rows:
        found[row["engagement_id"]].append(_cost_item(row))
    return found


@dataclass(frozen=True, slots=True)
class Quoted:
    """A rate as its source or the budget gives it: 1 `base` = `value` `quote`; `on` is None for a budget's own."""

    base: str
    quote: str
    value: Fraction
    on: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """A line or entry with what it says, who answers for it, and the rates that made it worth what it is.

    `is_personal`: it leads to a named person's rate. `as_booked`: the accounts hold it in the wanted currency.
    """

    item: CostItem
    agreement_id: int | None
    description: str
    reference: str
    who: str
    known_at: dt.datetime
    rates: tuple[Quoted, ...]
    as_booked: bool
    is_personal: bool


def explained_items(
    engagement_id: int, measures: Iterable[str], *, currency: str | None, as_of: dt.date, cut_off: dt.datetime
) -> list[ExplainedItem]:
    """What `cost_items` gives of one engagement, each with what explains it, oldest first. One query."""
    asked = {"engagement": engagement_id, "measures": list(measures), "currency": currency}
    clocks = {"as_of": as_of, "cut_off": cut_off}
    return [_explained(row) for row in named_rows(EXPLAINED_ITEMS, {**asked, **clocks})]


@dataclass(frozen=True, slots=True)
class PortfolioCosts:
    """Many engagements together: compared by category, each donor's part, and by how much which of them are over."""

    compared: CostComparison
    forecast: Forecast
    donors: Mapping[str, Bases]
    over: Mapping[int, Decimal]
    left_out: int


def portfolio_costs(
    engagement_ids: Collection[int],
    *,
    with_detail: Collection[int],
    currency: str,
    as_of: dt.date,
    cut_off: dt.datetime,
) -> PortfolioCosts:
    """What they cost together, in `currency`; donors of the engagements `with_detail` only. Two queries."""
    unit = _known_unit(currency)
    asked = {"engagements": list(engagement_ids), "detail": list(with_detail), "currency": currency}
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in named_rows(PORTFOLIO_COSTS, {**asked, "as_of": as_of, "cut_off": cut_off}):
        parts[row["part"]].append(row)
    sums = [_category_sum(row) for row in parts["bucket"]]
    donors: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in parts["donor"]:
        donors[row["key"]][row["measure"]] = row["amount"]
    return PortfolioCosts(
        compared=comparison_of(sums, CostQuestion("", By.CATEGORY, unit or Unit(currency, 2), as_of)),
        forecast=Forecast({_bucket(row["category"], row["outside"]): row["amount"] for row in parts["forecast"]}),
        donors={donor: Bases(**amounts) for donor, amounts in donors.items()},
        over={int(row["key"]): row["amount"] for row in parts["over"]},
        left_out=sum(row["left_out"] for row in parts["bucket"]),
    )


@dataclass(frozen=True, slots=True)
class SaidOutlook:
    """One category of one engagement, how many items are in it, and how many of these could not be converted."""

    outlook: Outlook
    items: int
    left_out: int


def outlooks(
    engagement_ids: Collection[int], *, currency: str | None, as_of: dt.date, cut_off: dt.datetime
) -> dict[int, dict[Bucket, SaidOutlook]]:
    """What each category of each engagement is forecast from, in `currency` or in its programme's own. One query."""
    found: dict[int, dict[Bucket, SaidOutlook]] = {key: {} for key in engagement_ids}
    asked = {"engagements": list(engagement_ids), "currency": currency, "as_of": as_of, "cut_off": cut_off}
    for row in named_rows(OUTLOOKS, asked):
        outlook = Outlook(row["actual"], row["committed"], row["ahead"])
        bucket = _bucket(row["category"], row["outside"])
        found[row["engagement_id"]][bucket] = SaidOutlook(outlook, row["items"], row["left_out"])
    return found


def own_forecast(engagement: Engagement, *, currency: str | None, as_of: dt.date, cut_off: dt.datetime) -> Forecast:
    """What one engagement is forecast to come to. One query."""
    found = outlooks([engagement.pk], currency=currency, as_of=as_of, cut_off=cut_off)[engagement.pk]
    return forecast_of({bucket: said.outlook for bucket, said in found.items()})


@dataclass(frozen=True, slots=True)
class MemberCost:
    """What one engagement has of a figure of the portfolio; None where nothing of it could be converted."""

    ref: str
    title: str
    amount: Decimal | None
    items: int
    left_out: int


def portfolio_members(
    engagement_ids: Collection[int],
    *,
    basis: Basis,
    group: str,
    donor: str | None = None,
    currency: str,
    as_of: dt.date,
    cut_off: dt.datetime,
) -> list[MemberCost]:
    """The engagements behind a figure of the portfolio, or behind one donor's part of it. One query."""
    asked = {"engagements": list(engagement_ids), "basis": basis, "group": group, "donor": donor, "currency": currency}
    return [MemberCost(**row) for row in named_rows(PORTFOLIO_MEMBERS, {**asked, "as_of": as_of, "cut_off": cut_off})]


def funding(engagement_ids: Collection[int], *, as_of: dt.date, cut_off: dt.datetime) -> dict[int, Funding]:
    """What each donor promised, brought in and paid for, in its own currency and in the programme's. Two queries."""
    questions = _questions(engagement_ids, by=By.DONOR, currency=None, as_of=as_of)
    return _funded(questions, as_of=as_of, cut_off=cut_off)


def own_funding(engagement: Engagement, *, as_of: dt.date, cut_off: dt.datetime) -> Funding:
    """The same of one; one query where its programme and the currency were read with it."""
    question = _own_question(engagement, by=By.DONOR, as_of=as_of)
    return _funded({engagement.pk: question}, as_of=as_of, cut_off=cut_off)[engagement.pk]


def _funded(questions: Mapping[int, CostQuestion], *, as_of: dt.date, cut_off: dt.datetime) -> dict[int, Funding]:
    of_engagement: dict[int, list[AgreementMoney]] = defaultdict(list)
    for row in named_rows("SELECT * FROM ta_funding_sums(%s, %s, %s)", [list(questions), as_of, cut_off]):
        of_engagement[row["engagement_id"]].append(_agreement_money(row))
    return {
        key: fund(of_engagement[key], engagement=question.engagement, currency=question.currency, as_of=as_of)
        for key, question in questions.items()
    }


def _questions(
    engagement_ids: Collection[int], *, by: By, currency: str | None, as_of: dt.date
) -> dict[int, CostQuestion]:
    wanted = _known_unit(currency)
    rows = Engagement.objects.filter(pk__in=engagement_ids).values_list(
        "pk", "ref", "programme__currency", "programme__currency__minor_units"
    )
    found = {pk: CostQuestion(ref, by, wanted or Unit(code, digits), as_of) for pk, ref, code, digits in rows}
    return {pk: found[pk] for pk in engagement_ids if pk in found}


def _own_question(engagement: Engagement, *, by: By, as_of: dt.date) -> CostQuestion:
    currency = engagement.programme.currency
    return CostQuestion(engagement.ref, by, Unit(currency.code, currency.minor_units), as_of)


def _comparisons(
    questions: Mapping[int, CostQuestion], *, by: By, currency: str | None, as_of: dt.date, cut_off: dt.datetime
) -> dict[int, CostComparison]:
    sums = _cost_sums(questions, list(Basis), by=by, currency=currency, as_of=as_of, cut_off=cut_off)
    return {key: comparison_of(sums[key], question) for key, question in questions.items()}


def _known_unit(currency: str | None) -> Unit | None:
    if currency is None:
        return None
    digits = Currency.objects.filter(pk=currency).values_list("minor_units", flat=True).first()
    if digits is None:
        raise InvalidInput.at(
            "currency",
            _("There is no currency “{code}”: give a code of ISO 4217, such as USD.").format(code=currency),
            "unknown_currency",
        )
    return Unit(currency, digits)


def _cost_sums(
    questions: Mapping[int, CostQuestion],
    bases: Iterable[Basis],
    *,
    by: By,
    currency: str | None,
    as_of: dt.date,
    cut_off: dt.datetime,
) -> dict[int, list[CostSum]]:
    found: dict[int, list[CostSum]] = {key: [] for key in questions}
    with connection.cursor() as cursor:
        cursor.execute(_COST_SUMS, [list(questions), list(bases), by, currency, as_of, cut_off])
        rows = cursor.fetchall()
    for engagement, measure, category, outside, key, amount, native, items, left_out in rows:
        bucket = _bucket(category, outside)
        found[engagement].append(CostSum(_BASES[measure], bucket, key, amount, native, items, _unconverted(left_out)))
    return found


def _category_sum(row: Mapping[str, Any]) -> CostSum:
    bucket = _bucket(row["category"], row["outside"])
    return CostSum(Basis(row["measure"]), bucket, bucket, amount=row["amount"], native=ZERO, items=row["items"])


def _explained(row: Mapping[str, Any]) -> ExplainedItem:
    quotes = [tuple(row[f"{leg}_{name}"] for name in ("base", "quote", "value", "on", "source")) for leg in LEGS]
    return ExplainedItem(
        item=_cost_item(row),
        agreement_id=row["agreement_id"],
        description=row["description"],
        reference=row["reference"],
        who=row["who"],
        known_at=row["known_at"],
        rates=tuple(
            Quoted(base, quote, Fraction(value) / Fraction(row[f"{leg}_den"] or 1), on, source or "")
            for leg, (base, quote, value, on, source) in zip(LEGS, quotes, strict=True)
            if value is not None
        ),
        as_booked=row["as_booked"],
        is_personal=row["is_personal"],
    )


def _cost_item(row: Mapping[str, Any]) -> CostItem:
    return CostItem(
        basis=Basis(row["measure"]) if row["measure"] in set(Basis) else Measure(row["measure"]),
        kind=ItemKind(row["item_kind"]),
        id=str(row["item_id"]),
        bucket=_bucket(row["category"], row["outside"]),
        workstream=row["workstream"],
        donor=row["donor"],
        line=row["line"],
        on_date=row["on_date"],
        amount=row["amount"],
        currency=row["currency"],
        converted=Reason(row["reason"]) if row["reason"] else row["converted"],
    )


def _agreement_money(row: Mapping[str, Any]) -> AgreementMoney:
    return AgreementMoney(
        donor=row["donor"],
        instrument=row["instrument"],
        unit=Unit(row["currency"], row["digits"]) if row["currency"] else None,
        committed=row["pledged"],
        received=row["received"],
        committed_base=row["pledged_base"],
        received_base=row["received_base"],
        spent_base=row["spent_base"],
        unconverted=_unconverted(row["unconverted"]),
    )


def _bucket(category: str | None, outside: str | None) -> Bucket:
    word = category or outside
    return None if word is None else _BUCKETS[word]


def _unconverted(listed: str | None) -> tuple[Unconverted, ...]:
    if listed is None:
        return ()
    return tuple(
        Unconverted(
            kind=ItemKind(item["kind"]),
            id=item["id"],
            category=Category(item["category"]) if item["category"] else None,
            amount=Decimal(item["amount"]),
            currency=item["currency"],
            date=dt.date.fromisoformat(item["date"]),
            reason=Reason(item["reason"]),
        )
        for item in json.loads(listed)
    )
