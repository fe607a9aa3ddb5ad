"""What is gone, for those who could see it: the access rule of living rows, asked of tombstones (traps 20).

A tombstone keeps the ids that its row held. Where they lead to a living row, that row's rule decides; where they lead
to a row that is gone as well, its tombstone does. What hung below a row counts if it was deleted with it: what went
earlier was no reason to see the row any more.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from ta_portal.access.grants import Grants
from ta_portal.access.permissions import Permission, Scope
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.changes.models import Tombstone

# Where a path ends: the keys that are wanted of the model there, each a list or a sub-select.
Ends = Callable[[type[models.Model]], list[Any]]


def deleted(model: type[models.Model], grants: Grants, permission: Permission) -> QuerySet[Tombstone]:
    """The tombstones of `model` whose rows were in reach of `grants` when they went. Adds no query of its own."""
    return tombstones(model).filter(_condition(model, grants, permission))


def tombstones(model: type[models.Model]) -> QuerySet[Tombstone]:
    """All tombstones of `model`, with the ids that they keep as `was_<column>`."""
    kept = {_alias(column): _kept(column, kind) for column, kind in _columns(model).items()}
    return Tombstone.objects.filter(kind=model._meta.db_table).alias(**kept)


def _condition(model: type[models.Model], grants: Grants, permission: Permission) -> Q:
    scopes, rows = grants.scopes(permission), model._default_manager.all()
    if not scopes or not isinstance(rows, ScopedQuerySet):
        return Q(pk__in=[])
    if Scope.PORTFOLIO in scopes:
        return Q()
    found = Q(pk__in=[])
    for scope, ids in scopes.items():
        for path in rows.scope_paths.get(scope, ()):
            found |= _leads(model, path.split("__"), _these(ids))
    for path in rows.scope_parents:
        found |= _leads(model, path.split("__"), lambda end: _visible(end, grants, permission))
    return found


def _these(ids: Collection[int | str]) -> Ends:
    return lambda _model: [sorted(ids, key=str)]


def _visible(model: type[models.Model], grants: Grants, permission: Permission) -> list[Any]:
    rows: Any = model._default_manager.all()
    living = rows.permitted_by(grants, permission).order_by().values("pk")
    return [living, _keys(deleted(model, grants, permission))]


def _keys(gone: QuerySet[Tombstone]) -> Any:
    return gone.order_by().annotate(key=F(_alias("id"))).values("key")


def _leads(model: type[models.Model], path: list[str], ends: Ends) -> Q:
    """Tombstones of `model` from which `path` leads to one of the wanted ends."""
    name, *rest = path
    if name == "pk":
        return _one_of("id", ends(model))
    field: Any = model._meta.get_field(name)
    if not field.concrete:
        return _had_below(field, rest, ends)
    if field.attname not in _columns(model):
        return Q(pk__in=[])
    return _one_of(field.attname, _targets(field.related_model, rest, ends))


def _targets(model: type[models.Model], rest: list[str], ends: Ends) -> list[Any]:
    """The keys of the rows of `model`, living or gone, from which the rest of a path leads to a wanted end."""
    if not rest:
        return ends(model)
    last = model
    for name in rest:
        last = model if name == "pk" else last._meta.get_field(name).related_model  # type: ignore[assignment]
    living = Q(pk__in=[])
    for wanted in ends(last):
        living |= Q(**{f"{'__'.join(rest)}__in": wanted})
    gone = _keys(tombstones(model).filter(_leads(model, rest, ends)))
    return [model._default_manager.filter(living).order_by().values("pk"), gone]


def _had_below(relation: Any, rest: list[str], ends: Ends) -> Q:
    """Tombstones under which, in the same transaction, went a row that leads on."""
    below, column = relation.related_model, relation.field.attname
    rows = tombstones(below).filter(_leads(below, rest, ends) if rest else _one_of("id", ends(below)))
    return Q(Exists(rows.filter(change_xid=OuterRef("change_xid"), **{_alias(column): OuterRef(_alias("id"))})))


def _one_of(column: str, wanted: list[Any]) -> Q:
    found = Q(pk__in=[])
    for keys in wanted:
        found |= Q(**{f"{_alias(column)}__in": keys})
    return found


def _columns(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """What the tombstones of `model` keep of its ids (see `ta_portal.changes.models.bury`)."""
    concrete = {field.attname: field for field in model._meta.concrete_fields}
    return {name: field for name, field in concrete.items() if name == "id" or name.endswith("_id")}


def _kept(column: str, field: models.Field[Any, Any]) -> Cast:
    target: Any = getattr(field, "target_field", field)
    is_text = isinstance(target, models.CharField | models.UUIDField)
    return Cast(KeyTextTransform(column, "scope"), TextField() if is_text else BigIntegerField())


def _alias(column: str) -> str:
    return f"was_{column}"
