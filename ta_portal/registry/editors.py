"""Editors: what can be added, changed and removed on the pages of a thing. Apps register theirs when they are ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ta_portal.access.permissions import Permission

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Editor:
    """One kind of thing that hangs on a subject: its form, and the services that its form calls.

    `rows(subject)` gives those that can be changed, in reading order; `find(subject, key)` one of them, or None;
    `key(row)` its code or public id, as it stands in addresses; `add(subject, values, by)` and
    `change(row, version, values, by)` give the row; `remove(row, version, reason, by)`. One of the three that is None
    is not offered. `back` is the name of the page that shows the rows. Of rows that not everybody with the permission
    sees, `is_seen_by(row, user)` says who does; for others they are not there.
    """

    page: str
    kind: str
    permission: Permission
    form: Callable[..., Any]
    find: Callable[[Any, str], Any | None]
    key: Callable[[Any], str]
    name: Callable[[Any], str]
    to_add: str | Promise
    to_change: str | Promise
    back: str
    rows: Callable[[Any], Iterable[Any]] = lambda _subject: ()
    add: Callable[[Any, Values, Any], Any] | None = None
    change: Callable[[Any, int, Values, Any], Any] | None = None
    remove: Callable[[Any, int, str, Any], None] | None = None
    is_seen_by: Callable[[Any, Any], bool] = lambda _row, _user: True


_editors: dict[tuple[str, str], Editor] = {}


def register_editor(editor: Editor) -> None:
    _editors[editor.page, editor.kind] = editor


def editor_of(page: str, kind: str) -> Editor | None:
    return _editors.get((page, kind))


def editors_of(page: str) -> list[Editor]:
    return [editor for editor in _editors.values() if editor.page == page]
