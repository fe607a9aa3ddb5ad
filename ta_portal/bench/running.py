"""The whole benchmark: every case on one portfolio, and how its full jobs grow with ten times the data."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from ta_portal.bench.cases.costs import cost_cases
from ta_portal.bench.cases.lists import list_cases
from ta_portal.bench.cases.results import result_cases
from ta_portal.bench.cases.storing import storing_cases
from ta_portal.bench.database import bench_database
from ta_portal.bench.measuring import Case, Line, Rival, Side, judged, measure, seconds
from ta_portal.bench.subject import Subject, subject_here
from ta_portal.monitoring.garbage import keep_what_is_loaded

GROWTH = 10
MOST_GROWTH = 15.0

Say = Callable[[str], None]


def bench(engagements: int, say: Say) -> list[Line]:
    """Measure on a portfolio of so many engagements and on one of a tenth, each in a database of its own."""
    keep_what_is_loaded()  # as web and worker do at their start
    with bench_database(engagements // GROWTH, say), _without_a_limit():
        say(f"The full jobs of {engagements // GROWTH} engagements")
        small = _full_jobs(subject_here())
    with bench_database(engagements, say), _without_a_limit():
        subject = subject_here()
        lines = run_cases(all_cases(subject), say)
        say(f"The full jobs of {engagements} engagements")
        large = _full_jobs(subject)
    tenth = Rival(Side("a tenth of it", dict), MOST_GROWTH)
    growth = [judged(f"{name}: {GROWTH} times the data", tenth, large[name], small[name]) for name in small]
    return [*lines, *growth]


def all_cases(subject: Subject) -> list[Case]:
    return [*cost_cases(subject), *result_cases(subject), *list_cases(subject), *storing_cases(subject)]


def run_cases(cases: Iterable[Case], say: Say) -> list[Line]:
    lines = []
    for case in cases:
        say(case.name)
        lines += measure(case)
    return lines


def _full_jobs(subject: Subject) -> dict[str, float]:
    """The better of two runs: the first may find a cold cache."""
    jobs = {case.name: case.ours.run for case in [*cost_cases(subject), *result_cases(subject)[1:]]}
    return {name: min(seconds(run), seconds(run)) for name, run in jobs.items()}


@contextmanager
def _without_a_limit() -> Iterator[None]:
    """A request's limit of time is not for a whole portfolio by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    yield
