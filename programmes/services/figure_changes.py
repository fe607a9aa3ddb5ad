"""Accepting with changes: a reviewer puts right what is plainly wrong, and the ministry confirms or disputes it.

What the reviewer put counts at once. Both values stay as revisions, with who, when and why.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import ChangeReason, ChangeState, PeriodState, ReturnReason, ReviewState
from programmes.models import FigureChange, Observation, ObservationRevision, ProgressReport
from programmes.selectors.figure_changes import may_answer
from programmes.services.checks import check_all, refuse
from programmes.services.locking import must_be_at, row_to_change
from programmes.services.progress import (
    TAKEN,
    announce,
    bring_to,
    submitted_report,
    take,
    turn_period,
)
from programmes.services.progress_refusals import NotYourTurn, OwnSubmission, ReportClosed
from programmes.services.readings import FIGURES, Reading, check_readings, parts_must_add_up
from programmes.services.reviewing import has_later_turns, pass_turn
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import Fault, InvalidInput, NotPermitted


@dataclass(frozen=True, slots=True)
class NewFigure:
    """What a reviewer puts in the place of a reported figure: of `figures` those that change; and why, in words too."""

    observation: Observation
    figures: Mapping[str, Any]
    reason: ChangeReason
    note: str


@transaction.atomic
def accept_with_changes(
    *, report_id: int, changes: Sequence[NewFigure], expected_version: int | None = None, by: User
) -> ProgressReport:
    """Accept what was submitted but for the figures that are changed: all of it counts from now on.

    Only figures that were reported are changed, never added or taken away, and parts still make their totals. Raises
    OwnSubmission if `by` submitted it, ReportClosed if it is not submitted.
    """
    report = submitted_report(report_id, by=by, expected_version=expected_version)
    if has_later_turns(report):
        raise NotYourTurn(_("Only the last reviewer accepts with changes; accept, or return the report."))
    if not changes:
        refuse("changes", _("Change at least one figure, or accept the report as it is."))
    rows = {row.pk: row for row in report.observations.select_for_update(no_key=True).select_related("indicator")}
    _must_be_reported(changes, rows)
    readings = [_reading(rows[one.observation.pk], one) for one in changes]
    _must_fit(changes, readings, report, rows)
    sent = _last_revisions(one.observation.pk for one in changes)
    for one, reading in zip(changes, readings, strict=True):
        take(rows[one.observation.pk], reading, by=by)
    check_all(_changed(changes, rows), "changes")
    parts_must_add_up(rows.values())
    Observation.objects.bulk_update(_changed(changes, rows), [*TAKEN, "confirmed", "updated_by"])
    pass_turn(report, by=by)
    bring_to(report, ReviewState.ACCEPTED, by=by)
    turn_period(report, PeriodState.LOCKED, by=by)
    _keep(changes, sent, report, by=by)
    told = {_name(rows[pk]): {"was": _said(original), "now": _said(rows[pk])} for pk, original in sent.items()}
    announce(audit.record("progress_report.accepted_with_changes", target=report, by=by, changes=told))
    return report


@transaction.atomic
def confirm_changes(*, report_id: int, expected_version: int | None = None, by: User) -> ProgressReport:
    """Say for the ministry that every figure that a reviewer changed in the report is right."""
    report, waiting = _to_answer(report_id, by=by, expected_version=expected_version)
    _answer(waiting, ChangeState.CONFIRMED, by=by)
    announce(audit.record("progress_report.changes_confirmed", target=report, by=by, changed=len(waiting)))
    report.refresh_from_db(fields=["row_version", "updated_at"])
    return report


@transaction.atomic
def dispute_changes(
    *, report_id: int, objections: Mapping[str, str], expected_version: int | None = None, by: User
) -> ProgressReport:
    """Say for the ministry which changed figures are wrong, by their indicators' codes, and why.

    The report is open again, with the ministry's own figures at those places; what was accepted goes on counting until
    a report is accepted in its turn. Changes that are not named are confirmed.
    """
    report, waiting = _to_answer(report_id, by=by, expected_version=expected_version)
    said = {code: words.strip() for code, words in objections.items() if words.strip()}
    codes = {one.observation.indicator.code for one in waiting}
    if unknown := said.keys() - codes:
        refuse("objections", _("No figure of {place} was changed.").format(place=", ".join(sorted(unknown))))
    if not said:
        refuse("objections", _("Say at one changed figure at least why it is wrong, or confirm them."))
    disputed = [one for one in waiting if one.observation.indicator.code in said]
    _answer([one for one in waiting if one not in disputed], ChangeState.CONFIRMED, by=by)
    _answer(disputed, ChangeState.DISPUTED, by=by, words=said)
    _put_back(disputed, by=by)
    report.return_reason, report.return_note, report.questions = ReturnReason.DISPUTED.value, "", said
    bring_to(report, ReviewState.RETURNED, by=by)
    turn_period(report, PeriodState.OPEN, by=by)
    announce(audit.record("progress_report.changes_disputed", target=report, by=by, questions=said))
    return report


def settle_unanswered(today: dt.date) -> int:
    """Changes whose day to answer is over count as confirmed. Gives how many; again on the same day none."""
    late = FigureChange.objects.filter(state=ChangeState.WAITING.value, confirm_by__lt=today)
    reports = late.order_by("report").values_list("report", flat=True).distinct()
    return sum(_settle(report_id, today) for report_id in list(reports))


@transaction.atomic
def _settle(report_id: int, today: dt.date) -> int:
    report = ProgressReport.objects.select_for_update(no_key=True).get(pk=report_id)
    # Under the lock: somebody may have answered meanwhile.
    late = [one for one in _waiting(report) if one.confirm_by < today]
    _answer(late, ChangeState.LAPSED, by=None)
    if late:
        audit.record("progress_report.changes_lapsed", target=report, by=None, changed=len(late))
    return len(late)


def withdraw_changes(report: ProgressReport, *, by: User) -> None:
    """For services only. A report that is opened again is corrected by its authors: nothing waits for their answer."""
    _answer(_waiting(report), ChangeState.WITHDRAWN, by=None, wrote=by)


def _waiting(report: ProgressReport) -> list[FigureChange]:
    rows = FigureChange.objects.filter(report=report, state=ChangeState.WAITING.value)
    return list(rows.select_related("observation__indicator", "original").order_by("pk"))


def _to_answer(report_id: int, *, by: User, expected_version: int | None) -> tuple[ProgressReport, list[FigureChange]]:
    report = row_to_change(ProgressReport, report_id, Permission.PROGRESS_LOG, by=by)
    waiting = _waiting(report)
    # Before the version: that somebody else has answered says more than that something changed.
    if not waiting:
        raise ReportClosed(_("No changed figure of this report waits for an answer."))
    if any(one.by_id == by.pk for one in waiting):
        raise OwnSubmission(_("Somebody else has to answer for a figure that you changed."))
    if not may_answer(by, report, waiting):
        raise NotPermitted(_("The ministry answers, not whoever may decide on its reports."))
    must_be_at(report, expected_version)
    return report, waiting


def _answer(
    changes: Sequence[FigureChange],
    state: ChangeState,
    *,
    by: User | None,
    words: Mapping[str, str] | None = None,
    wrote: User | None = None,
) -> None:
    now = timezone.now()
    for one in changes:
        one.state, one.answered_by, one.answered_at, one.updated_by = state.value, by, now, by or wrote
        one.answer = (words or {}).get(one.observation.indicator.code, "")
    FigureChange.objects.bulk_update(changes, ["state", "answered_by", "answered_at", "answer", "updated_by"])


def _put_back(disputed: Sequence[FigureChange], *, by: User) -> None:
    """The ministry's own figures stand in its report again."""
    rows = [one.observation for one in disputed]
    for one in disputed:
        for name in FIGURES:
            setattr(one.observation, name, getattr(one.original, name))
        one.observation.confirmed, one.observation.updated_by = [], by
    Observation.objects.bulk_update(rows, [*FIGURES, "confirmed", "updated_by"])


