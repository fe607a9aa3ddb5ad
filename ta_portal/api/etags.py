"""Strong ETags: a hash of the bytes that are sent, so that no change of a joined row can be missed (traps 9).

An object's tag begins with its row_version: `"7-3f9c…"`. What changes an object later compares that part (If-Match),
whichever fields were shown.
"""

import hashlib

_BITS = 128


def etag(body: bytes, *, version: int | None = None) -> str:
    digest = hashlib.blake2b(body, digest_size=_BITS // 8).hexdigest()
    return f'"{version}-{digest}"' if version is not None else f'"{digest}"'


def matches(header: str, tag: str) -> bool:
    """Does If-None-Match name this tag? A proxy that compressed may have weakened it or added a suffix (traps 8)."""
    return any(_bare(given) in ("*", tag) for given in header.split(","))


def _bare(given: str) -> str:
    given = given.strip().removeprefix("W/")
    for suffix in ("-gzip", ";gzip", "-br"):
        given = given.replace(f'{suffix}"', '"')
    return given
