"""Whatever is answered in the file is what the page would have made of the same answers, in every language."""

import io
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.domain.workbooks import unescaped, writable
from programmes.forms.report import ReportForm
from programmes.forms.report_answers import answers_in, form_filled_in
from programmes.forms.report_file import report_file
from programmes.selectors.progress import figures_of, report_at
from ta_portal.ui.fields import NumberInput
from tests.factories import IndicatorFactory
from tests.programmes.progress.workbooks import as_office_saves, filled, key

# What a spreadsheet keeps: 15 digits, four of them behind the point at most.
NUMBERS = st.one_of(
    st.none(),
    st.just(Decimal(0)),
    st.decimals(min_value=Decimal("-99999999999"), max_value=Decimal("99999999999"), places=4),
)
# What a form would be sent: a browser sends no control characters, and XML holds none.
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=60).map(str.strip)


@pytest.fixture
def asked(accounts, report):
    """Three kinds of figures, by the fields that they are made of."""
    outcome, often = accounts.outcome, {"frequency": "quarterly"}
    ratio = IndicatorFactory(outcome=outcome, code="I02", method="ratio_of_sums", unit="percent", **often)
    mean = IndicatorFactory(outcome=outcome, code="I03", method="weighted_mean", **often)
    return [
        *((accounts, name) for name in ("value",)),
        *((ratio, name) for name in ("numerator", "denominator")),
        *((mean, name) for name in ("value", "weight")),
    ]


def _said(form):
    assert form.is_valid(), form.errors
    given = form.values()
    names = ("value", "numerator", "denominator", "weight", "level", "not_reported_reason", "confirmed")
    figures = [(one.indicator.pk, *(getattr(one, name) for name in names)) for one in given["readings"]]
    return given["words"], figures


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(NUMBERS, min_size=5, max_size=5),
    as_text=st.booleans(),
    done=WORDS,
    language=st.sampled_from(["en", "fr", "es", "pt", "ar"]),
    office=st.booleans(),
)
def test_the_file_says_what_the_page_says(asked, report, engagement, liaison, numbers, as_text, done, language, office):
    row = report_at(engagement, "2024-Q2")
    with translation.override(language):
        typed = {
            f"{name}_{one.pk}": NumberInput().format_value(n) or ""
            for (one, name), n in zip(asked, numbers, strict=True)
        }
        words = {"row_version": str(row.row_version), "done": done, "language": language}
        page = ReportForm(typed | words, subject=figures_of(row), user=liaison, row=row)
        given = {
            key(one, name): _cell(typed[f"{name}_{one.pk}"], n, as_text)
            for (one, name), n in zip(asked, numbers, strict=True)
        }
        content = filled(report_file(row, user=liaison), given, then=lambda book: _write(book, done))
        content = as_office_saves(content) if office else content

        answers = answers_in(io.BytesIO(content), "form.xlsx", report=row, user=liaison)
        assert _said(form_filled_in(answers, report=row, user=liaison)) == _said(page)


def _cell(typed, number, as_text):
    return (typed or None) if as_text or number is None else float(number)


def _write(book, done):
    sheet = book.worksheets[0]
    cell = next(row[2] for row in sheet.iter_rows() if row[0].value == "done")
    cell.value = writable(done) or None
    if done:
        cell.data_type = "s"


@given(st.text(max_size=80))
def test_a_text_comes_back_from_a_cell_without_what_xml_cannot_hold(text):
    came = unescaped(writable(text))

    assert came == writable(text).replace("_x005F_", "_")
    assert set(text) - set(came) <= {chr(code) for code in (*range(32), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000))}
