"""A worker for the tests: `python -m tests.jobs.worker_process MODE LEASE_SECONDS`; does one job and ends."""

import sys
import time

import django

django.setup()

from ta_portal.jobs.handlers import job_handler  # noqa: E402
from ta_portal.jobs.running import run_next_job  # noqa: E402
from tests.jobs.conftest import note_effect  # noqa: E402

MODE, LEASE_SECONDS = sys.argv[1], float(sys.argv[2])


@job_handler("effect")
def effect(job):
    note_effect(job)
    sys.stdout.write("in the middle\n")
    sys.stdout.flush()
    time.sleep({"hang": 600, "pause": 1}[MODE])


run_next_job(lease_seconds=LEASE_SECONDS)
