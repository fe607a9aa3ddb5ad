"""What asks for somebody's move, over all engagements at once: each app says in SQL what it knows of.

Set-based, so that a portfolio of ten thousand engagements is asked in one statement; a lower page need not know which
apps there are above it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

NOW, SOON = 2, 1


@dataclass(frozen=True, slots=True)
class MatterKind:
    """A kind of matter. `sql` selects engagement_id and on_date (by when); it may use `%(today)s`.

    What falls due within `now_within_days` of today is for now, all else that it selects is for soon. `whose` says who
    has to move, `tab` on which of the engagement's pages (`registry.tabs`). With `running_only` it asks for nothing on
    an engagement that has not begun, or is over.
    """

    key: str
    order: int
    words: str | Promise
    whose: str | Promise
    tab: str
    sql: str
    now_within_days: int = 0
    running_only: bool = True


_kinds: dict[str, MatterKind] = {}


def register_matter(kind: MatterKind) -> None:
    _kinds[kind.key] = kind


def matter_kinds() -> list[MatterKind]:
    """In the order in which a list tells them."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)
