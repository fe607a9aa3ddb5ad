"""Programmes and engagements: set up, changed, and moved from one status to the next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programmes.forms.setting_up import CopyForm, EngagementForm, ProgrammeForm
from programmes.forms.statuses import StatusForm
from programmes.models import Engagement
from programmes.selectors.engagements import visible_engagement
from programmes.selectors.statuses import steps_from
from programmes.services.amendments import change_engagement
from programmes.services.copying import copy_engagement
from programmes.services.engagements import set_up_engagement
from programmes.services.programmes import set_up_programme
from programmes.services.statuses import change_status
from programmes.words import STATUSES
from ta_portal.access.grants import grants_of
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require, require_anywhere
from ta_portal.errors import NotPermitted
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest

form_methods = require_http_methods(["GET", "POST"])


@form_methods
def new_programme(request: PortalRequest) -> HttpResponse:
    """A programme to set engagements up in."""
    require_anywhere(request.user, Permission.ENGAGEMENT_CHANGE)

    def save(form: PortalForm) -> str:
        programme = set_up_programme(**form.values(), by=request.user)
        return _("The programme “%(title)s” was set up.") % {"title": programme.title}

    sheet = Sheet(
        title=_("Set up a programme"),
        form=lambda data: ProgrammeForm(data, subject=None, user=request.user),
        save=save,
        back=reverse("programmes:new-engagement"),
        context={"where": _("New engagement")},
    )
    return fill_in(request, sheet)


@form_methods
def new_engagement(request: PortalRequest) -> HttpResponse:
    """An engagement in the pipeline; what is missing for the next step is said there, not here."""
    if not grants_of(request.user).anywhere(Permission.ENGAGEMENT_CHANGE):
        raise NotPermitted(_("Your role does not allow you to set up an engagement here."))
    made: list[Engagement] = []

    def save(form: PortalForm) -> str:
        made.append(set_up_engagement(**form.values(), by=request.user))
        return _("“%(title)s” was set up. Next: outcomes, indicators and who pays.") % {"title": made[0].title}

    sheet = Sheet(
        title=_("Set up an engagement"),
        template="programmes/set_up.html",
        form=lambda data: EngagementForm(data, subject=None, user=request.user),
        save=save,
        back=reverse("programmes:engagement-list"),
        context={"where": _("Engagements")},
    )
    response = fill_in(request, sheet)
    return redirect("programmes:engagement", made[0].ref) if made else response


@form_methods
def change(request: PortalRequest, ref: str) -> HttpResponse:
    """The form over an engagement. What was agreed on is amended: the original stays beside it."""
    found = visible_engagement(request.user, ref)
    require(request.user, Permission.ENGAGEMENT_CHANGE, found)

    def save(form: PortalForm) -> str:
        changed = change_engagement(
            engagement_id=found.pk,
            expected_version=form.cleaned_data["row_version"] or 0,
            by=request.user,
            **form.values(),
        )
        return _("“%(name)s” was saved.") % {"name": changed.title}

    sheet = Sheet(
        title=_("Change the engagement"),
        form=lambda data: EngagementForm(
            data, subject=None, user=request.user, row=visible_engagement(request.user, ref)
        ),
        save=save,
        back=reverse("programmes:engagement", args=[ref]),
        context={"where": f"{found.ref} {found.title}"},
    )
    return fill_in(request, sheet)


@form_methods
def copy(request: PortalRequest, ref: str) -> HttpResponse:
    """Another engagement like this one: its framework and workplan, moved in time."""
    template = visible_engagement(request.user, ref)
    require(request.user, Permission.ENGAGEMENT_CHANGE, template)
    made: list[Engagement] = []

    def save(form: PortalForm) -> str:
        made.append(copy_engagement(template=template, by=request.user, **form.values()))
        return _("“%(title)s” was set up. Next: baselines, and who pays.") % {"title": made[0].title}

    sheet = Sheet(
        title=_("Set up an engagement like this one"),
        form=lambda data: CopyForm(data, subject=template, user=request.user),
        save=save,
        back=reverse("programmes:engagement", args=[ref]),
        context={"where": f"{template.ref} {template.title}"},
    )
    response = fill_in(request, sheet)
    return redirect("programmes:engagement", made[0].ref) if made else response


@form_methods
def status(request: PortalRequest, ref: str) -> HttpResponse:
    """The steps that can follow, what is missing for each and where to mend it, and the form that takes one."""
    found = visible_engagement(request.user, ref)
    if not {Permission.ENGAGEMENT_CHANGE, Permission.ENGAGEMENT_CLOSE} & permissions_on(request.user, found):
        raise NotPermitted(_("Your role does not allow you to change the status of this engagement."))

    def save(form: PortalForm) -> str:
        asked = form.cleaned_data
        moved = change_status(
            engagement_id=found.pk,
            to=asked["to"],
            reason=asked["reason"],
            expected_version=asked["row_version"] or 0,
            by=request.user,
        )
        return _("The engagement is now: %(status)s.") % {"status": STATUSES[moved.status]}

    sheet = Sheet(
        title=_("Change the status"),
        form=lambda data: StatusForm(data, subject=found, user=request.user, row=visible_engagement(request.user, ref)),
        save=save,
        back=reverse("programmes:engagement", args=[ref]),
        context={"where": f"{found.ref} {found.title}", "engagement": found, "steps": _steps(found)},
        button=_("Take the step"),
        template="programmes/status.html",
    )
    return fill_in(request, sheet)


def _steps(engagement: Engagement) -> list[dict[str, Any]]:
    """Each step in words, with links to what is missing."""
    where = {
        "engagement": reverse("programmes:change-engagement", args=[engagement.ref]),
        "outcomes": reverse("programmes:add", args=[engagement.ref, "outcomes"]),
    }
    return [
        {
            "word": STATUSES[step.to],
            "missing": [(condition.sentence, where[condition.part]) for condition in step.missing],
            "objections": step.objections,
            "needs_a_reason": step.needs_a_reason,
        }
        for step in steps_from(engagement)
    ]
