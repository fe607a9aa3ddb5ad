"""Query parameters: known ones are checked, unknown ones are refused by name. Nothing is ignored in silence."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from ta_portal.errors import Fault, InvalidInput

LONGEST_TEXT = 200


def refuse_unknown(given: QueryDict, known: Collection[str]) -> None:
    """Raise InvalidInput that names each parameter which this address does not know, or which is given twice."""
    faults = [Fault(name, "unknown_parameter", _unknown(name, known)) for name in given if name not in known]
    faults += [
        Fault(name, "given_twice", _("This parameter is given more than once."))
        for name in given
        if name in known and len(given.getlist(name)) > 1
    ]
    if faults:
        raise InvalidInput(faults)


def _unknown(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return _("There is no such name here; is {known} meant?").format(known=near[0])
    return _("There is no such name here.")


def text_of(given: str, place: str) -> str:
    """A text that can be looked for: not empty, not too long, without characters that the database refuses."""
    try:
        text: str = serializers.CharField(max_length=LONGEST_TEXT).run_validation(given)
    except serializers.ValidationError as wrong:
        raise InvalidInput.at(place, first_message(wrong)) from wrong
    return text


def first_message(wrong: serializers.ValidationError) -> str:
    """The first of the sentences that DRF nests."""
    detail: Any = wrong.detail
    while isinstance(detail, dict | list):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)


class Parameters(serializers.Serializer[Any]):
    """The query parameters of one address, as fields. Subclasses declare them."""

    @classmethod
    def names(cls) -> set[str]:
        return set(cls().fields)

    @classmethod
    def read(cls, given: QueryDict) -> dict[str, Any]:
        """The checked values; DRF's ValidationError names the field otherwise."""
        refuse_unknown(given, cls.names())
        parameters = cls(data=given.dict())
        parameters.is_valid(raise_exception=True)
        return dict(parameters.validated_data)


class NoParameters(Parameters):
    """An address that takes none."""


class Body(serializers.Serializer[Any]):
    """The fields of a request's body. One that is not known is refused by name, like a parameter."""

    @classmethod
    def read(cls, given: Any) -> dict[str, Any]:
        """The checked values of one JSON object."""
        if not isinstance(given, Mapping):
            raise InvalidInput.at("", _("Send one JSON object."), code="not_an_object")
        known = set(cls().fields)
        if unknown := [name for name in given if name not in known]:
            raise InvalidInput([Fault(name, "unknown_field", _unknown(name, known)) for name in unknown])
        body = cls(data=given)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)
