"""The posts of an institution, who holds each, and how often they change hands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from programmes.domain.turnover import Stay, Turnover, turnover
from programmes.models import CounterpartPost, Institution, PostHolder
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound


@dataclass(frozen=True, slots=True)
class Post:
    """A post with everybody who holds or held it, was its deputy or is to be, the latest first."""

    row: CounterpartPost
    held: Sequence[PostHolder]
    turnover: Turnover

    def holder(self, on: dt.date) -> PostHolder | None:
        return self._on(on, deputy=False)

    def deputy(self, on: dt.date) -> PostHolder | None:
        return self._on(on, deputy=True)

    def _on(self, day: dt.date, *, deputy: bool) -> PostHolder | None:
        return next((one for one in self.held if one.deputy is deputy and day in stay_of(one)), None)


def posts_of(institution: Institution, *, today: dt.date) -> list[Post]:
    """Every post of an institution that the reader sees, by code. Two queries."""
    held = Prefetch("holders", PostHolder.objects.order_by("-during", "pk"))
    rows = CounterpartPost.objects.filter(institution=institution).select_related("institution")
    rows = rows.prefetch_related(held).order_by("code")
    return [_post(row, list(row.holders.all()), today) for row in rows]


def post_at(user: User, institution: str, code: str) -> CounterpartPost:
    """The post with this code, of an institution that `user` may see. Raises NotFound."""
    rows = CounterpartPost.objects.permitted(user).select_related("institution", "updated_by")
    found = rows.filter(institution__code=institution, code=code).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


def holder_at(user: User, institution: str, public_id: str) -> PostHolder:
    """Somebody in a post, of an institution that `user` may see. Raises NotFound."""
    rows = PostHolder.objects.permitted(user).select_related("post__institution", "user", "updated_by")
    found = rows.filter(post__institution__code=institution, public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


def stay_of(holder: PostHolder) -> Stay:
    return Stay(holder.first_day, holder.last_day)


def _post(row: CounterpartPost, held: Sequence[PostHolder], today: dt.date) -> Post:
    stays = [stay_of(one) for one in held if not one.deputy]
    return Post(row, held, turnover(stays, today=today))
