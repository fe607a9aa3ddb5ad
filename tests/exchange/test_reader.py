"""What a scenario file may not say: each fault is refused in one sentence that names its place. No database."""

import datetime as dt
import enum
import json
from decimal import Decimal

import pytest

from ta_portal.errors import InvalidInput
from ta_portal.exchange.scenario.reader import read_scenario


class Taken(enum.Enum):
    """Out of the scenario; an enum, since a bare object would give each worker process another name of the test."""

    OUT = "taken out"


MISSING = Taken.OUT


def changed(scenario, path, value):
    """The scenario with one value replaced, or taken out: `cost_lines.3.currency`."""
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    node = scenario
    for step in way:
        node = node[step]
    if value is MISSING:
        del node[last]
    else:
        node[last] = value
    return scenario


def read(scenario):
    return read_scenario(json.dumps(scenario).encode("utf-8"))


FAULTS = [
    ("meta.base_currency", MISSING, "meta.base_currency", "missing"),
    ("meta.base_currency", "usd", "meta.base_currency", "three capitals"),
    ("meta.name", MISSING, "meta.name", "missing"),
    ("meta.name", "x" * 301, "meta.name", "301 characters"),
    ("meta.country", MISSING, "country", "missing"),
    ("meta.country.alpha2", "X", "meta.country.alpha2", "two capitals"),
    ("meta.country.alpha3", "xfn", "meta.country.alpha3", "three capitals"),
    ("engagement", MISSING, "engagement", "missing"),
    ("engagement", [], "engagement", "An object"),
    ("engagement.code", "fin tax", "engagement.code", "capitals, digits and hyphens"),
    ("engagement.code", "F" * 41, "engagement.code", "3 to 40"),
    ("engagement.code", 7, "engagement.code", "A text"),
    ("engagement.title", None, "engagement.title", "missing"),
    ("engagement.title", "   ", "engagement.title", "missing"),
    ("engagement.start", "2024-02-30", "engagement.start", "not a date"),
    ("engagement.start", "01/02/2024", "engagement.start", "not a date"),
    ("engagement.start", "0001-01-01", "engagement.start", "year"),
    ("engagement.end", "9999-12-31", "engagement.end", "year"),
    ("engagement.end", "2023-12-31", "engagement.end", "before the start"),
    ("engagement.status", "begun", "engagement.status", "not one of"),
    ("engagement.status", "exited", "engagement.status", "act of its own"),
    ("engagement.sectors.0.percent", "60.5", "engagement.sectors", "100.5, not to 100"),
    ("engagement.sectors.0.percent", "-60", "engagement.sectors[0].percent", "above 0"),
    ("engagement.sectors.0.percent", "60.12345", "engagement.sectors[0].percent", "too many digits"),
    ("engagement.sectors.1.code", "15155", "engagement.sectors[1].code", "twice"),
    ("engagement.workstreams.1.code", "WS1", "engagement.workstreams[1].code", "twice"),
    ("engagement.workstreams", {}, "engagement.workstreams", "A list"),
    ("donors.0.type", "99", "donors[0].type", "not one of"),
    ("donors.0.kind", "gift", "donors[0].kind", "not one of"),
    ("donors.0.committed", "-1", "donors[0].committed", "below 0"),
    ("donors.0.committed", None, "donors[0].committed", "missing"),
    ("donors.0.committed", "NaN", "donors[0].committed", "not a number"),
    ("donors.0.committed", "1e3", "donors[0].committed", "not a number"),
    ("donors.0.committed", "1,750,000", "donors[0].committed", "not a number"),
    ("donors.0.committed", "١٧٥", "donors[0].committed", "not a number"),
    ("donors.0.committed", "9" * 40, "donors[0].committed", "too many digits"),
    ("donors.0.committed", int("9" * 40), "donors[0].committed", "too many digits"),
    ("donors.0.committed", "0.00001", "donors[0].committed", "too many digits"),
    ("donors.0.committed", True, "donors[0].committed", "not a number"),
    ("donors.0.committed", ["1"], "donors[0].committed", "not a number"),
    ("donors.0.received.1.date", "2024-13-01", "donors[0].received[1].date", "not a date"),
    ("donors.0.received.1.amount", "0.00", "donors[0].received[1].amount", "not 0"),
    ("donors.1.code", "MCF", "donors[1].code", "twice"),
    ("budget_rates_usd_per_unit.EUR", "0", "budget_rates_usd_per_unit.EUR", "above 0"),
    ("budget_rates_usd_per_unit.EUR", "-1.08", "budget_rates_usd_per_unit.EUR", "above 0"),
    ("budget_rates_usd_per_unit.EUR", "Infinity", "budget_rates_usd_per_unit.EUR", "not a number"),
    ("budget_rates_usd_per_unit.USD", "1.01", "budget_rates_usd_per_unit.USD", "One USD is one USD"),
    ("budget_rates_usd_per_unit.eur", "1", "budget_rates_usd_per_unit.eur", "three capitals"),
    ("budget_rates_eur_per_unit", {}, "budget_rates_eur_per_unit", "twice"),
    ("monthly_rates.3.month", "2024-13", "monthly_rates[3].month", "not a month"),
    ("monthly_rates.3.month", MISSING, "monthly_rates[3].month", "missing"),
    ("monthly_rates.3.usd_per_eur", "0", "monthly_rates[3].usd_per_eur", "above 0"),
    ("monthly_rates.3.eur_per_xcd", "0.34", "monthly_rates[3].eur_per_xcd", "between USD and another"),
    ("monthly_rates.3.month", "2024-01", "monthly_rates[3].month", "twice"),
    ("experts.1.code", "E1", "experts[1].code", "twice"),
    ("experts.1.kind", "local", "experts[1].kind", "not one of"),
    ("experts.1.daily_rate", "-620", "experts[1].daily_rate", "below 0"),
    ("experts.1.currency", MISSING, "experts[1].currency", "missing"),
    ("experts.1.name", "x" * 201, "experts[1].name", "201 characters"),
    ("deployments.2.expert", "E99", "deployments[2].expert", "no expert “E99”"),
    ("deployments.2.workstream", "WS9", "deployments[2].workstream", "no workstream “WS9”"),
    ("deployments.2.mode", "telepathy", "deployments[2].mode", "not one of"),
    ("deployments.2.fte", "1.01", "deployments[2].fte", "at most 1"),
    ("deployments.2.fte", "0", "deployments[2].fte", "above 0"),
    ("deployments.2.end", "2024-01-01", "deployments[2].end", "before the start"),
    ("deployments.2.planned_days", -1, "deployments[2].planned_days", "below 0"),
    ("cost_lines.3.category", "bribes", "cost_lines[3].category", "not one of"),
    ("cost_lines.3.currency", "dollars", "cost_lines[3].currency", "three capitals"),
    ("cost_lines.3.workstream", "WS9", "cost_lines[3].workstream", "no workstream"),
    ("cost_lines.3.donor", "XXX", "cost_lines[3].donor", "no donor “XXX”"),
    ("cost_lines.3.deployment", "D99", "cost_lines[3].deployment", "no deployment"),
    ("cost_lines.3.planned_quantity", "-1", "cost_lines[3].planned_quantity", "below 0"),
    ("cost_lines.3.planned_quantity", "12345678901", "cost_lines[3].planned_quantity", "too many digits"),
    ("cost_lines.3.unit_cost", "abc", "cost_lines[3].unit_cost", "not a number"),
    ("cost_lines.3.status", "lost", "cost_lines[3].status", "not one of"),
    ("cost_lines.3.planned_date", None, "cost_lines[3].planned_date", "missing"),
    ("cost_lines.3.actuals", "none", "cost_lines[3].actuals", "A list"),
    ("cost_lines.0.actuals.1.date", "soon", "cost_lines[0].actuals[1].date", "not a date"),
    ("cost_lines.0.actuals.1", 7, "cost_lines[0].actuals[1]", "An object"),
    ("cost_lines.3.code", "C01", "cost_lines[3].code", "twice"),
    ("indicators.0.aggregation", "guess", "indicators[0].aggregation", "not one of"),
    ("indicators.0.direction", "sideways", "indicators[0].direction", "not one of"),
    ("indicators.0.outcome", "O9", "indicators[0].outcome", "no outcome"),
    ("indicators.0.baseline.value", "high", "indicators[0].baseline.value", "not a number"),
    ("indicators.0.targets.1.date", "2024-12-31", "indicators[0].targets[1]", "another one"),
    ("indicators.0.targets.1.value", None, "indicators[0].targets[1].value", "missing"),
    ("indicators.0.observations.2.period", "2024-Q5", "indicators[0].observations[2].period", "not a period"),
    (
        "indicators.0.observations.2.period",
        "2024-06-30/2024-01-01",
        "indicators[0].observations[2].period",
        "ends before",
    ),
    (
        "indicators.0.observations.2.period",
        "2024-06-31/2024-07-01",
        "indicators[0].observations[2].period",
        "not a date",
    ),
    ("indicators.0.observations.2.period", "0000-Q1", "indicators[0].observations[2].period", "not a period"),
    ("indicators.0.observations.2.period", "9999-Q4", "indicators[0].observations[2].period", "not a period"),
    ("indicators.0.observations.2.period", "2400-Q4", "indicators[0].observations[2].period", "year"),
    ("indicators.0.observations.2.period", "2024-Q1", "indicators[0].observations[2]", "another one"),
    ("indicators.0.observations.2.denominator", None, "indicators[0].observations[2].denominator", "give both"),
    ("indicators.0.observations.2.value", "61", "indicators[0].observations[2].value", "is a ratio"),
    ("indicators.3.observations.2.numerator", "1", "indicators[3].observations[2].denominator", "give both"),
    ("indicators.4.observations.0.female", "18", "indicators[4].observations[0].value", "add up to 32"),
    ("indicators.5.observations.0.weight", MISSING, "indicators[5].observations[0].weight", "weighted mean"),
    ("indicators.5.observations.0.weight", "-1", "indicators[5].observations[0].weight", "below 0"),
    ("indicators.7.observations.1.value", "1.23456", "indicators[7].observations[1].value", "too many digits"),
    ("indicators.10.scale", None, "indicators[10].scale", "has a scale"),
    ("indicators.10.scale.1", "D", "indicators[10].scale", "each once"),
    ("indicators.10.scale", ["A"], "indicators[10].scale", "at least two"),
    ("indicators.10.baseline.value", "E", "indicators[10].baseline.value", "not on the scale"),
    ("indicators.10.targets.0.value", "E", "indicators[10].targets[0].value", "not on the scale"),
    ("indicators.10.observations.3.value", "E", "indicators[10].observations[3].value", "not on the scale"),
    ("indicators.0.scale", ["A", "B"], "indicators[0].scale", "no other has one"),
    ("results_framework.outcomes.1.code", "O1", "results_framework.outcomes[1].code", "twice"),
    ("milestones.0.due", None, "milestones[0].due", "missing"),
    ("milestones.0.rating", 5, "milestones[0].rating", "from 1 to 4"),
    ("milestones.0.rating", 2.5, "milestones[0].rating", "whole number"),
    ("risks.0.limitation", "weather", "risks[0].limitation", "not one of"),
    ("risks.0.likelihood", 6, "risks[0].likelihood", "from 1 to 5"),
    ("risks.0.impact", None, "risks[0].impact", "missing"),
    ("risks.0.residual_impact", None, "risks[0].residual_likelihood", "or not at all"),
    ("risks.0.status", "gone", "risks[0].status", "not one of"),
    ("engagements_of_others.0.country", "Financia", "engagements_of_others[0].country", "two capitals"),
    ("engagements_of_others.0.end", "2020-01-01", "engagements_of_others[0].end", "before the start"),
    ("engagements_of_others.0.budget", "-1", "engagements_of_others[0].budget", "below 0"),
    ("engagements_of_others.0.sectors.0", 15155, "engagements_of_others[0].sectors[0]", "A text"),
    ("evaluations.0.scale", "good to bad", "evaluations[0].scale", "lowest and a highest"),
    ("evaluations.0.scale", "6 to 1", "evaluations[0].scale", "lowest and a highest"),
    ("evaluations.0.ratings.impact", 7, "evaluations[0].ratings.impact", "from 1 to 6"),
    ("evaluations.0.kind", "mid", "evaluations[0].kind", "not one of"),
    ("evaluations.0.accepted", 6, "evaluations[0].accepted", "More are accepted"),
    ("exit_readiness.dimensions.0.weight", 0, "exit_readiness.dimensions[0].weight", "above 0"),
    ("exit_readiness.dimensions.0.mid", 4, "exit_readiness.dimensions[0].mid", "from 0 to 3"),
    (
        "exit_readiness.dimensions.1.name",
        "Legal mandate and rules in force",
        "exit_readiness.dimensions[1].name",
        "twice",
    ),
    ("meta.warning", "a\u0000b", "meta.warning", "cannot be kept"),
    ("engagement.title", "a\ud800b", "engagement.title", "cannot be kept"),
]


