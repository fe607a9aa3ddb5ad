"""Who decides on reports: the arrangement of an engagement, whose turn a report is, and who may be named for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F
from django.utils import timezone

from programmes.domain.reviewing import turn
from programmes.domain.vocabulary import ReviewState, StepState
from programmes.models import Engagement, Membership, PostHolder, ProgressReport, ReviewPlan, ReviewStep
from programmes.selectors.recipients import who_may
from ta_portal.access.permissions import Permission, Role
from ta_portal.accounts.models import User


def plan_of(engagement_id: int) -> ReviewPlan | None:
    """How the engagement's reports are decided on; None where nothing was arranged."""
    people = ("visa_by", "first", "second", "third")
    return ReviewPlan.objects.filter(engagement=engagement_id).select_related(*people, "updated_by").first()


def possible_directors(engagement: Engagement) -> frozenset[int]:
    """Who may give the visa: those who report as liaison of the engagement's institution."""
    if engagement.institution_id is None:
        return frozenset()
    members = Membership.objects.filter(role=Role.LIAISON.value, institution=engagement.institution_id)
    holders = PostHolder.objects.filter(
        post__institution=engagement.institution_id, post__gives_access=True, during__contains=timezone.localdate()
    )
    of_institution = members.values_list("user", flat=True).union(holders.values_list("user", flat=True))
    return who_may(Permission.PROGRESS_LOG, engagement.pk) & frozenset(of_institution)


def possible_reviewers(engagement: Engagement) -> frozenset[int]:
    """Who may be named as one who decides in turn."""
    return who_may(Permission.PROGRESS_REVIEW, engagement.pk)


def steps_of(reports: Iterable[ProgressReport]) -> Mapping[int, Sequence[ReviewStep]]:
    """The steps of each report's last submission, in order. One query."""
    rows = ReviewStep.objects.filter(report__in=[one.pk for one in reports], round=F("report__round"))
    found: dict[int, list[ReviewStep]] = defaultdict(list)
    for row in rows.select_related("reviewer").order_by("report", "nth"):
        found[row.report_id].append(row)
    return found


def turn_of(report: ProgressReport, steps: Sequence[ReviewStep]) -> ReviewStep | None:
    """The step whose turn it is; None where the report waits for nobody in particular."""
    if report.state not in {ReviewState.SUBMITTED, ReviewState.AWAITING}:
        return None
    place = turn([StepState(step.state) for step in steps])
    return None if place is None else steps[place]


def whose_turn(report: ProgressReport, steps: Sequence[ReviewStep]) -> User | None:
    """Who moves next: the director for the visa, then each reviewer; None where whoever may review does."""
    if report.state == ReviewState.AWAITING:
        return report.visa_by
    step = turn_of(report, steps)
    return step.reviewer if step else None


def may_take_turn(user: User, report: ProgressReport, steps: Sequence[ReviewStep]) -> bool:
    """May `user` decide now, as far as the order goes? Whether they may review at all is not asked here."""
    step = turn_of(report, steps)
    return step is None or step.reviewer_id == user.pk
