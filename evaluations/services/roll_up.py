"""Impact reports: asking for one, and making it. All figures come from one pass, `sql/rollup.sql`."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from costing.domain.openness import is_open_day
from evaluations.domain.rollup import DEFAULT_CURRENCY, PROVISIONAL_BELOW_PCT, ScopeKind, input_hash
from evaluations.domain.vocabulary import LeastStatus, ReportState
from evaluations.models import ImpactReport
from evaluations.selectors.report_scopes import Subject, subject_of
from programmes.models import Currency
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit.services import record
from ta_portal.errors import InvalidInput, NotPermitted
from ta_portal.jobs.models import Job
from ta_portal.jobs.services import enqueue

ROLL_UP = "roll_up"

# Told by a running job, translated by the page that shows it.
COUNTING = gettext_noop("Adding up costs and results")
SEALING = gettext_noop("Sealing the report")
STEPS = 2

# No limit of a web request's: a whole portfolio may take longer.
FOR_ANY = "SET LOCAL statement_timeout = 0"

Progress = Callable[[str, int, int], None]


def _nobody_watches(stage: str, done: int, total: int) -> None:
    """In the foreground there is no page to tell."""


@transaction.atomic
def request_report(
    *,
    scope: str = ScopeKind.PORTFOLIO.value,
    as_of: dt.date | None = None,
    currency: str | None = None,
    cut_off: dt.datetime | None = None,
    by: User,
    dedupe_key: str | None = None,
) -> Job:
    """Ask for an impact report; a job makes it from what is known now, or was at `cut_off`, whenever it runs.

    `scope` and `currency` as in `roll_up`. Raises InvalidInput at the field that cannot be used, NotPermitted unless
    `by` may run reports on all of the scope, and may ask for that day without knowing rates.
    """
    subject = subject_of(scope, by=by)
    subject.require(by, Permission.REPORT_RUN)
    as_of = as_of or timezone.localdate()
    _refuse_what_tells_rates(subject, as_of, by=by)
    args = {
        "scope": str(subject.scope),
        "as_of": as_of.isoformat(),
        "currency": _currency(currency, subject).code,
        **({} if cut_off is None else {"cut_off": _past(cut_off).isoformat()}),
    }
    return enqueue(kind=ROLL_UP, args=args, by=by, dedupe_key=dedupe_key)


@transaction.atomic
def roll_up(
    *,
    scope: str = ScopeKind.PORTFOLIO.value,
    as_of: dt.date | None = None,
    currency: str | None = None,
    cut_off: dt.datetime | None = None,
    job: UUID | None = None,
    by: User,
    progress: Progress = _nobody_watches,
) -> ImpactReport:
    """Make the report on `scope` at `as_of` (today), from what was known at `cut_off` (now), and seal it.

    `scope` is `engagement:REF`, `programme:CODE`, `country:ISO2`, `area:CODE`, `donor:CODE` or `portfolio`; `currency`
    is the programme's where the scope has one, else US dollars. A job makes one report, however often it is run: the
    one that is there is given back. Two statements, however many engagements. Raises what `request_report` raises.
    """
    made = ImpactReport.objects.filter(job=job).first() if job else None
    if made is not None:
        return made
    subject = subject_of(scope, by=by)
    subject.require(by, Permission.REPORT_RUN)
    report = _begin(
        subject,
        as_of=as_of or timezone.localdate(),
        cut_off=cut_off or timezone.now(),
        currency=_currency(currency, subject),
        job=job,
        by=by,
    )

    progress(COUNTING, 0, STEPS)
    _insert_rows(report, subject.engagement_ids(known_at=report.cut_off))
    progress(SEALING, 1, STEPS)
    _seal(report)
    record("impact_report.completed", target=report, by=by, scope=report.scope, fingerprint=report.fingerprint)
    progress(SEALING, STEPS, STEPS)
    return report


def _refuse_what_tells_rates(subject: Subject, as_of: dt.date, *, by: User) -> None:
    """Asked once, when the report is asked for: a job that runs after midnight makes what it was asked for."""
    if is_open_day(as_of, timezone.localdate()) or subject.is_covered(by, Permission.RATE_VIEW):
        return
    raise NotPermitted(
        _(
            "Reports as of a day within a year lead to the rates of named persons: ask for today or for the end of a "
            "year, or hold the permission {permission}."
        ).format(permission=Permission.RATE_VIEW)
    )


def _begin(
    subject: Subject, *, as_of: dt.date, cut_off: dt.datetime, currency: Currency, job: UUID | None, by: User
) -> ImpactReport:
    least_status = LeastStatus.ACCEPTED.value
    asked = (subject.scope, as_of, cut_off.astimezone(dt.UTC).isoformat(), currency.code, least_status)
    return ImpactReport.objects.create(
        scope_kind=subject.scope.kind.value,
        scope_code=subject.scope.code,
        **subject.columns(),
        as_of=as_of,
        cut_off=cut_off,
        currency=currency,
        least_status=least_status,
        input_hash=input_hash(*asked),
        job=job,
        created_by=by,
        updated_by=by,
    )


def _insert_rows(report: ImpactReport, engagement_ids: list[int]) -> None:
    known: list[Any] = [report.as_of, report.cut_off, report.least_status, PROVISIONAL_BELOW_PCT]
    with connection.cursor() as cursor:
        cursor.execute(FOR_ANY)
        cursor.execute(
            """
            INSERT INTO impact_row (report_id, level, key, metric, value, num, den, reported, expected, weight_basis)
            SELECT %s, level, key, metric, value, num, den, reported, expected, weight_basis
            FROM ta_roll_up(%s::bigint[], %s, %s, %s, %s, %s, %s)
            """,
            [report.pk, engagement_ids, report.scope, report.currency_id, *known],
        )


def _seal(report: ImpactReport) -> None:
    """From here on neither the report nor its rows can change: the database refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ta_report_fingerprint(%s)", [report.pk])
        report.fingerprint = cursor.fetchone()[0]
    report.state = ReportState.COMPLETE.value
    report.save(update_fields=["fingerprint", "state"])


def _past(cut_off: dt.datetime) -> dt.datetime:
    """What will be known cannot be told: such a report could not be repeated."""
    if cut_off > timezone.now():
        raise InvalidInput.at("cut_off", _("The cut-off lies in the future: nobody knows yet what will be known then."))
    return cut_off


def _currency(code: str | None, subject: Subject) -> Currency:
    wanted = code or subject.currency or DEFAULT_CURRENCY
    found = Currency.objects.filter(code=wanted).first()
    if found is None:
        raise InvalidInput.at("currency", _("There is no currency {code}.").format(code=wanted))
    return found
