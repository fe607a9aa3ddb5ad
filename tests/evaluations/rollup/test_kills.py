"""A worker killed in any stage of a roll-up leaves nothing, and the next one makes the one whole report."""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import psycopg2
import pytest
from django.db import connection

from evaluations.models import ImpactReport, ImpactRow
from evaluations.services import roll_up as service
from evaluations.services.roll_up import request_report, roll_up
from programmes.services.service_accounts import system_author
from ta_portal.audit.models import AuditEvent
from ta_portal.embedded.readiness import wait_until
from ta_portal.jobs import queue
from ta_portal.jobs.models import Job
from ta_portal.jobs.running import run_ready_jobs
from tests import kept_database
from tests.conftest import PROJECT
from tests.evaluations.rollup.portfolios import AS_OF, random_portfolio, write

WORKER = [sys.executable, "-m", "tests.evaluations.rollup.worker_process"]


def database_address():
    of = connection.settings_dict
    return f"postgresql://{of['USER']}:{of['PASSWORD']}@/{of['NAME']}?host={of['HOST']}&port={of['PORT']}"


@contextmanager
def held(statement):
    """Somebody else's transaction that holds what the worker needs next, for as long as the block lasts."""
    other = psycopg2.connect(database_address())
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
        yield
    finally:
        other.close()


def stage():
    return Job.objects.values_list("state", "stage").get()


def waits_for_a_lock(words):
    """Does the worker wait for a lock, in a statement that holds these words?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock' AND query LIKE %s",
            [f"%{words}%"],
        )
        return cursor.fetchone()[0] > 0


def begin_claimed(stack):
    stack.enter_context(held("LOCK TABLE impact_report IN ACCESS EXCLUSIVE MODE"))
    yield
    return lambda: stage() == ("running", "") and waits_for_a_lock("impact_report")


def begin_counting(stack):
    stack.enter_context(held("LOCK TABLE impact_row IN SHARE MODE"))
    yield
    return lambda: stage() == ("running", service.COUNTING) and waits_for_a_lock("INSERT INTO impact_row")


def begin_sealing(stack):
    stack.enter_context(held("LOCK TABLE audit_event IN SHARE MODE"))
    yield
    return lambda: stage() == ("running", service.SEALING) and waits_for_a_lock("audit_event")


def begin_committing(stack):
    with held("LOCK TABLE audit_event IN SHARE MODE"):
        yield
        assert wait_until(lambda: stage() == ("running", service.SEALING), 30)
        stack.enter_context(held("SELECT 1 FROM job FOR UPDATE"))
    return lambda: waits_for_a_lock("ta_job_finish")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begin", [begin_claimed, begin_counting, begin_sealing, begin_committing])
def test_a_worker_killed_in_any_stage_leaves_one_whole_report_in_the_end(begin):
    write(random_portfolio(6, engagements=2, currency="USD"), "USD", 2)
    job = request_report(as_of=AS_OF, currency="USD", by=system_author())
    with ExitStack() as stack:
        kill_a_worker(begin(stack))
    assert wait_until(lambda: others_in_the_database() == 0, 10)
    assert not ImpactReport.objects.exists()
    assert not ImpactRow.objects.exists()

    # As if the time of the lease had passed.
    Job.objects.filter(pk=job.pk).update(lease_until="2020-01-01T00:00Z")
    assert queue.give_back_lost() == 1
    assert run_ready_jobs() == 1

    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == ("done", 2, "")
    report = ImpactReport.objects.get()
    assert AuditEvent.objects.filter(verb="impact_report.completed").count() == 1
    undisturbed = roll_up(as_of=AS_OF, currency="USD", cut_off=report.cut_off, by=system_author())
    assert report.fingerprint == undisturbed.fingerprint
    assert report.rows.count() == undisturbed.rows.count() > 50


def kill_a_worker(beginning):
    """Start one once the way is blocked, and kill it where it waits."""
    next(beginning)
    process = subprocess.Popen(
        WORKER,
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": database_address(), "DJANGO_SETTINGS_MODULE": "ta_portal.settings"},
    )
    try:
        is_there = result_of(beginning)
        assert wait_until(is_there, 30, every=0.05), stage()
    finally:
        process.kill()
        process.wait(10)


def result_of(beginning):
    try:
        next(beginning)
    except StopIteration as end:
        return end.value
    raise AssertionError("it goes on")


def others_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_the_same_data_in_emptied_tables_under_other_ids_gives_one_fingerprint():
    """Whatever the order of ids: the second time the tables have other rows before these."""
    fingerprints = set()
    for start in (0, 500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(ids, nextval(ids) + %s) FROM pg_get_serial_sequence('engagement', 'id') AS ids", [start]
            )
        write(random_portfolio(6, engagements=2, currency="USD"), "USD", 2)
        report = roll_up(as_of=AS_OF, currency="USD", by=system_author())
        fingerprints.add(report.fingerprint)
        connection.close()
        kept_database.put_back()
    assert len(fingerprints) == 1
