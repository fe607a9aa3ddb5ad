"""The catalogues: for each language a `django.po`, which people edit, and the `django.mo` that Django reads.

Both are kept in the repository, so that a fresh machine needs neither the gettext programs nor a build step.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polib
from django.conf import settings

from ta_portal.i18n.extraction import Message

# What a file of translations holds for a message: its text, or the forms of a plural in their order.
Translation = str | list[str]


def catalogues() -> Iterator[tuple[str, polib.POFile]]:
    """The languages that the portal is translated into, each with its catalogue. Raises OSError for a faulty file."""
    for folder in settings.LOCALE_PATHS:
        for path in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
            # Lines are not wrapped: a change of one word is a change of one line.
            yield path.parent.parent.name, polib.pofile(str(path), wrapwidth=0)


def message_of(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def missing(catalogue: polib.POFile, asked: Iterable[Message]) -> list[Message]:
    """What the sources ask for and the catalogue does not translate, or only guesses at."""
    return sorted(set(asked) - {message_of(entry) for entry in catalogue.translated_entries()})


def unused(catalogue: polib.POFile, asked: Iterable[Message]) -> list[Message]:
    """What the catalogue holds and nothing asks for."""
    return sorted({message_of(entry) for entry in catalogue} - set(asked))


def bring_up_to_date(catalogue: polib.POFile, asked: Iterable[Message]) -> None:
    """Add an empty entry for each message that has none, leave out what nothing asks for, in the order of messages."""
    wanted = set(asked)
    kept = {message_of(entry): entry for entry in catalogue if message_of(entry) in wanted}
    forms = _forms(catalogue)
    catalogue[:] = [kept.get(message) or _empty(message, forms) for message in sorted(wanted)]


def fill(catalogue: polib.POFile, translations: Mapping[str, Translation]) -> None:
    """Put translations into the entries of their messages; a message's context stands before it, with `|` between."""
    for entry in catalogue:
        given = translations.get("|".join(filter(None, [entry.msgctxt, entry.msgid])))
        if not given:
            continue
        if isinstance(given, str):
            entry.msgstr = given
        else:
            entry.msgstr_plural = dict(enumerate(given))
        # Somebody has said it: it is no guess any more.
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]


def save(catalogue: polib.POFile) -> None:
    """Write the catalogue, and beside it the form that Django reads."""
    path = Path(catalogue.fpath)
    catalogue.save(str(path))
    path.with_suffix(".mo").write_bytes(catalogue.to_binary())


def _empty(message: Message, forms: int) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None, msgid_plural=message.plural)
    if message.plural:
        entry.msgstr_plural = dict.fromkeys(range(forms), "")
    if "%(" in message.text:
        entry.flags.append("python-format")
    return entry


def _forms(catalogue: polib.POFile) -> int:
    """How many plural forms the language has, as the catalogue's head says."""
    return int(catalogue.metadata["Plural-Forms"].split("nplurals=")[1].split(";")[0])
