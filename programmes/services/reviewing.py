"""Who decides on a report: arranged for an engagement, fixed at submission, passed on, replaced for a reason."""

from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import ReviewState, StepState
from programmes.models import ProgressReport, ReviewPlan, ReviewStep
from programmes.selectors.recipients import who_may
from programmes.selectors.reviewing import plan_of, possible_directors, possible_reviewers, steps_of, turn_of
from programmes.services.changing import apply_changes, save_changes
from programmes.services.checks import refuse
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import must_be_at, row_to_change
from programmes.services.progress_refusals import NotYourTurn, ReportClosed
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import NotPermitted
from ta_portal.jobs import outbox

REVIEWERS = ("first", "second", "third")


class PlanTerms(TypedDict, total=False):
    visa_by: User | None
    first: User | None
    second: User | None
    third: User | None


@transaction.atomic
def arrange_reviewing(
    *, engagement_id: int, expected_version: int | None = None, by: User, **terms: Unpack[PlanTerms]
) -> ReviewPlan:
    """Say who gives the visa of an engagement's reports and who reviews them in turn, from the next submission on.

    Reports that are on their way keep the reviewers that they have.
    """
    engagement = engagement_to_change(engagement_id, Permission.ENGAGEMENT_CHANGE, by=by)
    plan = ReviewPlan.objects.select_for_update(no_key=True).filter(engagement=engagement).first()
    if plan is None:
        plan = ReviewPlan.objects.create(engagement=engagement, created_by=by)
    else:
        must_be_at(plan, expected_version)
    arranged = PlanTerms(visa_by=plan.visa_by, first=plan.first, second=plan.second, third=plan.third)
    arranged.update(terms)
    visa_by = arranged["visa_by"]
    if visa_by is not None and visa_by.pk not in possible_directors(engagement):
        refuse("visa_by", _("{person} does not report as liaison of the institution.").format(person=visa_by))
    allowed = possible_reviewers(engagement)
    named: list[User] = []
    for place, person in zip(REVIEWERS, (arranged["first"], arranged["second"], arranged["third"]), strict=True):
        if person is None:
            continue
        if person.pk not in allowed:
            refuse(place, _("{person} may not review reports of this engagement.").format(person=person))
        if person in named:
            refuse(place, _("{person} reviews already; name each person once.").format(person=person))
        named.append(person)
    # One that was left open between two others is no step.
    closed_up = dict(zip(REVIEWERS, [*named, None, None, None], strict=False))
    difference = apply_changes(plan, {"visa_by": visa_by, **closed_up}, allowed=PlanTerms)
    save_changes(plan, difference, verb="review_plan.changed", by=by)
    return plan


def fix_chain(report: ProgressReport, *, by: User) -> None:
    """For services only, at submission: what is arranged now is what holds for the report."""
    plan = plan_of(report.period.engagement_id)
    report.visa_by, report.visa_at = (plan.visa_by if plan else None), None
    report.round += 1
    people = [person for name in REVIEWERS if plan and (person := getattr(plan, name))]
    ReviewStep.objects.bulk_create(
        ReviewStep(report=report, round=report.round, nth=nth, reviewer=person, created_by=by)
        for nth, person in enumerate(people, 1)
    )


def must_have_turn(report: ProgressReport, *, by: User) -> None:
    """For services only. Refuse whoever is not the one whose turn it is."""
    step = turn_of(report, steps_of([report]).get(report.pk, []))
    if step is not None and step.reviewer_id != by.pk:
        raise NotYourTurn(_("It is the turn of {person}.").format(person=step.reviewer))


def has_later_turns(report: ProgressReport) -> bool:
    """For services only. Does somebody review after the one whose turn it is?"""
    return sum(step.state == StepState.WAITING for step in steps_of([report]).get(report.pk, [])) > 1


def pass_turn(report: ProgressReport, *, by: User) -> bool:
    """For services only: the step whose turn it is accepts. Gives whether that was the last."""
    step = turn_of(report, steps_of([report]).get(report.pk, []))
    if step is None:
        return True
    is_last = not has_later_turns(report)
    _close(step, StepState.ACCEPTED, by=by)
    return is_last


def end_chain(report: ProgressReport, *, note: str, by: User) -> None:
    """For services only: the report goes back; the step that gave it back says so, and none after it is reached."""
    step = turn_of(report, steps_of([report]).get(report.pk, []))
    if step is not None and report.state == ReviewState.SUBMITTED:
        _close(step, StepState.RETURNED, by=by, note=note)
    waiting = ReviewStep.objects.filter(report=report, state=StepState.WAITING.value)
    waiting.update(state=StepState.DROPPED.value, updated_by=by)


@transaction.atomic
def replace_reviewer(
    *, report_id: int, person: User, reason: str, expected_version: int | None = None, by: User
) -> ProgressReport:
    """Put `person` in the place of whoever has the turn and may decide no more, for a `reason` that stays on record.

    It may be the director who gives the visa, or a reviewer. Raises ReportClosed where the report waits for nobody in
    particular, NotPermitted where that somebody still may decide.
    """
    report = row_to_change(ProgressReport, report_id, Permission.ENGAGEMENT_CHANGE, by=by)
    engagement = report.period.engagement
    steps = steps_of([report]).get(report.pk, [])
    step = turn_of(report, steps)
    awaits_visa = report.state == ReviewState.AWAITING
    if not awaits_visa and step is None:
        raise ReportClosed(_("This report waits for nobody in particular."))
    must_be_at(report, expected_version)
    was = report.visa_by if awaits_visa else step and step.reviewer
    assert was is not None  # noqa: S101 - the constraint holds it
    permission = Permission.PROGRESS_LOG if awaits_visa else Permission.PROGRESS_REVIEW
    if was.pk in who_may(permission, engagement.pk) and was.pk != report.submitted_by_id:
        raise NotPermitted(_("{person} still may decide: nobody takes that place.").format(person=was))
    if not reason.strip():
        refuse("reason", _("Say why: it stays on record."))
    allowed = possible_directors(engagement) if awaits_visa else possible_reviewers(engagement)
    taken = {one.reviewer_id for one in steps} if not awaits_visa else set()
    if person.pk not in allowed or person.pk == report.submitted_by_id or person.pk in taken:
        refuse("person", _("{person} cannot decide on this report.").format(person=person))
    if awaits_visa:
        report.visa_by = person
    elif step is not None:
        step.reviewer, step.updated_by = person, by
        step.save(update_fields=["reviewer", "updated_by"])
    report.updated_by = by
    report.save(update_fields=["visa_by", "updated_by"])
    told = {"reviewer": {"was": str(was), "now": str(person)}}
    act = audit.record("progress_report.reviewer_replaced", target=report, by=by, reason=reason.strip(), changes=told)
    outbox.tell(act.verb, act=act.pk)
    return report


def _close(step: ReviewStep, state: StepState, *, by: User, note: str = "") -> None:
    step.state, step.decided_at, step.note, step.updated_by = state.value, timezone.now(), note, by
    step.save(update_fields=["state", "decided_at", "note", "updated_by"])
