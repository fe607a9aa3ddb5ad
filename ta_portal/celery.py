"""The job runner's entry, and its clock. A message only says "look at the table": rows are the truth (jobs kit)."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ta_portal.settings")

from django.conf import settings

from ta_portal.monitoring.garbage import keep_what_is_loaded

SWEEP_SECONDS = 30

app = Celery("ta_portal")
app.conf.update(settings.CELERY)
app.conf.beat_schedule = {
    # One that could not be delivered in time is worth nothing: the next is due.
    "sweep": {
        "task": "jobs.sweep",
        "schedule": SWEEP_SECONDS,
        "kwargs": {"by_clock": True},
        "options": {"expires": SWEEP_SECONDS},
    },
    "nightly sweep of files": {"task": "programmes.sweep_files", "schedule": crontab(hour=3, minute=30)},
    "nightly roll-up": {"task": "evaluations.request_nightly_report", "schedule": crontab(hour=2, minute=0)},
    "unanswered changes of figures": {"task": "programmes.settle_unanswered", "schedule": crontab(hour=4, minute=0)},
    # Before the digests, which carry what people are reminded of that day.
    "reminders": {"task": "programmes.remind", "schedule": crontab(hour=5, minute=0)},
    "digests": {"task": "mail.make_digests", "schedule": crontab(hour=6, minute=0)},
}
app.autodiscover_tasks()


@setup_logging.connect
def _log_as_the_portal_does(**_: Any) -> None:
    """Connecting keeps Celery from a format of its own."""
    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect
def _sweep_at_start(sender: Any, **_: Any) -> None:
    """What the last worker left behind, and what was asked for while none ran, is not kept waiting for the clock."""
    from ta_portal.jobs import lookout  # noqa: PLC0415 - needs the models

    keep_what_is_loaded()
    lookout.begin()
    sender.app.send_task("jobs.sweep", retry=False)
