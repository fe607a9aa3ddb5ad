"""The portfolio of a reader: its engagements by what asks for a move, and those matters themselves. Set-based."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from programmes.domain.vocabulary import EngagementStatus
from programmes.models import Engagement
from programmes.models.engagements import EngagementQuerySet
from programmes.selectors.engagements import EngagementChoice, engagement_list
from programmes.selectors.rows import named_rows
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.registry.attention import NOW, SOON, matter_kinds

ROWS_ON_A_PAGE = 25
MOST_MATTERS = 12

RUNNING = [EngagementStatus.APPROVED, EngagementStatus.ACTIVE, EngagementStatus.SUSPENDED]

# One pass over what asks for a move, three answers: how much of each kind (and of all, over engagements), the most
# urgent few, and one page of the engagements by their gravest matter, those without any last, by their references.
ASKED = """
    gravest AS MATERIALIZED (
        SELECT DISTINCT ON (engagement_id) * FROM matter ORDER BY engagement_id, urgency DESC, on_date, place
    ), first AS (
        SELECT * FROM matter ORDER BY urgency DESC, on_date, place, engagement_id LIMIT %(most)s
    ), page AS (
        SELECT s.id, m.kind, m.urgency, m.on_date FROM scope s LEFT JOIN gravest m ON m.engagement_id = s.id
        ORDER BY m.urgency DESC NULLS LAST, m.on_date, s.ref COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s
    )
    SELECT 'kind' AS part, kind, NULL::int AS urgency, NULL::date AS on_date, NULL::bigint AS id,
           count(*) AS matters, NULL::bigint AS now
    FROM matter GROUP BY kind
    UNION ALL
    SELECT 'all', NULL, NULL, NULL, NULL, count(*), count(*) FILTER (WHERE urgency = 2) FROM gravest
    UNION ALL
    SELECT 'first', kind, urgency, on_date, engagement_id, NULL, NULL FROM first
    UNION ALL
    SELECT 'page', kind, urgency, on_date, id, NULL, NULL FROM page
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An engagement with one thing that asks for a move there: of which kind, how soon, by when; nothing where none."""

    engagement: Engagement
    kind: str | None
    urgency: int | None
    on_date: dt.date | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What a reader asked for: how many engagements by status, what asks for a move, and one page of them by that."""

    choice: EngagementChoice
    scope: EngagementQuerySet
    by_status: Mapping[str, int]
    by_kind: Mapping[str, int]
    now: int
    soon: int
    first: Sequence[Ranked]
    page: Page[int]
    rows: Sequence[Ranked]

    @property
    def count(self) -> int:
        return sum(self.by_status.values())


def portfolio(user: User, choice: EngagementChoice, *, today: dt.date, page: str | None = None) -> Portfolio:
    """The engagements in scope, counted, the gravest first, a page at a time. Three queries, however many there are."""
    scope = engagement_list(user, choice).order_by()
    by_status = dict(scope.values("status").annotate(count=Count("pk")).values_list("status", "count"))
    number = Paginator(range(sum(by_status.values())), ROWS_ON_A_PAGE).get_page(page)
    limits = {"most": MOST_MATTERS, "limit": ROWS_ON_A_PAGE, "offset": (number.number - 1) * ROWS_ON_A_PAGE}
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _asked(scope, today=today, **limits) if by_status else []:
        parts[row["part"]].append(row)
    engagements = scope.in_bulk({row["id"] for row in [*parts["first"], *parts["page"]]})
    whole = parts["all"][0] if parts["all"] else {"matters": 0, "now": 0}
    return Portfolio(
        choice=choice,
        scope=scope,
        by_status=by_status,
        by_kind={row["kind"]: row["matters"] for row in parts["kind"]},
        now=whole["now"],
        soon=whole["matters"] - whole["now"],
        first=_ranked(parts["first"], engagements),
        page=number,
        rows=_ranked(parts["page"], engagements),
    )


def matters_of(engagement: Engagement, *, today: dt.date) -> list[Ranked]:
    """What asks for a move on one engagement, the most urgent first. One query."""
    scope = Engagement.objects.filter(pk=engagement.pk)
    rows = _asked(scope, today=today, most=MOST_MATTERS, limit=0, offset=0)
    return _ranked([row for row in rows if row["part"] == "first"], {engagement.pk: engagement})


def permitted_ids(user: User, scope: EngagementQuerySet, permission: Permission) -> list[int]:
    """The engagements in scope on which `user` holds a permission. One query."""
    held = Engagement.objects.permitted(user, permission).filter(pk__in=scope.order_by().values("pk"))
    return list(held.order_by().values_list("pk", flat=True))


def usual_currency(engagement_ids: Collection[int]) -> str:
    """The one that all of their programmes count in, else US dollars. One query."""
    inside = Engagement.objects.filter(pk__in=engagement_ids).order_by().values_list("programme__currency", flat=True)
    found = list(inside.distinct()[:2])
    return found[0] if len(found) == 1 else "USD"


def _ranked(rows: Sequence[Mapping[str, Any]], engagements: Mapping[int, Engagement]) -> list[Ranked]:
    return [
        Ranked(engagements[row["id"]], row["kind"], row["urgency"], row["on_date"])
        for row in rows
        if row["id"] in engagements
    ]


def _asked(scope: EngagementQuerySet, **values: Any) -> list[dict[str, Any]]:
    """ASKED over `scope` (id, ref) and `matter` (kind, place, urgency, engagement_id, on_date)."""
    inside, params = _compiled(scope)
    kinds = " UNION ALL ".join(
        f"SELECT '{kind.key}' AS kind, {kind.order} AS place, {kind.running_only} AS running_only,"  # noqa: S608 - ours
        f" CASE WHEN x.on_date <= %(today)s + {kind.now_within_days} THEN {NOW} ELSE {SOON} END AS urgency,"
        f" x.engagement_id, x.on_date FROM ({kind.sql}) x"
        for kind in matter_kinds()
    )
    in_scope = (
        "SELECT k.* FROM kinds k JOIN scope s ON s.id = k.engagement_id"
        " WHERE NOT k.running_only OR s.status = ANY (%(running)s)"
    )
    statement = (
        f"WITH scope AS MATERIALIZED ({inside}), kinds AS ({kinds}), matter AS MATERIALIZED ({in_scope}), {ASKED}"
    )
    return named_rows(statement, {**params, **values, "running": RUNNING})


def _compiled(scope: EngagementQuerySet) -> tuple[str, dict[str, Any]]:
    """The scope as SQL with named values, to stand beside named ones of ours."""
    sql, values = scope.values("id", "ref", "status").query.sql_with_params()
    names = [f"scope_{number}" for number in range(len(values))]
    return sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))
