"""Progress: a period is opened, its figures are recorded, submitted, and decided by somebody else.

Every state of a figure is kept as a revision; only what was accepted counts in a report.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.reporting import TEXTS
from programmes.domain.vocabulary import OPEN_TO_CHANGE, PeriodState, ReturnReason, ReviewState
from programmes.models import Indicator, Observation, ObservationRevision, ProgressReport, ReportingPeriod
from programmes.services.changing import apply_changes, save_changes
from programmes.services.checks import check, check_all, check_language, refuse, saying
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import must_be_at, row_to_change
from programmes.services.progress_refusals import OwnSubmission, ReportClosed
from programmes.services.readings import FIGURES, Reading, check_readings, parts_must_add_up
from programmes.services.reviewing import end_chain, fix_chain, must_have_turn, pass_turn
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import Fault, InvalidInput
from ta_portal.jobs import outbox

# What a ministry is given, after a period ends, to say how it went.
DAYS_TO_REPORT = 30

# What a reading changes on an observation.
TAKEN = (*FIGURES, "reported", "not_reported_reason", "source")

# What submitting, accepting and returning set on a report.
_DECIDED = (
    *("state", "submitted_by", "submitted_at", "visa_by", "visa_at", "round", "decided_by", "decided_at"),
    *("return_reason", "return_note", "questions"),
)


class ObservationExists(InvalidInput):
    """The indicator has a figure for this period and part: that one is changed, not another added."""

    code = "observation_exists"
    status = 409


@transaction.atomic
def open_period(
    *, engagement_id: int, starts: dt.date, ends: dt.date, due: dt.date | None = None, by: User
) -> ReportingPeriod:
    """Ask for progress from `starts` to `ends`: opens the period with a draft report. Periods never overlap."""
    engagement = engagement_to_change(engagement_id, Permission.RESULTS_CHANGE, by=by)
    if ends < starts:
        refuse("ends", _("The period ends on {ends}, before it starts.").format(ends=ends))
    period = ReportingPeriod(
        engagement=engagement,
        starts=starts,
        ends=ends,
        due=due or ends + dt.timedelta(days=DAYS_TO_REPORT),
        created_by=by,
    )
    check(period)
    overlap = ("starts", _("Another reporting period shares days with this one."))
    with saying({"period_starts_once": overlap, "periods_do_not_overlap": overlap}):
        period.save(force_insert=True)
    ProgressReport.objects.create(period=period, created_by=by)
    audit.record("period.opened", target=period, by=by, starts=starts, ends=ends)
    return period


class ReportWords(TypedDict, total=False):
    language: str
    done: str
    obstacles: str
    next_steps: str


@transaction.atomic
def write_report(
    *, report_id: int, expected_version: int | None = None, by: User, **words: Unpack[ReportWords]
) -> ProgressReport:
    """Say in words what was done, what stands in the way and what comes next, and in which language that is said."""
    check_language(words.get("language"))
    report = open_report(report_id, by=by, expected_version=expected_version)
    difference = apply_changes(report, words, allowed=ReportWords)
    save_changes(report, difference, verb="progress_report.written", by=by)
    return report


@transaction.atomic
def record_observations(
    *, report_id: int, readings: Sequence[Reading], only_new: bool = False, by: User
) -> list[Observation]:
    """Record figures in a report that is still open: new ones, or better ones for the same indicator, period and part.

    What says the same as before is left alone. Parts need not make their total yet: `submit_report` asks for that.
    With `only_new` raises ObservationExists where a figure is there already.
    """
    report = open_report(report_id, by=by)
    check_readings(readings, period=report.period)
    known = _known(readings)
    if only_new:
        _must_be_new(readings, report.period, known)
    rows, changed = [], []
    for number, reading in enumerate(readings):
        row = known.get(reading.key(report.period)) or _blank(reading, report, by=by)
        if row.report_id != report.pk:
            refuse(f"observations[{number}]", _("This figure belongs to another report."))
        if row.pk is None or not _says_the_same(row, reading):
            take(row, reading, by=by)
            changed.append(row)
        rows.append(row)
    check_all(rows, "observations")
    old = [row for row in changed if row.pk is not None]
    Observation.objects.bulk_create([row for row in changed if row.pk is None])
    Observation.objects.bulk_update(old, [*TAKEN, "confirmed", "updated_by"])
    _revise(changed, by=by)
    audit.record("observations.recorded", target=report, by=by, recorded=len(rows), changed=len(changed))
    return rows


class ObservationChanges(TypedDict, total=False):
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    weight: Decimal | None
    level: str | None
    text: str
    not_reported_reason: str
    source: str


@transaction.atomic
def change_observation(
    *, observation_id: int, expected_version: int | None = None, by: User, **changes: Unpack[ObservationChanges]
) -> Observation:
    """Give a better figure in a report that is still open; every former state is kept as a revision."""
    observation = row_to_change(
        Observation, observation_id, Permission.PROGRESS_LOG, by=by, expected_version=expected_version
    )
    if observation.report_id is None:
        raise ReportClosed(_("This figure came with no report, so there is none to change it in."))
    report = open_report(observation.report_id, by=by)
    now: dict[str, Any] = {name: getattr(observation, name) for name in ObservationChanges.__annotations__}
    reading = Reading(
        indicator=observation.indicator,
        disagg=observation.disagg,
        starts=observation.period_start,
        ends=observation.period_end,
        **(now | dict(changes)),
    )
    return record_observations(report_id=report.pk, readings=[reading], by=by)[0]


@transaction.atomic
def draft_report(
    *,
    report_id: int,
    words: ReportWords,
    readings: Sequence[Reading] = (),
    expected_version: int | None = None,
    by: User,
) -> ProgressReport:
    """Write words and figures of an open report together: all of it is kept, or nothing.

    The report gets a new version where only figures changed, too: who read the old ones must not overwrite them unseen.
    """
    report = write_report(report_id=report_id, expected_version=expected_version, by=by, **words)
    before = ObservationRevision.objects.filter(observation__report=report).count()
    if readings:
        record_observations(report_id=report.pk, readings=readings, by=by)
    if ObservationRevision.objects.filter(observation__report=report).count() != before:
        report.updated_by = by
        report.save(update_fields=["updated_by"])
    return report


@transaction.atomic
def send_report(
    *, report_id: int, words: ReportWords, readings: Sequence[Reading], expected_version: int | None = None, by: User
) -> ProgressReport:
    """Write words and figures, and hand them in, in one act."""
    draft_report(report_id=report_id, words=words, readings=readings, expected_version=expected_version, by=by)
    return submit_report(report_id=report_id, by=by)


@transaction.atomic
def submit_report(*, report_id: int, expected_version: int | None = None, by: User) -> ProgressReport:
    """Hand the report in. From now on it cannot be edited, unless it is returned. Parts must make their totals.

    Who decides on it is fixed now: later arrangements do not move it. Where a visa is asked for, it waits for that.
    """
    report = open_report(report_id, by=by, expected_version=expected_version)
    parts_must_add_up(report.observations.select_related("indicator"))
    report.submitted_by, report.submitted_at = by, timezone.now()
    report.decided_by = report.decided_at = None
    fix_chain(report, by=by)
    if report.visa_by is None:
        bring_to(report, ReviewState.SUBMITTED, by=by)
        announce(audit.record("progress_report.submitted", target=report, by=by))
        return report
    if report.visa_by_id == by.pk:
        raise OwnSubmission(_("You give the visa of these reports: somebody else has to send them."))
    bring_to(report, ReviewState.AWAITING, by=by)
    announce(audit.record("progress_report.sent_for_visa", target=report, by=by))
    return report


@transaction.atomic
def accept_report(*, report_id: int, expected_version: int | None = None, by: User) -> ProgressReport:
    """Accept what was submitted: its figures count from now on, and its period is locked.

    Where reviewers decide in turn, that comes with the last of them; the others pass it on. Raises OwnSubmission if
    `by` submitted it, ReportClosed if it is not submitted, NotYourTurn where somebody else is asked first.
    """
    report = submitted_report(report_id, by=by, expected_version=expected_version)
    if not pass_turn(report, by=by):
        ProgressReport.objects.filter(pk=report.pk).update(updated_by=by)
        announce(audit.record("progress_report.step_accepted", target=report, by=by))
        report.refresh_from_db()
        return report
    bring_to(report, ReviewState.ACCEPTED, by=by)
    turn_period(report, PeriodState.LOCKED, by=by)
    announce(audit.record("progress_report.accepted", target=report, by=by))
    return report


@transaction.atomic
def return_report(
    *,
    report_id: int,
    reason: ReturnReason = ReturnReason.OTHER,
    note: str = "",
    questions: Mapping[str, str] | None = None,
    expected_version: int | None = None,
    by: User,
) -> ProgressReport:
    """Give the report back with the reviewer's note, or questions at its places; it can be edited and submitted again.

    A place is the code of one of the engagement's indicators, or a text of the report.
    """
    report = submitted_report(report_id, by=by, expected_version=expected_version)
    if reason == ReturnReason.DISPUTED:
        refuse("reason", _("Only the ministry disputes a figure; give another reason."))
    asked = {place: said.strip() for place, said in (questions or {}).items() if said.strip()}
    if not note.strip() and not asked:
        refuse("note", _("Say what should be mended, here or beside a figure."))
    _must_be_places(asked, report)
    report.return_reason, report.return_note, report.questions = reason.value, note.strip(), asked
    check(report)
    end_chain(report, note=note.strip(), by=by)
    bring_to(report, ReviewState.RETURNED, by=by)
    given = {"return_reason": reason.value, "return_note": report.return_note, "questions": asked}
    announce(audit.record("progress_report.returned", target=report, by=by, **given))
    return report


def announce(act: AuditEvent) -> None:
    """For services only. A worker tells whom it concerns after the commit: the act itself holds what was said."""
    outbox.tell(act.verb, act=act.pk)


def _must_be_places(questions: Mapping[str, str], report: ProgressReport) -> None:
    places = questions.keys() - set(TEXTS)
    known = Indicator.objects.filter(engagement=report.period.engagement_id, code__in=places)
    if unknown := places - set(known.values_list("code", flat=True)):
        refuse("questions", _("There is no {place} in this report.").format(place=", ".join(sorted(unknown))))


def open_report(report_id: int, *, by: User, expected_version: int | None = None) -> ProgressReport:
    """A report that `by` may write and that is open, locked. Raises ReportClosed."""
    report = row_to_change(ProgressReport, report_id, Permission.PROGRESS_LOG, by=by, expected_version=expected_version)
    must_be_open(report)
    return report


def must_be_open(report: ProgressReport) -> None:
    if report.state not in OPEN_TO_CHANGE:
        raise ReportClosed(_("This report is {state}; it cannot be edited.").format(state=report.state))


def submitted_report(report_id: int, *, by: User, expected_version: int | None = None) -> ProgressReport:
    """For services only. A report that `by` may decide on, locked, with them as who decides it now."""
    report = row_to_change(ProgressReport, report_id, Permission.PROGRESS_REVIEW, by=by)
    # Before the version: that somebody else has decided says more than that something changed.
    if report.state != ReviewState.SUBMITTED:
        raise ReportClosed(_("This report is {state}; only a submitted one is decided on.").format(state=report.state))
    if report.submitted_by_id == by.pk:
        raise OwnSubmission(_("Somebody else has to decide on a report that you submitted."))
    must_have_turn(report, by=by)
    must_be_at(report, expected_version)
    report.decided_by, report.decided_at = by, timezone.now()
    return report


def bring_to(report: ProgressReport, state: ReviewState, *, by: User) -> None:
    """The report and all its figures go to `state` together. For services only: the report is locked."""
    report.state, report.updated_by = state.value, by
    report.save(update_fields=[*_DECIDED, "updated_by"])
    report.observations.update(status=state.value, updated_by=by)
    _revise(report.observations.all(), by=by)


def turn_period(report: ProgressReport, state: PeriodState, *, by: User) -> None:
    """For services only. An accepted report locks its period; one that is opened again opens it."""
    ReportingPeriod.objects.filter(pk=report.period_id).update(state=state.value, updated_by=by)


def _known(readings: Sequence[Reading]) -> dict[tuple[int, dt.date, str], Observation]:
    indicators = {reading.indicator.pk for reading in readings}
    rows = Observation.objects.select_for_update(no_key=True).filter(indicator__in=indicators)
    return {(row.indicator_id, row.period_start, row.disagg): row for row in rows}


def _must_be_new(
    readings: Sequence[Reading], period: ReportingPeriod, known: Mapping[tuple[int, dt.date, str], Observation]
) -> None:
    faults = [
        Fault(
            f"observations[{number}].indicator",
            ObservationExists.code,
            _("There is a figure for this indicator, period and part already."),
        )
        for number, reading in enumerate(readings)
        if reading.key(period) in known
    ]
    if faults:
        raise ObservationExists(faults)


def _blank(reading: Reading, report: ProgressReport, *, by: User) -> Observation:
    indicator_id, starts, disagg = reading.key(report.period)
    return Observation(
        indicator_id=indicator_id,
        period_start=starts,
        period_end=reading.ends or report.period.ends,
        disagg=disagg,
        report=report,
        created_by=by,
    )


def _says_the_same(row: Observation, reading: Reading) -> bool:
    return _agrees(row, reading, TAKEN) and row.confirmed == _confirmed(row, reading)


def _agrees(row: Observation, reading: Reading, names: Iterable[str]) -> bool:
    return all(getattr(row, name) == getattr(reading, name) for name in names)


def _confirmed(row: Observation, reading: Reading) -> list[str]:
    """What was confirmed of one figure says nothing of another."""
    if reading.confirmed is not None:
        return list(reading.confirmed)
    return row.confirmed if _agrees(row, reading, FIGURES) else []


def take(row: Observation, reading: Reading, *, by: User) -> None:
    """For services only. The observation says what was read off; whoever calls this saves it and keeps the revision."""
    row.confirmed = _confirmed(row, reading)
    for name in TAKEN:
        setattr(row, name, getattr(reading, name))
    row.updated_by = by


def _revise(observations: Iterable[Observation], *, by: User) -> None:
    """Keep each one's present state as its next revision."""
    rows = list(observations)
    last = dict(
        ObservationRevision.objects.filter(observation__in=rows).values_list("observation_id").annotate(last=Max("seq"))
    )
    ObservationRevision.objects.bulk_create(
        ObservationRevision(
            observation=row,
            seq=last.get(row.pk, 0) + 1,
            status=row.status,
            reported=row.reported,
            by=by,
            **{name: getattr(row, name) for name in FIGURES},
        )
        for row in rows
    )
