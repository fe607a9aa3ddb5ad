"""Jobs are done late sometimes, lost or doubled never."""

import signal
import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction

from ta_portal.errors import InvalidInput, NotFound
from ta_portal.jobs import queue
from ta_portal.jobs.handlers import job_handler
from ta_portal.jobs.models import Job
from ta_portal.jobs.running import run_next_job, run_ready_jobs
from ta_portal.jobs.services import cancel, enqueue
from tests.factories import UserFactory
from tests.jobs.conftest import effects, note_effect


def wait_until(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def make_ready():
    """Skip the waiting time before another attempt."""
    Job.objects.filter(state="queued").update(run_after="2020-01-01T00:00Z")


def expire_leases():
    Job.objects.filter(state="running").update(lease_until="2020-01-01T00:00Z")


def test_a_jobs_rows_and_its_end_come_together(officer):
    job_handler("effect")(lambda job: note_effect(job) or {"made": job.claim.args["what"]})
    job = enqueue(kind="effect", args={"what": "a report"}, by=officer)

    assert run_ready_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.result, job.attempt, job.error) == ("done", {"made": "a report"}, 1, "")
    assert job.ended_at is not None
    assert effects() == [job.pk]


def test_a_job_of_a_kind_that_nobody_knows_waits(officer):
    enqueue(kind="unheard-of", args={}, by=officer)

    assert run_ready_jobs() == 0
    assert Job.objects.get().state == "queued"


def test_an_error_rolls_the_rows_back_and_tries_again_later_each_time(officer):
    @job_handler("effect")
    def broken(job):
        note_effect(job)
        raise ValueError("the figure is missing")

    enqueue(kind="effect", args={}, by=officer)
    delays = []
    for _ in range(4):
        assert run_next_job()
        assert not run_next_job()
        job = Job.objects.get()
        assert (job.state, job.error) == ("queued", "ValueError: the figure is missing")
        delays.append(round((job.run_after - queue_time()).total_seconds()))
        make_ready()

    assert run_next_job()

    job = Job.objects.get()
    assert delays == [5, 10, 20, 40]
    assert (job.state, job.attempt, job.error) == ("failed", 5, "ValueError: the figure is missing")
    assert job.ended_at is not None
    assert effects() == []


def queue_time():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_what_a_rule_refuses_is_not_tried_again(officer):
    @job_handler("effect")
    def refused(job):
        raise InvalidInput.at("scope", "There is no programme P-9.")

    enqueue(kind="effect", args={}, by=officer)

    assert run_ready_jobs() == 1

    job = Job.objects.get()
    assert (job.state, job.attempt, job.error) == ("failed", 1, "scope: There is no programme P-9.")


def test_a_worker_killed_in_mid_job_leaves_nothing_and_the_next_one_does_it_once(officer, worker_process):
    job = enqueue(kind="effect", args={}, by=officer)
    process = worker_process("hang", lease_seconds=1)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    job_handler("effect")(note_effect)
    assert queue.give_back_lost() == 0

    wait_until(lambda: queue.give_back_lost() == 1)
    make_ready()
    assert run_ready_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("done", 2)
    assert effects() == [job.pk]


def test_a_worker_that_slept_through_its_lease_keeps_nothing_when_it_wakes(officer, worker_process):
    job = enqueue(kind="effect", args={}, by=officer)
    process = worker_process("pause", lease_seconds=0.5)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: queue.give_back_lost() == 1)
    make_ready()
    job_handler("effect")(note_effect)
    assert run_ready_jobs() == 1

    process.send_signal(signal.SIGCONT)
    assert process.wait(20) == 0

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("done", 2)
    assert effects() == [job.pk]


