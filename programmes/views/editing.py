"""Adding, changing and removing what hangs on an engagement: one set of pages for every kind that an app registers."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from programmes.forms.removal import RemovalForm
from programmes.models import Engagement
from programmes.selectors.engagements import visible_engagement
from ta_portal.access.querysets import require
from ta_portal.errors import NotFound
from ta_portal.registry.editors import Editor, editor_of
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page

PAGE = "engagement"
form_methods = require_http_methods(["GET", "POST"])


@require_GET
def listing(request: PortalRequest, ref: str, kind: str) -> HttpResponse:
    """Everything of its kind that can be changed or removed."""
    engagement, editor = _asked(request, ref, kind)
    if editor.change is None:
        raise _nothing_here()
    seen = [row for row in editor.rows(engagement) if editor.is_seen_by(row, request.user)]
    rows = [(editor.name(row), editor.key(row)) for row in seen]
    context = {"engagement": engagement, "editor": editor, "rows": rows, "back": _back(editor, engagement)}
    return render_page(request, "programmes/editing.html", context)


@form_methods
def add(request: PortalRequest, ref: str, kind: str) -> HttpResponse:
    """A form for a new one of its kind."""
    engagement, editor = _asked(request, ref, kind)
    make = editor.add
    if make is None:
        raise _nothing_here()

    def save(form: PortalForm) -> str:
        row = make(engagement, form.values(), request.user)
        return _("“%(name)s” was added.") % {"name": editor.name(row)}

    sheet = Sheet(
        title=editor.to_add,
        form=lambda data: editor.form(data, subject=engagement, user=request.user),
        save=save,
        back=_back(editor, engagement),
        context=_around(engagement),
    )
    return fill_in(request, sheet)


@form_methods
def change(request: PortalRequest, ref: str, kind: str, key: str) -> HttpResponse:
    """The form over one that is there; whoever saves second sees both versions."""
    engagement, editor = _asked(request, ref, kind)
    row, alter = _row(request, editor, engagement, key), editor.change
    if alter is None:
        raise _nothing_here()

    def save(form: PortalForm) -> str:
        changed = alter(row, form.cleaned_data["row_version"] or 0, form.values(), request.user)
        return _("“%(name)s” was saved.") % {"name": editor.name(changed)}

    sheet = Sheet(
        title=editor.to_change,
        # Read anew each time: after a conflict the page shows what stands now.
        form=lambda data: editor.form(
            data, subject=engagement, user=request.user, row=_row(request, editor, engagement, key)
        ),
        save=save,
        back=_back(editor, engagement),
        context=_around(engagement),
        remove=reverse("programmes:remove", args=[ref, kind, key]) if editor.remove else "",
    )
    return fill_in(request, sheet)


@form_methods
def remove(request: PortalRequest, ref: str, kind: str, key: str) -> HttpResponse:
    """A page of its own that asks why."""
    engagement, editor = _asked(request, ref, kind)
    row, take_out = _row(request, editor, engagement, key), editor.remove
    if take_out is None:
        raise _nothing_here()
    name = editor.name(row)

    def save(form: PortalForm) -> str:
        take_out(row, form.cleaned_data["row_version"] or 0, form.cleaned_data["reason"], request.user)
        return _("“%(name)s” was removed.") % {"name": name}

    sheet = Sheet(
        title=_("Remove “%(name)s”") % {"name": name},
        form=lambda data: RemovalForm(
            data, subject=engagement, user=request.user, row=_row(request, editor, engagement, key)
        ),
        save=save,
        back=_back(editor, engagement),
        context={**_around(engagement), "name": name},
        button=_("Remove"),
        template="ui/remove.html",
    )
    return fill_in(request, sheet)


def _asked(request: PortalRequest, ref: str, kind: str) -> tuple[Engagement, Editor]:
    """The engagement, on which the reader may do this, and the editor of the kind."""
    engagement, editor = visible_engagement(request.user, ref), editor_of(PAGE, kind)
    if editor is None:
        raise _nothing_here()
    require(request.user, editor.permission, engagement)
    return engagement, editor


def _row(request: PortalRequest, editor: Editor, engagement: Engagement, key: str) -> Any:
    row = editor.find(engagement, key)
    if row is None or not editor.is_seen_by(row, request.user):
        raise _nothing_here()
    return row


def _back(editor: Editor, engagement: Engagement) -> str:
    return reverse(editor.back, args=[engagement.ref])


def _around(engagement: Engagement) -> dict[str, Any]:
    return {"where": f"{engagement.ref} {engagement.title}"}


def _nothing_here() -> NotFound:
    return NotFound(_("There is nothing at this address, or nothing that you may see."))
