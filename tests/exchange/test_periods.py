import datetime as dt

import pytest

from programmes.domain.vocabulary import InstitutionKind
from ta_portal.exchange.scenario.loading.places import kind_of_institution
from ta_portal.exchange.scenario.periods import apart, frequency_of, quarter

D = dt.date


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-Q1", D(2024, 1, 1), D(2024, 3, 31)),
        ("2024-Q2", D(2024, 4, 1), D(2024, 6, 30)),
        ("2023-Q4", D(2023, 10, 1), D(2023, 12, 31)),
    ],
)
def test_a_quarter_has_its_three_months(text, first, last):
    assert quarter(text) == (first, last)


@pytest.mark.parametrize("text", ["2024-Q0", "2024-Q5", "2024", "24-Q1", "2024-q1", "2024-Q11"])
def test_what_is_no_quarter_is_none(text):
    assert quarter(text) is None


@pytest.mark.parametrize(
    ("starts", "frequency"),
    [
        ([], "quarterly"),
        ([D(2024, 1, 1)], "quarterly"),
        ([D(2024, 1, 1), D(2024, 2, 1)], "monthly"),
        ([D(2024, 10, 1), D(2024, 1, 1), D(2024, 4, 1)], "quarterly"),
        ([D(2024, 4, 1), D(2024, 10, 1)], "half_yearly"),
        ([D(2023, 10, 1), D(2024, 10, 1), D(2026, 10, 1)], "yearly"),
        ([D(2015, 12, 31), D(2023, 1, 1)], "yearly"),
    ],
)
def test_the_frequency_is_the_shortest_gap(starts, frequency):
    assert frequency_of(starts) == frequency


def test_periods_that_share_a_day_are_joined_and_others_are_not():
    year, quarters = (D(2024, 1, 1), D(2024, 12, 31)), [quarter("2024-Q2"), quarter("2025-Q1")]

    assert apart([*quarters, year, year]) == [year, quarter("2025-Q1")]
    assert apart([quarter("2024-Q2"), quarter("2024-Q1")]) == [quarter("2024-Q1"), quarter("2024-Q2")]
    assert apart([(D(2024, 1, 1), D(2024, 4, 1)), quarter("2024-Q2")]) == [(D(2024, 1, 1), D(2024, 6, 30))]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ministry of Finance, Inland Revenue Department", InstitutionKind.REVENUE_AUTHORITY),
        ("State Tax Service", InstitutionKind.REVENUE_AUTHORITY),
        ("Ministry of Finance", InstitutionKind.MINISTRY_OF_FINANCE),
        ("Ministère des Finances", InstitutionKind.MINISTRY_OF_FINANCE),
        ("Ministerio de Finanzas", InstitutionKind.MINISTRY_OF_FINANCE),
        ("Customs Administration", InstitutionKind.CUSTOMS),
        ("Reserve Bank of Gondal", InstitutionKind.CENTRAL_BANK),
        ("Banque centrale de Tunisie", InstitutionKind.CENTRAL_BANK),
        ("Statistics Office", InstitutionKind.STATISTICS_OFFICE),
        ("Financial Intelligence Unit", InstitutionKind.FINANCIAL_INTELLIGENCE_UNIT),
        ("Debt Management Office", InstitutionKind.DEBT_OFFICE),
        ("Supreme Audit Court", InstitutionKind.AUDIT_COURT),
        ("Ministry of Health", InstitutionKind.LINE_MINISTRY),
        ("Accountants Ltd", InstitutionKind.PRIVATE),
        ("Beratung GmbH", InstitutionKind.PRIVATE),
        ("Parliament", InstitutionKind.OTHER),
        ("Incorporation Registry", InstitutionKind.OTHER),
    ],
)
def test_the_kind_of_an_institution_is_read_from_its_name(name, kind):
    assert kind_of_institution(name) == kind