def test_a_heartbeat_keeps_the_lease_of_a_job_that_outlasts_it(officer):
    @job_handler("effect")
    def long(job):
        time.sleep(1.2)
        note_effect(job)

    job = enqueue(kind="effect", args={}, by=officer)
    worker = threading.Thread(target=lambda: (run_next_job(lease_seconds=0.6), connection.close()))
    worker.start()
    given_back = 0
    while worker.is_alive():
        given_back += queue.give_back_lost()
        time.sleep(0.05)
    worker.join()

    job.refresh_from_db()
    assert (given_back, job.state, job.attempt) == (0, "done", 1)


def test_many_workers_do_each_job_once(officer, in_threads):
    job_handler("effect")(note_effect)
    jobs = [enqueue(kind="effect", args={}, by=officer).pk for _ in range(12)]

    tried = in_threads(4, run_ready_jobs)

    assert sum(tried) == 12
    assert sorted(effects()) == jobs
    assert set(Job.objects.values_list("state", "attempt")) == {("done", 1)}


def test_a_worker_that_always_dies_ends_the_job(officer):
    enqueue(kind="effect", args={}, by=officer)
    for _ in range(5):
        make_ready()
        assert queue.claim("a worker", {"effect"}) is not None
        expire_leases()
        assert queue.give_back_lost() == 1

    job = Job.objects.get()
    assert (job.state, job.attempt, job.error) == ("failed", 5, "The worker was lost.")


def test_progress_is_seen_while_the_work_is_not_committed(officer):
    seen, go_on = [], threading.Event()

    @job_handler("effect")
    def watched(job):
        note_effect(job)
        job.progress("Rows", 3, 8)
        go_on.wait(10)

    job = enqueue(kind="effect", args={}, by=officer)
    worker = threading.Thread(target=lambda: (run_next_job(), connection.close()))
    worker.start()
    wait_until(lambda: Job.objects.get().stage == "Rows")
    seen.append((Job.objects.values_list("state", "done", "total").get(), effects()))
    go_on.set()
    worker.join(10)

    assert seen == [(("running", 3, 8), [])]
    assert effects() == [job.pk]


def test_a_running_job_stops_at_its_next_sign_of_progress(officer):
    begun = threading.Event()

    @job_handler("effect")
    def patient(job):
        note_effect(job)
        begun.set()
        for step in range(500):
            job.progress("Rows", step, 500)
            time.sleep(0.02)

    job = enqueue(kind="effect", args={}, by=officer)
    worker = threading.Thread(target=lambda: (run_next_job(lease_seconds=3), connection.close()))
    worker.start()
    begun.wait(10)
    cancel(job_id=job.pk, by=officer)
    worker.join(20)

    job.refresh_from_db()
    assert (job.state, effects()) == ("cancelled", [])
    assert job.ended_at is not None


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(officer):
    job_handler("effect")(note_effect)
    job = enqueue(kind="effect", args={}, by=officer)

    cancelled = cancel(job_id=job.pk, by=officer)

    assert cancelled.state == "cancelled"
    assert run_ready_jobs() == 0


def test_cancelling_what_has_ended_changes_nothing(officer):
    job_handler("effect")(note_effect)
    job = enqueue(kind="effect", args={}, by=officer)
    run_ready_jobs()

    assert cancel(job_id=job.pk, by=officer).state == "done"
    assert Job.objects.get().cancel_requested is False


def test_a_stranger_cannot_cancel_somebodys_job_nor_tell_that_it_exists(officer):
    job = enqueue(kind="effect", args={}, by=officer)
    stranger = UserFactory()

    with pytest.raises(NotFound) as hidden:
        cancel(job_id=job.pk, by=stranger)
    with pytest.raises(NotFound) as absent:
        cancel(job_id=job.pk + 1, by=stranger)

    assert str(hidden.value) == str(absent.value)
    assert Job.objects.get().state == "queued"


def test_the_database_keeps_an_ended_job_as_it_is(officer):
    job_handler("effect")(note_effect)
    enqueue(kind="effect", args={}, by=officer)
    run_ready_jobs()

    with pytest.raises(IntegrityError, match="has ended"), transaction.atomic():
        Job.objects.update(state="queued")
