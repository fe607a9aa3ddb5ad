"""Reading a resource: lists in pages, one row by its code or public id. What somebody may not see is not there.

A subclass says what it shows and by what it can be asked for. The access rule, filters, pages, tags and the OpenAPI
file follow from that. Acting on a resource is a method of its own that calls a service.
"""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from ta_portal.access.deleted import deleted
from ta_portal.access.grants import Grant, Grants, grants_of
from ta_portal.access.permissions import Permission, Role, Scope
from ta_portal.access.querysets import require
from ta_portal.api import described, feed, filters, pagination
from ta_portal.api.exports import FORMS, export, is_export
from ta_portal.api.fields import Column
from ta_portal.api.parameters import text_of
from ta_portal.api.rows import Row, Shown, fetch, read, shown, where_shown
from ta_portal.api.tags import Stamp, list_tag, stamp_of
from ta_portal.api.views import PortalView
from ta_portal.changes.feed import feed_state
from ta_portal.changes.models import Tombstone, Versioned
from ta_portal.errors import Fault, InvalidInput, NotFound, NotPermitted

_OF_LISTS = ("fields", "ordering", "page_size", "cursor")
_OF_PAGES = ("page_size", "cursor", "updated_since")
_OF_ORDERS = ("ordering", "cursor")


class ScopedViewSet(ViewSetMixin, PortalView):
    """A resource that can be read: rows on which the caller holds `view_permission`, in pages or one by one."""

    queryset: ClassVar[QuerySet[Any]]
    row: ClassVar[type[Row]]
    view_permission: ClassVar[Permission] = Permission.ENGAGEMENT_VIEW
    # How a row is addressed: by a code, or by its public id.
    lookup_field: ClassVar[str] = "public_id"
    lookup_value_converter: ClassVar[str] = "uuid"
    # The path from a row to its engagement, for `?engagement=REF`; empty for what lies above engagements.
    engagement_path: ClassVar[str] = ""
    filter_fields: ClassVar[Sequence[str]] = ()
    ordering_fields: ClassVar[Sequence[str]] = ()
    search_fields: ClassVar[Sequence[str]] = ()
    # Whether one row can be asked for in part, with `?fields=`.
    can_choose_fields: ClassVar[bool] = True
    # Fields of the row that no column holds; `compute` makes them for a page at once.
    computed_fields: ClassVar[Sequence[str]] = ()
    # The column that says when a row was written, for `?updated_since=` with an instant.
    written_at: ClassVar[str] = "updated_at"

    # --- what may be seen ---

    def visible(self) -> QuerySet[Any]:
        """The rows that the caller may see, as one SQL condition."""
        rows: Any = self.queryset.all()
        permitted: QuerySet[Any] = rows.permitted(self.user, self.view_permission)
        return permitted

    def exportable(self) -> QuerySet[Any]:
        """The visible rows that the caller may take away as a file."""
        rows: Any = self.queryset.model._default_manager.all()
        permitted = rows.permitted(self.user, Permission.EXPORT).order_by()
        return self.visible().filter(pk__in=permitted.values("pk"))

    def deleted(self, grants: Grants) -> QuerySet[Tombstone]:
        """The tombstones of rows that `grants` (the caller's, or narrower ones) could see."""
        return deleted(self.queryset.model, grants, self.view_permission)

    def shown_where(self) -> Mapping[str, Q]:
        """Fields that the caller sees on some of these rows only, each with the condition; null elsewhere."""
        return {}

    # --- what can be asked ---

    def known_parameters(self) -> Iterable[str]:
        if self.action != "list":
            return {"fields"} if self.action == "retrieve" and self.can_choose_fields else set()
        return {
            *_OF_LISTS,
            *(["updated_since"] if self.has_feed() else []),
            *(["engagement"] if self.engagement_path else []),
            *(["search"] if self.search_fields else []),
            *self.filters(),
        }

    @classmethod
    def filters(cls) -> Mapping[str, filters.Filter]:
        return filters.filters_on(cls.row, tuple(cls.filter_fields))

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *(form() for form in FORMS if self.action == "list")]

    # --- answers ---

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """A page; what changed where `updated_since` is given; the whole list where a file is asked for."""
        self._refuse_without_permission()
        if is_export(request):
            return self._file(request.query_params)
        if "updated_since" in request.query_params:
            return self._changes(request.query_params)
        return self._page(request.query_params)

    def retrieve(self, request: Request, *_args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.query_params.get("fields")
        rows = self.visible().filter(**{self.lookup_field: kwargs[self.lookup_field]})
        version = ["row_version"] if self._is_versioned() else []
        found = next(fetch(rows, self._columns(wanted), "pk", *version), None)
        if found is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        row, (key, *versions) = found
        return self.answer(self._with_computed([row], [key], wanted)[0], version=versions[0] if versions else None)

    def compute(self, keys: Sequence[Any]) -> Mapping[Any, Mapping[str, Any]]:
        """The `computed_fields` of the rows with these primary keys, by key: figures that a selector makes."""
        raise NotImplementedError

    # --- how the OpenAPI file describes it ---

    def described_parameters(self) -> Sequence[Any]:
        return described.parameters(self) if self.action in ("list", "retrieve") else []

    def described_answers(self) -> dict[int, Any]:
        return {HTTPStatus.OK.value: self._page_shape() if self.action == "list" else self.row}

    def _page_shape(self) -> type[serializers.Serializer[Any]]:
        return described.page_of(self.row, has_feed=self.has_feed())

    @classmethod
    def has_feed(cls) -> bool:
        return any(field.name == "change_xid" for field in cls.queryset.model._meta.concrete_fields)

    # --- their parts ---

    def _page(self, given: QueryDict) -> HttpResponse:
        names, size = self._names(given.get("fields")), pagination.read_page_size(given)
        rows, keys = self._ordered(self._asked(given), given.get("ordering", ""))
        cursor, stamp, guards = self._cursor(given, keys), self._stamp(names), self.shown_where()
        window = pagination.window_of(rows, keys=keys, size=size, cursor=cursor)
        if stamp is not None and "If-None-Match" in self.request.headers:
            joined = self._select(stamp.joined)
            stamps = read(window, joined, pagination.keys_read(keys, cursor, stamp), guards=guards)
            unchanged = self.not_modified(list_tag(self.request, stamp.digest(stamps, joined)))
            if unchanged is not None:
                return unchanged
        # The tag is made of what this very query reads: a tag from another moment would vouch for rows of this one.
        what = self._select([name for name in names if name not in self.computed_fields])
        page = pagination.page_of(window, what, keys=keys, size=size, cursor=cursor, stamp=stamp, guards=guards)
        url = self.request.build_absolute_uri()
        body = {
            "results": self._with_computed(page.rows, [place[-1] for place in page.places], given.get("fields")),
            "next": pagination.link(url, given, page.following(self._place(given))),
            "previous": pagination.link(url, given, page.preceding(self._place(given))),
        }
        return self.answer(body, tag=None if stamp is None else list_tag(self.request, page.digest))

    def _select(self, names: Sequence[str]) -> Shown | None:
        model: type[models.Model] = self.queryset.model
        return shown(self.row, model, tuple(names)) if names else None

    def _stamp(self, names: Sequence[str]) -> Stamp | None:
        """What tells of every change of a row, unless it shows figures that are made elsewhere."""
        if self._computes(names):
            return None
        model: type[models.Model] = self.queryset.model
        return stamp_of(self.row, model, tuple(names), tuple(self.shown_where()))

    def _changes(self, given: QueryDict) -> HttpResponse:
        _refuse_beside(given, _OF_ORDERS, _("What changed comes in an order of its own; leave this out."))
        columns, size, state = self._columns(given.get("fields")), pagination.read_page_size(given), feed_state()
        page = feed.feed_page(
            self._asked(given),
            self._gone(given),
            columns,
            since=feed.Since.read(given.get("updated_since", ""), state),
            written_at=self.written_at,
            fence=state.fence,
            size=size,
        )
        living = [(row, key) for key, row in page.rows if key is not None]
        shown = iter(self._with_computed(*_apart(living), given.get("fields")))
        mark = feed.watermark(page.place, state)
        onward = given.copy()
        onward["updated_since"] = mark
        address = self.request.build_absolute_uri(f"{self.request.path}?{onward.urlencode()}")
        return self.answer(
            {
                "results": [row if key is None else next(shown) for key, row in page.rows],
                "next": address if page.more else None,
                "previous": None,
                "watermark": mark,
                "horizon": state.held_since,
            }
        )

    def _gone(self, given: QueryDict) -> QuerySet[Tombstone]:
        """The tombstones that the caller may know of, in the engagement that is asked about."""
        gone = self.deleted(grants_of(self.user))
        if "engagement" in given:
            here = Grant(Role.ADMINISTRATOR, Scope.ENGAGEMENT, self._engagement(given.get("engagement", "")).pk)
            gone = gone.filter(pk__in=self.deleted(Grants(frozenset({here}))).values("pk"))
        if self.lookup_field == "public_id":
            return gone
        code = KeyTextTransform(self.lookup_field, "scope")
        # A code that was given up and taken again stands for the row that has it now.
        taken = self.visible().order_by().values(self.lookup_field)
        return gone.annotate(known_as=Cast(code, models.TextField())).exclude(known_as__in=taken)

    def _file(self, given: QueryDict) -> StreamingHttpResponse:
        _refuse_beside(given, _OF_PAGES, _("A file is the whole list; leave this out."))
        grants, wanted = grants_of(self.user), given.get("fields")
        if not grants.anywhere(Permission.EXPORT):
            raise _not_included(Permission.EXPORT)
        asked, names = self._asked(given), self._names(wanted)
        if not grants.everywhere(Permission.EXPORT):
            asked = asked.filter(pk__in=self.exportable().order_by().values("pk"))
        rows, keys = self._ordered(asked, given.get("ordering", ""))
        return export(
            self.request,
            self.resource,
            rows.order_by(*(key.order.expression(reverse=False) for key in keys)),
            self._columns(wanted),
            shape=self.row,
            fields=names,
            complete=(lambda batch: self._with_computed(*_apart(batch), wanted)) if self._computes(names) else None,
        )

    def _refuse_without_permission(self) -> None:
        """A role that may see no such row at all is told so; who may see some gets those, and no hint of others."""
        if not self._is_for_every_reader() and not grants_of(self.user).anywhere(self.view_permission):
            raise _not_included(self.view_permission)

    def _is_for_every_reader(self) -> bool:
        return self.view_permission == Permission.ENGAGEMENT_VIEW

    def _is_versioned(self) -> bool:
        return issubclass(self.queryset.model, Versioned)

    def _asked(self, given: QueryDict) -> QuerySet[Any]:
        """The visible rows that pass the filters, the search and the engagement of the question."""
        rows = filters.apply_filters(self.visible(), self.row, self.filters(), given)
        if "search" in given:
            rows = filters.apply_search(rows, self.row, self.search_fields, given.get("search", ""))
        if "engagement" in given:
            # A sub-select: some rows hang on an engagement more than once.
            below = self.queryset.model._default_manager.filter(
                **{self.engagement_path: self._engagement(given.get("engagement", ""))}
            )
            rows = rows.filter(pk__in=below.order_by().values("pk"))
        return rows

    def _engagement(self, ref: str) -> models.Model:
        """The engagement of `?engagement=`: 404 if unseen, 403 if its rows of this kind are not for the caller."""
        rows: Any = related_model(self.queryset.model, self.engagement_path)._default_manager.all()
        found: models.Model | None = rows.permitted(self.user).filter(ref=text_of(ref, "engagement")).first()
        if found is None:
            raise NotFound(_("There is no engagement with this reference, or none that you may see."))
        if not self._is_for_every_reader():
            require(self.user, self.view_permission, found)
        return found

    def _ordered(self, rows: QuerySet[Any], text: str) -> tuple[QuerySet[Any], Sequence[pagination.Key]]:
        """The rows with what they are ordered by: the fields of `ordering`, and the primary key at the end."""
        fields, keys = self.row.declared(), []
        for name, descending in filters.read_order(text, self.ordering_fields):
            rows, path = filters.reference(rows, self.row, name)
            keys.append(pagination.Key(filters.Order(path, descending), fields[name]))
        primary = self.queryset.model._meta.pk
        return rows, [*keys, pagination.Key(filters.Order("pk", False), primary)]

    def _cursor(self, given: QueryDict, keys: Sequence[pagination.Key]) -> pagination.Cursor | None:
        if "cursor" not in given:
            return None
        return pagination.Cursor.read(given.get("cursor", ""), made_for=self._place(given), keys=keys)

    def _place(self, given: QueryDict) -> str:
        """What a cursor is for: no other list, and no other order."""
        return f"{self.resource}?{given.get('ordering', '')}"

    def _names(self, wanted: str | None) -> Sequence[str]:
        """The fields to send: those of `?fields=`, or all, in the order in which they are declared."""
        names = tuple(self.row.declared())
        if wanted is None:
            return names
        chosen = wanted.split(",")
        if unknown := [name for name in chosen if name not in names]:
            raise InvalidInput.at(
                "fields",
                _("There is no field “{name}” here; there are: {names}.").format(
                    name=unknown[0][:60], names=", ".join(names)
                ),
                code="unknown_field",
            )
        return tuple(name for name in names if name in chosen)

    def _columns(self, wanted: str | None) -> dict[str, Column]:
        columns = self.row.columns([name for name in self._names(wanted) if name not in self.computed_fields])
        for name, condition in self.shown_where().items():
            if name in columns:
                columns[name] = where_shown(columns[name], condition)
        return columns

    def _computes(self, names: Sequence[str]) -> bool:
        return bool(set(names) & set(self.computed_fields))

    def _with_computed(
        self, rows: Sequence[dict[str, Any]], keys: Sequence[Any], wanted: str | None
    ) -> Sequence[dict[str, Any]]:
        names = self._names(wanted)
        if not self._computes(names):
            return rows
        computed = self.compute(keys)
        every = [{**row, **computed[key]} for row, key in zip(rows, keys, strict=True)]
        return [{name: row[name] for name in names} for row in every]


def _apart(rows: Sequence[tuple[dict[str, Any], Any]]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Rows and their keys, each in a list of their own."""
    return [row for row, _key in rows], [key for _row, key in rows]


def _refuse_beside(given: QueryDict, names: Iterable[str], why: str) -> None:
    if faults := [Fault(name, "not_here", why) for name in names if name in given]:
        raise InvalidInput(faults)


def _not_included(permission: Permission) -> NotPermitted:
    return NotPermitted(
        _("Your role, or this token, does not include the permission {permission}.").format(permission=permission)
    )


def related_model(model: type[models.Model], path: str) -> type[models.Model]:
    """Where a path of relations leads, forward or backward."""
    for name in path.split("__"):
        related = model._meta.get_field(name).related_model
        if not isinstance(related, type):
            raise TypeError(f"{path} is no relation of {model.__name__}.")
        model = related
    return model
