"""Countries, institutions, donors and programmes: lists, and for each one its facts, engagements and totals."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from programmes.selectors import profiles as selectors
from programmes.selectors.engagements import EngagementChoice
from programmes.selectors.portfolio import portfolio
from programmes.tables import profiles as tables
from programmes.tables.portfolio import heat_table, verdict
from programmes.views.parts import parts_of
from programmes.views.posts import posts_section
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page
from ta_portal.ui.tables import Table

ROWS_ON_A_PAGE = 50


@require_GET
def countries(request: PortalRequest) -> HttpResponse:
    """Where the reader has engagements."""
    rows = selectors.countries_for(request.user, _words(request))
    return _list_page(request, _("Countries"), rows, tables.country_table)


@require_GET
def donors(request: PortalRequest) -> HttpResponse:
    """Who pays for the reader's engagements."""
    rows = selectors.donors_for(request.user, _words(request))
    return _list_page(
        request, _("Donors"), rows, tables.donor_table, add=("new-organisation", _("Add an organisation"))
    )


@require_GET
def programmes(request: PortalRequest) -> HttpResponse:
    """The programmes that the reader may see."""
    rows = selectors.programmes_for(request.user, _words(request))
    return _list_page(request, _("Programmes"), rows, tables.programme_table)


@require_GET
def institutions(request: PortalRequest) -> HttpResponse:
    """The institutions that the reader may see."""
    rows = selectors.institutions_for(request.user, _words(request))
    return _list_page(
        request, _("Institutions"), rows, tables.institution_table, add=("new-institution", _("Add an institution"))
    )


@require_GET
def country(request: PortalRequest, code: str) -> HttpResponse:
    """A country: its figures by year as context, and what the reader has there."""
    row = selectors.one_of(selectors.countries_for(request.user), iso2=code)
    facts = tables.country_facts(row, selectors.facts_of(row))
    return _profile(
        request,
        title=row.name,
        facts=facts,
        choice=EngagementChoice(country=row.iso2),
        listed=("countries", _("Countries")),
    )


@require_GET
def institution(request: PortalRequest, code: str) -> HttpResponse:
    """An institution that receives assistance, and by which engagements."""
    row = selectors.one_of(selectors.institutions_for(request.user), code=code)
    choice = EngagementChoice(institution=row.code)
    return _profile(
        request,
        title=row.name,
        facts=tables.institution_facts(row),
        choice=choice,
        listed=("institutions", _("Institutions")),
        more=posts_section(request, row),
    )


@require_GET
def donor(request: PortalRequest, code: str) -> HttpResponse:
    """A donor, and the engagements that it pays for."""
    row = selectors.one_of(selectors.organisations_for(request.user), code=code)
    return _profile(
        request,
        title=row.name,
        facts=tables.donor_facts(row),
        choice=EngagementChoice(donor=row.code),
        listed=("donors", _("Donors")),
    )


@require_GET
def programme(request: PortalRequest, code: str) -> HttpResponse:
    """A programme: its lead, its currency and rates, and its engagements."""
    row = selectors.one_of(selectors.programmes_for(request.user), code=code)
    choice = EngagementChoice(programme=row.code)
    return _profile(
        request,
        title=row.title,
        facts=tables.programme_facts(row),
        choice=choice,
        listed=("programmes", _("Programmes")),
    )


def _list_page(
    request: PortalRequest,
    heading: Promise,
    rows: QuerySet[Any],
    table: Callable[[Sequence[Any]], Table[Any]],
    add: tuple[str, Promise] | None = None,
) -> HttpResponse:
    """One page of a list; `add` is the form that adds to it, for those who keep reference data."""
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"heading": heading, "page": page, "table": table(list(page.object_list)), "q": _words(request)}
    if add and grants_of(request.user).everywhere(Permission.REFERENCE_CHANGE):
        context |= {"add_url": reverse(add[0]), "add_label": add[1]}
    return render_page(request, "programmes/profile_list.html", context)


def _profile(
    request: PortalRequest,
    *,
    title: str,
    facts: tables.Facts,
    choice: EngagementChoice,
    listed: tuple[str, Promise],
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    found = portfolio(request.user, choice, today=today, page=request.GET.get("page"))
    context = {
        "name": title,
        "code": next(iter(choice.address().values())),
        "facts": facts,
        "listed": listed,
        "found": found,
        "sentence": verdict(found),
        "page": found.page,
        "table": heat_table(found.rows, today=today),
        "parts": parts_of("portfolio", request, found) if found.count else [],
        **(more or {}),
    }
    return render_page(request, "programmes/profile.html", context)


def _words(request: PortalRequest) -> str:
    return request.GET.get("q", "")[:100]
