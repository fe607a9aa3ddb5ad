"""Asking for work: in the caller's transaction, once for a key, whether or not the broker is there."""

from django.db import transaction

from ta_portal.audit.models import AuditEvent
from ta_portal.jobs import queue
from ta_portal.jobs.models import Job, Outbox
from ta_portal.jobs.services import enqueue


def test_a_job_comes_with_its_fact_its_trail_and_a_wake_after_commit(officer, wakes):
    with transaction.atomic():
        job = enqueue(kind="effect", args={"engagement": 7}, by=officer)
        assert wakes == []

    assert (job.state, job.kind, job.args, job.by) == ("queued", "effect", {"engagement": 7}, officer)
    assert list(Outbox.objects.values_list("topic", "payload")) == [("job.queued", {"job": str(job.public_id)})]
    assert AuditEvent.objects.get(verb="job.queued").by == officer
    assert wakes == [1]


def test_a_caller_that_rolls_back_leaves_no_job_no_fact_and_no_wake(officer, wakes):
    with transaction.atomic():
        enqueue(kind="effect", args={}, by=officer)
        transaction.set_rollback(True)

    assert (Job.objects.count(), Outbox.objects.count(), wakes) == (0, 0, [])


def test_asking_at_once_with_one_key_makes_one_job(officer, in_threads):
    jobs = in_threads(8, lambda: enqueue(kind="effect", args={}, by=officer, dedupe_key="nightly").pk)

    assert len(set(jobs)) == 1
    assert Job.objects.count() == Outbox.objects.count() == 1


def test_a_key_is_free_again_when_its_job_has_ended(officer):
    first = enqueue(kind="effect", args={}, by=officer, dedupe_key="nightly")
    claimed = queue.claim("a worker", {"effect"})
    assert enqueue(kind="effect", args={}, by=officer, dedupe_key="nightly") == first
    queue.finish(claimed, "done")

    assert enqueue(kind="effect", args={}, by=officer, dedupe_key="nightly") != first


def test_without_a_key_each_request_is_a_job(officer):
    assert enqueue(kind="effect", args={}, by=officer) != enqueue(kind="effect", args={}, by=officer)
