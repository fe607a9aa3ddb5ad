"""How the OpenAPI file describes a list: its parameters, from the view's declarations, and its page."""

from functools import cache
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from ta_portal.api.filters import MOST_VALUES
from ta_portal.api.pagination import LARGEST_SIZE, USUAL_SIZE
from ta_portal.api.rows import Row

if TYPE_CHECKING:
    from ta_portal.api.viewsets import ScopedViewSet

_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], Any], ...] = (
    (serializers.BooleanField, OpenApiTypes.BOOL),
    (serializers.UUIDField, OpenApiTypes.UUID),
    (serializers.IntegerField, OpenApiTypes.INT),
    (serializers.DecimalField, OpenApiTypes.DECIMAL),
    (serializers.DateField, OpenApiTypes.DATE),
    (serializers.DateTimeField, OpenApiTypes.DATETIME),
)


@cache
def page_of(row: type[Row], *, has_feed: bool) -> type[serializers.Serializer[Any]]:
    """A page of rows, with the addresses of its neighbours; of a feed also the place where it goes on."""
    parts: dict[str, serializers.Field[Any, Any, Any, Any]] = {
        "results": row(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    if has_feed:
        parts["watermark"] = serializers.CharField(
            required=False, help_text="With `updated_since` only: give it as the next `updated_since`."
        )
        parts["horizon"] = serializers.DateTimeField(
            required=False,
            allow_null=True,
            help_text="With `updated_since` only: while a transaction that began at this instant still writes, what "
            "was committed after it may not be here yet; it comes later. Null while nothing is held back.",
        )
    shape: Any = inline_serializer(f"{row.__name__}Page", parts)
    return type(shape)


def parameters(view: "ScopedViewSet") -> list[OpenApiParameter]:
    """Every query parameter that the address knows, and no other."""
    known = set(view.known_parameters())
    own = {parameter.name: parameter for parameter in _usual(view)}
    filters = view.filters()
    return [own[name] if name in own else _filter(filters[name]) for name in sorted(known)]


def _usual(view: "ScopedViewSet") -> list[OpenApiParameter]:
    fields = ", ".join(view.row.declared())
    return [
        OpenApiParameter("engagement", str, description="The reference of the engagement that rows belong to."),
        OpenApiParameter("search", str, description=f"Words that a row must hold, in {', '.join(view.search_fields)}."),
        OpenApiParameter("fields", str, description=f"The fields to send, comma-separated: {fields}."),
        OpenApiParameter(
            "ordering",
            str,
            description=f"Fields to order by, comma-separated, `-` for descending: {', '.join(view.ordering_fields)}.",
        ),
        OpenApiParameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": USUAL_SIZE},
            description="Rows on a page.",
        ),
        OpenApiParameter(
            "updated_since",
            str,
            description="What changed since an instant, or since the last answer's `watermark`, in the order of the "
            "changes; what is gone comes as `{id, deleted}`. At least once: keep the last of each `id`.",
        ),
        OpenApiParameter("cursor", str, description="Where the page begins: from `next` or `previous`, opaque."),
    ]


_SAID = {
    "": "is",
    "gte": "is at least",
    "lte": "is at most",
    "icontains": "holds, whatever the case and the marks of its letters,",
}


def _filter(wanted: Any) -> OpenApiParameter:
    if wanted.lookup == "in":
        return OpenApiParameter(
            wanted.parameter,
            str,
            description=f"`{wanted.name}` is one of these, comma-separated, {MOST_VALUES} at most.",
        )
    choices = getattr(wanted.field, "choices", None)
    kind = next((kind for field, kind in _TYPES if isinstance(wanted.field, field)), OpenApiTypes.STR)
    said = _SAID[wanted.lookup]
    return OpenApiParameter(
        wanted.parameter,
        kind,
        enum=list(choices) if choices and not wanted.lookup else None,
        description=f"`{wanted.name}` {said} this.",
    )