@pytest.mark.parametrize(("path", "value", "place", "says"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_fault_is_refused_in_one_sentence_at_its_place(financia, path, value, place, says):
    scenario = changed(financia, path, value)

    with pytest.raises(InvalidInput) as refusal:
        read(scenario)

    (fault,) = refusal.value.faults
    assert fault.place == place
    assert says in fault.message
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"{", "line 1, column 2"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "An object"),
        (b'"text"', "An object"),
        (b'{"meta": NaN}', "NaN is not a number"),
        (b'{"meta": -Infinity}', "-Infinity is not a number"),
        (b'{"meta": 1, "meta": 2}', "“meta” stands twice"),
        (b"[" * 200_000, "too deeply"),
        (b" " * 20_000_001, "larger than 20 MB"),
        (b'{"meta": ' + b"1" * 5000 + b"}", "An object"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_scenario_at_all_is_refused(content, says):
    with pytest.raises(InvalidInput, match=r"\A.+\Z") as refusal:
        read_scenario(content)

    assert says in refusal.value.message


def test_numbers_are_exact_whether_in_quotes_or_not():
    content = (
        b'{"meta": {"name": "S", "base_currency": "USD", "country": {"alpha2": "MD", "name": "M"}}, "engagement": '
        b'{"code": "ABC", "title": "T", "start": "2024-01-01", "end": "2024-12-31", "status": "closed"}, "donors": '
        b'[{"code": "D", "name": "D", "type": "10", "kind": "grant", "currency": "USD", "committed": 0.10}, '
        b'{"code": "E", "name": "E", "type": "10", "kind": "loan", "currency": "USD", "committed": "0.1"}]}'
    )

    first, second = read_scenario(content).donors

    assert first.committed == second.committed == Decimal("0.1")
    assert second.instrument == "loan_tied"


def test_missing_parts_are_empty():
    smallest = {
        "meta": {"name": "S", "base_currency": "USD"},
        "country": {"alpha2": "MD", "name": "Moldova"},
        "engagement": {"code": "ABC", "title": "T", "start": "2024-01-01", "end": "2024-01-01", "status": "pipeline"},
    }

    scenario = read(smallest)

    assert scenario.engagement.status == "pipeline"
    assert not any(
        (scenario.donors, scenario.cost_lines, scenario.indicators, scenario.dimensions, scenario.not_mapped)
    )


def test_what_has_no_column_is_kept_under_its_place(financia):
    financia["donors"][1]["contact"] = "Mr Smith"

    kept = read(financia).not_mapped

    assert kept["donors[GOF].contact"] == "Mr Smith"
    assert kept["meta.country.gdp_2023_usd"] == "1460000000.00"
    assert "engagement.title" not in kept


def test_quotes_are_of_one_currency_per_another_from_the_first_of_the_month(financia):
    quotes = {(quote.on, quote.base, quote.quote): quote.value for quote in read(financia).quotes}

    assert quotes[dt.date(2024, 1, 1), "EUR", "USD"] == Decimal("1.0905")
    assert quotes[dt.date(2024, 1, 1), "USD", "XCD"] == Decimal("2.70")


def test_a_missing_rate_is_not_there_and_is_no_fault(financia):
    financia["monthly_rates"][0]["usd_per_eur"] = None
    del financia["monthly_rates"][1]["usd_per_eur"]

    months = [quote.on.month for quote in read(financia).quotes if quote.base == "EUR"][:1]

    assert months == [3]
