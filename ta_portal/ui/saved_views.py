"""Pages on which somebody keeps a view of a list, renames or removes it, and finds the address to pass on."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ta_portal.registry.listings import Listing, listing_of
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.models import SavedView
from ta_portal.ui.services.saved_views import change_view, own_view, remove_view, save_view, views_of

# What a list that opens with a view is asked for when all of it is wanted.
ALL = "all=1"
form_methods = require_http_methods(["GET", "HEAD", "POST"])


class ViewForm(PortalForm):
    """What a view is called, and whether the list opens with it."""

    name = forms.CharField(
        label=gettext_lazy("Name of the view"), max_length=80, widget=forms.TextInput({"dir": "auto"})
    )
    is_default = forms.BooleanField(label=gettext_lazy("Open the list with this view"), required=False)


class RemoveForm(PortalForm):
    """Nothing to fill in: the view is its owner's alone, and no reason is asked for."""


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A view in the menu of its list."""

    name: str
    address: str
    change: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Views:
    """What a list shows of views: the reader's own, where the present one is saved, and what the list opens with."""

    links: list[ViewLink]
    save: str
    default: str

    @property
    def shown(self) -> str:
        """The name of the view that is on the page, if it has one."""
        return next((link.name for link in self.links if link.is_shown), "")


def views_on(request: PortalRequest, name: str) -> Views:
    """The reader's views of the list `name`, beside the one that the address asks for. One query."""
    listing = _listing(name)
    own = views_of(request.user, listing)
    shown = listing.view_of(request.GET.urlencode())
    links = [
        ViewLink(view.name, _address(view), reverse("ui:change-view", args=[view.public_id]), view.query == shown)
        for view in own
    ]
    save = reverse("ui:new-view", args=[name]) + (f"?{shown}" if shown else "")
    return Views(links, save, next((_address(view) for view in own if view.is_default), ""))


@form_methods
def new_view(request: PortalRequest, name: str) -> HttpResponse:
    """The view that the address says, under a name."""
    listing = _listing(name)
    query = listing.view_of(request.GET.urlencode())

    def save(form: PortalForm) -> str:
        view = save_view(listing=listing, query=query, by=request.user, **form.values())
        return _("The view “%(name)s” was saved.") % {"name": view.name}

    return fill_in(request, _sheet(request, listing, query, title=_("Save this view"), save=save))


@form_methods
def edit_view(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """One's view: its name, whether the list opens with it, and its address to pass on."""
    view = own_view(request.user, public_id)

    def save(form: PortalForm) -> str:
        changed = change_view(public_id=public_id, by=request.user, **form.values())
        return _("“%(name)s” was saved.") % {"name": changed.name}

    around: dict[str, Any] = {"row": view, "remove": reverse("ui:remove-view", args=[public_id])}
    listing = _listing(view.list_name)
    return fill_in(request, _sheet(request, listing, view.query, title=_("Change the view"), save=save, **around))


@form_methods
def take_out_view(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A page of its own that asks once more."""
    view = own_view(request.user, public_id)

    def save(_form: PortalForm) -> str:
        remove_view(public_id=public_id, by=request.user)
        return _("“%(name)s” was removed.") % {"name": view.name}

    listing = _listing(view.list_name)
    sheet = Sheet(
        title=_("Remove “%(name)s”") % {"name": view.name},
        form=lambda data: RemoveForm(data, subject=None, user=request.user),
        save=save,
        back=reverse(listing.url_name),
        context={"where": listing.heading, "notice": "ui/_view_goes.html"},
        button=_("Remove"),
    )
    return fill_in(request, sheet)


def _sheet(
    request: PortalRequest, listing: Listing, query: str, *, title: str, save: Any, row: Any = None, remove: str = ""
) -> Sheet:
    address = _address_of(listing, query)
    return Sheet(
        title=title,
        form=lambda data: ViewForm(data, subject=None, user=request.user, row=row),
        save=save,
        back=address,
        context={
            "where": listing.heading,
            "notice": "ui/_view_address.html",
            "address": request.build_absolute_uri(address),
        },
        remove=remove,
    )


def _address(view: SavedView) -> str:
    return _address_of(_listing(view.list_name), view.query)


def _address_of(listing: Listing, query: str) -> str:
    # Never without a query: that is how the list opens, which may be another view.
    return f"{reverse(listing.url_name)}?{query or ALL}"


def _listing(name: str) -> Listing:
    found = listing_of(name)
    if found is None:
        raise Http404
    return found
