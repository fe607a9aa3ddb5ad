"""One line for each part of a start: what was done and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def timed(title: str, say: Callable[[str], object]) -> Iterator[None]:
    begun = time.monotonic()
    try:
        yield
    except Exception:
        say(f"  {title}: failed")
        raise
    say(f"  {title:<36} {time.monotonic() - begun:5.1f} s")
