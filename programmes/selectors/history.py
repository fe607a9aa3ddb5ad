"""Who did what, the newest act first, and what each act changed: from the audit trail and the rows' kept states."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from programmes.models import Engagement, Indicator
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.accounts.models import User
from ta_portal.audit.models import AuditEvent
from ta_portal.registry.histories import histories, history_of

ACTS_ON_A_PAGE = 50
REMOVED = ".removed"

State = Mapping[str, Any]
# Rows that states point at, by table and key. Those that the reader may not see are not among them.
Related = Mapping[tuple[str, Any], models.Model]

# The last state of the row that an act can have left; the one before, which an earlier act or transaction had left; and
# whether it is new since the row's earlier act: else the act wrote something other than the row. `at` and `updated_at`
# are both instants of statements, and services record an act after they wrote; `pgh_created_at` is the transaction's.
_STATES = """
    SELECT act.id, to_jsonb(last), to_jsonb(former), last.updated_at > coalesce(before.at, '-infinity') AS is_new
    FROM act
    LEFT JOIN LATERAL (
        SELECT e.at FROM audit_event e
        WHERE e.target_kind = act.kind AND e.target_id = act.target AND e.id < act.id
        ORDER BY e.id DESC LIMIT 1) before ON true
    JOIN LATERAL (
        SELECT * FROM {table} e
        WHERE e.pgh_obj_id = act.target AND e.updated_at <= act.at AND e.pgh_label <> 'delete'
        ORDER BY e.pgh_id DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (
        SELECT * FROM {table} e
        WHERE e.pgh_obj_id = act.target AND e.pgh_id < last.pgh_id
          AND (e.updated_at <= before.at OR e.pgh_created_at < last.pgh_created_at)
        ORDER BY e.pgh_id DESC LIMIT 1) former ON true
    WHERE act.kind = %s
"""


# The figures of a progress report that an act recorded: those of its observations since the report's earlier act.
_FIGURES = """
    SELECT act.id, to_jsonb(former), to_jsonb(figure)
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS act (id, report, at)
    LEFT JOIN LATERAL (
        SELECT e.at FROM audit_event e
        WHERE e.target_kind = 'progress_report' AND e.target_id = act.report AND e.id < act.id
        ORDER BY e.id DESC LIMIT 1) before ON true
    JOIN LATERAL (
        SELECT * FROM observation_event e
        WHERE e.report_id = act.report AND e.updated_at <= act.at AND e.pgh_label <> 'delete'
          AND e.updated_at > coalesce(before.at, '-infinity')
        ORDER BY e.pgh_id LIMIT %s) figure ON true
    LEFT JOIN LATERAL (
        SELECT * FROM observation_event e
        WHERE e.pgh_obj_id = figure.pgh_obj_id AND e.pgh_id < figure.pgh_id
        ORDER BY e.pgh_id DESC LIMIT 1) former ON true
    ORDER BY figure.pgh_id
"""
RECORDED = "observations.recorded"
MOST_FIGURES = 100


@dataclass(frozen=True, slots=True)
class HistoryChoice:
    """What a reader asked of a history; all of it is left open where nothing is given."""

    kind: str = ""
    by: str = ""
    engagement: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def __bool__(self) -> bool:
        return any((self.kind, self.by, self.engagement, self.since, self.until))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: with what is older than an act, or with what is newer; else with the newest of all."""

    before: int | None = None
    after: int | None = None


_NEWEST = Place()


@dataclass(frozen=True, slots=True)
class Act:
    """One act, with the row's states before and after it where they are kept, and what the reader may know of it."""

    event: AuditEvent
    engagement: Engagement | None
    was: State | None = None
    now: State | None = None
    with_rates: bool = False
    figures: Sequence[tuple[State | None, State]] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A page of acts, with what their states point at; `older` and `newer` are where the neighbouring pages begin."""

    acts: Sequence[Act]
    related: Related = field(default_factory=dict)
    older: int | None = None
    newer: int | None = None


def readable_acts(user: User) -> QuerySet[AuditEvent]:
    """The acts that `user` may read: those on the engagements where they hold AUDIT_VIEW.

    Acts on what belongs to no engagement (reference data, users, rates) are for those who hold it everywhere.
    """
    rows = _tellable(AuditEvent.objects.select_related("by"), user)
    if grants_of(user).everywhere(Permission.AUDIT_VIEW):
        return rows
    seen = Engagement.objects.permitted(user, Permission.AUDIT_VIEW).order_by()
    return rows.filter(engagement_id__in=seen.values("pk"))


def acts_on(engagement: Engagement, *, user: User) -> QuerySet[AuditEvent]:
    """The acts on one engagement that `user` may read; only for those who hold AUDIT_VIEW on it."""
    return _tellable(AuditEvent.objects.select_related("by").filter(engagement_id=engagement.pk), user)


def _tellable(rows: QuerySet[AuditEvent], user: User) -> QuerySet[AuditEvent]:
    """Without the acts on kinds of rows that have a permission of their own, where `user` does not hold it."""
    for told in histories():
        if told.permission is None or grants_of(user).everywhere(told.permission):
            continue
        held = Engagement.objects.permitted(user, told.permission).order_by().values("pk")
        rows = rows.filter(~Q(target_kind=told.table) | Q(engagement_id__in=held))
    return rows


def people_in(events: QuerySet[AuditEvent]) -> list[User]:
    """Whoever did one of the acts. One query."""
    theirs = events.order_by().filter(by=OuterRef("pk"))
    return list(User.objects.filter(Exists(theirs)).order_by("full_name", "email"))


def chosen(events: QuerySet[AuditEvent], choice: HistoryChoice) -> QuerySet[AuditEvent]:
    found = Q()
    if choice.kind:
        found &= Q(target_kind=choice.kind)
    if choice.by:
        found &= Q(by__isnull=True) if choice.by == "portal" else Q(by=int(choice.by))
    if choice.engagement:
        named = Engagement.objects.filter(ref__icontains=choice.engagement).order_by()
        found &= Q(engagement_id__in=named.values("pk"))
    if choice.since:
        found &= Q(at__gte=_midnight(choice.since))
    if choice.until:
        found &= Q(at__lt=_midnight(choice.until + dt.timedelta(days=1)))
    return events.filter(found)


def history(
    events: QuerySet[AuditEvent],
    *,
    user: User,
    place: Place = _NEWEST,
    size: int = ACTS_ON_A_PAGE,
) -> History:
    """A page of acts, the newest first: those before an act, or those after it, by their numbers and not by counting.

    The queries are one for the acts, one for their engagements, one for where rates may be known, one for all states,
    one for the figures of progress reports, and one for each kind of row that the states point at.
    """
    found, older, newer = _window(events, place, size)
    engagements = Engagement.objects.permitted(user).in_bulk({e.engagement_id for e in found if e.engagement_id})
    rates = _where_rates_are_known(user, engagements)
    states, figures = _readable(_states(found), found, user), _figures(found)
    acts = [
        Act(
            event,
            engagements.get(event.engagement_id or 0),
            *states.get(event.pk, (None, None)),
            with_rates=(event.engagement_id or 0) in rates,
            figures=figures.get(event.pk, ()),
        )
        for event in found
    ]
    return History(acts, _related(acts, user), older, newer)


def _window(events: QuerySet[AuditEvent], place: Place, size: int) -> tuple[list[AuditEvent], int | None, int | None]:
    if place.after is not None:
        rows = list(events.filter(pk__gt=place.after).order_by("pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return rows, rows[-1].pk if rows else None, rows[0].pk if rows and more else None
    narrowed = events if place.before is None else events.filter(pk__lt=place.before)
    rows = list(narrowed.order_by("-pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    newer = rows[0].pk if rows and place.before is not None else None
    return rows, rows[-1].pk if rows and more else None, newer


def _where_rates_are_known(user: User, engagements: Mapping[int, Engagement]) -> frozenset[int]:
    """The engagements on which `user` may know rates; 0 stands for what belongs to none."""
    if grants_of(user).everywhere(Permission.RATE_VIEW):
        return frozenset({0, *engagements})
    known = Engagement.objects.permitted(user, Permission.RATE_VIEW).filter(pk__in=engagements)
    return frozenset(known.order_by().values_list("pk", flat=True))


def _states(events: Sequence[AuditEvent]) -> dict[int, tuple[State | None, State | None]]:
    """Before and after each act, where its row's states are kept and the act wrote one. One query."""
    kinds = sorted({event.target_kind for event in events} & _kept())
    told = [event for event in events if event.target_kind in kinds and event.target_id is not None]
    if not told:
        return {}
    columns: list[Any] = [
        [e.pk for e in told],
        [e.target_kind for e in told],
        [e.target_id for e in told],
        [e.at for e in told],
    ]
    asked = " UNION ALL ".join(_STATES.format(table=connection.ops.quote_name(f"{kind}_event")) for kind in kinds)
    acts = "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[])"
    verbs = {event.pk: event.verb for event in told}
    found: dict[int, tuple[State | None, State | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH act (id, kind, target, at) AS ({acts}) {asked}", [*columns, *kinds])
        for act, last, former, is_new in cursor.fetchall():
            if verbs[act].endswith(REMOVED):
                found[act] = (_read(last), None)
            elif is_new:
                found[act] = (_read(former), _read(last))
    return found


def _readable(
    states: dict[int, tuple[State | None, State | None]], events: Sequence[AuditEvent], user: User
) -> dict[int, tuple[State | None, State | None]]:
    """The states without the blind fields of rows that `user` may not see. One query for each kind that has such."""
    found = dict(states)
    for told in histories():
        acts = [event for event in events if told.blind and event.target_kind == told.table and event.pk in states]
        if not acts:
            continue
        rows = _visible(told.model, user).filter(pk__in={act.target_id for act in acts})
        seen = set(rows.values_list("pk", flat=True))
        for act in acts:
            if act.target_id not in seen:
                was, now = (_without(state, told.blind) for state in states[act.pk])
                found[act.pk] = (was, now)
    return found


def _without(state: State | None, names: frozenset[str]) -> State | None:
    return None if state is None else {name: value for name, value in state.items() if name not in names}


def _figures(events: Sequence[AuditEvent]) -> dict[int, list[tuple[State | None, State]]]:
    """What each act recorded of a report's figures: each with the one that stood before. One query."""
    told = [event for event in events if event.verb == RECORDED and event.target_id is not None]
    found: dict[int, list[tuple[State | None, State]]] = defaultdict(list)
    if not told:
        return found
    columns: list[Any] = [[e.pk for e in told], [e.target_id for e in told], [e.at for e in told]]
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [*columns, MOST_FIGURES])
        for act, former, figure in cursor.fetchall():
            found[act].append((_read(former), _read(figure) or {}))
    return found


def _kept() -> set[str]:
    """The kinds of rows whose states are kept beside their tables."""
    tables = {model._meta.db_table for model in apps.get_models()}
    return {one.table for one in histories() if f"{one.table}_event" in tables}


def _read(state: str | None) -> State | None:
    found: State | None = None if state is None else json.loads(state, parse_float=Decimal)
    return found


def _related(acts: Iterable[Act], user: User) -> Related:
    """What the changed fields point at, as far as `user` may see it. One query for each kind of row."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for act in acts:
        told = history_of(act.event.target_kind)
        wanted[Indicator] |= {figure["indicator_id"] for _former, figure in act.figures}
        if told is None:
            continue
        for relation in told.model._meta.concrete_fields:
            if isinstance(relation, models.ForeignKey) and relation.name not in told.left_out:
                keys = {state.get(relation.attname) for state in (act.was, act.now) if state}
                wanted[relation.related_model] |= keys - {None}
        if isinstance(user_id := act.event.data.get("user"), int):
            wanted[User].add(user_id)
    return {
        (model._meta.db_table, row.pk): row
        for model, keys in wanted.items()
        if keys
        for row in _visible(model, user).filter(pk__in=keys)
    }


def _visible(model: type[models.Model], user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.order_by()
    return rows.permitted(user) if isinstance(rows, ScopedQuerySet) else rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
