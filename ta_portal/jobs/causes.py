"""Why a job failed, in words for who asked for it. The exact error is in the log, under the job's number."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ta_portal.jobs.models import Job

# `running` writes the class of what it did not expect before the text; a rule's refusal is a sentence.
_UNEXPECTED = re.compile(r"([A-Z]\w*): ")
_DATABASE_SLOW = frozenset({"OperationalError", "InterfaceError"})
# What `sql/queue.sql` writes for a worker that went silent.
_WORKER_LOST = "The worker was lost."


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it failed, and what the reader can do about it."""

    reason: str
    remedy: str


def cause_of(job: Job) -> Cause | None:
    """None where the job did not fail. What was not expected is named by its kind alone: its text may hold anything."""
    if job.state != "failed":
        return None
    again = _("Ask for it again. If it fails again, tell your administrator its number.")
    if job.error == _WORKER_LOST:
        lost = _("The program that did this work was stopped {count} times before it could finish.")
        return Cause(lost.format(count=job.attempt), again)
    found = _UNEXPECTED.match(job.error)
    if found is None:
        return Cause(job.error, _("Correct what was asked for, and ask for it anew."))
    if found[1] in _DATABASE_SLOW:
        return Cause(_("The database did not answer in time."), again)
    return Cause(_("Something happened that the portal did not expect ({kind}).").format(kind=found[1]), again)