def _must_be_reported(changes: Sequence[NewFigure], rows: Mapping[int, Observation]) -> None:
    given = [one.observation.pk for one in changes]
    faults = []
    for number, pk in enumerate(given):
        if pk not in rows:
            faults.append(_fault(number, "observation", _("This figure belongs to another report.")))
        elif not rows[pk].reported:
            faults.append(_fault(number, "observation", _("This figure was not reported: return the report.")))
        elif pk in given[:number]:
            faults.append(_fault(number, "observation", _("The same figure is given twice.")))
    if faults:
        raise InvalidInput(faults)


def _must_fit(
    changes: Sequence[NewFigure], readings: Sequence[Reading], report: ProgressReport, rows: Mapping[int, Observation]
) -> None:
    try:
        check_readings(readings, period=report.period)
    except InvalidInput as refusal:
        refusal.faults = tuple(replace(f, place=f.place.replace("observations", "changes")) for f in refusal.faults)
        raise
    faults = [
        fault
        for number, (one, reading) in enumerate(zip(changes, readings, strict=True))
        for fault in _misfits(number, one, reading, rows[one.observation.pk])
    ]
    if faults:
        raise InvalidInput(faults)


def _misfits(number: int, one: NewFigure, reading: Reading, row: Observation) -> Iterator[Fault]:
    place = next(iter(one.figures), "value")
    if not reading.reported:
        yield _fault(number, place, _("Give a figure; to ask for one, return the report."))
    elif all(getattr(row, name) == getattr(reading, name) for name in FIGURES):
        yield _fault(number, place, _("This is what was reported: change it, or leave it out."))
    if not one.note.strip():
        yield _fault(number, "note", _("Say why: the ministry reads it."))


