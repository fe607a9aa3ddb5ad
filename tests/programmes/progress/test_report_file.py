"""The form of a report as a workbook: what stands in it, and that filled in it fills the draft as the page would."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from programmes.models import Observation
from programmes.services.progress import draft_report, return_report, submit_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory
from tests.programmes.progress.conftest import ADDRESS, Q2
from tests.web import Page

pytestmark = pytest.mark.django_db

D = Decimal
FILE = f"{ADDRESS}file.xlsx"
LANGUAGES = ("en", "fr", "es", "pt", "ar")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def take(browse, liaison, report):
    """The file as the liaison takes it."""

    def get(language="en", address=FILE):
        browse(liaison)
        liaison.language = language
        liaison.save()
        response = browse(liaison).get(address, headers={"Accept-Language": language})
        assert response.status_code == 200
        return b"".join(response)

    return get


@pytest.fixture
def give(browse, liaison, report):
    """The page with the file sent back."""

    def post(content, name="filled.xlsx", address=ADDRESS, **typed):
        file = SimpleUploadedFile(name, content)
        return browse(liaison).post(address, {"act": "file", "filled_in": file, **typed})

    return post


def key(indicator, name="value", part=""):
    return f"{name}:{indicator.public_id}:{part}"


def filled(content, answers=(), *, then=lambda book: None):
    """The file with these cells filled in, by the keys of their rows, as a spreadsheet saves it."""
    book = load_workbook(io.BytesIO(content))
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows() if row[0].value}
    for name, value in dict(answers).items():
        rows[name][2].value = value
    then(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def answered(content):
    book = load_workbook(io.BytesIO(content))
    return {row[0].value: row for row in book.worksheets[0].iter_rows() if row[0].value}


def figure(report, indicator, part=""):
    return Observation.objects.filter(report=report, indicator=indicator, disagg=part).first()


# --- what stands in it ---


def test_the_file_asks_what_the_form_asks(take, accounts, report):
    content = take()
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = answered(content)

    assert list(rows) == [
        key(accounts), key(accounts, "same"), key(accounts, "not_reported_reason"),
        "done", "obstacles", "next_steps", "language",
    ]  # fmt: skip
    _key, asked, answer, unit, last, expected, _notes = (cell.value for cell in rows[key(accounts)])
    assert (asked, answer, unit, last, expected) == ("Value", None, "accounts", 366, 316)
    said = [row[1].value for row in sheet.iter_rows()]
    assert said[0] == "Progress, April to June 2024"
    assert "I01 Bank accounts outside the TSA" in said
    days = [row[2] for row in sheet.iter_rows() if getattr(row[2], "is_date", False)]
    assert [cell.value.date() for cell in days] == [*Q2, report.period.due]


def test_only_what_is_to_be_filled_in_can_be_changed(take):
    book = load_workbook(io.BytesIO(take()))
    sheet, hidden = book.worksheets

    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    assert hidden.sheet_state == "hidden"
    assert sheet.column_dimensions["A"].hidden
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.protection.locked is not (bool(row[0].value) and cell.column == 3), cell.coordinate


def test_it_comes_as_a_file_with_a_tag_and_the_same_state_is_the_same_bytes(take, browse, liaison):
    response = browse(liaison).get(FILE)

    assert response.headers["Content-Type"] == XLSX
    assert response.headers["Content-Disposition"] == 'attachment; filename="TSA-1-2024-Q2.xlsx"'
    assert b"".join(response) == take()
    assert browse(liaison).get(FILE, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_what_is_given_already_stands_in_it_with_what_the_reviewer_asks(take, report, liaison, officer, accounts):
    words = {"language": "fr", "done": "=1+1", "obstacles": "", "next_steps": ""}
    readings = [Reading(indicator=accounts, value=D("341.5"))]
    draft_report(report_id=report.pk, words=words, readings=readings, by=liaison)
    submit_report(report_id=report.pk, by=liaison)
    return_report(report_id=report.pk, questions={"I01": "Which branch?"}, by=officer)

    rows = answered(take())

    assert (rows[key(accounts)][2].value, rows[key(accounts)][6].value) == (341.5, "The reviewer asks: Which branch?")
    assert (rows["done"][2].value, rows["done"][2].data_type) == ("=1+1", "s")
    assert rows["done"][2].quotePrefix
    assert rows["language"][2].value == "français"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_the_readers_language(take, language):
    book = load_workbook(io.BytesIO(take(language)))

    assert book.worksheets[0].sheet_view.rightToLeft is (language == "ar")
    heads = {"en": "Your answer", "fr": "Votre réponse", "es": "Su respuesta", "pt": "A sua resposta", "ar": "إجابتك"}
    assert heads[language] in [row[2].value for row in book.worksheets[0].iter_rows()]


def test_only_who_may_write_the_report_is_given_its_file_and_only_while_it_is_open(
    browse, member, engagement, report, liaison
):
    for role, status in ((Role.PROGRAMME_OFFICER, 403), (Role.VIEWER, 403), (Role.EXPERT, 200)):
        assert browse(member(role, engagement=engagement)).get(FILE).status_code == status
    other = member(Role.LIAISON, engagement=EngagementFactory())
    assert browse(other).get(FILE).status_code == 404

    submit_report(report_id=report.pk, by=liaison)
    assert browse(liaison).get(FILE).status_code == 409


# --- sent back ---


def test_the_file_fills_the_draft_and_sends_nothing(take, give, report, accounts):
    response = give(filled(take(), {key(accounts): 341, "done": "Closed 25.\nMore follow."}))

    assert (response.status_code, response["Location"]) == (302, ADDRESS)
    report.refresh_from_db()
    assert (report.state, report.done) == ("draft", "Closed 25.\r\nMore follow.")
    assert figure(report, accounts).value == D(341)
    shown = Page(response.client.get(ADDRESS))
    assert "The draft was filled from the file." in shown.text
