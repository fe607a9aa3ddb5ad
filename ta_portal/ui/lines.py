"""Lines in a form, each of a few fields: those that stand, and a few empty ones to add to. No script is needed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.forms import Field

from ta_portal.ui.forms import PortalForm

# Makes one field of a line, given the line's number and how it stands in the form.
Maker = Callable[..., Field]


class Lines:
    """The fields `name_1_part`, `name_2_part` … of a form; the part that is called "" is `name_1`, `name_2` …"""

    def __init__(
        self, name: str, parts: Mapping[str, Maker], *, fewest: int = 3, spare: int = 2, most: int = 60
    ) -> None:
        self.name, self.parts = name, parts
        self.fewest, self.spare, self.most = fewest, spare, most
        self._first = next(iter(parts))

    def add_to(self, form: PortalForm, standing: Sequence[Mapping[str, Any]]) -> list[str]:
        """Puts the lines into the form, filled with what stands; gives their names, for a group."""
        sent = [number for number in map(self._number, form.data or ()) if number]
        count = min(max([self.fewest, len(standing) + self.spare, *sent]), self.most)
        names = []
        for number in range(1, count + 1):
            for part, make in self.parts.items():
                form.fields[self.field(number, part)] = make(number, required=False, follows=number > 1)
                names.append(self.field(number, part))
        for number, values in enumerate(standing, start=1):
            form.initial.update({self.field(number, part): value for part, value in values.items()})
        return names

    def given(self, form: PortalForm, data: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
        """The lines in which anything was given, with their numbers."""
        for number in range(1, sum(1 for name in form.fields if self._number(name)) + 1):
            values = {part: data.get(self.field(number, part)) for part in self.parts}
            if any(value not in (None, "") for value in values.values()):
                yield number, values

    def field(self, number: int, part: str) -> str:
        return f"{self.name}_{number}_{part}" if part else f"{self.name}_{number}"

    def owns(self, field: str) -> bool:
        return field.startswith(f"{self.name}_")

    def without(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The form's values without these lines, which its service takes together."""
        return {name: value for name, value in values.items() if not self.owns(name)}

    def _number(self, field: str) -> int:
        """Of a line's first field its number; 0 of any other."""
        ending = f"_{self._first}" if self._first else ""
        text = field.removeprefix(f"{self.name}_").removesuffix(ending)
        is_one = field == f"{self.name}_{text}{ending}" and text.isascii() and text.isdigit() and len(text) < 3
        return int(text) if is_one else 0