def _fault(number: int, place: str, sentence: str) -> Fault:
    return Fault(f"changes[{number}].{place}", "invalid", sentence)


def _reading(row: Observation, change: NewFigure) -> Reading:
    figures = {name: getattr(row, name) for name in FIGURES}
    return Reading(
        indicator=row.indicator,
        disagg=row.disagg,
        starts=row.period_start,
        ends=row.period_end,
        source=row.source,
        **(figures | dict(change.figures)),
    )


def _changed(changes: Sequence[NewFigure], rows: Mapping[int, Observation]) -> list[Observation]:
    return [rows[one.observation.pk] for one in changes]


def _keep(
    changes: Sequence[NewFigure], sent: Mapping[int, ObservationRevision], report: ProgressReport, *, by: User
) -> None:
    now, accepted = timezone.now(), _last_revisions(sent)
    FigureChange.objects.bulk_create(
        FigureChange(
            report=report,
            observation_id=one.observation.pk,
            original=sent[one.observation.pk],
            changed=accepted[one.observation.pk],
            reason=one.reason.value,
            note=one.note.strip(),
            by=by,
            made_at=now,
            confirm_by=timezone.localdate(now) + dt.timedelta(days=settings.PROGRESS_CONFIRM_DAYS),
            created_by=by,
        )
        for one in changes
    )


def _last_revisions(observations: Iterable[int]) -> dict[int, ObservationRevision]:
    rows = ObservationRevision.objects.filter(observation__in=list(observations))
    return {row.observation_id: row for row in rows.order_by("observation", "-seq").distinct("observation")}


def _name(row: Observation) -> str:
    return f"{row.indicator.code} {row.disagg}".strip()


def _said(row: Observation | ObservationRevision) -> str:
    """A figure as the audit trail keeps it."""
    if row.numerator is not None:
        return f"{row.numerator.normalize():f} / {(row.denominator or Decimal(0)).normalize():f}"
    if row.value is not None:
        return f"{row.value.normalize():f}" + (f" × {row.weight.normalize():f}" if row.weight else "")
    return row.level or row.text
