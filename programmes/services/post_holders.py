"""Who holds a post, and when: it is handed over, held by a deputy for some days, left. Access goes with it."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programmes.models import CounterpartPost, PostHolder
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check, refuse, saying
from programmes.services.days import days
from programmes.services.locking import must_be_at, row_to_change
from programmes.services.memberships import end_liaison_memberships
from programmes.services.posts import require_access_is_theirs
from ta_portal.access.grants import forget_grants
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import NotFound, NotPermitted


class HolderChanges(TypedDict, total=False):
    """`email` says whose account it is; the service finds the `user`."""

    name: str
    email: str
    user: User | None
    last_day: dt.date | None


@transaction.atomic
def hand_over(
    *, post_id: int, name: str, email: str = "", on: dt.date, expected_version: int | None = None, by: User
) -> CounterpartPost:
    """From the day `on` somebody else holds the post: who held it leaves it the day before, and so do their deputies.

    With access, the one loses it and the other has it from that day on. `email` is that of an account which is there;
    without one the new holder is named only. Of two who hand it over at once the second is told.
    """
    post = row_to_change(CounterpartPost, post_id, Permission.POST_CHANGE, by=by, expected_version=expected_version)
    require_access_is_theirs(post, by)
    holder = PostHolder(post=post, name=name.strip(), user=_person(email, by), during=days(on, None), created_by=by)
    check(holder)
    _leave_room_for(holder, by)
    with saying({"post_has_one_holder_at_a_time": ("on", _("Somebody holds the post on that day already."))}):
        holder.save(force_insert=True)
    audit.record("post_holder.named", target=holder, by=by, code=post.code)
    _forget(holder)
    return _as_it_stands(post)


@transaction.atomic
def name_deputy(
    *,
    post_id: int,
    name: str,
    email: str = "",
    first_day: dt.date,
    last_day: dt.date,
    expected_version: int | None = None,
    by: User,
) -> CounterpartPost:
    """Somebody stands in for the post's holder, from a first to a last day; access that it gives is theirs meanwhile.

    An officer names one, or the holder, as long as they hold the post themselves.
    """
    post = CounterpartPost.objects.select_for_update(no_key=True).filter(pk=post_id).first()
    if post is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    own = require_may_deputise(post, by)
    must_be_at(post, expected_version)
    during = days(first_day, last_day, place="last_day")
    if own and not (own.first_day <= first_day and last_day <= (own.last_day or last_day)):
        refuse("last_day", _("Somebody can stand in for you only while you hold the post."))
    user = _person(email, by)
    deputy = PostHolder(post=post, name=name.strip(), user=user, during=during, deputy=True, created_by=by)
    check(deputy)
    taken = _("The post has a deputy on some of these days already.")
    with saying({"post_has_one_deputy_at_a_time": ("first_day", taken)}):
        deputy.save(force_insert=True)
    audit.record("post_holder.deputy_named", target=deputy, by=by, code=post.code)
    _forget(deputy)
    return _as_it_stands(post)


@transaction.atomic
def change_holder(
    *, holder_id: int, expected_version: int | None = None, by: User, **changes: Unpack[HolderChanges]
) -> PostHolder:
    """Correct a name, say whose account it is, or give the last day, with which the access of the post ends as well."""
    holder = _holding(holder_id, by, expected_version)
    if (email := changes.get("email")) is not None and email.strip().lower() != _email_of(holder):
        changes["user"] = _person(email, by)
    known = {name: given for name, given in changes.items() if name != "email"}
    before = holder.user
    difference = apply_changes(holder, known, allowed=HolderChanges, ranges={"during": ("first_day", "last_day")})
    kind = "deputy" if holder.deputy else "holder"
    if holder.deputy and holder.during.upper is None:
        refuse("last_day", _("A deputy has a last day."))
    taken = {f"post_has_one_{kind}_at_a_time": ("last_day", _("Somebody else holds the post on some of these days."))}
    save_changes(holder, difference, verb="post_holder.changed", by=by, sentences=taken, code=holder.post.code)
    if "during" in difference:
        _end_other_access(holder, by)
    for user in filter(None, (before, holder.user)):
        forget_grants(user)
    return holder


@transaction.atomic
def remove_holding(*, holder_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove somebody who was named by mistake, or never took up the post. Nobody takes their place by that."""
    holder = _holding(holder_id, by, expected_version)
    remove_row(holder, verb="post_holder.removed", reason=reason, by=by, code=holder.post.code)
    _forget(holder)


