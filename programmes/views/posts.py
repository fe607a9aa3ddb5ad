"""An institution's posts on pages: added and changed, handed over, with deputies and last days."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programmes.forms.posts import DeputyForm, HandOverForm, HolderForm, PostForm
from programmes.forms.removal import RemovalForm
from programmes.models import CounterpartPost, Institution, PostHolder
from programmes.selectors.posts import holder_at, post_at, posts_of
from programmes.selectors.profiles import institutions_for, one_of
from programmes.services import post_holders, posts
from programmes.tables.posts import CHANGES, DEPUTISES, Acts, holder_table, post_table
from ta_portal.access.holdings import permissions_on
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest

form_methods = require_http_methods(["GET", "POST"])


def posts_section(request: PortalRequest, institution: Institution) -> dict[str, Any]:
    """What the institution's page shows of its posts, with the acts that are open to this reader."""
    today = timezone.localdate()
    found, held = posts_of(institution, today=today), permissions_on(request.user, institution)
    may_change = Permission.POST_CHANGE in held
    whole = may_change and posts.may_give_access(institution, request.user)
    own = {post.row.pk for post in found if (one := post.holder(today)) and one.user_id == request.user.pk}
    own = own if Permission.DEPUTY_NAME in held else set()

    def acts(post: CounterpartPost) -> Acts:
        if may_change and (whole or not post.gives_access):
            return CHANGES
        return DEPUTISES if post.pk in own else ()

    def is_theirs(holder: PostHolder) -> bool:
        return acts(holder.post) is CHANGES or (holder.deputy and holder.post_id in own)

    return {
        "posts": post_table(found, today=today, acts=acts),
        "holders": holder_table(found, today=today, may_change=is_theirs),
        "new_post": reverse("new-post", args=[institution.code]) if may_change else "",
    }


@form_methods
def new_post(request: PortalRequest, code: str) -> HttpResponse:
    """The form of another post."""
    institution = one_of(institutions_for(request.user), code=code)
    require(request.user, Permission.POST_CHANGE, institution)

    def save(form: PortalForm) -> str:
        added = posts.add_post(institution=institution, by=request.user, **form.values())
        return _("“%(name)s” was added.") % {"name": added.title}

    sheet = Sheet(
        title=_("Add a post"),
        form=lambda data: PostForm(data, subject=institution, user=request.user),
        save=save,
        **_around(institution),
    )
    return fill_in(request, sheet)


@form_methods
def change_post(request: PortalRequest, code: str, key: str) -> HttpResponse:
    """The form over a post."""

    def save(post: CounterpartPost, form: PortalForm) -> str:
        changed = posts.change_post(**_known(post, form), by=request.user, **form.values())
        return _("“%(name)s” was saved.") % {"name": changed.title}

    _for_officers(request, code, key)
    return _on_a_post(request, code, key, PostForm, save, title=_("Change a post"), remove="remove-post")


@form_methods
def remove_post(request: PortalRequest, code: str, key: str) -> HttpResponse:
    """A page that asks why."""

    def save(post: CounterpartPost, form: PortalForm) -> str:
        posts.remove_post(**_known(post, form), by=request.user, **form.values())
        return _("“%(name)s” was removed.") % {"name": post.title}

    _for_officers(request, code, key)
    return _on_a_post(request, code, key, RemovalForm, save, title=_("Remove a post"), **_removing())


@form_methods
def hand_over(request: PortalRequest, code: str, key: str) -> HttpResponse:
    """One form: who leaves the post loses what it gives, who comes has it."""

    def save(post: CounterpartPost, form: PortalForm) -> str:
        post_holders.hand_over(**_known(post, form), by=request.user, **form.values())
        said = {"name": form.cleaned_data["name"], "post": post.title}
        return _("“%(post)s” was handed over to %(name)s.") % said

    _for_officers(request, code, key)
    return _on_a_post(request, code, key, HandOverForm, save, title=_("Hand over a post"), button=_("Hand over"))


