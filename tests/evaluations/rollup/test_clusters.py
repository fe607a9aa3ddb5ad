"""Reports on clusters of their own: two that were made apart tell the same, and one is restarted under the worker."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import psutil
import pytest

from evaluations.services.roll_up import SEALING
from ta_portal.embedded.readiness import wait_until
from tests.conftest import PROJECT, SHARED_DATA
from tests.evaluations.rollup.test_kills import database_address
from tests.left_over import kill_whole
from tests.own_cluster import own_cluster

SCENARIOS = [SHARED_DATA / name / f"{name}.json" for name in ("financia", "moldova")]
AS_OF = "2025-12-31"
ASK_FOR_A_REPORT = """
import datetime as dt
from evaluations.services.roll_up import request_report
from programmes.services.service_accounts import system_author
request_report(as_of=dt.date.fromisoformat({as_of!r}), currency="USD", by=system_author())
"""


@pytest.fixture(scope="module")
def clusters(django_db_setup):
    """Two that were initialised apart: the second has other ids, and its rows came in another order."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as at_once:
        first, second = made = [stack.enter_context(own_cluster()) for _ in range(2)]
        list(at_once.map(lambda cluster: cluster.take_tables_from(database_address()), made))
        shift_all_sequences(second)
        turned = [turned_round(path, second.folder) for path in reversed(SCENARIOS)]
        list(at_once.map(lambda job: load(*job), [(first, SCENARIOS), (second, turned)]))
        yield first, second


@pytest.fixture(scope="module", autouse=True)
def untouched(clusters):
    """What each of the two reports before any test has written to it: pytest does not keep to the order below."""
    return [reported(cluster) for cluster in clusters]


@pytest.fixture(scope="module")
def cluster(clusters):
    return clusters[0]


def load(cluster, scenarios):
    for path in scenarios:
        cluster.manage("load_scenario", str(path))


def shift_all_sequences(cluster):
    """Each by another stretch, so that no two tables' ids go side by side as they do in the first cluster."""
    cluster.ask(
        """
        SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + 1009 * nth)
        FROM (SELECT *, row_number() OVER (ORDER BY sequencename DESC) AS nth FROM pg_sequences) s
        """
    )


def turned_round(path, folder):
    """The same scenario with every list of things in the opposite order, written to another file."""
    turned = folder / path.name
    turned.write_text(json.dumps(_turned(json.loads(path.read_text()))))
    return turned


def _turned(value):
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return [_turned(one) for one in reversed(value)]
    return value


def reported(cluster, *words):
    return json.loads(cluster.manage("roll_up", "--as-of", AS_OF, "--json", *words))


def lines_in_order_of_ids(cluster):
    return cluster.ask("SELECT k.id, k.code FROM cost_line_key k ORDER BY k.id")


def test_two_clusters_that_were_made_apart_give_one_fingerprint(clusters, untouched):
    first, second = clusters
    one, other = untouched

    # They are not alike inside.
    (ids, codes), (other_ids, other_codes) = (zip(*lines_in_order_of_ids(each), strict=True) for each in clusters)
    assert not set(ids) & set(other_ids)
    assert sorted(codes) == sorted(other_codes)
    assert codes != other_codes
    assert first.ask("SELECT system_identifier FROM pg_control_system()") != second.ask(
        "SELECT system_identifier FROM pg_control_system()"
    )

    assert len(one["rows"]) > 100
    assert one["rows"] == other["rows"]
    assert one["fingerprint"] == other["fingerprint"]


def test_what_is_known_later_does_not_move_a_report_with_the_old_cut_off(clusters):
    _first, cluster = clusters
    before = reported(cluster)
    cluster.manage("shell", "-c", "from tests.evaluations.rollup.later_edits import make_all; make_all()")

    again, now = reported(cluster, "--cut-off", before["cut_off"]), reported(cluster)

    assert again["rows"] == before["rows"]
    assert again["fingerprint"] == before["fingerprint"]
    # Each of the edits counts from now on.
    changed = {row["metric"] for row in before["rows"] if row not in now["rows"]}
    assert {"planned_cost", "actual_cost", "progress_pct", "engagements"} <= changed, changed
    assert now["fingerprint"] != before["fingerprint"]


def test_a_restart_of_the_database_in_mid_roll_up_costs_an_attempt_and_leaves_one_whole_report(cluster):
    reports = cluster.ask("SELECT count(*) FROM impact_report")[0][0]
    cluster.manage("shell", "-c", ASK_FOR_A_REPORT.format(as_of=AS_OF))
    with closing(cluster.connect()) as other, other.cursor() as cursor:
        # The worker has counted all rows, and none of them is committed.
        cursor.execute("LOCK TABLE audit_event IN SHARE MODE")
        with Worker(cluster) as worker:
            assert wait_until(lambda: job_of(cluster)[:2] == ("running", SEALING), 60, every=0.1), worker.said()
            whole = worker.parts()
            cluster.restart_at_once()
            assert cluster.ask("SELECT count(*) FROM impact_report") == [(reports,)]
            # As if the time of the lease had passed.
            cluster.ask("UPDATE job SET lease_until = '2020-01-01' WHERE state = 'running'")

            assert wait_until(lambda: job_of(cluster)[0] == "done", 120, every=0.2), worker.said()

            assert worker.parts() == whole
    made = cluster.ask(
        "SELECT r.state, r.fingerprint, r.cut_off::text, "
        "(SELECT count(*) FROM impact_row w WHERE w.report_id = r.id), ta_report_fingerprint(r.id) "
        "FROM impact_report r JOIN job j ON j.public_id = r.job"
    )
    [(state, fingerprint, cut_off, rows, reckoned)] = made
    undisturbed = reported(cluster, "--currency", "USD", "--cut-off", cut_off)
    assert (state, job_of(cluster)[2]) == ("complete", 2)
    assert fingerprint == reckoned == undisturbed["fingerprint"]
    assert rows == len(undisturbed["rows"]) > 100
    assert cluster.ask("SELECT count(*) FROM impact_report") == [(reports + 2,)]


class Worker:
    """A worker of the portal, its clock included."""

    def __init__(self, cluster):
        self.log = cluster.folder / "worker.log"
        command = [sys.executable, "-m", "celery", "-A", "ta_portal", "worker", "-P", "threads", "-c", "2", "-B"]
        command += ["--without-gossip", "--without-mingle", "--schedule", str(cluster.folder / "beat-schedule")]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=cluster.environment, cwd=PROJECT, stdout=log, stderr=log)

    def parts(self):
        """Its processes with the moments at which they began: the same as long as none was started again."""
        head = psutil.Process(self.process.pid)
        return {(part.pid, part.create_time()) for part in [head, *head.children(recursive=True)]}

    def said(self):
        return self.log.read_text()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        kill_whole(self.process)


def job_of(cluster):
    return cluster.ask("SELECT state, stage, attempt FROM job WHERE kind = 'roll_up'")[0]
