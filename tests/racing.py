"""Sessions that meet: each on a connection of its own, all let go at once."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def race(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act came to: its result, or the exception it raised. For tests on real connections."""
    start = threading.Barrier(len(acts))
    came_to: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            start.wait(timeout=30)
            came_to[number] = acts[number]()
        except Exception as refusal:  # noqa: BLE001 - handed to the test
            came_to[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return came_to
