"""Each fault that an installation can have, made on purpose: `doctor` names it and says what to do."""

import io
import json
import re

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from evaluations.selectors.fingerprints import sealed_reports
from evaluations.services.roll_up import roll_up
from programmes.services.service_accounts import system_author
from ta_portal.jobs import checks, pulses
from ta_portal.jobs.models import Job, Outbox, Pulse
from ta_portal.monitoring import database, installation
from tests.evaluations.rollup.portfolios import AS_OF, random_portfolio, write
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01T00:00Z"


def only(check):
    """The one finding of a check that finds one."""
    (finding,) = check()
    return finding


def sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def doctor(*words):
    told, code = io.StringIO(), 0
    try:
        call_command("doctor", *words, stdout=told)
    except SystemExit as end:
        code = end.code
    return code, told.getvalue()


def test_a_missing_migration_ends_the_examination_with_its_remedy():
    MigrationRecorder.Migration.objects.filter(app="jobs", name="0002_queue").delete()

    code, told = doctor()

    last = told.splitlines()[-1]
    assert code == 1
    assert last.startswith("WRONG  Tables")
    assert last.endswith("1 migrations are not applied  ->  manage.py migrate")


def test_functions_that_are_not_applied_are_named():
    sql("DROP FUNCTION ta_inbox_first(text, bigint)")

    finding = only(database.functions)

    assert finding.state == "missing: ta_inbox_first"
    assert "migrate" in finding.remedy


def test_functions_of_another_release_are_named():
    sql("CREATE OR REPLACE FUNCTION ta_job_sweep() RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint $$")

    finding = only(database.functions)

    assert finding.state == "not those of this code: ta_job_sweep"
    assert finding.remedy


def test_an_append_only_table_that_was_opened_is_named_with_the_statement_that_closes_it():
    sql("ALTER TABLE audit_event DISABLE TRIGGER pgtrigger_append_only_00dfa")

    finding = only(database.triggers)

    assert finding.state == "switched off on audit_event"
    assert finding.remedy == "ALTER TABLE audit_event ENABLE TRIGGER pgtrigger_append_only_00dfa;"


def test_a_trigger_that_is_gone_is_named():
    sql("DROP TRIGGER pgtrigger_append_only_00dfa ON audit_event")

    finding = only(database.triggers)

    assert (finding.state, finding.remedy) == ("missing on audit_event", "manage.py pgtrigger install")


def oldest_writer(cursor):
    """Which process holds the feed back: that of the whole cluster, where other tests write too."""
    cursor.execute(
        "SELECT pid FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY age(backend_xid) DESC LIMIT 1"
    )
    return cursor.fetchone()[0]


def test_a_feed_held_back_is_named_with_the_process_that_holds_it(monkeypatch):
    monkeypatch.setattr(database, "LONGEST_TRANSACTION_SECONDS", 0)
    of = connection.settings_dict
    other = psycopg2.connect(
        dbname=of["NAME"], user=of["USER"], password=of["PASSWORD"], host=of["HOST"], port=of["PORT"]
    )
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        before = oldest_writer(cursor)
        finding = only(database.feed_horizon)
        holders = {before, oldest_writer(cursor)}
    other.close()

    # Another test may hold it longer, and as another role.
    named = re.search(r"by process (\d+) \(user \w+, database \w+", finding.state)
    assert named
    assert int(named[1]) in holders
    assert finding.remedy.endswith(f"SELECT pg_terminate_backend({named[1]});")


def test_a_server_that_is_too_old_is_refused(monkeypatch):
    monkeypatch.setattr(database, "OLDEST_POSTGRES", 99)

    assert only(database.database).remedy == "Move to PostgreSQL 99 or later."


def test_a_pg_dump_older_than_the_server_is_named(monkeypatch, tmp_path):
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setitem(connection.settings_dict, "HOST", "db.example.org")

    finding = only(database.dump_program)

    assert finding.state.startswith("of PostgreSQL 9, for a server of 1")
    assert finding.remedy.startswith("Install the client programs of PostgreSQL 1")


def test_a_worker_and_a_clock_that_show_no_sign_of_life_are_wrong_in_a_deployment(settings):
    settings.PRODUCTION = True
    assert "Start a worker" in only(checks.worker).remedy
    assert "beat" in only(checks.clock).remedy

    pulses.beat(pulses.WORKER, pulses.CLOCK)
    assert only(checks.worker).is_well
    assert only(checks.clock).is_well

    Pulse.objects.update(at=LONG_AGO)
    assert "the last sign of life was" in only(checks.worker).state
    assert not only(checks.worker).is_well
    assert not only(checks.clock).is_well


def test_jobs_of_dead_workers_and_jobs_that_nobody_takes_are_counted():
    by = UserFactory()
    Job.objects.create(kind="roll_up", by=by, state="running", lease_until=LONG_AGO)
    Job.objects.create(kind="roll_up", by=by, run_after=LONG_AGO)
    Job.objects.create(kind="roll_up", by=by)

    dead, waiting = checks.stuck_jobs()

    assert dead.state.startswith("1 of dead workers")
    assert waiting.state.startswith("1 wait, the first since")
    assert dead.remedy == waiting.remedy == "Start a worker: celery -A ta_portal worker"


def test_facts_that_nobody_tells_are_counted():
    Outbox.objects.create(topic="job.queued", payload={}, created_at=LONG_AGO)

    finding = only(checks.outbox)

    assert finding.state.startswith("1 facts not told")
    assert "Start a worker" in finding.remedy


def test_a_report_whose_rows_were_changed_behind_the_portal_does_not_verify():
    write(random_portfolio(6, engagements=1, currency="USD"), "USD", 2)
    report = roll_up(as_of=AS_OF, currency="USD", by=system_author())
    assert only(sealed_reports).state == "the latest 1 verify"
    sql(
        "SET CONSTRAINTS ALL IMMEDIATE",
        "ALTER TABLE impact_row DISABLE TRIGGER USER",
        "UPDATE impact_row SET value = value + 1 WHERE value IS NOT NULL",
        "ALTER TABLE impact_row ENABLE TRIGGER USER",
    )

    finding = only(sealed_reports)

    assert finding.state == f"1 of the latest 1 do not verify: {report.public_id}"
    assert "backup" in finding.remedy


def test_a_default_secret_and_one_that_others_can_read_are_wrong(settings, monkeypatch, tmp_path):
    settings.PORTAL_MODE, settings.SECRET_KEY = "demo", "insecure: for development and the demo only"
    assert "everybody knows" in only(installation.secret_key).state

    settings.SECRET_KEY, file = "x" * 64, tmp_path / "key"
    file.write_text(settings.SECRET_KEY)
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))
    file.chmod(0o644)
    assert only(installation.secret_key).remedy == f"chmod 600 {file}"

    file.chmod(0o600)
    assert only(installation.secret_key).is_well


def test_a_check_that_cannot_look_says_so_and_the_others_go_on():
    sql("ALTER TABLE outbox RENAME TO elsewhere")

    code, told = doctor("--json")

    findings = {finding["part"]: finding for finding in json.loads(told)["findings"]}
    assert code == 1
    assert findings["Outbox"]["state"].startswith('cannot be looked at: relation "outbox" does not exist')
    assert findings["Impact reports"]["well"] is True


def test_one_part_can_be_asked_for_alone():
    code, told = doctor("--only", "Triggers", "--json")

    assert code == 0
    assert [finding["part"] for finding in json.loads(told)["findings"]] == ["Triggers"]
    assert doctor("--only", "No such part")[0] == 1
