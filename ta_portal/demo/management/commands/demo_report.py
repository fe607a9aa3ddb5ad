"""A part of `manage.py demo`: one impact report on everything, made by the worker. None where one is there already."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluations.domain.vocabulary import ReportState
from evaluations.models import ImpactReport
from evaluations.services.roll_up import request_report
from ta_portal.accounts.models import User
from ta_portal.demo.personas import OFFICER
from ta_portal.embedded.readiness import wait_until
from ta_portal.jobs.models import ACTIVE, Job

PATIENCE_SECONDS = 120.0


class Command(BaseCommand):
    help = "Have the worker make the demo's impact report, and wait for it (a part of: manage.py demo)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if ImpactReport.objects.filter(state=ReportState.COMPLETE.value).exists():
            return
        officer = User.objects.get(email=OFFICER.email)
        job = request_report(by=officer, dedupe_key="demo")
        running = Job.objects.filter(pk=job.pk, state__in=ACTIVE)
        if not wait_until(lambda: not running.exists(), PATIENCE_SECONDS, every=0.1):
            raise CommandError(f"No worker finished the impact report within {PATIENCE_SECONDS:.0f} s.")
        job.refresh_from_db()
        if job.state != "done":
            raise CommandError(f"The impact report could not be made: {job.error or job.state}")
