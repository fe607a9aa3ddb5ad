"""The one access rule, for lists and objects alike: a queryset that knows who may see which of its rows.

A model says once how its rows hang on scopes; `permitted` compiles a user's grants into one SQL condition, and
`require` asks the same queryset about one row, so that a list and an object can never disagree. Sub-selects, not
joins: a join would repeat a row once per grant.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from ta_portal.access.grants import Grants, grants_of
from ta_portal.access.permissions import Permission, Scope
from ta_portal.errors import NotFound, NotPermitted

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """Rows that some may see and others may not.

    A root (the engagement) declares `scope_paths`: for each kind of scope the ORM paths from the row to its id. Every
    other model declares `scope_parents`: paths to rows that are themselves scoped; it is visible where one of them is.
    """

    scope_paths: ClassVar[Mapping[Scope, tuple[str, ...]]] = {}
    scope_parents: ClassVar[tuple[str, ...]] = ()

    def permitted(self, user: Any, permission: Permission = Permission.ENGAGEMENT_VIEW) -> Self:
        """The rows on which `user` holds `permission`; none for strangers. Adds no query beyond the grants'."""
        return self.filter(self.condition(grants_of(user), permission))

    def condition(self, grants: Grants, permission: Permission) -> Q:
        """The grants as one SQL condition on this model's rows."""
        scopes = grants.scopes(permission)
        if not scopes:
            return Q(pk__in=[])
        if Scope.PORTFOLIO in scopes:
            return Q()
        return self._by_own_scope(scopes) | self._by_parents(grants, permission)

    def _by_own_scope(self, scopes: Mapping[Scope, frozenset[int | str]]) -> Q:
        found = Q(pk__in=[])
        for scope, ids in scopes.items():
            for path in self.scope_paths.get(scope, ()):
                inside = self.model._default_manager.filter(**{f"{path}__in": sorted(ids, key=str)})
                found |= Q(pk__in=inside.order_by().values("pk"))
        return found

    def _by_parents(self, grants: Grants, permission: Permission) -> Q:
        found = Q(pk__in=[])
        for path in self.scope_parents:
            parent = _related_model(self.model, path)._default_manager.all()
            if not isinstance(parent, ScopedQuerySet):
                raise TypeError(f"{path} of {self.model.__name__} leads to rows without an access rule.")
            visible = parent.permitted_by(grants, permission)
            if _is_forward(self.model, path):
                found |= Q(**{f"{path}__in": visible.order_by().values("pk")})
            else:
                inside = self.model._default_manager.filter(**{f"{path}__in": visible.order_by().values("pk")})
                found |= Q(pk__in=inside.order_by().values("pk"))
        return found

    def permitted_by(self, grants: Grants, permission: Permission) -> Self:
        return self.filter(self.condition(grants, permission))


def _related_model(model: type[models.Model], path: str) -> type[models.Model]:
    for name in path.split("__"):
        related = model._meta.get_field(name).related_model
        if not isinstance(related, type):
            raise TypeError(f"{path} is no relation of {model.__name__}.")
        model = related
    return model


def _is_forward(model: type[models.Model], path: str) -> bool:
    """Does each step lead to at most one row? Then no row can be repeated."""
    for name in path.split("__"):
        field = model._meta.get_field(name)
        if not (field.many_to_one or field.one_to_one):
            return False
        related = field.related_model
        if isinstance(related, type):
            model = related
    return True


def require(user: Any, permission: Permission, row: models.Model) -> None:
    """Refuse unless `user` holds `permission` on `row`: NotFound if they may not even see it, else NotPermitted.

    One query, or two when refusing.
    """
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not isinstance(rows, ScopedQuerySet):
        raise TypeError(f"{type(row).__name__} has no access rule.")
    if rows.permitted(user, permission).exists():
        return
    if not rows.permitted(user, Permission.ENGAGEMENT_VIEW).exists():
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    raise NotPermitted(
        _("You may see this, but your role does not allow this act: {permission}.").format(permission=permission)
    )


def require_anywhere(user: Any, permission: Permission) -> None:
    """For acts that are not on a scoped row (reference data, users): held on the whole portfolio."""
    if not grants_of(user).everywhere(permission):
        raise NotPermitted(_("Your role does not allow this act: {permission}.").format(permission=permission))
