"""What clients send: known fields only, figures as text, and of other rows only those that the caller may see."""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.accounts.models import User
from ta_portal.api.fields import WordField
from ta_portal.api.problems import faults_in
from ta_portal.errors import Fault, InvalidInput

_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LONGEST_CODE = 200


class FigureInput(serializers.DecimalField):
    """A number as text: JSON's own would pass through binary fractions on its way. No exponent, no NaN, no commas."""

    default_error_messages = {
        "not_text": _("Give this number as a text, such as “1250.00”."),
        "not_a_number": _("“{given}” is not a number such as 1250.00."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 24, "decimal_places": 4, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("not_text")
        if not _FIGURE.fullmatch(data):
            self.fail("not_a_number", given=data[:60])
        return super().to_internal_value(data)


class OneWord(WordField):
    """One word of a closed list, given to services as the member that it names."""

    def __init__(self, words: type[StrEnum], **kwargs: Any) -> None:
        self.words = words
        super().__init__(words, **kwargs)

    def to_internal_value(self, data: Any) -> StrEnum:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return self.words(super().to_internal_value(data))


class OneOf(serializers.CharField):
    """Another row, by its code. One that the caller may not see is refused like one that does not exist.

    `within` is the path from such a row to its engagement: then the code is looked for in the engagement of the input.
    `common` rows are for everybody to name.
    """

    default_error_messages = {"unknown": _("There is no “{given}” here, or none that you may see.")}

    def __init__(
        self,
        model: type[models.Model],
        *,
        by: str = "code",
        within: str = "",
        common: bool = False,
        permission: Permission = Permission.ENGAGEMENT_VIEW,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"max_length": _LONGEST_CODE, **kwargs})
        self.model, self.by, self.within, self.common, self.permission = model, by, within, common, permission

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        # Where it is to be found within an engagement, that one has to be known first.
        return text if text is None or self.within else self.found(text)

    def found(self, given: str, engagement_id: int | None = None) -> models.Model:
        row = self.known().get(self, given, engagement_id)
        if row is None:
            self.fail("unknown", given=given[:60])
        return row

    def known(self) -> "Known":
        known: Known = self.context["known"]
        return known

    def rows(self, user: User, values: Collection[str], engagement_id: int | None) -> QuerySet[Any]:
        rows: Any = self.model._default_manager.order_by()
        if isinstance(rows, ScopedQuerySet) and not self.common:
            rows = rows.permitted(user, self.permission)
        if self.within:
            rows = rows.filter(**{self.within: engagement_id})
        found: QuerySet[Any] = rows.filter(**{f"{self.by}__in": [value for value in values if self._could_be(value)]})
        return found

    def _could_be(self, value: str) -> bool:
        """An id that is none is not asked for."""
        column: Any = self.model._meta.get_field(self.by)
        try:
            column.to_python(value)
        except ModelValidationError:
            return False
        return "\x00" not in value and len(value) <= _LONGEST_CODE


class Known:
    """The rows that one request names, each looked up once, as far as its caller may see them."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._found: dict[tuple[Any, ...], models.Model | None] = {}

    def look_up(self, field: OneOf, values: Collection[str], engagement_id: int | None = None) -> None:
        """Find all of `values` in one query."""
        wanted = {value for value in values if self._key(field, value, engagement_id) not in self._found}
        if not wanted:
            return
        rows = field.rows(self.user, wanted, engagement_id)
        found = {str(getattr(row, field.by)): row for row in rows}
        for value in wanted:
            self._found[self._key(field, value, engagement_id)] = found.get(value)

    def get(self, field: OneOf, value: str, engagement_id: int | None = None) -> models.Model | None:
        self.look_up(field, [value], engagement_id)
        return self._found[self._key(field, value, engagement_id)]

    def _key(self, field: OneOf, value: str, engagement_id: int | None) -> tuple[Any, ...]:
        return field.model, field.by, field.permission, engagement_id, value


# The fields of one object that a client sends. What it may not set, or what nobody knows, is refused by name. (No
# docstring: the OpenAPI file would give it to every input.)
class Input(serializers.Serializer[Any]):
    # Under which field's name a service's other words for a place are told.
    places: ClassVar[Mapping[str, str]] = {}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            said = serializers.ErrorDetail(str(_("Send one JSON object.")), "not_an_object")
            raise serializers.ValidationError({"non_field_errors": [said]})
        shown = self.context.get("shown", ()) if self.parent is None else ()
        faults = {name: [_refused(name in shown)] for name in data if name not in self.fields}
        if faults:
            raise serializers.ValidationError(faults)
        return super().to_internal_value(data)

    def engagement_of(self, values: Mapping[str, Any]) -> int | None:
        """In which engagement the codes of the input are looked for."""
        engagement = values.get("engagement")
        found: int | None = engagement.pk if engagement is not None else self.context.get("engagement_id")
        return found

    @classmethod
    def in_api_words(cls, faults: Sequence[Fault]) -> list[Fault]:
        """A service's faults, each at the field's own name."""
        names = {field.source: name for name, field in cls().fields.items() if field.source} | dict(cls.places)
        told = []
        for fault in faults:
            first, dot, rest = fault.place.partition(".")
            told.append(Fault(f"{names.get(first, first)}{dot}{rest}", fault.code, fault.message))
        return told


def _refused(is_shown: bool) -> serializers.ErrorDetail:
    if is_shown:
        return serializers.ErrorDetail(str(_("This field is made by the portal; it cannot be set here.")), "read_only")
    return serializers.ErrorDetail(str(_("There is no such name here.")), "unknown_field")


def read_one(shape: type[Input], given: Any, *, partial: bool = False, **context: Any) -> dict[str, Any]:
    """The checked values of one object. Raises InvalidInput with every fault at its field."""
    values, faults = _read(shape, [given], partial=partial, **context)
    if faults:
        raise InvalidInput([fault for _number, fault in faults])
    return values[0]


def read_many(shape: type[Input], given: Sequence[Any], **context: Any) -> list[dict[str, Any]]:
    """The checked values of many objects; a fault names its row, as in `rows.3.amount`."""
    values, faults = _read(shape, given, partial=False, **context)
    if faults:
        raise InvalidInput(
            [Fault(f"rows.{number}.{fault.place}".rstrip("."), fault.code, fault.message) for number, fault in faults]
        )
    return values


def _read(
    shape: type[Input], given: Sequence[Any], *, partial: bool, **context: Any
) -> tuple[list[dict[str, Any]], list[tuple[int, Fault]]]:
    """In two steps, so that related rows cost a query for each field and not for each object."""
    known: Known = context["known"]
    for name, field in shape().fields.items():
        if isinstance(field, OneOf) and not field.within:
            known.look_up(field, _texts(given, name))
    faults: list[tuple[int, Fault]] = []
    inputs = []
    for number, one in enumerate(given):
        body = shape(data=one, partial=partial, context=context)
        if not body.is_valid():
            faults += [(number, fault) for fault in faults_in(body.errors)]
        inputs.append(body)
    if not faults:
        faults = _find_within_engagements(inputs)
    return [dict(body.validated_data) for body in inputs] if not faults else [], faults


def _find_within_engagements(inputs: Sequence[Input]) -> list[tuple[int, Fault]]:
    """Put rows in the place of the codes that were waiting for their engagement."""
    faults = []
    for name, field in inputs[0].fields.items() if inputs else ():
        if not isinstance(field, OneOf) or not field.within:
            continue
        named: dict[int | None, set[str]] = {}
        for body in inputs:
            if isinstance(code := body.validated_data.get(field.source), str):
                named.setdefault(body.engagement_of(body.validated_data), set()).add(code)
        for engagement_id, codes in named.items():
            field.known().look_up(field, codes, engagement_id)
        for number, body in enumerate(inputs):
            values = body.validated_data
            if isinstance(code := values.get(field.source), str):
                try:
                    values[field.source] = field.found(code, body.engagement_of(values))
                except serializers.ValidationError as wrong:
                    faults += [(number, Fault(name, f.code, f.message)) for f in faults_in(wrong.detail)]
    return faults


def _texts(given: Sequence[Any], name: str) -> set[str]:
    rows = [one for one in given if isinstance(one, Mapping)]
    return {value for row in rows if isinstance(value := row.get(name), str)}
