"""What every address of the API has in common: who may ask, what may be asked, and how an answer is sent."""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.api.etags import etag, matches
from ta_portal.api.parameters import NoParameters, Parameters, refuse_unknown
from ta_portal.api.parsing import JSONParser, refuse_too_large
from ta_portal.api.permissions import WithinTokenScopes
from ta_portal.api.problems import not_found
from ta_portal.api.rendering import dumps
from ta_portal.api.schema import PortalSchema
from ta_portal.api.services.idempotency import Answer, answer_once
from ta_portal.api.throttling import CallerThrottle

# Answers are somebody's own, and are asked about again each time.
_CACHE_CONTROL = "private, no-cache"
_VARY = ("Accept", "Accept-Language", "Authorization", "Cookie")


class PortalView(APIView):
    """Base of all views: signed in, within the token's scopes, known parameters only, tagged answers."""

    permission_classes: ClassVar[list[type[BasePermission]]] = [IsAuthenticated, WithinTokenScopes]  # type: ignore[misc]
    parser_classes = [JSONParser]
    throttle_classes = [CallerThrottle]
    # What a token's scopes call it, and what it needs of its user's permissions to act (not to look).
    resource: ClassVar[str] = ""
    verb: str = "create"
    act_permissions: frozenset[Permission] = frozenset()
    parameters: ClassVar[type[Parameters]] = NoParameters
    # Whether its acts on what exists are meant for the version that was read (`If-Match`).
    asks_for_version: ClassVar[bool] = False
    # For the OpenAPI file: the shape of the answer.
    answer_shape: ClassVar[type[BaseSerializer[Any]] | None] = None
    schema = PortalSchema()

    @property
    def user(self) -> User:
        """Whoever asks; permission_classes have seen to it that it is somebody."""
        return cast(User, self.request.user)

    def known_parameters(self) -> Iterable[str]:
        return self.parameters.names()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_too_large(request.META.get("CONTENT_LENGTH") or "", self.longest_body())
        refuse_unknown(request.query_params, set(self.known_parameters()))

    def answer(self, body: Any, *, version: int | None = None, tag: str | None = None) -> HttpResponse:
        """The body as JSON under a strong ETag (of its bytes, or `tag`), or 304 where the caller has it already."""
        content = dumps(body)
        tag = tag or etag(content, version=version)
        return self.not_modified(tag) or HttpResponse(content, content_type="application/json", headers={"ETag": tag})

    def not_modified(self, tag: str) -> HttpResponse | None:
        """304 where the caller has what `tag` names."""
        if matches(self.request.headers.get("If-None-Match", ""), tag):
            unchanged = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
            del unchanged.headers["Content-Type"]
            return unchanged
        return None

    def act(self, act: Callable[[], Answer]) -> HttpResponse:
        """Do `act`, once for each Idempotency-Key where the caller sent one, and say what came of it."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return _said(act())
        request = self.request._request
        asked = b"\n".join([str(request.method).encode(), request.get_full_path().encode(), self.asked_for()])
        return _said(answer_once(key=key, request=asked, by=self.user, act=act))

    def asked_for(self) -> bytes:
        """What was sent, to be compared with what comes again under the same key."""
        return dumps(self.request.data)

    def longest_body(self) -> int | None:
        """How many bytes a request may hold here."""
        most: int | None = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return most

    # --- how the OpenAPI file describes it ---

    def described_parameters(self) -> Sequence[Any]:
        return [self.parameters] if self.parameters.names() else []

    def described_request(self) -> type[BaseSerializer[Any]] | None:
        return None

    def described_answers(self) -> dict[int, Any]:
        return {HTTPStatus.OK.value: self.answer_shape}

    def finalize_response(
        self, request: Request, response: HttpResponseBase | Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        final.headers.setdefault("Cache-Control", _CACHE_CONTROL)
        patch_vary_headers(final, _VARY)
        return final


def _said(answer: Answer) -> HttpResponse:
    named = {"Location": answer.location, "ETag": answer.etag}
    headers = {name: value for name, value in named.items() if value}
    if answer.status == HTTPStatus.NO_CONTENT:
        return HttpResponse(status=answer.status, headers=headers)
    return HttpResponse(dumps(answer.body), status=answer.status, content_type="application/json", headers=headers)


@csrf_exempt
@login_not_required
def unknown_address(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Whatever no resource answers to: a problem, not a page. A forgotten last slash is put right for readers."""
    if request.method in ("GET", "HEAD") and not request.path.endswith("/") and _is_known(f"{request.path}/"):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))
    return not_found()


def _is_known(path: str) -> bool:
    try:
        return resolve(path).func is not unknown_address
    except Resolver404:
        return False
