"""Asking for work, and asking for it to stop. What does the work is in `running`."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from ta_portal.accounts.models import User
from ta_portal.audit.request_id import current_request_id
from ta_portal.audit.services import record
from ta_portal.errors import DomainError, NotFound
from ta_portal.jobs import outbox, queue
from ta_portal.jobs.models import ACTIVE, Job
from ta_portal.jobs.selectors import visible_jobs

# A job asked for again is still there in the state that it ended in, so that its history can be read.
ASKED_AGAIN = frozenset({"failed", "cancelled"})


class JobNotFailed(DomainError):
    """Only what failed or was stopped can be asked for again."""

    code = "job_not_failed"


@transaction.atomic
def enqueue(*, kind: str, args: dict[str, Any], by: User, dedupe_key: str | None = None) -> Job:
    """Put one piece of work into the queue, in the caller's transaction; a worker is woken after the commit.

    While a job with the same `dedupe_key` is queued or running, that one is returned. `args` holds ids and dates as
    JSON, never objects: the job may run much later. The broker's absence never fails this.
    """
    job_id, is_new = queue.enqueue(kind, args, dedupe_key, by.pk)
    job = Job.objects.get(pk=job_id)
    if is_new:
        job.request_id = current_request_id()
        job.save(update_fields=["request_id"])
        record("job.queued", target=job, by=by, kind=kind)
        outbox.tell("job.queued", job=str(job.public_id))
    return job


@transaction.atomic
def cancel(*, job_id: int, by: User) -> Job:
    """Ask a job to stop: at once if it waits, at its next sign of progress if it runs. What has ended stays so.

    Raises NotFound unless `by` asked for the job or manages users.
    """
    job = _locked(job_id, by)
    if job.state not in ACTIVE:
        return job
    job.cancel_requested = True
    if job.state == "queued":
        job.state = "cancelled"
        job.ended_at = Now()
    job.save(update_fields=["cancel_requested", "state", "ended_at"])
    record("job.cancel_requested", target=job, by=by)
    job.refresh_from_db()
    return job


@transaction.atomic
def retry(*, job_id: int, by: User) -> Job:
    """Ask once more for what failed or was stopped: a new job of the same kind and arguments, for who asked first.

    It acts as whoever asked for the first one, whose permissions are checked again when it runs. While the new one is
    queued or running, it is given back instead of another. Raises NotFound unless `by` asked for the job or manages
    users, JobNotFailed where it did not fail.
    """
    job = _locked(job_id, by)
    if job.state not in ASKED_AGAIN:
        raise JobNotFailed(_("Only work that failed or was stopped can be asked for again."))
    key = job.dedupe_key or f"again:{job.public_id}"
    again = enqueue(kind=job.kind, args=job.args, by=job.by, dedupe_key=key)
    record("job.retried", target=job, by=by, again=again.public_id)
    return again


def _locked(job_id: int, by: User) -> Job:
    job = visible_jobs(by).select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return job
