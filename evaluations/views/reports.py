"""Impact reports: the list, asking for one, and reading one."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from evaluations.domain.rollup import ScopeKind
from evaluations.domain.vocabulary import Level
from evaluations.forms.reports import ReportForm
from evaluations.models import ImpactReport
from evaluations.selectors.report_choices import may_run_reports
from evaluations.selectors.report_pages import LevelFigures, pooled_rows, report_levels
from evaluations.selectors.report_scopes import subject_of
from evaluations.selectors.reports import visible_reports
from evaluations.services.roll_up import ROLL_UP, request_report
from evaluations.tables.reports import (
    figure_table,
    level_table,
    report_name,
    report_table,
    scope_name,
    scope_quality_table,
    verdict,
)
from evaluations.words import LEVELS
from programmes.models import Engagement
from programmes.selectors.data_quality import data_qualities
from ta_portal.access.permissions import Permission
from ta_portal.errors import InvalidInput, NotFound
from ta_portal.jobs.models import ACTIVE, Job
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.roles import who_grants

REPORTS_ON_A_PAGE = 25
KEYS_IN_A_SECTION = 25
KEYS_ON_A_PAGE = 100


@require_http_methods(["GET", "POST"])
def report_list(request: PortalRequest) -> HttpResponse:
    """The reports that the reader may see, and the form that asks for another."""
    if not may_run_reports(request.user):
        return _list_page(request, form=None)
    form = ReportForm(request.POST or None, user=request.user, initial={"scope": request.GET.get("scope", "")})
    if request.method == "POST" and (job := _requested(form, request)) is not None:
        return redirect("jobs:job", job.public_id)
    return _list_page(request, form=form)


@require_GET
def scope_quality(request: PortalRequest) -> HttpResponse:
    """Before a report is run: how far the results of each engagement in its scope can be relied on."""
    try:
        subject = subject_of(request.GET.get("scope") or ScopeKind.PORTFOLIO, by=request.user)
    except InvalidInput as error:
        raise NotFound(error.message) from error
    subject.require(request.user, Permission.REPORT_RUN)
    ids = subject.engagement_ids(known_at=timezone.now())
    page = Paginator(ids, REPORTS_ON_A_PAGE).get_page(request.GET.get("page"))
    qualities = data_qualities(list(page.object_list), as_of=timezone.localdate())
    engagements = Engagement.objects.in_bulk(qualities)
    rows = [(engagements[key], quality) for key, quality in qualities.items()]
    context = {
        "name": scope_name(subject.scope),
        "scope": str(subject.scope),
        "page": page,
        "table": scope_quality_table(rows),
    }
    return render_page(request, "evaluations/scope_quality.html", context)


@require_GET
def report(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A report: its sentence, what makes it repeatable, and its levels from the whole scope down."""
    found = visible_report(request, public_id)
    level = _level(request.GET.get("level"))
    page = _page_number(request.GET.get("page"))
    size = KEYS_ON_A_PAGE if level else KEYS_IN_A_SECTION
    levels = report_levels(found, level=level, page=page, keys_on_a_page=size)
    context = {
        "report": found,
        "name": report_name(found),
        "sections": [_section(found, one, size) for one in levels],
        "pooled": figure_table("pooled", pooled_rows(found, level), report=found, with_key=True) if level else None,
        "level": level,
        "page": Paginator(range(levels[0].total if levels else 0), size).get_page(page) if level else None,
        **(_whole(found, levels) if level is None else {}),
    }
    return render_page(request, "evaluations/report.html", context)


def _requested(form: ReportForm, request: PortalRequest) -> Job | None:
    """The job that makes the report; None if the form has to be corrected. A second click finds the first one's job."""
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    currency = asked["currency"].pk if asked["currency"] else None
    key = f"{ROLL_UP}:{request.user.pk}:{asked['scope']}:{asked['as_of']}:{currency}"
    try:
        return request_report(
            scope=asked["scope"], as_of=asked["as_of"], currency=currency, by=request.user, dedupe_key=key
        )
    except InvalidInput as error:
        form.refuse(error)
        return None


def _list_page(request: PortalRequest, *, form: ReportForm | None) -> HttpResponse:
    page = Paginator(visible_reports(request.user), REPORTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "table": report_table(list(page.object_list)),
        "running": Job.objects.filter(kind=ROLL_UP, by=request.user, state__in=ACTIVE).order_by("-pk"),
        "who": "" if form else who_grants(Permission.REPORT_RUN),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render_page(request, "evaluations/report_list.html", context, status=status)


def visible_report(request: PortalRequest, public_id: UUID) -> ImpactReport:
    """One report. Raises NotFound if there is none, or none whose whole scope the reader may see."""
    found = visible_reports(request.user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found


def _whole(report: ImpactReport, levels: list[LevelFigures]) -> dict[str, Any]:
    """The scope as a whole: its sentence and all of its figures."""
    whole = next((one.keys[0] for one in levels if one.level is Level.PORTFOLIO and one.keys), None)
    rows = list(whole.figures.values()) if whole else []
    return {"sentence": verdict(whole), "whole": figure_table("whole", rows, report=report)}


def _section(report: ImpactReport, one: LevelFigures, size: int) -> dict[str, Any]:
    return {
        "level": one.level.value,
        "heading": LEVELS[one.level],
        "table": level_table(report, one),
        "total": one.total,
        "more": max(0, one.total - size),
    }


def _level(given: str | None) -> Level | None:
    return Level(given) if given in set(Level) else None


def _page_number(given: str | None) -> int:
    return max(1, int(given)) if given and given.isdecimal() and len(given) < 9 else 1
