"""Files that are no form of this report, or would harm whoever opens them: each is refused at once, in a sentence."""

import io
import time
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from programmes.domain.evidence import NotEvidence
from programmes.domain.workbooks import sheets_in
from programmes.forms.report_file import report_file
from programmes.selectors.progress import report_at
from tests.factories import EngagementFactory, IndicatorFactory, ProgressReportFactory, ReportingPeriodFactory
from tests.programmes.evidence.files import PDF, open_document
from tests.programmes.progress.conftest import ADDRESS, Q2
from tests.programmes.progress.workbooks import filled, rewritten
from tests.web import Page

MEGABYTE = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"


def workbook():
    book, made = Workbook(), io.BytesIO()
    book.active["A1"], book.active["C1"] = "key", 1
    book.save(made)
    return made.getvalue()


PLAIN = workbook()


def _in_sheet(old, new):
    return rewritten(PLAIN, lambda name, data: data.replace(old, new) if name == SHEET else data)


DEEP = b'<row r="900"><c r="A900">' + b"<is>" * 20_000 + b"</is>" * 20_000 + b"</c></row>"


def _encrypted():
    """The mark that says so, in both places where an archive has it."""
    content = bytearray(PLAIN)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
# What, its bytes, and why it is refused.
HOSTILE = {
    "no archive": (b"not a workbook", "name_says_otherwise"),
    "empty": (b"", "empty"),
    "another kind": (PDF, "name_says_otherwise"),
    "a sheet of another program": (open_document("spreadsheet"), "name_says_otherwise"),
    "large": (PLAIN + b"0" * (2 * MEGABYTE), "too_large"),
    "cut off": (PLAIN[: len(PLAIN) // 2], "damaged"),
    "locked": (_encrypted(), "locked"),
    "with macros": (rewritten(PLAIN, lambda _name, data: data, more=[("xl/vbaProject.bin", b"x")]), "macros"),
    "of a kind with macros": (
        rewritten(PLAIN, lambda name, data: data.replace(b"sheet.main", b"sheet.macroEnabled.main")
                  if name == "[Content_Types].xml" else data), "macros"),
    "a bomb": (rewritten(PLAIN, lambda _name, data: data, more=[("xl/more.xml", b"0" * 17 * MEGABYTE)]),
               "unpacks_too_far"),
    "too many elements": (_in_sheet(b"<sheetData>", b"<sheetData>" + b"<row/>" * 150_000), "unpacks_too_far"),
    "an entity from a file": (_in_sheet(b"<worksheet", DOCTYPE + b"<worksheet"), "damaged"),
    "entities of entities": (_in_sheet(b"<worksheet", LAUGHS + b"<worksheet"), "damaged"),
    "entities in another encoding": (
        rewritten(PLAIN, lambda name, data: (LAUGHS + data).decode().encode("utf-16") if name == SHEET else data),
        "damaged"),
    "another encoding": (_in_sheet(b"<worksheet", b'<?xml version="1.0" encoding="utf-7"?><worksheet'), "damaged"),
    "broken markup": (_in_sheet(b"</sheetData>", b""), "damaged"),
    "numbers that are none": (_in_sheet(b"<v>1</v>", b"<v>one</v>"), "damaged"),
    "a number without end": (_in_sheet(b"<v>1</v>", b"<v>" + b"9" * 10_000 + b"</v>"), "damaged"),
    "a text that is not there": (_in_sheet(b'<c r="C1" t="n">', b'<c r="C1" t="s">'), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused_at_once_and_in_little_memory(what):
    content, why = HOSTILE[what]
    tracemalloc.start()
    begun = time.monotonic()
    try:
        with pytest.raises(NotEvidence) as refusal:
            sheets_in(content, "form.xlsx", columns=7)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refusal.value.why == why
    assert time.monotonic() - begun < 10
    assert most < 60 * MEGABYTE


@pytest.mark.parametrize(
    "content",
    [
        _in_sheet(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'),
        _in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        _in_sheet(b"</sheetData>", DEEP + b"</sheetData>"),
        _in_sheet(b"<v>1</v>", b"<v>1E999</v>"),
    ],
    ids=["a size that is a lie", "a cell at the end of the world", "deep", "infinite"],
)  # fmt: skip
def test_what_only_looks_huge_costs_little(content):
    tracemalloc.start()
    try:
        rows = sheets_in(content, "form.xlsx", columns=7)["Sheet"]
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert rows[0][0].text == "key"
    assert len(rows) <= 5000
    assert most < 60 * MEGABYTE


# --- of this report, as the portal wrote it ---


@pytest.fixture
def content(report, liaison, engagement):
    return report_file(report_at(engagement, "2024-Q2"), user=liaison)


@pytest.fixture
def sentence(browse, liaison, report):
    """What the page says of such a file."""

    def send(content, name="form.xlsx"):
        report.refresh_from_db()
        before = report.row_version
        response = browse(liaison).post(ADDRESS, {"act": "file", "filled_in": SimpleUploadedFile(name, content)})
        report.refresh_from_db()
        assert (response.status_code, report.row_version) == (422, before)
        (said,) = response.context["form"].non_field_errors()
        assert said in Page(response).text
        assert response.context["by_file"].form.errors["filled_in"] == [said]
        return said

    return send


def _hidden(row, value):
    def alter(book):
        book["portal"].cell(row, 2).value = value

    return alter


def _without(name):
    def alter(book):
        sheet = book.worksheets[0]
        number = next(row[0].row for row in sheet.iter_rows() if row[0].value == name)
        for merged in list(sheet.merged_cells):
            sheet.unmerge_cells(str(merged))
        sheet.delete_rows(number)

    return alter


def _twice(book):
    sheet = book.worksheets[0]
    sheet.cell(sheet.max_row + 1, 1).value = "done"


ALTERED = {
    "another format": (_hidden(1, "2"), "another version of the portal"),
    "another report": (_hidden(2, "0" * 36), "was altered"),
    "another version": (_hidden(3, "99"), "was altered"),
    "another language": (_hidden(4, "ar"), "was altered"),
    "other answers": (_hidden(5, "x"), "was altered"),
    "another seal": (_hidden(6, "e30:x"), "was altered"),
    "no seal": (_hidden(6, None), "was altered"),
    "no hidden sheet": (lambda book: book.remove(book["portal"]), "no form of a progress report"),
    "a row less": (_without("done"), "A row of this file is missing"),
    "a row twice": (_twice, "stands there twice"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_refused_in_one_sentence(what, content, sentence):
    alter, said = ALTERED[what]

    assert said in sentence(filled(content, then=alter))


@pytest.mark.django_db
def test_the_file_of_another_period_or_engagement_is_refused(sentence, engagement, liaison, report):
    first = report_at(engagement, "2024-Q1")
    period = ReportingPeriodFactory(engagement=EngagementFactory(), starts=Q2[0], ends=Q2[1])
    elsewhere = ProgressReportFactory(period=period)
    for other in (first, elsewhere):
        assert "of another engagement or period" in sentence(report_file(other, user=liaison))


@pytest.mark.django_db
def test_a_file_that_asks_for_what_is_asked_for_no_longer_is_refused(content, sentence, accounts):
    IndicatorFactory(outcome=accounts.outcome, frequency="quarterly", code="I02")

    assert "What this report asks for has changed since" in sentence(content)


@pytest.mark.django_db
def test_each_refusal_names_the_file_and_what_would_do(content, sentence):
    assert sentence(PDF, "report.pdf") == "“report.pdf” is no workbook: save the form as XLSX, and send that."
    assert sentence(content, "form.xlsm") == "“form.xlsm” is no workbook: save the form as XLSX, and send that."
    assert sentence(b"PK\x03\x04" + b"0" * 2 * MEGABYTE) == "“form.xlsx” is larger than 2 MB."
    assert sentence(PLAIN) == "This is no form of a progress report that this portal wrote."


@pytest.mark.django_db
def test_a_row_may_be_moved_and_a_sheet_added(content, browse, liaison, report):
    def rearrange(book):
        sheet = book.worksheets[0]
        book.create_sheet("Mine", 0)["C3"] = "my notes"
        for merged in list(sheet.merged_cells):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(1, 5)
        done = next(row for row in sheet.iter_rows() if row[0].value == "done")
        sheet.cell(200, 1).value, sheet.cell(200, 3).value = "done", "Moved"
        done[0].value = None

    file = SimpleUploadedFile("form.xlsx", filled(content, then=rearrange))
    assert browse(liaison).post(ADDRESS, {"act": "file", "filled_in": file}).status_code == 302
    report.refresh_from_db()
    assert report.done == "Moved"


def test_the_same_book_is_the_same_file_whenever_it_is_written():
    from programmes.domain.workbooks import written

    def book():
        return load_workbook(io.BytesIO(PLAIN))

    first = written(book())
    time.sleep(2.1)
    assert written(book()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}
