"""`If-Match`: a change names the version that it was decided on, by the ETag under which that was read.

Only the version in the tag counts (`"7-3f9c…"`): whichever fields were read, and whatever a proxy that compresses made
of the tag (traps 8).
"""

import re

from django.utils.translation import gettext as _

from ta_portal.errors import DomainError

_TAG = re.compile(r'(?:W/)?"([0-9]{1,9})-[0-9a-f]+(?:[-;](?:gzip|br|zstd|deflate))?"')
# No row is ever at it: a tag that names no version of the row is as stale as an old one.
NO_VERSION = 0


class IfMatchMissing(DomainError):
    """A change does not say which version it is meant for, so it could undo somebody else's."""

    code = "if_match_missing"
    status = 428


def tags_given(header: str | None) -> list[str]:
    """The tags of `If-Match`. `*` is none: it would overwrite whatever is there, unread."""
    tags = [tag.strip() for tag in (header or "").split(",") if tag.strip()]
    if not tags or "*" in tags:
        raise IfMatchMissing(
            _("Send If-Match with the ETag under which you read this: it names the version you change.")
        )
    return tags


def version_expected(header: str | None, current: int) -> int:
    """The version that the act is meant for: `current` where a tag names it, else one that is not there."""
    found = (_TAG.fullmatch(tag) for tag in tags_given(header))
    return current if current in {int(tag[1]) for tag in found if tag} else NO_VERSION
