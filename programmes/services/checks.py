"""What a service asks of a row before it is saved, and how the database's own refusals are said in a sentence."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from ta_portal.errors import Fault, InvalidInput

Sentences = Mapping[str, tuple[str, str]]


def check(row: models.Model, place: str = "") -> None:
    """Refuse values that the row's columns cannot hold: too long, too many digits, NaN, not one of the choices.

    No query: relations, keys and shares are the database's to hold (see `saying`).
    """
    faults = list(_faults(row, place))
    if faults:
        raise InvalidInput(faults)


def check_all(rows: Iterable[models.Model], place: str) -> None:
    """`check` for many rows at once; a fault names its row, as in `observations[3].value`."""
    faults = [fault for number, row in enumerate(rows) for fault in _faults(row, f"{place}[{number}]")]
    if faults:
        raise InvalidInput(faults)


def _faults(row: models.Model, place: str) -> Iterator[Fault]:
    try:
        row.clean_fields(exclude=_left_to_the_database(row))
    except ValidationError as refusal:
        for name, messages in refusal.message_dict.items():
            yield Fault(f"{place}.{name}" if place else name, "invalid", " ".join(messages))


def _left_to_the_database(row: models.Model) -> set[str]:
    """Relations, and what is empty where empty is a value."""
    found = set()
    for field in row._meta.concrete_fields:
        if field.generated:
            continue
        value = getattr(row, field.attname)
        if field.is_relation or value in ([], {}) or (field.null and value is None):
            found.add(field.name)
    return found


@contextmanager
def saying(sentences: Sentences) -> Iterator[None]:
    """Say what the database refuses: by the constraint's name, the place at fault and the sentence for it."""
    try:
        yield
    except IntegrityError as refusal:
        found = sentences.get(constraint_of(refusal))
        if found is None:
            raise
        place, sentence = found
        raise InvalidInput.at(place, sentence) from refusal


def code_taken(constraint: str, code: str | None, place: str = "code") -> Sentences:
    """What to say when the unique `constraint` refuses `code`."""
    return {constraint: (place, _("The code {code} is taken.").format(code=code))}


def constraint_of(refusal: IntegrityError) -> str:
    return str(getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None) or "")


def detail_of(refusal: IntegrityError) -> str:
    return str(getattr(getattr(refusal.__cause__, "diag", None), "message_detail", None) or "")


def refuse(place: str, sentence: str) -> NoReturn:
    raise InvalidInput.at(place, sentence)


def check_language(language: str | None) -> None:
    """Refuse a language that the portal does not speak; none is said to be none."""
    if language and language not in dict(settings.LANGUAGES):
        refuse("language", _("{language} is none of the languages of the portal.").format(language=language))