def holds_today(post: CounterpartPost, user: User) -> PostHolder | None:
    """The holding by which `user` has the post today; not as a deputy."""
    return post.holders.filter(user=user, deputy=False, during__contains=timezone.localdate()).first()


def _leave_room_for(holder: PostHolder, by: User) -> None:
    """End what still runs on the new holder's first day."""
    on = holder.first_day
    standing = PostHolder.objects.select_for_update(of=("self",)).filter(post=holder.post_id)
    for one in standing.filter(Q(during__contains=on) | Q(during__startswith__gt=on)).select_related("post", "user"):
        if not one.deputy and one.first_day >= on:
            words = {"name": one.name, "day": date_format(one.first_day)}
            refuse("on", _("{name} holds the post from {day}: hand it over on a later day.").format(**words))
        if not one.deputy and one.user_id and one.user_id == holder.user_id:
            refuse("email", _("{name} holds the post already.").format(name=one.name))
        if one.first_day >= on:
            told = _("The post was handed over.")
            remove_row(one, verb="post_holder.removed", reason=told, by=by, code=one.post.code)
        else:
            one.during, one.updated_by = DateRange(one.first_day, on, "[)"), by
            one.save(update_fields=["during", "updated_by"])
            audit.record("post_holder.left", target=one, by=by, code=one.post.code)
            _end_other_access(one, by)
        _forget(one)


def _end_other_access(holder: PostHolder, by: User) -> None:
    """A liaison who leaves keeps nothing of the institution by a role that was given to them besides the post."""
    last = holder.last_day
    if holder.user and last and holder.post.gives_access and not holder.deputy:
        institution, on = holder.post.institution, last + dt.timedelta(days=1)
        end_liaison_memberships(user=holder.user, institution=institution, on=on, by=by)


def require_may_deputise(post: CounterpartPost, by: User) -> PostHolder | None:
    """The holding of `by` themselves; None for an officer. Raises NotFound or NotPermitted for anybody else."""
    if CounterpartPost.objects.permitted(by, Permission.POST_CHANGE).filter(pk=post.pk).exists():
        require_access_is_theirs(post, by)
        return None
    require(by, Permission.DEPUTY_NAME, post)
    own = holds_today(post, by)
    if own is None:
        raise NotPermitted(_("Who holds the post names their deputy, or an officer does."))
    return own


def require_may_change(holder: PostHolder, by: User) -> None:
    """Raises unless `by` is an officer; the holder of a post may change its deputies as well."""
    if holder.deputy:
        require_may_deputise(holder.post, by)
        return
    require(by, Permission.POST_CHANGE, holder)
    require_access_is_theirs(holder.post, by)


def _holding(holder_id: int, by: User, expected_version: int | None) -> PostHolder:
    """The locked row. Its post is locked first, as by whoever hands it over."""
    post = PostHolder.objects.filter(pk=holder_id).values("post")
    CounterpartPost.objects.select_for_update(no_key=True).filter(pk__in=post).first()
    rows = PostHolder.objects.select_for_update(no_key=True, of=("self",)).select_related("post__institution", "user")
    holder = rows.filter(pk=holder_id).first()
    if holder is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    require_may_change(holder, by)
    must_be_at(holder, expected_version)
    return holder


def _person(email: str, by: User) -> User | None:
    """Whose account it is; nobody's where no address is given."""
    if not email.strip():
        return None
    user = User.objects.filter(email__iexact=email.strip(), is_active=True, is_service=False).first()
    if user is None:
        refuse("email", _("Nobody signs in here with the address {email}.").format(email=email))
    if user == by:
        refuse("email", _("You cannot put yourself into a post: somebody else has to."))
    return user


def _email_of(holder: PostHolder) -> str:
    return holder.user.email if holder.user else ""


def _forget(holder: PostHolder) -> None:
    if holder.user:
        forget_grants(holder.user)


def _as_it_stands(post: CounterpartPost) -> CounterpartPost:
    """With the version that its new holder has given it."""
    post.refresh_from_db()
    return post
