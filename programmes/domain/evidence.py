"""What may be kept as evidence: documents, pictures, tables and plain text, told by what is in them.

Pure: bytes and a name go in, a kind or the reason of a refusal comes out. The name decides nothing but must agree: a
file is given away under it, and a program is started by its ending.
"""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from enum import StrEnum

LONGEST_NAME = 150
# Of a packed document: how much it may hold when it is unpacked, in how many parts, and in how long a list of them.
MOST_UNPACKED, MOST_PARTS, LONGEST_LIST = 200 * 1024 * 1024, 2000, 1024 * 1024


class MediaType(StrEnum):
    """The kinds of files that are kept."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    TEXT = "text/plain"
    CSV = "text/csv"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"


# What the name of each may end in.
ENDINGS: dict[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.WEBP: (".webp",),
    MediaType.TEXT: (".txt",),
    MediaType.CSV: (".csv",),
    MediaType.DOCX: (".docx",),
    MediaType.XLSX: (".xlsx",),
    MediaType.ODT: (".odt",),
    MediaType.ODS: (".ods",),
}


class Refusal(StrEnum):
    """Why a file is not kept."""

    NO_NAME = "no_name"
    PATH_IN_NAME = "path_in_name"
    NAME_TOO_LONG = "name_too_long"
    NAME_SAYS_OTHERWISE = "name_says_otherwise"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    ACTIVE = "active"
    PROGRAM = "program"
    MACROS = "macros"
    TWO_IN_ONE = "two_in_one"
    UNPACKS_TOO_FAR = "unpacks_too_far"
    DAMAGED = "damaged"
    LOCKED = "locked"
    # Not told by us: a scanner of the installation's own says so.
    INFECTED = "infected"


class NotEvidence(Exception):
    """The file is refused, for one reason."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def name_of(given: str) -> str:
    """A file's name as it is kept: one line, no path, and nothing that would show it otherwise than it is."""
    name = unicodedata.normalize("NFC", given).strip()
    if re.search(r"[/\\]", name) or name in (".", "..") or _has_control(name):
        raise NotEvidence(Refusal.PATH_IN_NAME)
    # Marks that turn the direction of writing make “fdp.exe” of “exe.pdf”.
    name = " ".join("".join(sign for sign in name if unicodedata.category(sign) != "Cf").split())
    if not name.strip("."):
        raise NotEvidence(Refusal.NO_NAME)
    if len(name) > LONGEST_NAME:
        raise NotEvidence(Refusal.NAME_TOO_LONG)
    return name


def _has_control(name: str) -> bool:
    return any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in name)


def kind_of(content: bytes, name: str, *, most_unpacked: int = MOST_UNPACKED) -> MediaType:
    """What `content` is, if it may be kept under `name`. Raises NotEvidence."""
    if not content:
        raise NotEvidence(Refusal.EMPTY)
    found = _kind(content, name, most_unpacked)
    if not name.lower().endswith(ENDINGS[found]):
        raise NotEvidence(Refusal.NAME_SAYS_OTHERWISE)
    return found


def _kind(content: bytes, name: str, most_unpacked: int) -> MediaType:
    if content.startswith(b"PK\x03\x04"):
        return _packed(content, most_unpacked)
    if found := _by_first_bytes(content):
        # What is a picture to one program and a page or an archive to another is kept for neither.
        if _MARKUP.search(content[:1024].lower()) or _end_of_archive(content) is not None:
            raise NotEvidence(Refusal.TWO_IN_ONE)
        return found
    if content.startswith(_PROGRAMS):
        raise NotEvidence(Refusal.PROGRAM)
    return _written(content, name)


def _by_first_bytes(content: bytes) -> MediaType | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    return next((kind for start, kind in _STARTS if content.startswith(start)), None)


_STARTS = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|link)\b")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _written(content: bytes, name: str) -> MediaType:
    """Plain text, in whatever alphabet; a table where its name says so. Pages and drawings are text that acts."""
    text = _text(content)
    if _MARKUP.search(content.lower()) or _MARKUP.search(text.lower().encode()) or text.lstrip().startswith("<?"):
        raise NotEvidence(Refusal.ACTIVE)
    if _CONTROL.search(text):
        raise NotEvidence(Refusal.UNKNOWN_KIND)
    return MediaType.CSV if name.lower().endswith(ENDINGS[MediaType.CSV]) else MediaType.TEXT


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # An older program's alphabet of one byte a letter: which one does not matter here.
        return content.decode("latin-1")


