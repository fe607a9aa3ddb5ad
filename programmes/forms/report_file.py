"""A report's form as a workbook, in the language that is active: to be filled in elsewhere and sent back."""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.signing import Signer
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from programmes.domain.reporting import TEXTS, period_code
from programmes.domain.vocabulary import ReviewState
from programmes.domain.workbooks import fits, plain, writable, written
from programmes.forms.report import Group, ReportForm
from programmes.models import Observation, ProgressReport
from programmes.selectors.progress import Figure, figures_of, level_at, size_of
from programmes.words import named, period_words
from ta_portal.accounts.models import User
from ta_portal.mail.wording import absolute
from ta_portal.money.exact import rounded
from ta_portal.ui.fields import ChoiceField, NumberField, NumberInput

# Rises when what stands where changes: an older file is refused, and says so.
FORMAT = 1
KEYS = "portal"
# Of the form: the key of an answer (hidden), what is asked, the answer, and what is said besides.
KEY, ASKED, ANSWER, UNIT, LAST, EXPECTED, NOTES = range(1, 8)
COLUMNS = NOTES
# Of the hidden sheet: what the file is of, and from the fourth column on the lists that answers are chosen from.
_FIRST_LIST = 4
_WIDTHS = {ASKED: 52, ANSWER: 44, UNIT: 18, LAST: 16, EXPECTED: 16, NOTES: 60}
_PLACES = 2
_NAME = re.compile(r"([a-z_]+)_(\d+)(?:__(.+))?")
SALT = "programmes.report_file"
_TO_FILL_IN, _HEADING = PatternFill("solid", fgColor="FFF4C2"), PatternFill("solid", fgColor="E4EBEF")
_THIN = Side("thin", color="8A99A5")


def report_file(report: ProgressReport, *, user: User) -> bytes:
    """The form of the report as it stands, with what is given already. The same state gives the same bytes."""
    form = ReportForm(None, subject=figures_of(report), user=user, row=report)
    return written(_Writer(report, form).book)


def places_of(form: ReportForm) -> dict[str, str]:
    """The form's fields by the key that stands for each in a file, in reading order."""
    found = {}
    for group in form.figures():
        for field in (*group.made_of, *group.instead, *group.parts):
            name, disagg = _apart(field.name)
            found[f"{name}:{group.figure.indicator.public_id}:{disagg}"] = field.name
    return found | {name: name for name in (*TEXTS, "language")}


def about(report: ProgressReport, version: int, language: str, keys: Mapping[str, str]) -> dict[str, Any]:
    """What the hidden sheet says of the file."""
    digest = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
    told = {"format": FORMAT, "report": str(report.public_id), "version": version, "language": language}
    return {**told, "answers": digest}


def seal(told: Mapping[str, Any]) -> str:
    """The portal's word that it wrote this: what is altered does not agree with it."""
    return Signer(salt=SALT).sign_object(dict(told))


def yes() -> str:
    return _("Yes")


def _apart(name: str) -> tuple[str, str]:
    """What a field of a figure is of: `value_7__sex=f` is the value of a part."""
    found = _NAME.fullmatch(name)
    return (found[1], found[3] or "") if found else (name, "")


