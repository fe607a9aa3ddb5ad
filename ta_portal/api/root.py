"""The API about itself: its resources, its OpenAPI file, and a page that shows it."""

from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request

from ta_portal.api.problems import CODES
from ta_portal.api.rendering import JSONRenderer
from ta_portal.api.views import PortalView

_ONE_ANSWER = """import json, os, urllib.request

asked = urllib.request.Request("{url}", headers={{"Authorization": "Bearer " + os.environ["TOKEN"]}})
print(json.load(urllib.request.urlopen(asked)))"""
_ALL_PAGES = """import json, os, urllib.request

url, headers = "{url}", {{"Authorization": "Bearer " + os.environ["TOKEN"]}}
while url:
    page = json.load(urllib.request.urlopen(urllib.request.Request(url, headers=headers)))
    for row in page["results"]:
        print(row)
    url = page["next"]"""


class RootView(PortalView):
    """Where each resource is."""

    resources: ClassVar[tuple[str, ...]] = ()

    def get(self, request: Request) -> HttpResponse:
        names = {name: f"api:{name}-list" for name in self.resources} | {"schema": "api:schema", "docs": "api:docs"}
        return self.answer({name: request.build_absolute_uri(reverse(address)) for name, address in names.items()})

    def described_answers(self) -> dict[int, Any]:
        return {200: {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}}


class OpenApiRenderer(JSONRenderer):
    media_type = "application/vnd.oai.openapi+json"
    format = "openapi"


class SchemaView(PortalView):
    """This file: OpenAPI 3.1, the contract for every field. It holds no data, so anybody may read it."""

    permission_classes: ClassVar[list[type[BasePermission]]] = [AllowAny]  # type: ignore[misc]
    renderer_classes = [JSONRenderer, OpenApiRenderer]
    resource = "schema"

    def get(self, request: Request) -> HttpResponse:
        return self.answer(openapi())

    def described_answers(self) -> dict[int, Any]:
        return {200: {"type": "object"}}


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI file, made once a process, in English whoever asks first."""
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The OpenAPI file as a page: every address with its parameters and answers, and what each problem means."""
    by_tag: dict[str, list[dict[str, Any]]] = {}
    origin = request.build_absolute_uri("/").rstrip("/")
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            tag = operation["tags"][0]
            shown = {**operation, "parameters": [one for one in operation["parameters"] if "name" in one]}
            shown["python"] = _in_python(f"{origin}{path}", is_list=operation["operationId"].endswith("_list"))
            by_tag.setdefault(tag, []).append({"method": method.upper(), "path": path, **shown})
    found = {"by_tag": by_tag, "problems": CODES, "limits": settings.API_CALLS_PER_MINUTE, "origin": origin}
    return render(request, "api/docs.html", found)


def _in_python(url: str, *, is_list: bool) -> str:
    """How to ask for it with nothing but Python: a list page by page."""
    return (_ALL_PAGES if is_list else _ONE_ANSWER).format(url=url)
