"""An institution's posts: who holds each, who held it for how long, and what may be done with it."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programmes.domain.turnover import Turnover
from programmes.models import CounterpartPost, PostHolder
from programmes.selectors.posts import Post, stay_of
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

# By the name of its address, what may be done with a post.
Acts = Sequence[tuple[str, str | Promise]]
CHANGES: Acts = (("hand-over", _("Hand over")), ("name-deputy", _("Name a deputy")), ("change-post", _("Change")))
DEPUTISES: Acts = (("name-deputy", _("Name a deputy")),)


def post_table(posts: Sequence[Post], *, today: dt.date, acts: Callable[[CounterpartPost], Acts]) -> Table[Post]:
    """Each post with its holder and deputy of today, and what this reader may do with it."""
    offered = {post.row.pk: acts(post.row) for post in posts}
    columns: list[Column[Post]] = [
        Column(_("Post"), lambda post: _titled(post.row)),
        Column(_("Holder"), lambda post: _since(post.holder(today), _t("nobody"))),
        Column(_("Deputy"), lambda post: _until(post.deputy(today))),
        Column(_("Holders of the last five years"), lambda post: _turnover(post.turnover), wide=True),
        Column(_("Access"), lambda post: _access(post, today), wide=True),
    ]
    if any(offered.values()):
        columns.append(Column(_("To do"), lambda post: _links(post.row, offered[post.row.pk])))
    return Table(name="posts", caption=_("Posts"), columns=columns, rows=posts, stacked=True)


def holder_table(
    posts: Sequence[Post], *, today: dt.date, may_change: Callable[[PostHolder], bool]
) -> Table[tuple[Post, PostHolder]]:
    """Who held which post when, the latest first, and for how long."""
    return Table(
        name="holders",
        caption=_("Holders over time"),
        columns=[
            Column(_("Name"), lambda row: _named(*row, may_change(row[1]))),
            Column(_("Post"), lambda row: _titled(row[0].row)),
            Column(_("From"), lambda row: formats.day(row[1].first_day)),
            Column(_("To"), lambda row: _last(row[1])),
            Column(_("Days in the post"), lambda row: formats.number(stay_of(row[1]).days(today=today)), numeric=True),
        ],
        rows=[(post, holder) for post in posts for holder in post.held],
        stacked=True,
    )


def _titled(post: CounterpartPost) -> SafeString:
    unit = format_html(" · {}", formats.bdi(post.unit)) if post.unit else ""
    return format_html("{}<small>{}{}</small>", formats.bdi(post.title), formats.bdi(post.code, "ltr"), unit)


def _since(holder: PostHolder | None, nobody: str) -> SafeString:
    if holder is None:
        return formats.missing(nobody)
    since = formats.day(holder.first_day)
    words = format_html(_t("since %(day)s").replace("%(day)s", "{}"), since)
    return format_html("{}<small>{}</small>", formats.bdi(holder.name), words)


def _until(deputy: PostHolder | None) -> SafeString:
    if deputy is None:
        return formats.missing(_t("nobody"))
    words = format_html(_t("until %(day)s").replace("%(day)s", "{}"), _last(deputy))
    return format_html("{}<small>{}</small>", formats.bdi(deputy.name), words)


def _last(holder: PostHolder) -> SafeString:
    return formats.day(holder.last_day) if holder.last_day else formats.missing(_t("still there"))


def _named(post: Post, holder: PostHolder, may_change: bool) -> SafeString:
    name, deputy = formats.bdi(holder.name), format_html("<small>{}</small>", _t("Deputy")) if holder.deputy else ""
    if not may_change:
        return format_html("{}{}", name, deputy)
    address = reverse("change-holder", args=[post.row.institution.code, holder.public_id])
    return format_html('<a href="{}">{}</a>{}', address, name, deputy)


def _turnover(found: Turnover) -> SafeString:
    """How many, and how long those stayed who have left."""
    count = formats.number(found.holders)
    if found.mean_days is None:
        return count
    days = round(found.mean_days)
    stayed = ngettext("stayed %(days)d day on average", "stayed %(days)d days on average", days) % {"days": days}
    return format_html("{}<small>{}</small>", count, stayed)


def _access(post: Post, today: dt.date) -> SafeString:
    """Whether it makes its holder the liaison, and whether they can sign in at all."""
    if not post.row.gives_access:
        return formats.missing(_t("gives none"))
    holder = post.holder(today)
    if holder is not None and holder.user_id is None:
        return tag(_("Liaison, without an account"), "warn", "warn")
    return tag(_("Liaison"))


def _links(post: CounterpartPost, acts: Acts) -> SafeString:
    links = [(reverse(name, args=[post.institution.code, post.code]), words) for name, words in acts]
    return format_html_join(" · ", '<a href="{}">{}</a>', links)
