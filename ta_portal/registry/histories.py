"""How the history of each kind of row is told in a reader's words: each app says it of its own tables when ready."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from ta_portal.access.permissions import Permission

Words = Mapping[Any, str | Promise]


@dataclass(frozen=True, slots=True)
class RowHistory:
    """One kind of row: the acts of the audit trail are on it, and its states are kept in `<table>_event`.

    Its fields are called as in `form`, those that it does not ask for as in `labels`; choices are said as in `words`,
    or as the form offers them. `tab` is the engagement's page that shows such rows, `code` the field that tells one
    from another. `private` are the fields that can lead to a named person's rate or salary; `left_out` those that
    would tell a reader nothing; of `blind` ones not even that they changed is told to who may not see the row itself.
    Without `permission` nobody is told that there was an act at all.
    """

    model: type[Any]
    name: str | Promise
    labels: Words
    form: type[Any] | None = None
    words: Mapping[str, Words] = field(default_factory=dict)
    tab: str = ""
    code: str = "code"
    private: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()
    permission: Permission | None = None

    @property
    def table(self) -> str:
        table: str = self.model._meta.db_table
        return table

    def label(self, name: str) -> str:
        """What a field is called; its own name if nobody said."""
        asked, stands_for = self._fields().get(name), self._asked(name)
        labels = (getattr(asked, "label", ""), self.labels.get(name), getattr(stands_for, "label", ""))
        return str(next(filter(None, labels), name))

    def word(self, name: str, value: str) -> str | None:
        """What a choice is called; None if it is none of a closed list."""
        if name in self.words:
            return str(self.words[name].get(value, value))
        choices: Any = getattr(self._asked(name), "choices", None)
        if not isinstance(choices, list):
            return None
        return next((str(word) for key, word in choices if key == value), None)

    def _fields(self) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = getattr(self.form, "base_fields", {})
        return fields

    def _asked(self, name: str) -> Any:
        """The form's field, or that at which the form says what is wrong with it."""
        places: Mapping[str, str] = getattr(self.form, "places", {})
        return self._fields().get(name) or self._fields().get(places.get(name, ""))


_histories: dict[str, RowHistory] = {}


def register_history(history: RowHistory) -> None:
    _histories[history.table] = history


def history_of(table: str) -> RowHistory | None:
    return _histories.get(table)


def histories() -> list[RowHistory]:
    """Every kind of row whose history is told, in the order of the apps."""
    return list(_histories.values())
