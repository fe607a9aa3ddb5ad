"""Workbooks (XLSX) that come from outside, read as cells; and those that the portal writes, the same bytes each time.

What is read was judged first: how much it unpacks to, in how many elements, and that nothing in it leads elsewhere.
Only then is it parsed, so that memory and time are bounded by those limits and not by the file.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from numbers import Real
from typing import Any

from openpyxl import Workbook, load_workbook

from programmes.domain.evidence import MediaType, NotEvidence, Refusal, kind_of

# Packed, unpacked, and in marks of its markup: many times what a form of hundreds of figures comes to.
MOST_BYTES, MOST_UNPACKED, MOST_MARKS = 2 * 1024 * 1024, 16 * 1024 * 1024, 120_000
MOST_SHEETS, MOST_ROWS = 20, 5000
# What a spreadsheet keeps of a number.
DIGITS = 15

_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']*)")
_READABLE = (b"utf-8", b"us-ascii", b"ascii")
# As Office writes a character that XML cannot hold; and so a text that only looks like it.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# In a number's format: what is shown as it stands, and so scales nothing.
_LITERALS = re.compile(r'"[^"]*"|\\.|[_*].')
# The first day that an archive can name: no file tells when it was written.
_ALWAYS = (1980, 1, 1, 0, 0, 0)
_WHEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


class Kind(StrEnum):
    """What stands in a cell."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    FORMULA = "formula"
    # A day, a truth, an error: what somebody typed and the program made something else of.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it came. A number is exact to 15 digits; what shows as 45% is 45."""

    kind: Kind = Kind.EMPTY
    text: str = ""
    number: Decimal | None = None
    place: str = ""


Rows = Sequence[Sequence[Cell]]
_EMPTY = Cell()


def sheets_in(content: bytes, name: str, *, columns: int) -> dict[str, Rows]:
    """The sheets of a workbook by their names, the first rows and columns of each. Raises NotEvidence."""
    if len(content) > MOST_BYTES:
        raise NotEvidence(Refusal.TOO_LARGE)
    if kind_of(content, name, most_unpacked=MOST_UNPACKED) is not MediaType.XLSX:
        raise NotEvidence(Refusal.UNKNOWN_KIND)
    _check_markup(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        return {sheet.title: _rows(sheet, columns) for sheet in book.worksheets[:MOST_SHEETS]}
    except Exception as broken:
        # Whatever a parser stumbles over in markup that somebody else wrote: the file is at fault.
        raise NotEvidence(Refusal.DAMAGED) from broken


def _check_markup(content: bytes) -> None:
    marks = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            data = archive.read(part)
            marks += data.count(b"<")
            if marks > MOST_MARKS:
                raise NotEvidence(Refusal.UNPACKS_TOO_FAR)
            declared = _ENCODING.match(data[:200].lstrip(b"\xef\xbb\xbf"))
            if (declared and declared[1].lower() not in _READABLE) or b"<\x00" in data[:4] or b"\x00<" in data[:4]:
                raise NotEvidence(Refusal.DAMAGED)
            if _ENTITIES.search(data):
                raise NotEvidence(Refusal.DAMAGED)


def _rows(sheet: Any, columns: int) -> Rows:
    # What the file says of its own size is not asked.
    sheet.reset_dimensions()
    return [[_cell(cell) for cell in row] for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=columns)]


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return _EMPTY
    place = str(cell.coordinate)
    if cell.data_type == "f":
        return Cell(Kind.FORMULA, str(value), place=place)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return Cell(Kind.OTHER, _as_day(value), place=place)
    if isinstance(value, bool) or cell.data_type == "e":
        return Cell(Kind.OTHER, str(value).upper(), place=place)
    if isinstance(value, Real):
        return _number(value, str(cell.number_format), place)
    text = unescaped(str(value))
    return Cell(Kind.TEXT, text, place=place) if text.strip() else _EMPTY


def _number(value: Any, shown_as: str, place: str) -> Cell:
    """What a spreadsheet shows of a binary number are its first 15 digits: 0.30000000000000004 is 0.3."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{DIGITS}g}")
    if not exact.is_finite():
        return Cell(Kind.OTHER, str(value), place=place)
    number = exact * 100 if "%" in _LITERALS.sub("", shown_as) else exact
    return Cell(Kind.NUMBER, plain(number), number, place)


def plain(number: Decimal) -> str:
    """With a point, without groups, exponents and zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_day(value: Any) -> str:
    is_midnight = isinstance(value, dt.datetime) and value.time() == dt.time()
    return str(value.date() if is_midnight else value)


def fits(number: Decimal) -> bool:
    """Whether a spreadsheet keeps all digits of the number."""
    return len(number.normalize().as_tuple().digits) <= DIGITS


def writable(text: str) -> str:
    """A text as a cell holds it: what XML cannot hold is left out, what would be read as an escape is escaped."""
    return _LOOKS_ESCAPED.sub("_x005F_", _CONTROL.sub("", text))


def unescaped(text: str) -> str:
    return _CONTROL.sub("", _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


def written(book: Workbook) -> bytes:
    """The workbook as a file. The same workbook is the same bytes: no part of it tells when it was written."""
    made = io.BytesIO()
    book.save(made)
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            data = _WHEN.sub(rb"\g<1>2000-01-01T00:00:00Z", source.read(part))
            info = zipfile.ZipInfo(part.filename, _ALWAYS)
            info.external_attr, info.create_system = 0o600 << 16, 3
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
