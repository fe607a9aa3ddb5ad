"""What it will have cost: by the rule, in SQL as in the domain, and on the pages of those who may know it."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from costing.domain.forecast import Outlook, forecast_of, outlooks
from costing.domain.vocabulary import Category
from costing.models import Budget
from costing.selectors import costs as selectors
from ta_portal.access.permissions import Role
from tests.costing import oracle
from tests.costing.portfolios import CODES, DIGITS, days, portfolios
from tests.costing.test_three_ways import MANY, SOME, in_database, known_at, pure_items, targets, unit_of
from tests.factories import (
    BudgetFactory,
    CostLineFactory,
    EngagementFactory,
    LedgerEntryFactory,
    MembershipFactory,
    UserFactory,
)
from tests.factories import days as during
from tests.web import Page

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
AMOUNTS = st.decimals(-(10**18), 10**18, places=4, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("actual", "committed", "ahead", "forecast"),
    [
        (0, 0, 0, 0),
        (70, 0, 0, 70),  # spent, and nothing more is known of
        (70, 100, 0, 100),  # the rest of what is committed
        (70, 100, 20, 100),  # a line to come is part of that rest
        (70, 100, 50, 120),  # more is planned than is committed
        (70, 50, 0, 70),  # more is paid than was committed
        (70, 50, 10, 80),
        (-5, 0, 0, 0),  # refunded: what was committed, nothing, is still to come
    ],
)
def test_what_is_spent_and_the_greater_of_what_is_unpaid_and_what_is_ahead(actual, committed, ahead, forecast):
    assert Outlook(Decimal(actual), Decimal(committed), Decimal(ahead)).forecast == forecast


@SOME
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS.map(abs)), min_size=1, max_size=50))
def test_the_rule_in_sql_is_the_rule_of_the_domain(rows):
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ta_forecast(a, c, h) FROM unnest(%s::numeric[], %s::numeric[], %s::numeric[]) AS row (a, c, h)",
            columns,
        )
        assert [found for (found,) in cursor.fetchall()] == [Outlook(*row).forecast for row in rows]


@MANY
@given(portfolios, targets, days, known_at)
def test_each_engagement_is_forecast_as_by_the_oracle(portfolio, target, as_of, known):
    with in_database(portfolio) as plans:
        found = selectors.outlooks(list(plans), currency=target, as_of=as_of, cut_off=known)
        assert list(found) == list(plans)
        for key, plan in plans.items():
            unit = unit_of(plan, target)
            in_sql = {bucket: said.outlook for bucket, said in found[key].items()}
            expected = oracle.forecasts(oracle.figures(portfolio, plan, unit.code, as_of, known), as_of)
            assert in_sql == outlooks(pure_items(portfolio, plan, unit, as_of, known), as_of)
            assert in_minor_units(forecast_of(in_sql).parts, unit.digits) == expected


@SOME
@given(portfolios, st.sampled_from(CODES), days, known_at)
def test_a_portfolio_is_forecast_as_the_sum_of_its_engagements(portfolio, target, as_of, known):
    with in_database(portfolio) as plans:
        found = selectors.portfolio_costs(list(plans), with_detail=[], currency=target, as_of=as_of, cut_off=known)
        expected = Counter()
        for plan in plans.values():
            for bucket, units in oracle.forecasts(oracle.figures(portfolio, plan, target, as_of, known), as_of).items():
                expected[bucket] += units
        told = {
            bucket: units for bucket, units in in_minor_units(found.forecast.parts, DIGITS[target]).items() if units
        }
        assert told == {bucket: units for bucket, units in expected.items() if units}
        assert in_minor_units({None: found.forecast.of("charged")}, DIGITS[target])[None] == sum(expected.values())
        formula = sum(units for bucket, units in expected.items() if isinstance(bucket, Category))
        assert in_minor_units({None: found.forecast.of("total")}, DIGITS[target])[None] == formula


def in_minor_units(parts, digits):
    return {bucket: Fraction(amount) * 10**digits for bucket, amount in parts.items()}


@pytest.fixture
def engagement():
    """Travel: 300 spent of 1,000 committed, 400 still planned. Equipment: 250 spent, nothing committed, 800 planned."""
    made = EngagementFactory()
    budget = BudgetFactory(engagement=made)
    began, later = TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=30)
    for category, first_day, amount in (
        ("travel_accommodation", began, 900),
        ("travel_accommodation", later, 400),
        ("equipment", TODAY, 250),
        ("equipment", later, 800),
    ):
        planned = during(first_day.isoformat(), (first_day + dt.timedelta(days=9)).isoformat())
        CostLineFactory(budget=budget, category=category, quantity=1, unit_cost=amount, planned=planned)
    Budget.objects.filter(pk=budget.pk).update(
        state="approved", approved_by=UserFactory(), approved_at=timezone.now() - dt.timedelta(days=1)
    )
    post(made, "travel_accommodation", commitment=1000, expenditure=300)
    post(made, "equipment", expenditure=250)
    return made


def post(engagement, category, **amounts):
    for kind, amount in amounts.items():
        LedgerEntryFactory(engagement=engagement, kind=kind, category=category, amount=amount, on_date=TODAY)


class TestOnThePages:
    def test_the_costs_say_it_beside_what_is_spent(self, engagement, signed_in):
        page = Page(signed_in(Role.FINANCE_OFFICER).get(f"/engagements/{engagement.ref}/costs/"))

        told = {
            row[0]: row[page.table("Costs, USD").head.index("Forecast")] for row in page.table("Costs, USD").rows[1:]
        }
        assert told == {
            "Expert salaries": "0.00",
            "Travel and accommodation": "1,000.00",
            "Training materials": "0.00",
            "Equipment": "1,050.00",
            "Logistics": "0.00",
            "Total": "2,050.00",
        }

    @pytest.mark.parametrize("query", ["?by=quarter", "?by=workstream", "?basis=actual"])
    def test_another_grouping_has_none(self, engagement, signed_in, query):
        page = Page(signed_in(Role.FINANCE_OFFICER).get(f"/engagements/{engagement.ref}/costs/{query}"))

        assert "Forecast" not in page.table("Costs").head

    def test_a_first_page_and_a_portfolio_say_the_same(self, engagement, signed_in):
        client = signed_in(Role.FINANCE_OFFICER)

        for address in (f"/engagements/{engagement.ref}/", "/portfolio/"):
            assert Page(client.get(address)).table("Costs, USD").row("Total")["Forecast"] == "2,050.00"

    def test_a_portfolio_adds_up_what_each_engagement_comes_to(self, engagement, signed_in):
        # Its commitment of 5,000 is open; the other's 700 is not made less by it, nor its own plan more.
        post(EngagementFactory(programme=engagement.programme), "equipment", commitment=5000)
        page = Page(signed_in(Role.FINANCE_OFFICER).get("/portfolio/"))

        assert page.table("Costs, USD").row("Equipment")["Forecast"] == "6,050.00"

    def test_every_forecast_is_the_foot_of_its_own_explanation(self, engagement, signed_in):
        client = signed_in(Role.FINANCE_OFFICER)
        post(EngagementFactory(programme=engagement.programme), "equipment", commitment=5000)

        for address in (f"/engagements/{engagement.ref}/costs/", "/portfolio/"):
            links = forecasts_of(Page(client.get(address)))
            assert len(links) == 6
            for link, figure in links:
                explained = Page(client.get(link))
                assert explained.shown_at("figure") == explained.shown_at("foot") == figure, link

    def test_its_explanation_works_it_out_category_by_category(self, engagement, signed_in):
        client = signed_in(Role.FINANCE_OFFICER)
        page = Page(client.get(f"/engagements/{engagement.ref}/costs/explain/?basis=forecast&group=total"))

        parts, later = page.table("Category by category"), page.table("Planned to begin later")
        assert parts.row("Travel")["Committed, not paid"] == "700.00"
        assert parts.row("Travel")["Planned for later"] == "400.00"
        assert parts.row("Equipment")["Forecast"] == "1,050.00"
        assert later.rows[-1][-1] == "1,200.00"
        assert any("basis=actual" in link and "group=equipment" in link for link in page.links)

    def test_a_portfolios_leads_on_to_each_engagements(self, engagement, signed_in):
        client = signed_in(Role.FINANCE_OFFICER)
        page = Page(client.get("/portfolio/explain/?basis=forecast&group=equipment"))

        (link,) = [link for link in page.links if engagement.ref in link]
        assert Page(client.get(link)).shown_at("figure") == "1,050.00"

    def test_who_may_not_see_what_an_engagements_figure_is_made_of_is_led_to_its_costs(
        self, engagement, member, client
    ):
        client.force_login(member(Role.LIAISON, institution=engagement.institution))
        page = Page(client.get("/portfolio/explain/?basis=actual&group=equipment"))

        (link,) = [link for link in page.links if engagement.ref in link]
        assert link == f"/engagements/{engagement.ref}/costs/"
        assert client.get(link).status_code == 200

    def test_what_has_no_rate_is_told_and_not_added(self, engagement, signed_in):
        client = signed_in(Role.FINANCE_OFFICER)

        for address in (f"/engagements/{engagement.ref}/costs/", "/portfolio/"):
            page = Page(client.get(f"{address}explain/?basis=forecast&group=total&currency=EUR"))
            assert page.shown_at("figure") == page.shown_at("foot") == "0.00"
            # Two lines to come, two expenditures, a commitment.
            assert re.search(r"\b5 items are left out", page.text)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EVALUATOR, Role.LIAISON, Role.AUDITOR])
class TestWhoMayNotKnowARate:
    """From day to day it would tell when which salary line begins, and what it comes to."""

    def test_sees_no_forecast_and_who_opens_it(self, role, engagement, signed_in):
        client = signed_in(role, institution=engagement.institution)

        for address in (f"/engagements/{engagement.ref}/costs/", "/portfolio/"):
            page = Page(client.get(address))
            assert "Forecast" not in page.table("Costs, USD").head
            assert "The forecast is not shown to your role" in page.text
            assert "Administrator, Programme officer, Finance officer" in page.text
        assert "Forecast" not in Page(client.get(f"/engagements/{engagement.ref}/")).table("Costs, USD").head

    def test_is_explained_none(self, role, engagement, signed_in):
        client = signed_in(role, institution=engagement.institution)

        for address in (f"/engagements/{engagement.ref}/costs/", "/portfolio/"):
            assert client.get(f"{address}explain/?basis=forecast&group=equipment").status_code == 403


def test_one_engagement_whose_rates_are_closed_closes_the_portfolios_forecast(engagement, member):
    """The others' own forecasts would tell its part as the difference."""
    user, other = member(Role.FINANCE_OFFICER, engagement=engagement), EngagementFactory()
    MembershipFactory(user=user, role=Role.VIEWER.value, scope_kind="engagement", engagement=other)
    client = Client()
    client.force_login(user)

    assert "Forecast" not in Page(client.get("/portfolio/")).table("Costs, USD").head
    assert client.get("/portfolio/explain/?basis=forecast").status_code == 403
    assert "Forecast" in Page(client.get(f"/portfolio/?q={engagement.ref}")).table("Costs, USD").head


def forecasts_of(page):
    found = re.findall(r'<a href="([^"]*basis=forecast[^"]*)">\s*<bdi dir="ltr">([^<]*)</bdi>', page.html)
    return [(unescape(address), figure) for address, figure in found]
