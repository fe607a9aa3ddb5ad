"""Impact reports in the background: the handler of their jobs, and the one that is asked for every night."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from evaluations.services.roll_up import request_report, roll_up
from programmes.services.service_accounts import system_author
from ta_portal.accounts.models import User
from ta_portal.jobs.handlers import RunningJob


def make_impact_report(job: RunningJob) -> dict[str, str]:
    """Make the report that a job asks for, as known at its cut-off or when it was asked for. One job, one report."""
    asked = job.claim
    report = roll_up(
        scope=asked.args["scope"],
        as_of=dt.date.fromisoformat(asked.args["as_of"]),
        currency=asked.args["currency"],
        cut_off=dt.datetime.fromisoformat(known) if (known := asked.args.get("cut_off")) else asked.queued_at,
        job=asked.public_id,
        by=User.objects.get(pk=asked.by_id),
        progress=job.progress,
    )
    return {"impact_report": str(report.public_id)}


@shared_task(name="evaluations.request_nightly_report", ignore_result=True)
def request_nightly_report() -> None:
    """Ask for the report on the whole portfolio. Safe to repeat: while it waits or runs, it is not asked for again."""
    today = timezone.localdate()
    request_report(as_of=today, by=system_author(), dedupe_key=f"nightly-report:{today}")
