"""The OpenAPI file: made from the views' own declarations, completed with what every answer has (traps 19)."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from ta_portal.api.exports import CSVForm, LinesForm
from ta_portal.api.problems import MEDIA_TYPE

# How many rows one request may add.
MOST_ROWS = 1000
_READS = ("get", "head")
_WITH_A_BODY = ("POST", "PATCH")
# On every address: what can be wrong with the question, with the caller, and on our side.
_ALWAYS = ("400", "401", "403", "404", "405", "406", "429", "500", "503")
_ON_ACTS = ("409", "413", "415", "422")
_ON_FEEDS = "410"
_TEXT = {"type": "string"}
# What a list can be given as, whole, and how each is described.
_FILES = {
    CSVForm.media_type: "RFC 4180, UTF-8: the names of the fields, then a line for each row of the whole list.",
    LinesForm.media_type: "The whole list, one JSON object a line.",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": _TEXT,
    "description": "A repeated request with the same key acts once and is answered as the first was.",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": _TEXT,
    "description": "The ETag under which you read this: the version that you change. `*` is not taken.",
}
_HEADERS = {"401": "WWW-Authenticate", "405": "Allow", "429": "Retry-After", "503": "Retry-After"}
# Between describing an operation and completing it: its acts are meant for the version that was read.
_OF_A_VERSION = "x-of-a-version"
_ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}
_LOCATION = {"Location": {"description": "The address of what was made.", "schema": {"type": "string"}}}
# A change of what exists names the version it is meant for.
_ON_CHANGES = ("412", "428")


class PortalSchema(AutoSchema):
    """One operation, as its view describes it. Lists are described as the pages they are."""

    view: Any  # a PortalView, which imports this module

    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None)
        words = [self.view.resource or "root", *([action] if action else [])]
        return "_".join(words).replace("-", "_")

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None and self.view.asks_for_version:
            operation[_OF_A_VERSION] = True
        return operation

    def get_tags(self) -> list[str]:
        return self._tokenize_path()[:1] or ["root"]

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = self.view.described_parameters()
        return found

    def get_request_serializer(self) -> Any:
        return self.view.described_request() if self.method in _WITH_A_BODY else None

    def get_response_serializers(self) -> Any:
        return self.view.described_answers()

    def map_renderers(self, attribute: str) -> list[str]:
        """JSON; what else a list can be given as is added by `complete`."""
        return [form for form in super().map_renderers(attribute) if form not in _FILES]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "ta_portal.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer <token>`. Its scopes narrow what its user may do.",
        }


def complete(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add to every operation its problems, and to reading the tags of versions and 304."""
    components = result["components"]
    shapes = components.setdefault("schemas", {})
    _let_fields_be_chosen(shapes)
    _close_inputs(shapes)
    shapes["Problem"] = _problem_shape()
    shapes["Gone"] = _gone_shape()
    problems = (*_ALWAYS, *_ON_ACTS, *_ON_CHANGES, _ON_FEEDS)
    components["responses"] = {f"Problem{status}": _problem(status) for status in problems}
    components["responses"]["NotModified"] = {"description": "Not modified since the given tag.", "headers": _ETAG}
    components["headers"] = {"ETag": {"description": "Strong: another whenever the answer is.", "schema": _TEXT}}
    components["parameters"] = {"IfNoneMatch": {"name": "If-None-Match", "in": "header", "schema": _TEXT}}
    components["parameters"]["IfMatch"] = _IF_MATCH
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _add_to(operation, acts=method not in _READS)
            if operation.pop(_OF_A_VERSION, False) and method not in _READS and "{" in path:
                _add_conditions_to(operation)
            if operation["operationId"].endswith("_list"):
                _add_to_list(operation)
    return result


def _let_fields_be_chosen(shapes: dict[str, Any]) -> None:
    """No field of a resource's rows can be promised, since `?fields=` may leave it out."""
    for page in [shape for name, shape in shapes.items() if name.endswith("RowPage")]:
        row = shapes[page["properties"]["results"]["items"]["$ref"].rpartition("/")[2]]
        row.pop("required", None)
        row["description"] = "All of these fields, or those that `fields` asks for."
        if "watermark" in page["properties"]:
            one = page["properties"]["results"]["items"]
            page["properties"]["results"]["items"] = {"anyOf": [one, {"$ref": "#/components/schemas/Gone"}]}


def _gone_shape() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "With `updated_since` only: what is gone, by the id or code that addressed it; of what "
        "has a code `public_id` is the `id` of its rows.",
        "required": ["id", "deleted"],
        "properties": {
            "id": _TEXT,
            "public_id": {"type": "string", "format": "uuid"},
            "deleted": {"type": "boolean", "const": True},
        },
        "additionalProperties": False,
    }


def _close_inputs(shapes: dict[str, Any]) -> None:
    """Unknown fields are refused; where one object or many are taken, and answered, either form may come."""
    for name, shape in shapes.items():
        if name.endswith(("Input", "Change")):
            shape["additionalProperties"] = False
        if name.endswith("OneOrMany"):
            shape["anyOf"] = shape.pop("oneOf")
            for form in shape["anyOf"]:
                if form.get("type") == "array":
                    form |= {"minItems": 1, "maxItems": MOST_ROWS}


def _problem_shape() -> dict[str, Any]:
    fault: dict[str, Any] = {"type": "object", "required": ["field", "code", "message"]}
    fault["properties"] = {"field": _TEXT, "code": _TEXT, "message": _TEXT}
    return {
        "type": "object",
        "description": "What went wrong (RFC 9457). `code` is stable; `errors` names the fields, where there are any.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "code": _TEXT,
            "errors": {"type": "array", "items": fault},
        },
    }


def _problem(status: str) -> dict[str, Any]:
    shape = {"$ref": "#/components/schemas/Problem"}
    found: dict[str, Any] = {
        "description": HTTPStatus(int(status)).phrase,
        "content": {MEDIA_TYPE: {"schema": shape}},
    }
    if header := _HEADERS.get(status):
        found["headers"] = {header: {"schema": _TEXT}}
    return found


def _add_to(operation: dict[str, Any], *, acts: bool) -> None:
    responses = operation["responses"]
    for status in (*_ALWAYS, *(_ON_ACTS if acts else ())):
        responses[status] = {"$ref": f"#/components/responses/Problem{status}"}
    for status in {"200", "201"} & responses.keys():
        responses[status]["headers"] = _ETAG | (_LOCATION if status == "201" else {})
    if acts:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    else:
        responses["304"] = {"$ref": "#/components/responses/NotModified"}
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IfNoneMatch"})


def _add_conditions_to(operation: dict[str, Any]) -> None:
    """Of acts on what exists. Without `If-Match` there is an answer as well (428), so no client is sent away untold."""
    operation["parameters"].append({"$ref": "#/components/parameters/IfMatch"})
    for status in _ON_CHANGES:
        operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}


def _add_to_list(operation: dict[str, Any]) -> None:
    """A list is also given whole, as a file; and one that can be followed may have begun anew."""
    forms = operation["responses"]["200"]["content"]
    for form, description in _FILES.items():
        forms[form] = {"schema": {**_TEXT, "description": description}}
    operation["responses"]["200"]["headers"] = {
        **_ETAG,
        "Content-Disposition": {"description": "Of a file: its name.", "schema": _TEXT},
    }
    if any(parameter.get("name") == "updated_since" for parameter in operation["parameters"]):
        operation["responses"][_ON_FEEDS] = {"$ref": f"#/components/responses/Problem{_ON_FEEDS}"}
