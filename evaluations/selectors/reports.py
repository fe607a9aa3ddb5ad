"""Impact reports to read: which ones somebody may see, and their rows as they are put out."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from evaluations.domain.rollup import LEVEL_ORDER, shown, trimmed
from evaluations.domain.vocabulary import Level, ReportState
from evaluations.models import ImpactReport, ImpactRow
from ta_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One figure of a report, rounded for output; `domain.rollup` says what each metric means."""

    level: str
    key: str
    metric: str
    value: Decimal | None
    num: Decimal | None
    den: Decimal | None
    reported: int | None
    expected: int | None
    weight_basis: str


def visible_reports(user: User) -> QuerySet[ImpactReport]:
    """The complete reports whose whole scope `user` may see, the latest first."""
    complete = ImpactReport.objects.permitted(user).filter(state=ReportState.COMPLETE.value)
    return complete.select_related("currency").order_by("-id")


def report_rows(report: ImpactReport, *, level: Level | None = None) -> list[ReportRow]:
    """The rows of a report, or of one of its levels: from the portfolio down, then by key and metric. One query."""
    rows = report.rows.all() if level is None else report.rows.filter(level=level.value)
    found = [as_shown(row, money_digits=report.currency.minor_units) for row in rows.iterator()]
    return sorted(found, key=lambda row: (LEVEL_ORDER[row.level], row.key, row.metric))


def as_shown(row: ImpactRow, *, money_digits: int) -> ReportRow:
    """A row with its figures rounded for output."""
    return ReportRow(
        row.level,
        row.key,
        row.metric,
        shown(row.value, row.metric, money_digits=money_digits),
        trimmed(row.num),
        trimmed(row.den),
        row.reported,
        row.expected,
        row.weight_basis,
    )
