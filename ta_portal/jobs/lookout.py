"""A worker that has heard nothing for a while looks at the table itself.

A broker that is gone, or a consumer that hangs after it came back, then costs less than a minute: rows are the truth.
"""

import datetime as dt
import logging
import threading

from django.db import DatabaseError, connection
from django.utils import timezone

from ta_portal.jobs import pulses, tasks

logger = logging.getLogger(__name__)

# The clock asks for a sweep every 30 s.
SILENCE = dt.timedelta(seconds=40)
PAUSE_SECONDS = 10.0


def begin() -> None:
    """Keep watch beside the worker, for as long as it lives. Its end may cut a job short: the lease gives that back."""
    threading.Thread(target=_watch, name="lookout", daemon=True).start()


def _watch() -> None:
    while not tasks.stopping.wait(PAUSE_SECONDS):
        try:
            if _nobody_swept():
                logger.warning("no message came from the broker: looking at the table without one")
                tasks.sweep()
        except DatabaseError as problem:
            logger.warning("the table cannot be looked at: %s", problem)
        finally:
            connection.close()


def _nobody_swept() -> bool:
    last = pulses.last_beat(pulses.WORKER)
    return last is None or timezone.now() - last > SILENCE
