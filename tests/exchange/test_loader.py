"""Scenarios into the tables: what stands there afterwards, twice the same, other content, and all of it or nothing."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.apps import apps

from costing.models import CostLine, ExchangeRate, LedgerEntry, LedgerValuation
from evaluations.models import ReadinessAssessment
from experts.models import Expert
from programmes.models import (
    Country,
    Engagement,
    Institution,
    Observation,
    Organisation,
    OutsideActivity,
)
from ta_portal.errors import InvalidInput
from ta_portal.exchange.models import LoadedScenario
from ta_portal.exchange.scenario.loader import LoadedDifferently, load_scenario
from tests.factories import EngagementFactory
from tests.racing import race

D = Decimal


def counted():
    """How many rows every table has: the whole state, but for what a refusal may never leave."""
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


def the(ref="FIN-TAX-2024"):
    return Engagement.objects.get(ref=ref)


# Moldova, with empty parts and overlapping periods


def test_moldova_comes_in_with_its_administrator_and_periods_that_overlap(load, moldova):
    load(moldova)

    engagement = the("MDA-TAX-2015")
    assert (engagement.iati_id, engagement.sample) == ("XI-IATI-WBTF-P127734", False)
    agreement = engagement.agreements.get()
    assert (agreement.contributor.code, agreement.administrator.code) == ("TF552001", "TF071624")
    assert CostLine.objects.get().category is None
    assert engagement.periods.count() == 1
    assert set(Observation.objects.values_list("indicator__code", "period_start", "period_end")) == {
        ("MD1", dt.date(2015, 12, 31), dt.date(2023, 11, 30)),
        ("MD2", dt.date(2015, 12, 31), dt.date(2023, 11, 30)),
        ("MD3", dt.date(2017, 1, 2), dt.date(2023, 11, 30)),
        ("MD4", dt.date(2020, 4, 1), dt.date(2021, 6, 30)),
    }


# Twice, and differently


def test_the_same_content_again_changes_nothing(load, moldova):
    load(moldova)
    before = counted()
    moldova["indicators"].reverse()

    again = load(moldova)

    assert not again.is_new
    assert again.counts["indicators"] == 4
    assert counted() == before


def test_other_content_under_the_same_reference_is_refused_with_the_differences(load, moldova):
    load(moldova)
    before = counted()
    moldova["cost_lines"][0]["unit_cost"] = moldova["cost_lines"][0]["planned_amount"] = "273030.49"

    with pytest.raises(LoadedDifferently) as refusal:
        load(moldova)

    assert 'cost_lines.L1.unit_cost was "273030.48" and is now "273030.49"' in refusal.value.message
    assert counted() == before


def test_an_engagement_that_no_file_made_is_not_overwritten(load, moldova):
    EngagementFactory(ref="MDA-TAX-2015")

    with pytest.raises(LoadedDifferently, match="not from a scenario file"):
        load(moldova)


def test_several_scenarios_live_in_one_database_and_share_what_they_share(load, financia):
    load(financia)
    second = json.loads(json.dumps(financia).replace("FIN-TAX-2024", "FIN-TAX-2025"))
    second["monthly_rates"][0]["usd_per_eur"] = "2.0000"

    load(second)

    first, other = the(), the("FIN-TAX-2025")
    assert first.institution == other.institution
    assert first.programme != other.programme
    assert Organisation.objects.filter(code="MCF").count() == 1
    assert Expert.objects.filter(source_code="E1").count() == 2
    assert OutsideActivity.objects.count() == 5
    assert set(ExchangeRate.objects.filter(on_date="2024-01-01", base="EUR").values_list("source", "value")) == {
        ("scenario:FIN-TAX-2024", D("1.0905")),
        ("scenario:FIN-TAX-2025", D(2)),
    }


def test_others_may_use_one_code_for_two_things_in_two_files(load):
    pilot = {
        "code": "PILOT",
        "donor": "NDA",
        "title": "Pilot",
        "country": "XG",
        "start": "2024-01-01",
        "sectors": ["15155"],
    }

    load({**small(), "engagements_of_others": [pilot]})
    load({**small("GON-2"), "engagements_of_others": [pilot]})
    load({**small("GON-3"), "engagements_of_others": [{**pilot, "title": "Another pilot"}]})

    assert set(OutsideActivity.objects.values_list("source", "code", "title")) == {
        ("scenario:GON-1", "PILOT", "Pilot"),
        ("scenario:GON-3", "PILOT", "Another pilot"),
    }


# What the file says that the database knows better


def _set(path, value):
    def change(scenario):
        node = scenario
        *way, last = path
        for step in way:
            node = node[step]
        node[last] = value

    return change


KNOWN_BETTER = {
    "a currency that is none": (_set(("cost_lines", 3, "currency"), "XYZ"), "cost_lines[3].currency", "XYZ"),
    "a base currency that is none": (
        _set(("monthly_rates", 0, "usd_per_qqq"), "1"),
        "monthly_rates[0].usd_per_qqq",
        "QQQ",
    ),
    "a sector that is none": (
        _set(("engagement", "sectors", 0, "code"), "99999"),
        "engagement.sectors[0].code",
        "99999",
    ),
    "an area that is none": (_set(("engagement", "area"), "Astrology"), "engagement.area", "Revenue and tax"),
    "an indicator that is none": (_set(("indicators", 0, "catalogue"), "REV-99"), "indicators[0].catalogue", "REV-99"),
    "cents of a cent": (
        _set(("cost_lines", 0, "actuals", 0, "amount"), "1.005"),
        "cost_lines[0].actuals[0].amount",
        "more decimals than USD has: 2",
    ),
    "a product that is none": (
        _set(("cost_lines", 0, "planned_amount"), "147200.01"),
        "cost_lines[0].planned_amount",
        "which is 147200.00",
    ),
    "another country's code": (_set(("meta", "country", "alpha2"), "MD"), "meta.country.alpha3", "Moldova"),
    "a code that is taken": (_set(("meta", "country", "alpha3"), "MDA"), "meta.country.iso3", "MDA is taken"),
    "a private recipient": (_set(("engagement", "counterpart"), "Tax Ltd"), "engagement.counterpart", "private"),
    "an expert in two places": (_set(("deployments", 3, "start"), "2024-03-15"), "deployments[3]", "1.40"),
    "two assessments on one day": (_set(("evaluations", 0, "date"), "2024-01-01"), "exit_readiness.mid", "already"),
}


@pytest.mark.parametrize("case", KNOWN_BETTER)
def test_a_refusal_names_the_place_and_leaves_nothing_behind(load, financia, case):
    change, place, says = KNOWN_BETTER[case]
    change(financia)
    before = counted()

    with pytest.raises(InvalidInput) as refusal:
        load(financia)

    assert refusal.value.message.startswith(place)
    assert says in refusal.value.message
    assert counted() == before


@pytest.mark.parametrize(("key", "known", "other"), [("name", "Fund of Japan", "Another Fund"), ("type", "10", "40")])
def test_a_donor_known_under_another_name_is_refused_with_the_difference(load, key, known, other):
    load(small())
    second = small("GON-2")
    second["donors"][0][key] = other

    with pytest.raises(InvalidInput) as refusal:
        load(second)

    assert refusal.value.message == f"donors[0].{key}: JF is known with “{known}”, the file says “{other}”."


def test_an_invented_country_keeps_its_name(load):
    load(small())
    second = small("GON-2")
    second["country"]["name"] = "Angria"

    with pytest.raises(InvalidInput, match="XG is known as “Gondal”"):
        load(second)


# Other scenarios of the format


def small(ref="GON-1"):
    """An active engagement in an invented country, in yen and dinars, with rates that go missing."""
    line = {"workstream": None, "description": "", "unit": "day", "deployment": None, "status": "planned"}
    return {
        "meta": {"name": "Small", "base_currency": "KWD"},
        "country": {"alpha2": "XG", "alpha3": "XGO", "name": "Gondal"},
        "engagement": {
            "code": ref,
            "title": "Small",
            "start": "2023-01-01",
            "end": "2024-12-31",
            "status": "implementation",
        },
        "donors": [
            {
                "code": "JF",
                "name": "Fund of Japan",
                "type": "10",
                "kind": "reimbursable",
                "currency": "JPY",
                "committed": "0",
            }
        ],
        "budget_rates_kwd_per_unit": {"JPY": "0.00207"},
        "monthly_rates": [{"month": "2023-01", "jpy_per_kwd": "483.5"}, {"month": "2023-02", "jpy_per_kwd": None}],
        "cost_lines": [
            {
                **line,
                "code": "A",
                "category": "fee",
                "donor": "JF",
                "currency": "JPY",
                "planned_quantity": "1.5",
                "unit_cost": "333",
                "planned_amount": "500",
                "planned_date": "2023-01-01",
                "actuals": [{"date": "2023-03-03", "amount": "-7"}, {"date": "2023-03-04", "amount": "500"}],
            },
            {
                **line,
                "code": "B",
                "category": None,
                "donor": None,
                "currency": "EUR",
                "planned_quantity": 2,
                "unit_cost": 1.25,
                "planned_date": "2023-01-01",
                "actuals": [{"date": "2023-05-05", "amount": "2.50"}],
            },
        ],
        "exit_readiness": {"dimensions": [{"name": "Law", "weight": 1, "start": None, "mid": 2}]},
    }


def test_a_small_scenario_in_yen_and_dinars_with_rates_missing(load):
    loaded = load(small())

    engagement = the("GON-1")
    assert (engagement.status, engagement.actual.upper) == ("active", None)
    amounts = {line.key.code: (line.amount, line.category, line.outside) for line in CostLine.objects.all()}
    assert amounts == {"A": (D(500), None, "fee"), "B": (D("2.5"), None, None)}
    assert set(LedgerEntry.objects.values_list("external_ref", "amount", "currency")) == {
        ("A/1", D(-7), "JPY"),
        ("A/2", D(500), "JPY"),
        ("B/1", D("2.5"), "EUR"),
    }
    # January's rate serves 31 days beyond its month, to 3 March.
    assert set(LedgerValuation.objects.values_list("entry__external_ref", flat=True)) == {"A/1"}
    assert [warning.split(":")[0] for warning in loaded.warnings] == [
        "There is no budget rate for EUR",
        "There is no rate for A/2, JPY on 2023-03-04",
        "There is no rate for B/1, EUR on 2023-05-05",
        "There is no mid-term evaluation",
    ]
    assert ReadinessAssessment.objects.get().on_date == dt.date(2024, 1, 1)


def test_salaries_that_are_not_days_times_rate_stand_with_a_warning(load, financia):
    financia["deployments"][0]["planned_days"] = 229

    (warning,) = load(financia).warnings

    assert warning.startswith("cost_lines[0] (C01) is not 229 days of E1 at 640.00 USD")
    assert CostLine.objects.get(key__code="C01").amount == D(147200)


def test_a_falling_indicator_is_no_fault(load, financia):
    for number, observation in enumerate(financia["indicators"][11]["observations"]):
        observation["value"] = str(80 - 10 * number)

    load(financia)

    assert Observation.objects.filter(indicator__code="I12").order_by("-period_start").first().value == D(10)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("pipeline", "pipeline"),
        ("implementation", "active"),
        ("finalisation", "completed"),
        ("closed", "completed"),
        ("suspended", "suspended"),
        ("cancelled", "cancelled"),
    ],
)
def test_statuses_of_the_iati_kind_map_onto_ours(load, written, status):
    scenario = small()
    scenario["engagement"]["status"] = written

    load(scenario)

    assert the("GON-1").status == status


def test_a_code_of_no_country_loads_with_a_warning(load):
    scenario = small()
    scenario["country"] = {"alpha2": "YZ", "name": "Nowhere"}

    assert any("YZ is no country's code" in warning for warning in load(scenario).warnings)
    assert Country.objects.get(pk="YZ").user_assigned


@pytest.mark.django_db(transaction=True)
def test_two_who_load_one_file_at_once_load_it_once():
    content = json.dumps(small()).encode("utf-8")

    outcomes = race([lambda: load_scenario(content)] * 2)

    assert sorted(found.is_new for found in outcomes) == [False, True]
    assert LoadedScenario.objects.count() == Institution.objects.count() + 1 == 1