class _Writer:
    def __init__(self, report: ProgressReport, form: ReportForm) -> None:
        self.report, self.form = report, form
        self.keys = {name: key for key, name in places_of(form).items()}
        self.book = Workbook()
        self.sheet: Any = self.book.active
        self.hidden: Any = self.book.create_sheet(KEYS)
        self.lists: dict[tuple[str, ...], str] = {}
        self.row = 0
        self._write()

    def _write(self) -> None:
        self._set_up()
        self._head()
        for group in self.form.figures():
            self._figure(group)
        self._section(_("How is the work going?"))
        for field in self.form.texts():
            self._answer(field, str(field.label), note=self._asked(field.name), is_long=field.name in TEXTS)
        self._say_what_it_is()

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.title = re.sub(r"[\[\]:*?/\\']", " ", _("Progress report"))[:31]
        sheet.sheet_view.rightToLeft = get_language_bidi()
        sheet.sheet_view.showGridLines = False
        sheet.column_dimensions[get_column_letter(KEY)].hidden = True
        for column, width in _WIDTHS.items():
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        # Without a password: it keeps from slips, and stops nobody.
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        self.hidden.sheet_state, self.hidden.protection.sheet = "hidden", True
        self.book.security.lockStructure = True

    def _head(self) -> None:
        period, engagement = self.report.period, self.report.period.engagement
        title = _("Progress, %(period)s") % {"period": period_words(period.starts, period.ends)}
        self._next(title).font = Font(bold=True, size=14)
        self._next(_("Engagement"))
        self._put(ANSWER, f"{engagement.title} ({engagement.ref})")
        for label, day in ((_("First day"), period.starts), (_("Last day"), period.ends), (_("Due on"), period.due)):
            self._next(label)
            cell = self._put(ANSWER, day)
            cell.number_format, cell.alignment = "yyyy-mm-dd", Alignment(horizontal="left")
        self._next()
        page = absolute(reverse("programmes:report", args=[engagement.ref, period_code(period.starts, period.ends)]))
        for sentence in (
            _("Fill in the yellow cells, save the file, and send it on the page of this report: it fills the draft."),
            _("Leave a cell empty where there is no figure: empty is not zero. Write numbers; formulas are not read."),
            page,
        ):
            self._next(sentence)
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=ASKED, end_column=NOTES)
        self._next()
        self._next(_("What is asked"))
        for column, word in (
            (ANSWER, _("Your answer")),
            (UNIT, _("Unit")),
            (LAST, _("Last")),
            (EXPECTED, _("Expected")),
            (NOTES, _("Notes")),
        ):
            self._put(column, word)
        self._as_heading()

    def _figure(self, group: Group) -> None:
        indicator = group.figure.indicator
        self._section(f"{indicator.code} {named(indicator.title)}")
        unit, asked = named(indicator.unit) if indicator.unit else "", self._asked(indicator.code)
        for number, field in enumerate((*group.made_of, *group.instead, *group.parts)):
            name, disagg = _apart(field.name)
            is_figure = name not in ("same", "not_reported_reason")
            self._answer(field, str(getattr(field.field, "short", field.label)), note=asked if number == 0 else "")
            if is_figure:
                self._put(UNIT, unit)
                self._put(LAST, _last(group.figure, name, disagg))
            if number == 0:
                self._put(EXPECTED, _expected(group.figure))

    def _answer(self, field: BoundField, label: str, *, note: str, is_long: bool = False) -> None:
        self._next(label)
        self._put(KEY, self.keys[field.name])
        cell = self._put(ANSWER, self._given(field))
        cell.fill, cell.protection = _TO_FILL_IN, Protection(locked=False)
        cell.border = Border(_THIN, _THIN, _THIN, _THIN)
        choices = _choices(field)
        if choices:
            self._offer(choices)
        if is_long:
            self.sheet.row_dimensions[self.row].height = 90
        if isinstance(cell.value, str) and isinstance(field.field, NumberField):
            note = f"{note} {_('This figure has more digits than a sheet keeps, so it stands here as text.')}".strip()
        self._put(NOTES, note)

    def _given(self, field: BoundField) -> Any:
        value = field.value()
        if value in (None, ""):
            return None
        if isinstance(field.field, ChoiceField):
            return dict(_pairs(field)).get(str(value), str(value))
        return None if value is False else value if isinstance(value, Decimal) else str(value)

    def _asked(self, place: str) -> str:
        """What the reviewer asks there, of a report that came back."""
        if self.report.state != ReviewState.RETURNED or place not in self.report.questions:
            return ""
        return f"{_('The reviewer asks:')} {self.report.questions[place]}"

    def _offer(self, choices: tuple[str, ...]) -> None:
        if choices not in self.lists:
            column = _FIRST_LIST + len(self.lists)
            for row, choice in enumerate(choices, 1):
                _set(self.hidden.cell(row, column), choice)
            letter = get_column_letter(column)
            self.lists[choices] = f"'{KEYS}'!${letter}$1:${letter}${len(choices)}"
        # What is typed all the same is said on the page, beside what may be chosen.
        rule = DataValidation(type="list", formula1=self.lists[choices], allow_blank=True, showErrorMessage=False)
        rule.add(self.sheet.cell(self.row, ANSWER))
        self.sheet.add_data_validation(rule)

    def _section(self, title: str) -> None:
        self._next()
        self._next(title)
        self._as_heading()

    def _as_heading(self) -> None:
        for column in range(ASKED, NOTES + 1):
            cell = self.sheet.cell(self.row, column)
            cell.fill, cell.font = _HEADING, Font(bold=True)

    def _next(self, text: str = "") -> Any:
        self.row += 1
        return self._put(ASKED, text)

    def _put(self, column: int, value: Any) -> Any:
        return _set(self.sheet.cell(self.row, column), value)

    def _say_what_it_is(self) -> None:
        version = self.form.initial["row_version"]
        told = about(self.report, version, get_language() or "", places_of(self.form))
        for row, (name, value) in enumerate([*told.items(), ("seal", seal(told))], 1):
            _set(self.hidden.cell(row, 1), name)
            _set(self.hidden.cell(row, 2), str(value))


def _set(cell: Any, value: Any) -> Any:
    """A text is a text, whatever it begins with; a number is a number, unless it has more digits than a sheet keeps."""
    if isinstance(value, Decimal):
        value = Decimal(plain(value)) if fits(value) else NumberInput().format_value(value)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if isinstance(value, str):
        if value:
            cell.value = writable(value)
            cell.data_type = "s"
            # So that it stays one when somebody edits it.
            cell.quotePrefix = value[:1] in "=+-@'"
    else:
        cell.value = value
    return cell


def _pairs(field: BoundField) -> list[tuple[str, str]]:
    choices: Any = field.field.choices if isinstance(field.field, ChoiceField) else []
    return [(str(value), str(word)) for value, word in choices if value]


def _choices(field: BoundField) -> tuple[str, ...]:
    if _apart(field.name)[0] == "same":
        return (yes(),)
    return tuple(word for _value, word in _pairs(field))


def _last(figure: Figure, name: str, disagg: str) -> Any:
    """What was said last of the same: a number, or a place on a scale."""
    last: Observation | None = figure.last
    if disagg:
        last = next((part.last for part in figure.split if part.disagg == disagg), None)
    if last is None:
        return None
    said = getattr(last, name)
    return said if said is not None else _as_number(size_of(last))


def _expected(figure: Figure) -> Any:
    level = level_at(figure.indicator, figure.expected)
    return level if level is not None else _as_number(figure.expected)


def _as_number(size: Fraction | None) -> Decimal | None:
    """As it is read on pages: whole where it is whole, else with two decimals."""
    return None if size is None else rounded(size, 0 if size.denominator == 1 else _PLACES)
