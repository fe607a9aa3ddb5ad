"""What REST shows of engagements and of what hangs on them."""

import datetime as dt

import pytest

from programmes.models import Country, CountryFact, EngagementSector
from ta_portal.access.permissions import Role
from tests.factories import (
    CountryFactory,
    EngagementFactory,
    IndicatorFactory,
    InstitutionFactory,
    MilestoneFactory,
    ProgressReportFactory,
    RiskFactory,
    SectorFactory,
    UserFactory,
    days,
)

pytestmark = pytest.mark.django_db


def test_an_engagement_is_shown_with_codes_and_references_instead_of_keys(rest):
    engagement = EngagementFactory(ref="MDA-TAX-1", planned=days("2024-01-01", "2025-12-31"), modality="resident")
    EngagementSector.objects.create(engagement=engagement, sector=SectorFactory(), pct=100)

    shown = rest().get("engagements/MDA-TAX-1/")

    assert shown["id"] == str(engagement.public_id)
    assert shown["programme"] == engagement.programme.code
    assert shown["institution"] == engagement.institution.code
    assert shown["practice_area"] == "REV"
    assert (shown["planned_first_day"], shown["planned_last_day"]) == ("2024-01-01", "2025-12-31")
    assert (shown["actual_first_day"], shown["actual_last_day"]) == (None, None)
    assert shown["recipients"] == [{"country": "MD", "region": None, "pct": "100"}]
    assert shown["sectors"] == [{"sector": "15155", "pct": "100"}]


def test_an_open_end_is_null_and_not_a_day(rest):
    engagement = EngagementFactory(planned=days("2024-01-01", None))

    assert rest().get(f"engagements/{engagement.ref}/")["planned_last_day"] is None


def test_engagements_are_filtered_by_their_days(rest):
    EngagementFactory(ref="EARLY", planned=days("2020-01-01", "2021-12-31"))
    EngagementFactory(ref="LATE-ONE", planned=days("2024-01-01", "2025-12-31"))
    EngagementFactory(ref="OPEN-END", planned=days("2024-06-01", None))

    assert rest().codes("engagements/", "ref", planned_first_day__gte="2024-01-01") == ["LATE-ONE", "OPEN-END"]
    assert rest().codes("engagements/", "ref", planned_last_day__lte="2021-12-31") == ["EARLY"]
    assert rest().codes("engagements/", "ref", ordering="-planned_last_day") == ["OPEN-END", "LATE-ONE", "EARLY"]


def test_of_a_parent_that_one_may_not_see_not_even_the_reference_is_told(rest):
    parent = EngagementFactory(institution=InstitutionFactory(country=CountryFactory(iso2="KE")))
    part = EngagementFactory(parent=parent)

    assert rest(Role.VIEWER, engagement=part).get(f"engagements/{part.ref}/")["parent"] is None
    assert rest().get(f"engagements/{part.ref}/")["parent"] == parent.ref


def test_a_country_has_its_facts_beside_it(rest):
    country = Country.objects.get(iso2="MD")
    country.facts.all().delete()
    CountryFact.objects.create(country=country, year=2023, indicator="tax_to_gdp", value="31.2", source="IMF")

    shown = rest(Role.VIEWER, engagement=EngagementFactory()).get("countries/MD/")

    assert (shown["iso3"], shown["currency"]) == ("MDA", "MDL")
    assert shown["facts"] == [{"year": 2023, "indicator": "tax_to_gdp", "value": "31.2", "source": "IMF"}]


def test_an_indicator_carries_its_targets_in_the_order_of_their_dates(rest):
    indicator = IndicatorFactory(baseline="60.4")
    indicator.targets.create(due=dt.date(2025, 12, 31), value="78")
    indicator.targets.create(due=dt.date(2024, 12, 31), value="70.5")

    shown = rest().get(f"indicators/{indicator.public_id}/")

    assert shown["baseline"] == "60.4"
    assert [(target["due"], target["value"]) for target in shown["targets"]] == [
        ("2024-12-31", "70.5"),
        ("2025-12-31", "78"),
    ]


def test_a_risk_has_its_scores(rest):
    RiskFactory(likelihood=4, impact=5, residual_likelihood=2, residual_impact=4)
    RiskFactory(likelihood=1, impact=2)

    assert [(row["score"], row["residual"]) for row in rest().get("risks/")["results"]] == [(20, 8), (2, None)]
    assert rest().codes("risks/", "score", score__gte=10) == [20]


def test_a_progress_report_says_who_and_when_by_name(rest):
    author = UserFactory(full_name="Rosa Almeida")
    at = dt.datetime(2024, 4, 5, 12, tzinfo=dt.UTC)
    report = ProgressReportFactory(state="submitted", submitted_by=author, submitted_at=at)

    shown = rest().get(f"progress-reports/{report.public_id}/")

    assert shown["submitted_by"] == "Rosa Almeida"
    assert shown["submitted_at"] == "2024-04-05T12:00:00Z"
    assert author.email not in str(shown)


def test_the_root_lists_every_resource_and_each_answers(rest):
    asked = rest(Role.ADMINISTRATOR)

    for name, url in asked.get("").items():
        path = url.removeprefix("http://testserver")
        assert path == f"/api/v1/{name}/"
        assert asked.client.get(path).status_code == 200


def test_an_engagement_without_anything_still_answers_at_its_doors(rest):
    engagement = EngagementFactory()
    asked = rest(Role.FINANCE_OFFICER)

    results = asked.get(f"engagements/{engagement.ref}/results/")

    assert results["indicators"] == results["outcomes"] == []
    assert results["exit_readiness"] == {"score_pct": None, "ready": None}
    assert asked.get(f"engagements/{engagement.ref}/overlaps/")["overlaps"] == []
    assert asked.get(f"engagements/{engagement.ref}/exit-readiness/")["assessments"] == []


def test_results_are_of_the_day_that_was_asked_for(rest):
    milestone = MilestoneFactory(due=dt.date(2024, 6, 30), done=dt.date(2024, 7, 10))
    path = f"engagements/{milestone.engagement.ref}/results/"

    assert rest().get(path, as_of="2024-07-09")["milestones"]["done"] == 0
    assert rest().get(path, as_of="2024-07-10")["milestones"]["done"] == 1
