"""Signs of life of what works in the background: one row for the worker, one for the clock that wakes it."""

import datetime as dt

from django.db import connection

from ta_portal.jobs.models import Pulse
from ta_portal.jobs.running import worker_name

WORKER = "worker"
CLOCK = "clock"


def beat(*parts: str) -> None:
    """Note that these parts are alive now, by the database's clock."""
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(
                "INSERT INTO job_pulse (part, at, by) VALUES (%s, clock_timestamp(), %s) "
                "ON CONFLICT (part) DO UPDATE SET at = EXCLUDED.at, by = EXCLUDED.by",
                [part, worker_name()[:200]],
            )


def last_beat(part: str) -> dt.datetime | None:
    """When this part was last alive; None if it never was."""
    return Pulse.objects.filter(part=part).values_list("at", flat=True).first()