# --- packed documents: archives with a list of their parts at the end ---

_LIST_END = struct.Struct("<4s4H2LH")
_OPEN_DOCUMENTS = {MediaType.ODT.value.encode(): MediaType.ODT, MediaType.ODS.value.encode(): MediaType.ODS}
_OFFICE = ((MediaType.DOCX, "word/", b"wordprocessingml.document.main+xml"),
           (MediaType.XLSX, "xl/", b"spreadsheetml.sheet.main+xml"))  # fmt: skip
_MACROS = re.compile(r"(^|/)vbaproject\.bin$|^xl/macrosheets/|^(basic|scripts)/", re.IGNORECASE)
_LEADS_OUT = re.compile(r"^([/\\]|[a-z]:)|\\|\x00|(^|/)\.\.(/|$)", re.IGNORECASE)


def _packed(content: bytes, most_unpacked: int) -> MediaType:
    """A document of an office program, whole and honest about its size. Of its parts two short ones are read."""
    _check_list(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts, most_unpacked)
            found = _document(archive, {part.filename for part in parts})
            # Only now, when what it claims is little: each part has to be as long as was said.
            if archive.testzip() is not None:
                raise NotEvidence(Refusal.DAMAGED)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, struct.error) as broken:
        raise NotEvidence(Refusal.DAMAGED) from broken
    return found


def _end_of_archive(content: bytes) -> int | None:
    """Where the last words of an archive stand, if the file ends with them."""
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - _LIST_END.size - 65536))
    if place < 0 or len(content) < place + _LIST_END.size:
        return None
    comment = _LIST_END.unpack_from(content, place)[7]
    return place if place + _LIST_END.size + comment == len(content) else None


def _check_list(content: bytes) -> None:
    """Before the list of parts is read: a long one is a bomb by itself."""
    place = _end_of_archive(content)
    if place is None:
        raise NotEvidence(Refusal.DAMAGED)
    _mark, _disk, _first, _here, count, length, starts, _comment = _LIST_END.unpack_from(content, place)
    if count > MOST_PARTS or length > LONGEST_LIST:
        raise NotEvidence(Refusal.UNPACKS_TOO_FAR)
    if starts + length != place:
        raise NotEvidence(Refusal.TWO_IN_ONE)


def _check_parts(parts: Sequence[zipfile.ZipInfo], most_unpacked: int) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most_unpacked:
        raise NotEvidence(Refusal.UNPACKS_TOO_FAR)
    if any(part.flag_bits & 1 for part in parts):
        raise NotEvidence(Refusal.LOCKED)
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        # No office program packs otherwise; other ways ask for as much memory as the file says.
        raise NotEvidence(Refusal.DAMAGED)
    names = [part.orig_filename for part in parts]
    if len(set(names)) != len(names) or any(_LEADS_OUT.search(name) for name in names):
        raise NotEvidence(Refusal.DAMAGED)
    if any(_MACROS.search(name) for name in names):
        raise NotEvidence(Refusal.MACROS)


def _document(archive: zipfile.ZipFile, names: set[str]) -> MediaType:
    if "mimetype" in names:
        found = _OPEN_DOCUMENTS.get(_short(archive, "mimetype").strip())
        if found is None or "content.xml" not in names:
            raise NotEvidence(Refusal.UNKNOWN_KIND)
        return found
    if "[Content_Types].xml" not in names:
        raise NotEvidence(Refusal.UNKNOWN_KIND)
    types = _short(archive, "[Content_Types].xml")
    if b"macroenabled" in types.lower():
        raise NotEvidence(Refusal.MACROS)
    kinds = [kind for kind, folder, main in _OFFICE if main in types and any(name.startswith(folder) for name in names)]
    if len(kinds) != 1:
        raise NotEvidence(Refusal.TWO_IN_ONE if kinds else Refusal.UNKNOWN_KIND)
    return kinds[0]


def _short(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LONGEST_LIST:
        raise NotEvidence(Refusal.UNPACKS_TOO_FAR)
    return archive.read(name)
