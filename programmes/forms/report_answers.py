"""A report's form that was filled in as a workbook, read into the very form that the page has."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.domain.evidence import LONGEST_NAME, NotEvidence, Refusal
from programmes.domain.workbooks import MOST_BYTES, Cell, Kind, Rows, sheets_in
from programmes.forms import report_file
from programmes.forms.report import ReportForm
from programmes.forms.report_file import ANSWER, COLUMNS, FORMAT, KEY, KEYS, about, places_of
from programmes.models import ProgressReport
from programmes.selectors.progress import figures_of
from programmes.services.evidence import Readable
from programmes.words.evidence import REFUSALS
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput
from ta_portal.i18n.numbers import NotANumber, TwoReadings, read_number
from ta_portal.ui.fields import ChoiceField, NumberField, NumberInput

# What the form's button sends, and what its file is called.
FILE, FIELD = "file", "filled_in"
_MEGABYTE = 1024 * 1024
_OTHER_KINDS = (Refusal.UNKNOWN_KIND, Refusal.NAME_SAYS_OTHERWISE, Refusal.ACTIVE, Refusal.PROGRAM)
_NO_WORKBOOK = gettext_lazy("“{name}” is no workbook: save the form as XLSX, and send that.")


@dataclass(slots=True)
class Answers:
    """What a file answers, as a form is sent; what is wrong with it beyond what the form finds, by field.

    `decimal_mark` is that of the language in which the file was written, and so filled in: what the fields `as_typed`
    hold is read by it.
    """

    version: int
    decimal_mark: str
    data: MultiValueDict[str, Any] = field(default_factory=MultiValueDict)
    faults: dict[str, str] = field(default_factory=dict)
    as_typed: set[str] = field(default_factory=set)


class FilledInForm(forms.Form):
    """The part of a report's page that takes its form back as a file."""

    filled_in = forms.Field(
        label=gettext_lazy("The filled-in file"), required=False, widget=forms.FileInput({"accept": ".xlsx"})
    )


def answers_in(content: Readable, name: str, *, report: ProgressReport, user: User) -> Answers:
    """What the file says, for the report as it stands. Raises InvalidInput where it is no file of this report."""
    sheets = _sheets(content, name)
    form = ReportForm(None, subject=figures_of(report), user=user, row=report)
    places = places_of(form)
    told = _what_it_is(sheets.pop(KEYS, None))
    _must_be_of(told, report, places)
    cells = _answers(sheets, places)
    with translation.override(told["language"]):
        mark, yes = get_format("DECIMAL_SEPARATOR"), report_file.yes()
    found = Answers(version=int(told["version"]), decimal_mark=mark)
    found.data["row_version"] = str(found.version)
    for key, cell in cells.items():
        _read(found, form, places[key], cell, yes)
    _keep_what_was_confirmed(found, form)
    return found


def form_filled_in(
    answers: Answers, *, report: ProgressReport, user: User, hints: Mapping[str, str] | None = None
) -> ReportForm:
    """The form over the report as it stands, as if the answers had been typed."""
    form = ReportForm(answers.data, subject=figures_of(report), user=user, row=report, hints=hints)
    form.faults = answers.faults
    for name in answers.as_typed:
        asked: Any = form.fields[name]
        asked.decimal_mark = answers.decimal_mark
    return form


