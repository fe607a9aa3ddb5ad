"""Who is deployed for how many days, at what cost; and what of it a reader may know."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from experts.api.answers import deployment_summary_answer
from experts.models import Grade, RateCard
from experts.selectors.summary import deployment_summaries, rate_viewer
from ta_portal.access.permissions import Role
from tests.factories import CurrencyFactory, DeploymentFactory, EngagementFactory, ExpertFactory, days
from tests.programmes.results.scenario import read

END = dt.date(2026, 2, 28)

pytestmark = pytest.mark.django_db


def load(scenario):
    own = scenario["engagement"]
    engagement = EngagementFactory(ref=own["code"], planned=days(own["start"], own["end"]))
    experts = {}
    for row in scenario["experts"]:
        experts[row["code"]] = ExpertFactory(kind=row["kind"], source=own["code"], source_code=row["code"])
        rate_card(experts[row["code"]], row["daily_rate"], row["currency"], days(own["start"], None))
    for row in scenario["deployments"]:
        DeploymentFactory(
            engagement=engagement, expert=experts[row["expert"]], code=row["code"], modality=row["mode"],
            during=days(row["start"], row["end"]), fte=row["fte"], planned_days=row["planned_days"],
            days_brought_forward=row["actual_days"], status="completed",
        )  # fmt: skip
    return engagement


def rate_card(expert, amount, currency="USD", during=None, **owner):
    return RateCard.objects.create(
        **(owner or {"expert": expert}), amount=Decimal(amount), currency=CurrencyFactory(code=currency),
        during=during or days("2024-01-01", None),
    )  # fmt: skip


def summary_of(engagement, as_of=END):
    return deployment_summaries([engagement.pk], as_of=as_of)[engagement.pk]


def one_expert(engagement=None, **more):
    """A deployment of somebody with a rate of 100.00 USD."""
    deployment = DeploymentFactory(**({"engagement": engagement} if engagement else {}), **more)
    rate_card(deployment.expert, "100")
    return deployment


def test_every_figure_of_financia_is_as_expected():
    expected = read("financia/expected.json")
    answer = deployment_summary_answer("FIN-TAX-2024", summary_of(load(read("financia/financia.json"))))

    assert set(answer["experts"]) == set(expected["deployment_by_expert"])
    for code, want in expected["deployment_by_expert"].items():
        got = answer["experts"][code]
        assert (got["deployments"], got["planned_days"], got["actual_days"]) == (
            want["deployments"], want["planned_days"], want["actual_days"],
        )  # fmt: skip
        assert (str(got["daily_rate"]), got["currency"]) == (want["daily_rate"], want["currency"])
        assert str(got["planned_cost_native"]) == want["planned_cost_native"]
        assert str(got["actual_cost_native"]) == want["actual_cost_native"]
        assert str(got["person_months"]) == want["person_months_at_21_days"]
        assert got["withheld"] is None
    assert answer["total_days"] == expected["deployment_days"]
    assert answer["overlaps"] == expected["deployment_same_expert_overlaps"]


def test_a_cancelled_deployment_is_left_out():
    deployment = one_expert()
    DeploymentFactory(engagement=deployment.engagement, expert=deployment.expert, status="cancelled")

    (expert,) = summary_of(deployment.engagement).experts.values()

    assert (expert.deployments, expert.planned_days) == (1, 220)


def test_days_are_worked_once_the_deployment_has_begun():
    deployment = one_expert(days_brought_forward=Decimal("10.5"))

    before, after = (summary_of(deployment.engagement, day) for day in (dt.date(2023, 12, 31), dt.date(2024, 1, 1)))

    assert (before.total_days.planned, before.total_days.actual) == (220, 0)
    assert next(iter(after.experts.values())).person_months == Fraction(1, 2)


def test_each_deployment_costs_the_rate_of_its_first_day():
    deployment = DeploymentFactory(planned_days=10)
    expert = deployment.expert
    DeploymentFactory(
        engagement=deployment.engagement, expert=expert, during=days("2025-01-01", "2025-03-31"), planned_days=10
    )
    rate_card(expert, "100", during=days("2023-01-01", "2024-12-31"))
    rate_card(expert, "110", during=days("2025-01-01", None))

    (summary,) = summary_of(deployment.engagement).experts.values()

    assert (summary.planned_cost_native, summary.daily_rate, summary.currency) == (Decimal("2100.00"), None, "USD")


def test_an_expert_without_a_rate_of_their_own_is_paid_by_grade():
    grade = Grade.objects.create(code="G5", name="Senior")
    deployment = DeploymentFactory(expert=ExpertFactory(grade=grade), planned_days=10)
    rate_card(None, "90.5", grade=grade)

    (summary,) = summary_of(deployment.engagement).experts.values()

    assert (summary.daily_rate, summary.planned_cost_native) == (Decimal("90.50"), Decimal("905.00"))


def test_without_a_rate_there_is_no_cost_and_never_a_zero():
    deployment = DeploymentFactory(days_brought_forward=5)

    (summary,) = summary_of(deployment.engagement).experts.values()

    assert (summary.daily_rate, summary.planned_cost_native, summary.actual_cost_native) == (None, None, None)
    assert (summary.actual_days, summary.withheld) == (5, False)


@pytest.mark.parametrize(("currency", "digits", "cost"), [("JPY", 0, "11"), ("KWD", 3, "10.501")])
def test_costs_have_the_minor_units_of_their_currency(currency, digits, cost):
    CurrencyFactory._meta.model.objects.update_or_create(
        code=currency, defaults={"minor_units": digits, "name": currency}
    )
    deployment = DeploymentFactory(planned_days=1)
    rate_card(deployment.expert, "10.5005", currency)

    (summary,) = summary_of(deployment.engagement).experts.values()

    assert str(summary.planned_cost_native) == cost


def test_two_people_whom_their_sources_call_alike_are_told_apart():
    engagement = EngagementFactory()
    experts = [ExpertFactory(source=source, source_code="E1") for source in ("A", "B")]
    for expert in experts:
        DeploymentFactory(engagement=engagement, expert=expert)

    assert set(summary_of(engagement).experts) == {expert.code for expert in experts}


def test_bookings_beyond_full_time_are_listed_with_the_days_they_share():
    deployment = one_expert(code="D1", fte="0.60")
    more = {"engagement": deployment.engagement, "expert": deployment.expert, "status": "proposed", "fte": "0.50"}
    DeploymentFactory(code="D2", during=days("2024-12-01", "2025-06-30"), **more)
    DeploymentFactory(code="D3", during=days("2025-07-01", None), **more)

    (overload,) = summary_of(deployment.engagement).overlaps

    assert (overload.deployments, overload.peak_fte) == (("D1", "D2"), Decimal("1.10"))
    assert (overload.days.first, overload.days.last) == (dt.date(2024, 12, 1), dt.date(2024, 12, 31))


def test_bookings_of_full_time_together_are_no_overload():
    deployment = one_expert(fte="0.50")
    DeploymentFactory(engagement=deployment.engagement, expert=deployment.expert, fte="0.50")

    assert summary_of(deployment.engagement).overlaps == []


def seen_by(user, engagement):
    return deployment_summary_answer(engagement.ref, summary_of(engagement).as_seen_by(rate_viewer(user, engagement)))


SECRET = (
    "planned_days",
    "actual_days",
    "person_months",
    "daily_rate",
    "currency",
    "planned_cost_native",
    "actual_cost_native",
)


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.ADMINISTRATOR])
def test_who_may_see_rates_sees_all(member, role):
    deployment = one_expert()

    (expert,) = seen_by(member(role), deployment.engagement)["experts"].values()

    assert None not in [expert[name] for name in SECRET]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LIAISON, Role.EVALUATOR])
def test_others_see_no_days_by_person_since_a_cost_divided_by_them_is_the_rate(member, role):
    engagement = EngagementFactory()
    one_expert(engagement), one_expert(engagement)

    answer = seen_by(member(role, engagement=engagement), engagement)

    for expert in answer["experts"].values():
        assert [expert[name] for name in SECRET] == [None] * len(SECRET)
        assert "rate.view" in expert["withheld"]
    assert answer["total_days"]["planned"] == 440


def test_the_total_of_days_goes_too_where_it_would_tell_of_one_person(member):
    deployment = one_expert()

    assert seen_by(member(Role.VIEWER), deployment.engagement)["total_days"] is None


def test_an_expert_sees_their_own_and_not_by_difference_that_of_the_one_colleague(member):
    engagement = EngagementFactory()
    user = member(Role.VIEWER, engagement=engagement)
    own, other = one_expert(engagement, expert=ExpertFactory(user=user)), one_expert(engagement)

    answer = seen_by(user, engagement)

    assert answer["experts"][own.expert.code]["daily_rate"] == 100
    assert answer["experts"][other.expert.code]["daily_rate"] is None
    assert answer["total_days"] is None


def test_many_engagements_cost_the_queries_of_one():
    keys = [one_expert().engagement_id for _ in range(5)]

    def queries(engagement_ids):
        with CaptureQueriesContext(connection) as asked:
            deployment_summaries(engagement_ids, as_of=END)
        return len(asked)

    assert queries(keys[:1]) == queries(keys) == 2
