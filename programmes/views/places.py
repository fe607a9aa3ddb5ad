"""Institutions and organisations are added: reference data, for those who keep it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from programmes.forms.places import InstitutionForm, OrganisationForm
from programmes.services.places import add_institution, add_organisation
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest

form_methods = require_http_methods(["GET", "POST"])


@form_methods
def new_institution(request: PortalRequest) -> HttpResponse:
    """A public body that engagements may help."""
    return _add(request, InstitutionForm, add_institution, (_("Add an institution"), "institutions", _("Institutions")))


@form_methods
def new_organisation(request: PortalRequest) -> HttpResponse:
    """A donor, an administrator or a provider."""
    return _add(request, OrganisationForm, add_organisation, (_("Add an organisation"), "donors", _("Donors")))


def _add(
    request: PortalRequest,
    form: type[PortalForm],
    service: Callable[..., Any],
    words: tuple[Promise, str, Promise],
) -> HttpResponse:
    require_anywhere(request.user, Permission.REFERENCE_CHANGE)
    title, listed, where = words

    def save(filled: PortalForm) -> str:
        return _t("“%(name)s” was added.") % {"name": service(**filled.values(), by=request.user).name}

    sheet = Sheet(
        title=title,
        form=lambda data: form(data, subject=None, user=request.user),
        save=save,
        back=reverse(listed),
        context={"where": where},
    )
    return fill_in(request, sheet)