@form_methods
def name_deputy(request: PortalRequest, code: str, key: str) -> HttpResponse:
    """Who stands in, and when: named by an officer, or by the holder."""
    post_holders.require_may_deputise(post_at(request.user, code, key), request.user)

    def save(post: CounterpartPost, form: PortalForm) -> str:
        post_holders.name_deputy(**_known(post, form), by=request.user, **form.values())
        return _("%(name)s was named as the deputy.") % {"name": form.cleaned_data["name"]}

    return _on_a_post(request, code, key, DeputyForm, save, title=_("Name a deputy"))


@form_methods
def change_holder(request: PortalRequest, code: str, public_id: str) -> HttpResponse:
    """The form over somebody in a post, with their last day."""

    def save(holder: PostHolder, form: PortalForm) -> str:
        post_holders.change_holder(**_which(holder, form), by=request.user, **form.values())
        return _("“%(name)s” was saved.") % {"name": form.cleaned_data["name"]}

    return _on_a_holder(
        request, code, public_id, HolderForm, save, title=_("Change who holds a post"), remove="remove-holder"
    )


@form_methods
def remove_holder(request: PortalRequest, code: str, public_id: str) -> HttpResponse:
    """A page that asks why somebody never held the post."""

    def save(holder: PostHolder, form: PortalForm) -> str:
        post_holders.remove_holding(**_which(holder, form), by=request.user, **form.values())
        return _("“%(name)s” was removed.") % {"name": holder.name}

    return _on_a_holder(
        request, code, public_id, RemovalForm, save, title=_("Remove a holder of a post"), **_removing()
    )


def _on_a_post(
    request: PortalRequest,
    code: str,
    key: str,
    form: type[PortalForm],
    save: Callable[[CounterpartPost, PortalForm], str],
    *,
    remove: str = "",
    **more: Any,
) -> HttpResponse:
    post = post_at(request.user, code, key)
    sheet = Sheet(
        # Read anew each time: after a conflict the page shows what stands now.
        form=lambda data: form(data, subject=post, user=request.user, row=post_at(request.user, code, key)),
        save=lambda filled: save(post, filled),
        remove=reverse(remove, args=[code, key]) if remove else "",
        **_around(post.institution, name=post.title),
        **more,
    )
    return fill_in(request, sheet)


def _on_a_holder(
    request: PortalRequest,
    code: str,
    public_id: str,
    form: type[PortalForm],
    save: Callable[[PostHolder, PortalForm], str],
    *,
    remove: str = "",
    **more: Any,
) -> HttpResponse:
    holder = holder_at(request.user, code, public_id)
    post_holders.require_may_change(holder, request.user)
    sheet = Sheet(
        form=lambda data: form(data, subject=holder, user=request.user, row=holder_at(request.user, code, public_id)),
        save=lambda filled: save(holder, filled),
        remove=reverse(remove, args=[code, public_id]) if remove else "",
        **_around(holder.post.institution, name=holder.name),
        **more,
    )
    return fill_in(request, sheet)


def _for_officers(request: PortalRequest, code: str, key: str) -> None:
    post = post_at(request.user, code, key)
    require(request.user, Permission.POST_CHANGE, post)
    posts.require_access_is_theirs(post, request.user)


def _removing() -> dict[str, Any]:
    return {"button": _("Remove"), "template": "ui/remove.html"}


def _known(post: CounterpartPost, form: PortalForm) -> dict[str, Any]:
    return {"post_id": post.pk, "expected_version": form.cleaned_data["row_version"] or 0}


def _which(holder: PostHolder, form: PortalForm) -> dict[str, Any]:
    return {"holder_id": holder.pk, "expected_version": form.cleaned_data["row_version"] or 0}


def _around(institution: Institution, **more: Any) -> dict[str, Any]:
    """Where the form stands, and where its reader goes then."""
    return {"back": reverse("institution", args=[institution.code]), "context": {"where": institution.name, **more}}
