"""Takes each protection out of a copy of the project, and shows that its test goes red.

    .venv/bin/python -m tests.protections            # all of them; some twenty minutes
    .venv/bin/python -m tests.protections 17 28      # those of the promises 17 and 28

One that stays green is told, and the exit code is 1. The numbers are those of `docs/promises.md`.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Protection:
    """What keeps a promise: the text in a file, what stands there without it, and a test that must see it gone."""

    promise: int
    file: str
    text: str
    without: str
    test: str


PROTECTIONS = (
    Protection(
        1, "costing/sql/costs.sql",
        "ta_convert_finite(x.amount, v.num * r.den, v.den * r.num, t.minor_units) END,",
        "ta_convert_finite(x.amount, v.num * r.num, v.den * r.den, t.minor_units) END,",
        "tests/costing/test_three_ways.py",
    ),
    Protection(
        2, "programmes/sql/results.sql",
        "WHEN num > 100 * den THEN ta_fraction_add(acc[1:2], 100 * weight, 1)",
        "WHEN num > 900 * den THEN ta_fraction_add(acc[1:2], 100 * weight, 1)",
        "tests/evaluations/rollup/test_figures.py",
    ),
    Protection(
        2, "evaluations/sql/rollup.sql",
        "FROM ta_known_recipients(p_known_at) WHERE", "FROM engagement_recipient WHERE",
        "tests/evaluations/rollup/test_recalled.py",
    ),
    Protection(
        5, "programmes/selectors/reporting_board.py",
        'reports.select_related("period__engagement", "submitted_by")', "reports",
        "tests/programmes/progress/test_board.py::test_it_costs_the_same_queries_for_5_reports_as_for_500",
    ),
    Protection(
        7, "ta_portal/api/exports.py",
        "compiler.execute_sql(chunked_fetch=True, chunk_size=ROWS_AT_A_TIME)",
        "compiler.execute_sql(chunked_fetch=False, chunk_size=ROWS_AT_A_TIME)",
        "tests/api/test_exports.py::test_200_000_rows_stream_in_constant_memory_and_a_client_that_hangs_up_leaves_no_cursor",
    ),
    Protection(
        9, "ta_portal/exchange/iati/loader.py",
        'cursor.execute("SET LOCAL enable_seqscan = off")', "pass",
        "tests/exchange/iati/test_large_files.py",
    ),
    Protection(
        10, "ta_portal/jobs/sql/queue.sql",
        "WHERE state = 'running' AND lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED",
        "WHERE state = 'running' AND false FOR UPDATE SKIP LOCKED",
        "tests/evaluations/rollup/test_kills.py",
    ),
    Protection(
        11, "ta_portal/jobs/sql/queue.sql",
        "ORDER BY run_after, id LIMIT 1 FOR UPDATE SKIP LOCKED)", "ORDER BY run_after, id LIMIT 1)",
        "tests/jobs",
    ),
    Protection(
        12, "ta_portal/jobs/waking.py",
        "        except Exception as problem:  # noqa: BLE001", "        except ZeroDivisionError as problem:",
        "tests/jobs/test_waking.py",
    ),
    Protection(
        13, "ta_portal/jobs/running.py",
        "        if not queue.finish(claimed, \"done\", result):\n            raise LeaseLost",
        "        queue.finish(claimed, \"done\", result)",
        "tests/jobs",
    ),
    Protection(
        14, "ta_portal/api/problems.py",
        "return unavailable() if isinstance(error, OperationalError | InterfaceError) else server_error()",
        "return server_error()",
        "tests/monitoring/test_failures.py",
    ),
    Protection(
        16, "ta_portal/jobs/tasks.py",
        "    outbox.drain()\n", "",
        "tests/jobs/test_again.py::test_killed_between_the_commit_and_the_message_the_sweep_delivers",
    ),
    Protection(
        17, "programmes/services/locking.py",
        "expected_version is None or row.row_version == expected_version", "True",
        "tests/api/test_writing_races.py",
    ),
    Protection(
        18, "experts/migrations/0002_triggers.py",
        "IF peak.load > 1 THEN", "IF peak.load > 9 THEN",
        "tests/api/test_writing_races.py::test_of_two_bookings_past_a_full_time_job_one_is_refused_by_its_rule",
    ),
    Protection(
        19, "programmes/migrations/0001_initial.py",
        "('ref__regex', '^[A-Z0-9-]{3,40}$')", "('ref__regex', '^.*$')",
        "tests/test_constraints.py",
    ),
    Protection(
        20, "evaluations/migrations/0006_seal_once_a_statement.py",
        "AND state <> 'building'", "AND state = 'nothing'",
        "tests/evaluations/rollup/test_reports.py",
    ),
    Protection(
        23, "ta_portal/settings.py",
        "    SESSION_COOKIE_SECURE = True\n", "",
        "tests/access/test_headers.py::test_the_deployment_check_has_nothing_to_say",
    ),
    Protection(
        24, "ta_portal/settings.py",
        '    "csp.middleware.CSPMiddleware",\n', "",
        "tests/access/test_headers.py::test_every_answer_has_the_headers_that_protect_it",
    ),
    Protection(
        25, "ta_portal/settings.py",
        "CSRF_COOKIE_HTTPONLY = True\n", "CSRF_COOKIE_HTTPONLY = False\n",
        "tests/access/test_headers.py::test_cookies_are_out_of_reach_of_scripts_and_of_other_sites",
    ),
    Protection(
        26, "ta_portal/access/querysets.py",
        "        if not scopes:\n            return Q(pk__in=[])\n", "        if not scopes:\n            return Q()\n",
        "tests/access/test_table.py",
    ),
    Protection(
        27, "costing/domain/openness.py",
        "return as_of >= today or (as_of.month, as_of.day) == _LAST_OF_THE_YEAR", "return True",
        "tests/access/test_rates.py",
    ),
    Protection(
        28, "ta_portal/access/querysets.py",
        "        return self.filter(self.condition(grants_of(user), permission))", "        return self.all()",
        "tests/access/test_differential.py",
    ),
    Protection(
        29, "ta_portal/settings.py",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n', "",
        "tests/access/test_sign_in.py::test_a_write_that_another_site_sends_changes_nothing",
    ),
    Protection(
        33, "programmes/domain/evidence.py",
        "    if any(_MACROS.search(name) for name in names):\n        raise NotEvidence(Refusal.MACROS)\n", "",
        "tests/programmes/evidence/test_kinds.py",
    ),
    Protection(
        35, "programmes/domain/evidence.py",
        "if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most_unpacked:",
        "if len(parts) > MOST_PARTS:",
        "tests/programmes/evidence/test_kinds.py::test_a_bomb_is_refused_without_the_memory_that_it_is_after",
    ),
    Protection(
        36, "ta_portal/exchange/iati/markup.py",
        "    _check_beginning(path)\n    try:", "    try:",
        "tests/exchange/iati/test_hostile.py",
    ),
    Protection(
        37, "ta_portal/api/exports.py",
        'return f"\'{value}" if _FORMULA.match(value) else value', "return value",
        "tests/api/test_exports.py::test_a_cell_is_a_number_or_a_text_that_no_sheet_runs",
    ),
    Protection(
        40, "ta_portal/api/problems.py",
        '        "code": code,\n    }\n', "    }\n",
        "tests/api/test_properties.py",
    ),
    Protection(
        41, "ta_portal/monitoring/logs.py",
        'line = _BREAKS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), line)', "pass",
        "tests/monitoring/test_logs.py",
    ),
)  # fmt: skip


def main(asked: Iterable[str]) -> int:
    wanted = {int(number) for number in asked}
    with tempfile.TemporaryDirectory() as folder:
        copy = _copy_to(Path(folder))
        green = [one for one in PROTECTIONS if not wanted or one.promise in wanted if not _goes_red(copy, one)]
    return 1 if green else 0


def _copy_to(folder: Path) -> Path:
    """The project's own files, with its environment and the shared data beside it as they are beside the project."""
    copy = folder / PROJECT.name
    ours = ["git", "-C", str(PROJECT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(ours, capture_output=True, check=True).stdout.decode().split("\0"):
        if name and (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, copy / name)
    (copy / ".venv").symlink_to(PROJECT / ".venv")
    (folder / "shared").symlink_to(PROJECT.parent / "shared")
    return copy


def _goes_red(copy: Path, one: Protection) -> bool:
    file = copy / one.file
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(one.text, one.without), "utf-8")
    command = ["./run", "test", *one.test.split(), "-n", "0", "-x", "-q"]
    try:
        ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    finally:
        file.write_text(whole, "utf-8")
    red = ended.returncode == 1
    said = next((line for line in ended.stdout.splitlines() if line.startswith("E ")), "").removeprefix("E ").strip()
    print(f"{one.promise:>3} {'red ' if red else 'GREEN'} {one.test.rpartition('::')[2]}: {said[:150]}", flush=True)
    return red


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
