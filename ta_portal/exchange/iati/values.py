"""Values of an activity's elements: of the right kind, or refused in a sentence that names line, activity and path."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from lxml import etree

from ta_portal.errors import Fault, InvalidInput

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Beyond these years a date in such a file is a slip of the pen.
_YEARS = range(1950, 2151)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
# xsd:date may carry a time zone; some publishers write an instant.
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2}|T.*)?")
_LONGEST_NUMBER = 60


@dataclass
class Findings:
    """What was noticed in one activity: faults, sentences for the reader, and what has no place, by kind."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    kept: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def at_most_one_fault(self) -> Iterator[None]:
        """A part that is refused is one fault; what stands beside it is read on."""
        try:
            yield
        except InvalidInput as refusal:
            self.faults.extend(refusal.faults)

    def leave_out(self, kind: str, element: "Element | None" = None) -> None:
        """Count what has no column; keep what it says where `element` gives it."""
        self.left_out[kind] += 1
        if element is not None:
            self.kept[kind].append(element.as_plain())


class Element:
    """One element of an activity, which knows where it stands."""

    def __init__(self, node: etree._Element, activity: str, path: str = "") -> None:
        self._node = node
        self._activity = activity
        self._path = path

    @property
    def name(self) -> str:
        return local(str(self._node.tag))

    @property
    def line(self) -> int:
        line: int | None = self._node.sourceline  # type: ignore[assignment]  # the stubs have it unfinished
        return line or 0

    @property
    def place(self) -> str:
        return ", ".join(part for part in (f"line {self.line}", self._activity, self._path) if part)

    def refuse(self, sentence: str) -> NoReturn:
        raise InvalidInput.at(self.place, sentence)

    def attribute(self, name: str) -> str | None:
        """The attribute without spaces around it; None where it is missing or empty."""
        return (self._node.get(name) or "").strip() or None

    def attributes(self) -> dict[str, str]:
        """By their names, `xml:lang` as lang; those of other namespaces as their full names."""
        return {"lang" if name == LANG else str(name): str(value).strip() for name, value in self._node.attrib.items()}

    @property
    def text(self) -> str | None:
        """What it says; None where it is empty, or where other elements stand in it."""
        return None if len(self._node) else self._own_text

    @property
    def _own_text(self) -> str | None:
        return (self._node.text or "").strip() or None

    @property
    def is_extension(self) -> bool:
        """Of another namespace: whatever its name, it is none of the standard's."""
        return str(self._node.tag).startswith("{")

    def children(self, name: str | None = None) -> list["Element"]:
        found = self._node if name is None else self._node.findall(name)
        return [Element(child, self._activity, self._under(str(child.tag))) for child in found]

    def first(self, name: str) -> "Element | None":
        node = self._node.find(name)
        return None if node is None else Element(node, self._activity, self._under(name))

    def needed(self, name: str) -> "Element":
        found = self.first(name)
        if found is None:
            self.refuse(_("{name} is missing.").format(name=name))
        return found

    def needed_attribute(self, name: str) -> str:
        found = self.attribute(name)
        if found is None:
            self.refuse(_("{name} is missing.").format(name=f"@{name}"))
        return found

    def narratives(self, default: str | None) -> list[tuple[str, str]]:
        """Language and text of each narrative that says something; text without one, as some publishers write it."""
        found = [
            ((child.attribute(LANG) or default or "").lower(), text)
            for child in self.children("narrative")
            if (text := child.whole_text())
        ]
        own = self.text
        return found or ([((default or "").lower(), own)] if own else [])

    def whole_text(self) -> str:
        return "".join(str(text) for text in self._node.itertext()).strip()

    def number(self, text: str | None) -> Decimal:
        found = as_number(text)
        if found is None:
            self.refuse(_("“{text}” is not a number such as 1234.56.").format(text=(text or "")[:_LONGEST_NUMBER]))
        return found

    def day(self, attribute: str = "iso-date") -> dt.date:
        return self.as_day(self.needed_attribute(attribute))

    def as_day(self, text: str) -> dt.date:
        match = _DAY.fullmatch(text)
        try:
            found = dt.date.fromisoformat(match[1]) if match else None
        except ValueError:
            found = None
        if found is None:
            self.refuse(_("“{text}” is not a date such as 2025-12-31.").format(text=text[:_LONGEST_NUMBER]))
        if found.year not in _YEARS:
            self.refuse(_("The year of {text} is not one that an activity lives in.").format(text=text))
        return found

    def as_plain(self) -> Any:
        """What it says as JSON: attributes with an @, text as `text`, children by their names."""
        found: dict[str, Any] = {f"@{name}": value for name, value in self.attributes().items()}
        if self._own_text:
            found["text"] = self._own_text
        for child in self.children():
            found.setdefault(child.name, []).append(child.as_plain())
        return found

    def tell_of_others(self, known: Collection[str], findings: Findings, *, under: str = "") -> None:
        """Count the children that nothing reads."""
        for child in self.children():
            if child.is_extension or child.name not in known:
                findings.leave_out(f"{under}{child.name}", None if child.name in PERSONAL else child)

    def tell_of_other_attributes(self, known: Collection[str], findings: Findings) -> None:
        """Count the attributes that nothing reads, and keep what they say."""
        for name, value in self.attributes().items():
            if name not in known:
                kind = f"{self._path}/@{name}" if self._path else f"@{name}"
                findings.left_out[kind] += 1
                findings.kept[kind].append(value)

    def further_narratives(self, paths: Collection[str]) -> list["Element"]:
        """The second narrative and on at each of these paths."""
        return [
            Element(node, self._activity, path)
            for path in paths
            for container in self._node.iterfind(path)
            for node in container.findall("narrative")[1:]
        ]

    def _under(self, name: str) -> str:
        name = local(name)
        return f"{self._path}/{name}" if self._path else name


# Names and addresses of persons must stay erasable: they are counted, never kept (traps 21).
PERSONAL = frozenset({"contact-info"})


def local(name: str) -> str:
    return name.rpartition("}")[2]


def as_number(text: str | None) -> Decimal | None:
    """The number as xsd:decimal writes it; None for anything else."""
    text = (text or "").strip()
    return Decimal(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else None
