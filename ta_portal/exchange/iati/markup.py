"""The XML of a file from anywhere: refused before it can do harm, then read one activity at a time.

Expat looks at the beginning: it meets a document type before anything in it is declared, and the root before its
content. Only what passes goes to lxml, which expands no entity, loads no document type and opens no connection.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _
from lxml import etree

from ta_portal.errors import InvalidInput

MOST_BYTES = 500_000_000
# One activity of a real file has some hundred kB; reading this much takes half a second.
MOST_BYTES_OF_ACTIVITY = 10_000_000

ROOT, ACTIVITY = "iati-activities", "iati-activity"
_VERSIONS = ("2.01", "2.02", "2.03")
# Far more than any file has before its first element.
_LONGEST_BEGINNING = 1_000_000
_CHUNK = 65_536
# What gzip, zip, bzip2, xz and zstandard begin with.
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")


@dataclass(frozen=True, slots=True)
class _Root:
    name: str
    version: str | None
    namespace: str | None


class _Metered:
    """The file, which ends in a refusal where one activity never does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.since_last = 0

    def read(self, size: int = _CHUNK) -> bytes:
        found = self._file.read(min(size, _CHUNK))
        self.since_last += len(found)
        if self.since_last > MOST_BYTES_OF_ACTIVITY:
            _refuse(None, _("An activity is larger than {size} MB.").format(size=MOST_BYTES_OF_ACTIVITY // 1_000_000))
        return found


class _RootFound(Exception):
    def __init__(self, root: _Root) -> None:
        super().__init__(root.name)
        self.root = root


def activities(path: Path) -> Iterator[etree._Element]:
    """Each activity of the file, forgotten once the next is asked for. Raises InvalidInput naming a line."""
    _check_beginning(path)
    try:
        with path.open("rb") as file:
            metered = _Metered(file)
            parsed = etree.iterparse(
                metered,
                tag=ACTIVITY,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            for _event, activity in parsed:
                _must_be_in_its_place(activity)
                metered.since_last = 0
                yield activity
                _forget(activity)
    except etree.XMLSyntaxError as fault:
        _refuse(fault.lineno, _("This is not whole XML, or not safe to read: {reason}.").format(reason=_reason(fault)))


def _must_be_in_its_place(activity: etree._Element) -> None:
    parent = activity.getparent()
    if parent is None or parent.getparent() is not None:
        line: int | None = activity.sourceline  # type: ignore[assignment]  # the stubs have it unfinished
        _refuse(line, _("An activity stands inside another element than {root}.").format(root=ROOT))


def _forget(activity: etree._Element) -> None:
    """A file of many activities must not grow in memory."""
    activity.clear()
    parent = activity.getparent()
    while parent is not None and activity.getprevious() is not None:
        del parent[0]


def _check_beginning(path: Path) -> None:
    """Refuse what is no IATI 2 activity file by what it begins with."""
    if path.stat().st_size > MOST_BYTES:
        raise InvalidInput.at(
            path.name, _("The file is larger than {size} MB: split it.").format(size=MOST_BYTES // 1_000_000)
        )
    root = _root(path)
    if root.name != ROOT:
        _refuse(
            None, _("The root is “{name}”: an IATI activity file begins with {root}.").format(name=root.name, root=ROOT)
        )
    if root.namespace is not None:
        _refuse(
            None, _("Its elements are of the namespace {name}: those of IATI have none.").format(name=root.namespace)
        )
    if root.version not in _VERSIONS:
        said = root.version or _("none")
        _refuse(
            None, _("The file's IATI version is {version}; 2.01, 2.02 and 2.03 can be read.").format(version=said[:20])
        )


def _root(path: Path) -> _Root:  # noqa: RET503 - a refusal is no way out
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.StartElementHandler = _stop
    read = 0
    try:
        with path.open("rb") as file:
            while (chunk := file.read(_CHUNK)) and read < _LONGEST_BEGINNING:
                if read == 0 and chunk.startswith(_COMPRESSED):
                    _refuse(None, _("The file is compressed: unpack it first."))
                parser.Parse(chunk, False)
                read += len(chunk)
            if read < _LONGEST_BEGINNING:
                parser.Parse(b"", True)
    except _RootFound as found:
        return found.root
    except expat.ExpatError as fault:
        _refuse(fault.lineno, _("This is not XML: {reason}.").format(reason=expat.ErrorString(fault.code)))
    except (LookupError, ValueError):
        _refuse(1, _("This is not XML in an encoding that can be read: use UTF-8."))
    _refuse(1, _("The file does not begin like an IATI activity file."))


def _no_document_type(*_declared: object) -> NoReturn:
    _refuse(
        None, _("The file declares a document type (DOCTYPE): an IATI file has none, and none is read, for safety.")
    )


def _stop(name: str, attributes: dict[str, str]) -> NoReturn:
    version, namespace = attributes.get("version"), attributes.get("xmlns")
    raise _RootFound(_Root(name[:60], version and version.strip(), namespace and namespace[:60]))


def _reason(fault: etree.XMLSyntaxError) -> str:
    return (fault.msg or "").splitlines()[0].rstrip(".") if fault.msg else _("it ends too early")


def _refuse(line: int | None, sentence: str) -> NoReturn:
    raise InvalidInput.at(f"line {line}" if line else "", sentence)
