"""How far a piece of work is; stopping it, and asking for it again."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ta_portal.errors import NotFound
from ta_portal.jobs.causes import cause_of
from ta_portal.jobs.models import ACTIVE, Job
from ta_portal.jobs.results import result_links
from ta_portal.jobs.selectors import visible_jobs
from ta_portal.jobs.services import ASKED_AGAIN, cancel, retry
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page

KINDS = {"roll_up": gettext_lazy("Impact report")}
# Each state with the steps behind it, the one it is in and those to come.
STEPS = (
    ("queued", gettext_lazy("Waiting for a worker")),
    ("running", gettext_lazy("At work")),
    ("done", gettext_lazy("Done")),
)


@require_GET
@never_cache
def job(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The steps of a job; asked again while it lasts, by htmx or by the page's own refresh without it."""
    found = _visible(request, public_id)
    context = {
        "job": found,
        "title": KINDS.get(found.kind, found.kind),
        "active": found.state in ACTIVE,
        "steps": _steps(found),
        "stage": translation.gettext(found.stage) if found.stage else "",
        "links": result_links(found.result),
        "cause": cause_of(found),
        "can_retry": found.state in ASKED_AGAIN,
    }
    return render_page(request, "jobs/job.html", context, partial="progress")


@require_POST
def cancel_job(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Ask it to stop, and show how it goes."""
    return redirect("jobs:job", cancel(job_id=_visible(request, public_id).pk, by=request.user).public_id)


@require_POST
def retry_job(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Ask for it again, and show the new one."""
    return redirect("jobs:job", retry(job_id=_visible(request, public_id).pk, by=request.user).public_id)


def _visible(request: PortalRequest, public_id: UUID) -> Job:
    found = visible_jobs(request.user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


def _steps(found: Job) -> list[dict[str, Any]]:
    """The steps in order, each done, current or still to come. What failed or was cancelled stopped where it was."""
    place = [state for state, _word in STEPS].index(found.state) if found.state in dict(STEPS) else 1
    ended = found.state not in ACTIVE
    return [
        {"word": word, "done": number < place or found.state == "done", "current": number == place and not ended}
        for number, (_state, word) in enumerate(STEPS)
    ]
