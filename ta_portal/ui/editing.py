"""One way through every form that writes: show, check, save or say why not; nothing that was typed is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ta_portal.errors import DomainError, InvalidInput, StaleVersion
from ta_portal.ui.drafts import draft_answer
from ta_portal.ui.forms import KEEP, PortalForm
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.keeping import (
    DRAFT_AFTER,
    DRAFT_KEY,
    FORGET,
    TICKET,
    Kept,
    forget_what_was_typed,
    ticket_for,
    typed_before,
)
from ta_portal.ui.pages import render_page

Context = dict[str, Any]
# What a form is sent.
Answers = MultiValueDict[str, Any]
# The reader asks to see what they typed elsewhere; and has chosen between that and what stands in the form.
COMPARE, DRAFTED = "compare_draft", "drafted"
_HANDLED_HERE = ("csrfmiddlewaretoken", "row_version", TICKET, COMPARE, DRAFTED, DRAFT_AFTER)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form to be filled in: how it is made from what was sent, what saves it, and where the reader goes then.

    `form(data)` makes it over the row as it stands now; `save(form)` calls the service and gives what is to be said;
    `back` is the page to return to; `context` is what the templates of a page around it need besides. `draft_of` gives
    the row as it stands where the form is kept as a draft while it is typed.
    """

    title: str | Promise
    form: Callable[[Any], PortalForm]
    save: Callable[[PortalForm], str]
    back: str
    context: Context
    button: str | Promise = ""
    remove: str = ""
    template: str = "ui/edit.html"
    draft_of: Callable[[], models.Model] | None = None
    takes_files: bool = False

    @property
    def keeps_drafts(self) -> bool:
        return self.draft_of is not None


def fill_in(request: PortalRequest, sheet: Sheet) -> HttpResponse:
    """The page of a form, or what came of sending it: 303 once saved, 422 or 409 with all that was typed.

    What the reader typed here before their sign-in ended stands in the form again; it is saved when they save it.
    """
    if request.method != "POST":
        return _opened(request, sheet)
    if FORGET in request.POST:
        forget_what_was_typed(request)
        return redirect(request.get_full_path())
    if sheet.draft_of is not None and DRAFT_KEY in request.POST:
        return draft_answer(request, sheet.draft_of())
    if COMPARE in request.POST and (kept := typed_before(request)):
        return _both_versions(request, sheet, sheet.form(request.POST), request.POST, drafted=kept)
    return _sent(request, sheet, request.POST)


def fill_in_with(request: PortalRequest, sheet: Sheet, answers: Answers) -> HttpResponse:
    """The form with answers that came otherwise than typed, such as in a file: saved, or shown with what is wrong.

    What was typed beside them and is not saved yet would be lost: then nothing is done, and the page says so.
    """
    unlike = sheet.form(request.POST).against(sheet.form(None))
    if any(one.name in request.POST for one in unlike):
        unsaved = _("What you typed here is not saved yet. Save it as a draft first, then send the file.")
        return show_as_typed(request, sheet, refused=[unsaved])
    return _sent(request, sheet, answers)


def show_as_typed(request: PortalRequest, sheet: Sheet, *, refused: Sequence[str] = ()) -> HttpResponse:
    """The form with all that was typed, neither judged nor saved, after something was done beside it on the same page.

    `refused` says on top what could not be done.
    """
    form = _as_settled(sheet, request.POST)
    form.leave_unjudged()
    for sentence in refused:
        form.add_error(None, sentence)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return _page(request, sheet, form, status)


def _sent(request: PortalRequest, sheet: Sheet, answers: Answers) -> HttpResponse:
    kept = typed_before(request) if DRAFTED in answers else None
    form = _as_settled(sheet, answers, kept.data if kept else None)
    if not form.is_valid():
        return _page(request, sheet, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        said = sheet.save(form)
    except StaleVersion:
        return _both_versions(request, sheet, form, answers)
    except InvalidInput as error:
        form.refuse(error)
        return _page(request, sheet, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except DomainError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        form.add_error(None, error.message)
        return _page(request, sheet, form, HTTPStatus.CONFLICT)
    forget_what_was_typed(request)
    messages.success(request, said)
    return redirect(sheet.back)


def _opened(request: PortalRequest, sheet: Sheet) -> HttpResponse:
    kept = typed_before(request)
    if kept is None:
        return _page(request, sheet, sheet.form(None))
    form = _as_settled(sheet, kept.data)
    form.leave_unjudged()
    return _page(request, sheet, form, kept_at=kept.at, draft_key=kept.key)


def _as_settled(sheet: Sheet, sent: Answers, drafted: QueryDict | None = None) -> PortalForm:
    """The form as sent; after a conflict with what the reader chose to leave as the other version has it."""
    form = sheet.form(sent)
    if any(name.startswith(KEEP) for name in sent):
        return sheet.form(form.settled(sent, sheet.form(drafted)))
    return form


def _page(
    request: PortalRequest, sheet: Sheet, form: PortalForm, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    said = {"sheet": sheet, "form": form, "button": sheet.button or _("Save"), "ticket": ticket_for(request, form)}
    # What was kept of the form while it was typed goes on from where it is.
    said["draft_key"] = request.POST.get(DRAFT_AFTER, "")
    return render_page(request, sheet.template, {**sheet.context, **said, **more}, status=status)


def _both_versions(
    request: PortalRequest, sheet: Sheet, form: PortalForm, answers: Answers, *, drafted: Kept | None = None
) -> HttpResponse:
    """Somebody saved meanwhile: both versions of each field that differs, to choose from; all else is sent again.

    Or the same person typed elsewhere (`drafted`): then the other version is what they typed there.
    """
    standing = sheet.form(drafted.data if drafted else None)
    differences = form.against(standing)
    chosen_about = {f"{KEEP}{one.name}" for one in differences}
    sent = [
        (name, value)
        for name, values in answers.lists()
        if name not in _HANDLED_HERE and name not in chosen_about and not name.startswith(KEEP)
        for value in values
    ]
    context = {
        **sheet.context,
        "sheet": sheet,
        "row": standing.row,
        "version": answers.get("row_version", "") if drafted else standing.initial.get("row_version"),
        "drafted_at": drafted.at if drafted else None,
        "differences": differences,
        "sent": sent,
        "ticket": ticket_for(request, form),
    }
    return render_page(request, "ui/conflict.html", context, status=HTTPStatus.CONFLICT)
