"""Who is told of what: found by the access rule, so that nobody hears of an engagement that they could not open."""

from collections.abc import Collection

from programmes.models import Engagement
from ta_portal.access.holders import holders
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User


def who_may(permission: Permission, engagement_id: int) -> frozenset[int]:
    """The people who hold the permission on the engagement. One query."""
    found = holders(Engagement.objects.filter(pk=engagement_id), permission)
    return found.get(engagement_id, frozenset())


def reviewers(engagement_id: int, *, but: int | None) -> frozenset[int]:
    """Who may decide on a report, never whoever sent it."""
    return who_may(Permission.PROGRESS_REVIEW, engagement_id) - {but}


def still_writing(engagement_id: int, *, among: Collection[int | None]) -> frozenset[int]:
    """Those among these people who may, still, write the engagement's reports."""
    return who_may(Permission.PROGRESS_LOG, engagement_id) & frozenset(one for one in among if one is not None)


def writers(engagement_id: int) -> frozenset[int]:
    """Who writes the engagement's reports for the ministry: not those who decide on them as well."""
    return who_may(Permission.PROGRESS_LOG, engagement_id) - who_may(Permission.PROGRESS_REVIEW, engagement_id)


def holds(user: User, permission: Permission, engagement_id: int) -> bool:
    """Whether the user holds the permission on the engagement now."""
    return Engagement.objects.permitted(user, permission).filter(pk=engagement_id).exists()
