"""The form of a report as a workbook: what stands in it, and that filled in it fills the draft as the page would."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from programmes.models import Observation
from programmes.services.progress import draft_report, return_report, submit_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from tests.access.readers import undone
from tests.factories import EngagementFactory, IndicatorFactory, ObservationFactory
from tests.programmes.progress.conftest import ADDRESS, Q1, Q2
from tests.programmes.progress.workbooks import as_office_saves, cell_of, filled, key, rows_of
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


def figure(report, indicator, part=""):
    return Observation.objects.filter(report=report, indicator=indicator, disagg=part).first()


# --- what stands in it ---


def test_the_file_asks_what_the_form_asks(take, accounts, report):
    content = take()
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = rows_of(content)

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

    rows = rows_of(take())

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


def test_who_sees_the_report_is_given_its_file_while_it_is_open(browse, member, engagement, report, liaison):
    for role in (Role.PROGRAMME_OFFICER, Role.VIEWER, Role.EXPERT):
        assert browse(member(role, engagement=engagement)).get(FILE).status_code == 200
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


def test_every_kind_of_figure_comes_in_as_it_would_from_the_page(take, give, fill, engagement, report, accounts):
    outcome = accounts.outcome
    ratio = IndicatorFactory(outcome=outcome, method="ratio_of_sums", unit="percent", frequency="quarterly")
    mean = IndicatorFactory(outcome=outcome, method="weighted_mean", frequency="monthly")
    rating = IndicatorFactory(
        outcome=outcome, method="ordinal_latest", scale=["1", "2, with reserve", "3"], baseline=None, baseline_level="1"
    )
    trained = IndicatorFactory(outcome=outcome, method="sum", frequency="quarterly")
    for part in ("sex=f", "sex=m"):
        ObservationFactory(
            indicator=trained, disagg=part, value=D(5), status="accepted", period_start=Q1[0], period_end=Q1[1]
        )
    silent = IndicatorFactory(outcome=outcome, frequency="quarterly")
    typed = {
        f"same_{accounts.pk}": "on",
        f"numerator_{ratio.pk}": "30.25",
        f"denominator_{ratio.pk}": "40",
        f"value_{mean.pk}": "2.5",
        f"weight_{mean.pk}": "0",
        f"level_{rating.pk}": "1",
        f"value_{trained.pk}": "9",
        f"value_{trained.pk}__sex=f": "5",
        f"value_{trained.pk}__sex=m": "4",
        f"not_reported_reason_{silent.pk}": "=none yet",
        "done": "Much",
        "language": "fr",
    }
    with undone():
        assert fill(**typed).status_code == 302
        by_page = _kept(report)

    answers = {
        key(accounts, "same"): "Yes",
        key(ratio, "numerator"): 30.25,
        key(ratio, "denominator"): 40,
        key(mean): 2.5,
        key(mean, "weight"): 0,
        # As a spreadsheet takes it that finds a number in its list.
        key(rating, "level"): 1,
        key(trained): 9,
        key(trained, part="sex=f"): 5,
        key(trained, part="sex=m"): 4,
        "done": "Much",
        "language": "français",
    }
    book = filled(take(), answers, then=lambda book: _as_text(book, key(silent, "not_reported_reason"), "=none yet"))
    response = give(book)

    assert response.status_code == 302, response.context["form"].errors
    assert _kept(report) == by_page
    assert len(by_page) == 9


def _as_text(book, name, text):
    cell = cell_of(book, name)
    cell.value, cell.data_type = text, "s"


def _kept(report):
    report.refresh_from_db()
    names = ("indicator", "disagg", "value", "numerator", "denominator", "weight", "level", "text", "reported")
    rows = Observation.objects.filter(report=report).order_by("indicator", "disagg")
    return [(report.done, report.language), *rows.values_list(*names, "not_reported_reason", "confirmed")]


def test_the_levels_of_a_scale_are_a_list_to_choose_from(take, accounts, report):
    scale = ["D", "C, doubtful", "B"]
    rating = IndicatorFactory(
        outcome=accounts.outcome, method="ordinal_latest", scale=scale, baseline=None, baseline_level="D"
    )
    book = load_workbook(io.BytesIO(take()))
    cell = cell_of(book, key(rating, "level"))

    (rule,) = [one for one in book.worksheets[0].data_validations.dataValidation if cell.coordinate in one.sqref]
    hidden, _bang, place = rule.formula1.partition("!")
    assert hidden == "'portal'"
    assert [row[0].value for row in book["portal"][place.replace("$", "")]] == scale


@pytest.mark.parametrize(
    ("answer", "shown_as", "meant"),
    [
        (0, "General", "0"),
        (0.1 + 0.2, "General", "0.3"),
        (1234.5600000000002, "General", "1234.56"),
        (-5, "General", "-5"),
        (0.4525, "0.00%", "45.25"),
        (45, '0" %"', "45"),
        (45, r"0\%", "45"),
        (99999999999.1234, "General", "99999999999.1234"),
        ("1 234,5", "General", "1234.5"),
        ("٣٤١", "General", "341"),
        ("45 %", "General", "45"),
    ],
)
def test_a_number_is_what_its_writer_saw(answer, shown_as, meant, take, give, report, accounts):
    def show(book):
        cell_of(book, key(accounts)).number_format = shown_as

    assert give(filled(take(), {key(accounts): answer}, then=show)).status_code == 302

    assert figure(report, accounts).value == D(meant)


@pytest.mark.parametrize(
    ("answer", "shown", "said"),
    [
        ("a lot", "a lot", "This is not a number"),
        (dt.datetime(2026, 5, 1), "2026-05-01", "This is not a number"),
        (True, "TRUE", "This is not a number"),
        (1 / 3, "0.333333333333333", "At most 4 decimals can be kept here."),
        ("=120+221", "=120+221", "Cell C14 holds a formula"),
        ("=341", "=341", "Cell C14 holds a formula"),
        ("#DIV/0!", "#DIV/0!", "This is not a number"),
    ],
)
def test_what_is_no_number_is_said_at_its_field_and_stays(answer, shown, said, take, give, report, accounts):
    response = give(filled(take(), {key(accounts): answer, "done": "Much"}))

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [f"value_{accounts.pk}"]
    (sentence,) = form.errors[f"value_{accounts.pk}"]
    assert said in sentence
    assert (form[f"value_{accounts.pk}"].value(), form["done"].value()) == (shown, "Much")
    report.refresh_from_db()
    assert (report.done, figure(report, accounts)) == ("", None)


def test_a_formula_in_a_text_is_no_text_either(take, give, report, accounts):
    response = give(filled(take(), {"done": '=HYPERLINK("https://evil.example")'}))

    assert response.status_code == 422
    assert "holds a formula" in response.context["form"].errors["done"][0]


def test_a_word_that_is_on_no_list_is_said_at_its_field(take, give, accounts):
    rating = IndicatorFactory(
        outcome=accounts.outcome, method="ordinal_latest", scale=["D", "C"], baseline=None, baseline_level="D"
    )
    answers = {key(rating, "level"): "E", key(accounts, "same"): "maybe", "language": "Latin"}
    response = give(filled(take(), answers))

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {f"level_{rating.pk}", f"same_{accounts.pk}", "language"}
    assert "E" in errors[f"level_{rating.pk}"][0]
    assert errors[f"same_{accounts.pk}"] == ["Choose “Yes”, or leave it empty."]


def test_an_empty_cell_is_no_answer_and_what_is_emptied_is_taken_back(take, give, fill, report, accounts):
    assert give(filled(take())).status_code == 302
    assert figure(report, accounts) is None

    fill(**{f"value_{accounts.pk}": "341", "done": "Much"})
    assert give(filled(take(), {key(accounts): None})).status_code == 302

    row = figure(report, accounts)
    assert (row.reported, row.value) == (False, None)
    report.refresh_from_db()
    assert report.done == "Much"


def test_a_file_as_office_programs_save_it_comes_back(take, give, report, accounts):
    content = as_office_saves(filled(take(), {key(accounts): "1 234,5", "done": "Much & <more>"}))

    assert b't="s"' in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert give(content).status_code == 302
    report.refresh_from_db()
    assert (figure(report, accounts).value, report.done) == (D("1234.5"), "Much & <more>")


# --- two languages, two readings ---


def test_a_text_with_two_readings_is_asked_about_as_on_the_page(take, give, report, accounts):
    name = f"value_{accounts.pk}"
    response = give(filled(take(), {key(accounts): "12,345"}))

    assert response.status_code == 422
    assert "can be read two ways" in Page(response).text
    form = response.context["form"]
    assert (form.fields[name].readings.grouped, form[name].value()) == (D(12345), "12,345")


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_as_text_are_read_in_the_language_of_the_file(language, take, give, report, accounts, browse, liaison):
    content = filled(take(language), {key(accounts): "1,234"})
    # Whoever sends it reads the portal in another language.
    liaison.language = "fr" if language == "en" else "en"
    liaison.save()
    response = give(content)

    if language in ("en", "ar"):
        assert response.status_code == 422
        assert "can be read two ways" in response.context["form"].errors[f"value_{accounts.pk}"][0] or language == "en"
    else:
        assert response.status_code == 302
        assert figure(report, accounts).value == D("1.234")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_in_any_language_comes_back(language, take, give, report, accounts):
    yes = {"en": "Yes", "fr": "Oui", "es": "Sí", "pt": "Sim", "ar": "نعم"}[language]
    word = {"en": "English", "fr": "français", "es": "español", "pt": "Português", "ar": "العربيّة"}[language]
    response = give(filled(take(language), {key(accounts, "same"): yes, "done": "…", "language": word}))

    assert response.status_code == 302
    report.refresh_from_db()
    assert (figure(report, accounts).value, report.language) == (D(366), language)


# --- what stands already ---


@pytest.mark.parametrize("value", ["1234567890123456.7891", "0", "-0.5", "123456789012.345"])
def test_what_stands_comes_back_to_the_last_digit(value, take, give, fill, report, accounts):
    text = "A\r\n=B\t_x0041_ <b>&amp; “ع”"
    fill(**{f"value_{accounts.pk}": value, f"sure_{accounts.pk}": str(Fraction(value)), "done": text})
    before, content = _kept(report), take()
    note = rows_of(content)[key(accounts)][6].value

    assert give(content).status_code == 302
    assert _kept(report) == before
    assert before[1][-1] != []
    assert ("more digits than a sheet keeps" in (note or "")) is (value == "1234567890123456.7891")


def test_a_doubtful_figure_is_kept_in_the_draft_and_asked_about_there(take, give, accounts):
    response = give(filled(take(), {key(accounts): 3410}))

    assert response.status_code == 302
    page = response.client.get(ADDRESS)
    (group,) = page.context["form"].figures()
    assert (group.question.said, group.question.about) == (False, "3410")
    assert "Yes, this figure is right" in Page(page).text


def test_who_sends_an_older_file_sees_both_versions(take, give, fill, report, accounts):
    content = filled(take(), {key(accounts): 341, "done": "From the file"})
    fill(**{f"value_{accounts.pk}": "350", "done": "From the page"})

    response = give(content)

    assert response.status_code == 409
    differences = {one.name: (one.yours, one.theirs) for one in response.context["differences"]}
    assert differences == {
        f"value_{accounts.pk}": ("341", "350"),
        "done": ("From the file", "From the page"),
    }
    report.refresh_from_db()
    assert (report.done, figure(report, accounts).value) == ("From the page", D(350))
    # The choice is sent as any other.
    chosen = dict(response.context["sent"])
    chosen |= {f"value_{accounts.pk}": "341", f"keep_value_{accounts.pk}": "yours"}
    chosen |= {"done": "From the file", "keep_done": "theirs", "row_version": response.context["version"]}
    assert response.client.post(ADDRESS, chosen).status_code == 302
    report.refresh_from_db()
    assert (report.done, figure(report, accounts).value) == ("From the page", D(341))


def test_what_is_typed_beside_the_file_is_not_lost(take, give, report, accounts):
    response = give(filled(take(), {key(accounts): 341}), done="Typed on the page", language="en")

    assert response.status_code == 422
    assert "What you typed here is not saved yet." in Page(response).text
    assert response.context["form"]["done"].value() == "Typed on the page"
    assert figure(report, accounts) is None


def test_a_page_that_was_only_looked_at_does_not_stand_in_the_files_way(take, give, report, accounts):
    # As it was loaded from elsewhere, with line ends that no browser sends.
    type(report).objects.filter(pk=report.pk).update(done="First\nSecond", language="fr")
    report.refresh_from_db()
    as_shown = {
        "done": "First\r\nSecond",
        "language": "fr",
        f"value_{accounts.pk}": "",
        "row_version": report.row_version,
    }

    response = give(filled(take(), {key(accounts): 341}), **as_shown)

    assert response.status_code == 302
    assert figure(report, accounts).value == D(341)


def test_without_a_file_the_form_stays_as_it_was_typed(browse, liaison, report):
    response = browse(liaison).post(ADDRESS, {"act": "file", "done": "Typed"})

    assert response.status_code == 422
    assert "Choose a file first." in Page(response).text
    assert response.context["form"]["done"].value() == "Typed"


def test_who_may_not_write_the_report_fills_it_by_no_file(take, browse, officer, report):
    content = take()
    file = SimpleUploadedFile("filled.xlsx", content)

    assert browse(officer).post(ADDRESS, {"act": "file", "filled_in": file}).status_code == 403
