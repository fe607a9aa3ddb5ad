"""Two languages that only tests speak: English with accents, 40 % longer (en-xa), and its twin from the right (ar-xb).

What comes through without an accent was never translated; what is cut or too wide would be so in a longer language.
"""

import re
from pathlib import Path

import allauth
import django
import polib

from ta_portal.i18n.extraction import Message, messages_of_project

LANGUAGES = {"en-xa": "en_XA", "ar-xb": "ar_XB"}
LONGER_BY = 0.4
_PLAIN = "abcdefghijklmnopqrstuvwyzACDEGHIKLNOPRSTUZ"
_ACCENTED = "áƀçďéƒĝĥíĵķĺɱñóƥɋŕšťúṽŵýžÁÇĎÉĜĤÍĶĹÑÓƤŔŠŤÚŽ"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
# Values, markup and code stay as they are.
_KEPT = re.compile(r"(%\(\w+\)\w|%%|%\w|\{[^}]*\}|<[^>]*>|&\w+;|`[^`]*`)")
_FILLER = "éñ óñé ťŵó ťĥŕéé ƒóúŕ ƒíṽé šíx šéṽéñ éíĝĥť ñíñé ťéñ "


def accented(text: str) -> str:
    """The text with accents, and more of it: "Costs" is "Çóšťšéñ"."""
    parts = _KEPT.split(text)
    letters = sum(map(len, parts[::2]))
    filler = (_FILLER * (letters // len(_FILLER) + 1))[: round(letters * LONGER_BY)]
    said = "".join(part if number % 2 else part.translate(_ACCENTS) for number, part in enumerate(parts))
    return said + (filler if letters < len(_FILLER) / 2 else f" {filler}").rstrip()


def is_accented(text: str) -> bool:
    return any(letter in text for letter in _ACCENTED)


def write_catalogues(folder: Path, project: Path) -> None:
    """The catalogues of both languages: for the portal's messages and for those of Django and allauth."""
    asked = messages_of_project(project) | _of_library(django, "conf/locale") | _of_library(allauth, "locale")
    for language in LANGUAGES.values():
        catalogue = polib.POFile()
        catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=n != 1;"}
        catalogue.extend(_entry(message) for message in sorted(asked))
        path = folder / language / "LC_MESSAGES/django.mo"
        path.parent.mkdir(parents=True)
        path.write_bytes(catalogue.to_binary())


def _of_library(library, folder: str) -> set[Message]:
    """The messages of a library, as its French has them."""
    compiled = polib.mofile(str(Path(library.__file__).parent / folder / "fr/LC_MESSAGES/django.mo"))
    return {Message(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "") for entry in compiled}


def _entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None, msgid_plural=message.plural)
    if message.plural:
        entry.msgstr_plural = {0: accented(message.text), 1: accented(message.plural)}
    else:
        entry.msgstr = accented(message.text)
    return entry