def _sheets(content: Readable, name: str) -> dict[str, Rows]:
    try:
        return sheets_in(content.read(MOST_BYTES + 1), name, columns=COLUMNS)
    except NotEvidence as refusal:
        sentence = _NO_WORKBOOK if refusal.why in _OTHER_KINDS else REFUSALS[refusal.why]
        told = {"name": name[:LONGEST_NAME], "most": MOST_BYTES // _MEGABYTE}
        _refuse(str(sentence).format(**told), refusal.why.value)


def _what_it_is(rows: Rows | None) -> dict[str, str]:
    """What the hidden sheet says, if the portal wrote it."""
    if rows is None:
        _refuse(_("This is no form of a progress report that this portal wrote."), "no_form")
    told = {row[0].text: row[1].text for row in rows if row[0].kind is Kind.TEXT and len(row) > 1}
    if told.get("format") != str(FORMAT):
        _refuse(
            _("This file was made by another version of the portal: take the file anew, and fill that in."), "format"
        )
    sealed = {}
    with suppress(BadSignature, ValueError, TypeError):
        sealed = Signer(salt=report_file.SALT).unsign_object(told.pop("seal", ""))
    if not sealed or {name: str(value) for name, value in sealed.items()} != told:
        _refuse(_("What the portal hid in this file was altered: take the file anew, and fill that in."), "altered")
    return told


def _must_be_of(told: Mapping[str, str], report: ProgressReport, places: Mapping[str, str]) -> None:
    if told["report"] != str(report.public_id) or told["language"] not in dict(settings.LANGUAGES):
        _refuse(
            _("This file is of another engagement or period: send it on the page of that report."), "another_report"
        )
    if told["answers"] != about(report, 0, "", places)["answers"]:
        _refuse(_("What this report asks for has changed since: take the file anew, and fill that in."), "outdated")


def _answers(sheets: Mapping[str, Rows], places: Mapping[str, str]) -> dict[str, Cell]:
    """Each answer by its key, wherever its row was moved to."""
    found: dict[str, Cell] = {}
    for rows in sheets.values():
        for row in rows:
            key = row[KEY - 1].text if len(row) >= KEY else ""
            if key not in places:
                continue
            if key in found:
                _refuse(_("A row of this file stands there twice: take the file anew, and fill that in."), "altered")
            found[key] = row[ANSWER - 1] if len(row) >= ANSWER else Cell()
    if found.keys() != places.keys():
        _refuse(_("A row of this file is missing: take the file anew, and fill that in."), "altered")
    return found


def _read(found: Answers, form: ReportForm, name: str, cell: Cell, yes: str) -> None:
    """What stands in a cell, as the form would have been sent it. An empty cell is no answer."""
    if cell.kind is Kind.EMPTY:
        found.data[name] = ""
        return
    asked = form.fields[name]
    if cell.kind is Kind.FORMULA or (isinstance(asked, NumberField) and cell.text.lstrip().startswith("=")):
        sentence = _("Cell %(cell)s holds a formula, which is not read: write what comes of it.")
        found.faults[name] = sentence % {"cell": cell.place}
    if isinstance(asked, forms.BooleanField):
        found.data[name] = "on" if cell.text.strip() == yes else ""
        if not found.data[name]:
            found.faults.setdefault(name, _("Choose “%(yes)s”, or leave it empty.") % {"yes": yes})
    elif isinstance(asked, NumberField):
        number = _number_in(cell, found.decimal_mark, asked.places)
        found.data[name] = cell.text if number is None else NumberInput().format_value(number)
        if number is None:
            found.as_typed.add(name)
    else:
        found.data[name] = _chosen(asked, cell.text) if isinstance(asked, ChoiceField) else _as_sent(cell.text)


def _number_in(cell: Cell, mark: str, places: int) -> Decimal | None:
    """The number of a cell; None for what is none, or has two readings: the form says so of what was typed."""
    if cell.number is not None or cell.kind is not Kind.TEXT:
        return cell.number
    with suppress(NotANumber):
        number = read_number(cell.text, decimal_mark=mark, places=places)
        return None if isinstance(number, TwoReadings) else number
    return None


def _as_sent(text: str) -> str:
    """As a browser sends a text: with its line ends."""
    return "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _chosen(asked: ChoiceField, text: str) -> str:
    """What is sent for the word that was chosen; what is none of the words stays, and is refused by the form."""
    choices: Any = asked.choices
    known = {str(word): str(value) for value, word in choices}
    return known.get(text.strip(), text.strip())


def _keep_what_was_confirmed(found: Answers, form: ReportForm) -> None:
    """The page sends its ticks again. Each is about one figure, and says nothing of another."""
    for group in form.figures():
        if group.question is not None and group.question.said:
            found.data[group.question.name] = group.question.about


def _refuse(sentence: str, code: str) -> NoReturn:
    raise InvalidInput.at("file", sentence, code=code)
