"""Adding many rows in one request: a JSON array instead of an object. All of them or none; every bad row is named."""

import re
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from ta_portal.api.inputs import read_many
from ta_portal.api.schema import MOST_ROWS
from ta_portal.api.services.idempotency import Answer
from ta_portal.api.writing import Service, WritableViewSet
from ta_portal.errors import DomainError, Fault, InvalidInput

# How services that take many name a place: `lines[3].quantity`.
_NUMBERED = re.compile(r"[a-z_]+\[([0-9]+)\]\.?(.*)")


class RowsRefused(InvalidInput):
    """Some of the rows cannot be used, so none was added; each fault names its row."""

    code = "rows_refused"


class RowsBreakARule(RowsRefused):
    """Rows that can be read, but that a rule refuses; none was added."""

    status = 409


class AddedRows(serializers.Serializer[dict[str, object]]):
    """What many rows became: their ids, in the order in which they were sent."""

    added = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.UUIDField())


class BulkViewSet(WritableViewSet):
    """A resource that takes an array of up to 1,000 objects where it takes one."""

    # For the OpenAPI file: what the two forms of the body and of the answer are called together.
    described_as: ClassVar[str]

    def add(self, service: Service) -> HttpResponse:
        sent: Any = self.request.data
        if not isinstance(sent, list):
            return super().add(service)
        self._refuse_who_may_nowhere()
        return self.act(lambda: self._added(sent, service))

    def add_each(self, given: Sequence[dict[str, Any]], service: Service) -> Sequence[Any]:
        """Add one after the other, in one transaction; the faults of all are found before it is undone."""
        rows, faults, broken = [], [], 0
        for number, values in enumerate(given):
            try:
                rows.append(self._serve(service, values))
            except InvalidInput as refusal:
                faults += refusal.within(f"rows.{number}")
            except DomainError as rule:
                if rule.status != HTTPStatus.CONFLICT:
                    raise
                faults.append(Fault(f"rows.{number}", rule.code, rule.message))
                broken += 1
        if faults:
            raise RowsBreakARule(faults) if broken == len(faults) else RowsRefused(faults)
        return rows

    def add_together(self, given: Sequence[dict[str, Any]], service: Service, *, group: str, rows_as: str) -> list[Any]:
        """For a service that takes many rows of one `group` (a budget's lines, a report's figures): a call for each.

        What the service says of `lines[3].quantity` is told of the row that this was, as `rows.17.quantity`.
        """
        numbers: dict[Any, list[int]] = {}
        for number, values in enumerate(given):
            numbers.setdefault(values[group], []).append(number)
        rows: dict[int, Any] = {}
        for owner, ours in numbers.items():
            each = [{name: value for name, value in given[n].items() if name != group} for n in ours]
            try:
                rows.update(zip(ours, service(**{group: owner, rows_as: each}, by=self.user), strict=True))
            except InvalidInput as refusal:
                faults = [replace(fault, place=_place_among(ours, fault.place)) for fault in refusal.faults]
                refusal.faults = tuple(faults)
                raise
        return [rows[number] for number in range(len(given))]

    @transaction.atomic
    def _added(self, data: Sequence[Any], service: Service) -> Answer:
        if not 1 <= len(data) <= MOST_ROWS:
            raise InvalidInput.at("", _("Send 1 to {most} rows at a time.").format(most=MOST_ROWS), "number_of_rows")
        rows = self.add_each(read_many(self._shape(), data, **self._context()), service)
        ids = [str(getattr(row, "public_id")) for row in rows]  # noqa: B009 - every resource has one
        return Answer(HTTPStatus.CREATED, {"added": len(ids), "ids": ids})

    # --- how the OpenAPI file describes it ---

    def described_request(self) -> Any:
        if self.action != "create":
            return super().described_request()
        return self._either(f"{self.described_as}Input", self._shape(), self._shape()(many=True))

    def described_answers(self) -> dict[int, Any]:
        if self.action != "create":
            return super().described_answers()
        return {HTTPStatus.CREATED.value: self._either(f"{self.described_as}Added", self.row, AddedRows)}

    def _either(self, name: str, *shapes: Any) -> PolymorphicProxySerializer:
        return PolymorphicProxySerializer(
            component_name=f"{name}OneOrMany", serializers=list(shapes), resource_type_field_name=None, many=False
        )


def _place_among(numbers: Sequence[int], place: str) -> str:
    found = _NUMBERED.fullmatch(place)
    if found is None:
        return "rows"
    return f"rows.{numbers[int(found[1])]}.{found[2]}".rstrip(".")
