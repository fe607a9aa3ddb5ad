"""Writing a resource: add, change, remove, take a step. Each act is one call of a service, which holds the rules.

A viewset says in `acts` what each act asks of its user and reads, and names its service in a method of its own. Here is
what all acts have in common: who may, the version it is meant for, what was sent, and the row as it then reads.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from operator import attrgetter
from typing import Any, ClassVar

import orjson
from django.db import models
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.api.inputs import Input, Known, read_one
from ta_portal.api.parameters import text_of
from ta_portal.api.preconditions import tags_given, version_expected
from ta_portal.api.services.idempotency import Answer
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.changes.models import Versioned
from ta_portal.errors import InvalidInput, NotFound, NotPermitted, StaleVersion

Service = Callable[..., Any]


class NoInput(Input):
    """An act that takes no fields."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an act needs of its user (one of `permissions`), what it reads, and what a token's scope calls it."""

    permissions: frozenset[Permission]
    reads: type[Input] = NoInput
    verb: str = "update"
    answers: HTTPStatus = HTTPStatus.OK

    @classmethod
    def adding(cls, reads: type[Input], *permissions: Permission) -> "Act":
        return cls(frozenset(permissions), reads, "create", HTTPStatus.CREATED)

    @classmethod
    def changing(cls, reads: type[Input], *permissions: Permission) -> "Act":
        return cls(frozenset(permissions), reads)

    @classmethod
    def removing(cls, *permissions: Permission) -> "Act":
        return cls(frozenset(permissions), NoInput, "delete", HTTPStatus.NO_CONTENT)


class WritableViewSet(ScopedViewSet):
    """A resource with acts, by the name of the viewset's method. What is no act of its own is 405."""

    acts: ClassVar[Mapping[str, Act]] = {}
    asks_for_version = True

    @property
    def doing(self) -> Act | None:
        return self.acts.get(self.action or "")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.doing:
            self.verb, self.act_permissions = self.doing.verb, self.doing.permissions
        super().initial(request, *args, **kwargs)

    def known_parameters(self) -> Iterable[str]:
        return {"reason"} if self.action == "destroy" else super().known_parameters()

    # --- the kinds of act ---

    def add(self, service: Service) -> HttpResponse:
        """Add what the body says: 201, with its address, and the row as reading shows it."""
        self._refuse_who_may_nowhere()
        return self.act(lambda: self._shown(self._serve(service, self._read(self.request.data)), HTTPStatus.CREATED))

    def add_to_engagement(self, service: Service) -> HttpResponse:
        """The same, for a service that takes the key of the engagement that the body names."""
        return self.add(lambda *, engagement, **given: service(engagement_id=engagement.pk, **given))

    def change(self, named: Mapping[str, Any], service: Service, key: str) -> HttpResponse:
        """Change what is addressed, if it is still what the caller read; or take a step with it.

        The service takes the row under the name `key`: by its primary key where that ends in `_id`.
        """
        return self.act(lambda: self._changed(named, service, key))

    def remove(self, named: Mapping[str, Any], service: Service, key: str) -> HttpResponse:
        """Remove what is addressed, for the `reason` that is given."""
        return self.act(lambda: self._removed(named, service, key))

    # --- their parts ---

    def _changed(self, named: Mapping[str, Any], service: Service, key: str) -> Answer:
        row, meant = self._meant(named, key)
        given = self._read(self.request.data, engagement_id=self._engagement_id(row))
        status = self.doing.answers if self.doing else HTTPStatus.OK
        return self._shown(self._serve(partial(service, **meant), given), status)

    def _removed(self, named: Mapping[str, Any], service: Service, key: str) -> Answer:
        _row, meant = self._meant(named, key)
        reason = self.request.query_params.get("reason", "")
        service(**meant, reason=text_of(reason, "reason") if reason else "", by=self.user)
        return Answer(HTTPStatus.NO_CONTENT, None)

    def _meant(self, named: Mapping[str, Any], key: str) -> tuple[Any, dict[str, Any]]:
        """The row that is addressed, and how its service is told which one and in which version."""
        row = self._addressed(named)
        version = self._expected(row)
        meant = {key: row.pk if key.endswith("_id") else row}
        return row, meant if version is None else {**meant, "expected_version": version}

    def _refuse_who_may_nowhere(self) -> None:
        """Said before what was sent is looked at: who may add nothing at all learns nothing from trying."""
        if not any(grants_of(self.user).anywhere(permission) for permission in self.act_permissions):
            raise NotPermitted(_("Your role, or this token, does not allow this act."))

    def _addressed(self, named: Mapping[str, Any]) -> Any:
        """The row: 404 where the caller does not see it, 403 where they see it and may not do this to it."""
        row = self.visible().filter(**{self.lookup_field: named[self.lookup_field]}).first()
        if row is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        rows: Any = type(row)._default_manager.filter(pk=row.pk)
        if not any(rows.permitted(self.user, permission).exists() for permission in self.act_permissions):
            require(self.user, min(self.act_permissions), row)
        return row

    def _expected(self, row: models.Model) -> int | None:
        """The version that the caller means. A row that never changes has none: there the whole tag is compared."""
        header = self.request.headers.get("If-Match")
        if isinstance(row, Versioned):
            return version_expected(header, row.row_version)
        if self._shown(row, HTTPStatus.OK).etag not in [tag.removeprefix("W/") for tag in tags_given(header)]:
            raise StaleVersion(_("This is not what you read: read it again."))
        return None

    def _read(self, data: Any, **context: Any) -> dict[str, Any]:
        shape = self._shape()
        partial = self.action == "partial_update"
        return read_one(shape, data, partial=partial, **self._context(), **context)

    def _shape(self) -> type[Input]:
        return self.doing.reads if self.doing else NoInput

    def _context(self) -> dict[str, Any]:
        return {"known": Known(self.user), "shown": frozenset(self.row.declared())}

    def _serve(self, service: Service, given: Mapping[str, Any]) -> Any:
        try:
            return service(**given, by=self.user)
        except InvalidInput as refusal:
            refusal.faults = tuple(self._shape().in_api_words(refusal.faults))
            raise

    def _engagement_id(self, row: models.Model) -> int | None:
        if not self.engagement_path:
            return None
        found: int = attrgetter(self.engagement_path.replace("__", ".") + "_id")(row)
        return found

    def _shown(self, row: models.Model, status: HTTPStatus) -> Answer:
        """The row as reading it shows it, with its tag; with its address where it is new."""
        value = getattr(row, self.lookup_field)
        # A condition on reading says nothing about the answer to an act.
        self.request._request.META.pop("HTTP_IF_NONE_MATCH", None)
        read = self.retrieve(self.request, **{self.lookup_field: value})
        address = self.request.build_absolute_uri(reverse(f"api:{self.resource}-detail", args=[value]))
        location = address if status == HTTPStatus.CREATED else ""
        return Answer(status, orjson.loads(read.content), location, read.headers["ETag"])

    # --- how the OpenAPI file describes it ---

    def described_parameters(self) -> Sequence[Any]:
        if self.action == "destroy":
            return [OpenApiParameter("reason", str, required=True, description="Why: it stays on record.")]
        return super().described_parameters()

    def described_request(self) -> Any:
        return None if self._shape() is NoInput else self._shape()

    def described_answers(self) -> dict[int, Any]:
        if self.doing is None:
            return super().described_answers()
        gone = self.doing.answers is HTTPStatus.NO_CONTENT
        return {self.doing.answers.value: None if gone else self.row}
