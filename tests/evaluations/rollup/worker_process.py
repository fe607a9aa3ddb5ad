"""A worker for the tests: `python -m tests.evaluations.rollup.worker_process`; does what is ready and ends."""

import django

django.setup()

from ta_portal.jobs.running import run_ready_jobs  # noqa: E402

run_ready_jobs()
