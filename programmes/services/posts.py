"""An institution's posts: what its counterparts are called, and whether who holds one is its liaison."""

from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.models import CounterpartPost, Institution
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check, code_taken, refuse, saying
from programmes.services.locking import row_to_change
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import NotPermitted


class PostChanges(TypedDict, total=False):
    code: str
    title: str
    unit: str
    gives_access: bool


@transaction.atomic
def add_post(
    *, institution: Institution, code: str, title: str, unit: str = "", gives_access: bool = False, by: User
) -> CounterpartPost:
    """Add a post that engagements work with. With `gives_access` whoever holds it is the institution's liaison."""
    require(by, Permission.POST_CHANGE, institution)
    post = CounterpartPost(
        institution=institution, code=code, title=title, unit=unit, gives_access=gives_access, created_by=by
    )
    check(post)
    if gives_access:
        _refuse_unless_whole(institution, by)
    with saying(code_taken("post_code_once_in_institution", code)):
        post.save(force_insert=True)
    audit.record("post.added", target=post, by=by, code=code)
    return post


@transaction.atomic
def change_post(
    *, post_id: int, expected_version: int | None = None, by: User, **changes: Unpack[PostChanges]
) -> CounterpartPost:
    """Change a post. Access that it gives begins, or ends, at once for whoever holds it."""
    post = row_to_change(CounterpartPost, post_id, Permission.POST_CHANGE, by=by, expected_version=expected_version)
    gave_access = post.gives_access
    difference = apply_changes(post, changes, allowed=PostChanges)
    if gave_access or post.gives_access:
        _refuse_unless_whole(post.institution, by)
    taken = code_taken("post_code_once_in_institution", post.code)
    save_changes(post, difference, verb="post.changed", by=by, sentences=taken)
    return post


@transaction.atomic
def remove_post(*, post_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove a post that nobody ever held. Raises StillInUse where somebody did."""
    post = row_to_change(CounterpartPost, post_id, Permission.POST_CHANGE, by=by, expected_version=expected_version)
    require_access_is_theirs(post, by)
    remove_row(post, verb="post.removed", reason=reason, by=by, code=post.code, title=post.title)


def may_give_access(institution: Institution, by: User) -> bool:
    """Whether `by` may say who is the institution's liaison: that person sees all that is there.

    So it takes the permission on the whole of the institution; an officer of some engagements there would give away
    what they do not see themselves.
    """
    held = Institution.objects.held_whole(by, Permission.POST_CHANGE)
    return held.filter(pk=institution.pk).exists()


def require_access_is_theirs(post: CounterpartPost, by: User) -> None:
    """Raises NotPermitted where who holds the post is the liaison, and `by` may not say who that is."""
    if post.gives_access and not may_give_access(post.institution, by):
        raise NotPermitted(only_for_the_whole())


def only_for_the_whole() -> str:
    return _(
        "This post gives access to everything its institution has here: it is changed by whoever looks after "
        "the institution, its country or the whole portfolio."
    )


def _refuse_unless_whole(institution: Institution, by: User) -> None:
    if not may_give_access(institution, by):
        refuse("gives_access", only_for_the_whole())
