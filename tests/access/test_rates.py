"""A named person's rate, attacked: everything that somebody without RATE_VIEW can get, put together.

Two engagements: on one a single adviser is paid month by month; on the other two, and a colleague who is the attacker.
"""

import datetime as dt
import functools
import itertools
import json
import math
import re
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.utils import timezone

from costing.models import RateSource
from ta_portal.access.permissions import Role
from ta_portal.ui.seals import seal
from tests import factories as f
from tests.access.world import new_member
from tests.factories import days
from tests.rest import Rest

pytestmark = pytest.mark.django_db

RATE, SECOND_RATE = 457, 389
# Days worked by the end of each month, so that the payments have the rate as their common divisor.
WORKED = (19, 20, 21, 18, 22, 20)
# The payments are known from today on, so nothing is asked of an earlier now.
TODAY = timezone.localdate()
WITHOUT_RATES = (Role.EVALUATOR, Role.LIAISON, Role.VIEWER, Role.AUDITOR)
# The ends of years, and the days before, on and after each payment, every first of a month among them.
_OF_TWO_YEARS = [dt.date(2023, 12, 31) + dt.timedelta(days=number) for number in range(430)]
DAYS = [day for day in _OF_TWO_YEARS if day.day in (1, 27, 28, 29, 31)]


@pytest.fixture(scope="module")
def paid(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        alone, team = _engagement("ALONE-1"), _engagement("TEAM-1")
        user = f.UserFactory(email="colleague@firm.example")
        _paid(alone, "E-7001", RATE, "2024-01-01", "USD")
        _paid(team, "E-7002", RATE, "2024-01-01", "CHF")
        _paid(team, "E-7003", SECOND_RATE, "2024-03-01", "USD")
        _paid(team, "E-7004", 311, "2024-02-01", "USD", user=user)
        yield {"alone": alone, "team": team, "colleague": user}
        transaction.set_rollback(True)


def _engagement(ref):
    RateSource.objects.get_or_create(code="none", pivot=f.CurrencyFactory(), frequency="daily", grace_days=7)
    made = f.EngagementFactory(ref=ref, planned=days("2024-01-01", "2024-12-31"))
    f.FundingAgreementFactory(engagement=made, code="A")
    f.BudgetFactory(engagement=made, version=1)
    return made


def _paid(engagement, code, rate, first_day, currency, user=None):
    """An expert with a rate, a deployment, a line of the budget, and a payment for each month's days."""
    expert = f.ExpertFactory(code=code, user=user)
    unit = f.CurrencyFactory(code=currency)
    f.experts.RateCard.objects.create(expert=expert, amount=rate, currency=unit, during=days("2020-01-01", None))
    deployment = f.DeploymentFactory(
        engagement=engagement,
        expert=expert,
        code=f"D{code[-1]}",
        fte=Decimal("0.50"),
        planned_days=Decimal(sum(WORKED)),
        days_brought_forward=Decimal(sum(WORKED)),
        during=days(first_day, "2024-12-31"),
    )
    budget = engagement.budgets.get()
    key = f.costing.CostLineKey.objects.create(engagement=engagement, code=f"S{code[-1]}")
    f.CostLineFactory(
        budget=budget,
        key=key,
        category="salaries",
        deployment=deployment,
        unit="day",
        quantity=sum(WORKED),
        unit_cost=rate,
        currency=unit,
    )
    for month, worked in enumerate(WORKED, 3):
        paid = {"category": "salaries", "amount": worked * rate, "currency": unit, "line_key": key}
        f.LedgerEntryFactory(engagement=engagement, on_date=dt.date(2024, month, 28), **paid)


@pytest.fixture
def attacker(paid):
    def make(role, engagement):
        if role is Role.EXPERT:
            return Rest(paid["colleague"])
        return Rest(new_member(role, institution=engagement.institution))

    return make


def salaries_by_day(rest, ref, **asked):
    """What salaries come to as of each day on which they are told."""
    found = {}
    for day in DAYS:
        answer = rest.ask(f"engagements/{ref}/costs/", as_of=day.isoformat(), basis="actual", **asked)
        if answer.status_code == 200:
            found[day] = Decimal(answer.json()["groups"]["salaries"])
    return found


def payments(totals):
    """What lies between one total and the next."""
    steps = [later - earlier for earlier, later in itertools.pairwise(totals)]
    return [step for step in [totals[0] if totals else 0, *steps] if step]


def common_divisor(amounts):
    return functools.reduce(math.gcd, map(int, amounts)) if len(amounts) > 1 else 0


def test_with_the_permission_the_attack_finds_the_rate(paid, attacker):
    """It has teeth: the totals of a few days are enough."""
    seen = salaries_by_day(attacker(Role.FINANCE_OFFICER, paid["alone"]), "ALONE-1")

    assert len(seen) == len(DAYS)
    assert common_divisor(payments(list(seen.values()))) == RATE


@pytest.mark.parametrize("role", WITHOUT_RATES)
def test_totals_from_day_to_day_tell_no_payment(role, paid, attacker):
    seen = salaries_by_day(attacker(role, paid["alone"]), "ALONE-1")

    # Each year's end, and today or later: no more than `by=year` tells.
    assert set(seen) == {day for day in DAYS if (day.month, day.day) == (12, 31) or day >= TODAY}
    assert payments(list(seen.values())) == [sum(WORKED) * RATE]


@pytest.mark.parametrize("role", WITHOUT_RATES)
@pytest.mark.parametrize("door", ["costs", "cost-comparison", "funding"])
def test_no_money_door_opens_on_a_day_within_a_year(role, door, paid, attacker):
    rest = attacker(role, paid["alone"])

    assert rest.ask(f"engagements/ALONE-1/{door}/", as_of="2024-06-30").status_code == 403
    assert rest.ask(f"engagements/ALONE-1/{door}/", as_of="2024-12-31").status_code == 200
    assert rest.ask(f"engagements/ALONE-1/{door}/").status_code == 200


def test_the_page_takes_such_a_day_as_a_mistake_and_shows_today(paid, attacker):
    asked = attacker(Role.LIAISON, paid["alone"]).client.get(
        "/engagements/ALONE-1/costs/?as_of=2024-06-30&basis=actual"
    )
    today = attacker(Role.LIAISON, paid["alone"]).client.get("/engagements/ALONE-1/costs/?basis=actual")

    assert asked.status_code == 422
    total = f"{sum(WORKED) * RATE:,}.00"
    assert total in asked.content.decode()
    assert total in today.content.decode()


def test_reports_do_not_tell_what_the_doors_withhold(paid, attacker):
    evaluator = attacker(Role.EVALUATOR, paid["alone"])

    asked = {day: evaluator.post("impact-reports/", {"scope": "engagement:ALONE-1", "as_of": day}) for day in (
        "2024-06-30", "2024-12-31", None
    )}  # fmt: skip

    assert [answer.status_code for answer in asked.values()] == [403, 202, 202]
    assert "rate.view" in asked["2024-06-30"].json()["detail"]
    officer = attacker(Role.PROGRAMME_OFFICER, paid["alone"])
    assert officer.post("impact-reports/", {"scope": "engagement:ALONE-1", "as_of": "2024-06-30"}).status_code == 202


@pytest.mark.parametrize("role", [*WITHOUT_RATES, Role.EXPERT])
@pytest.mark.parametrize("by", ["line", "workstream", "donor", "currency", "quarter"])
def test_no_grouping_tells_one_persons_pay(role, by, paid, attacker):
    rest = attacker(role, paid["team"])

    for door in ("costs", "cost-comparison"):
        assert rest.ask(f"engagements/TEAM-1/{door}/", by=by).status_code == 403
    assert rest.client.get(f"/engagements/TEAM-1/costs/?by={by}").status_code == 403


@pytest.mark.parametrize("role", [*WITHOUT_RATES, Role.EXPERT])
def test_a_currency_does_not_tell_those_who_are_paid_in_it(role, paid, attacker):
    # There are no rates: in francs only the one who is paid in francs would be left.
    rest = attacker(role, paid["team"])

    for door in ("costs", "cost-comparison"):
        answer = rest.ask(f"engagements/TEAM-1/{door}/", currency="CHF")
        assert answer.status_code == 403
        assert "rate.view" in answer.json()["detail"]
    assert rest.client.get("/engagements/TEAM-1/costs/?currency=CHF").status_code == 403
    assert rest.ask("engagements/TEAM-1/costs/", currency="USD").status_code == 200
    assert (
        attacker(Role.FINANCE_OFFICER, paid["team"]).ask("engagements/TEAM-1/costs/", currency="CHF").status_code == 200
    )


@pytest.mark.parametrize("role", [*WITHOUT_RATES, Role.EXPERT])
def test_days_are_not_told_by_the_totals_of_two_days(role, paid, attacker):
    rest = attacker(role, paid["team"])

    told = [rest.get("engagements/TEAM-1/deployment-summary/", as_of=day.isoformat())["total_days"] for day in DAYS]

    # Once all have begun there is one total, and it never moves.
    assert {json.dumps(total) for total in told if total} == {json.dumps({"planned": "360", "actual": "360"})}
    assert told[0] is None


@pytest.mark.parametrize("role", WITHOUT_RATES)
def test_the_days_of_one_alone_are_not_told(role, paid, attacker):
    summary = attacker(role, paid["alone"]).get("engagements/ALONE-1/deployment-summary/")

    assert summary["total_days"] is None
    assert {
        value for name, value in summary["experts"]["E-7001"].items() if name not in ("deployments", "withheld")
    } == {None}


def everything_of(rest, ref):
    """Every page and every answer of REST about an engagement, and its lists in whatever form they come."""
    tabs = ("", "workplan/", "results/", "risks/", "activity/", "experts/", "costs/", "costs/?basis=planned", "exit/")
    yield from (f"/engagements/{ref}/{tab}" for tab in tabs)
    yield from (
        "/engagements/",
        "/reports/",
        "/portfolio/",
        "/history/",
        "/history/export.csv",
        "/account/",
        f"/search/?q={ref}",
    )
    yield f"/funding/{ref}/A/"
    for figure in ("actual", "planned", "committed", "forecast", "variance", "share_of_actual_pct"):
        yield f"/engagements/{ref}/costs/explain/?group=salaries&basis={figure}"
        yield f"/portfolio/explain/?q={ref}&group=salaries&basis={figure}"
    found = f.programmes.Engagement.objects.get(ref=ref)
    yield from (f"/institutions/{found.institution.code}/", f"/programmes/{found.programme.code}/")
    yield from (f"/donors/{found.agreements.get().contributor.code}/", "/countries/MD/", "/donors/", "/programmes/")
    doors = ("costs", "cost-comparison", "funding", "results", "deployment-summary", "overlaps", "exit-readiness")
    yield from (f"/api/v1/engagements/{ref}/{door}/" for door in doors)
    lists = (
        "engagements",
        "experts",
        "deployments",
        "budgets",
        "cost-lines",
        "ledger-entries",
        "impact-reports",
        "jobs",
    )
    yield from (f"/api/v1/{name}/" for name in lists)


@pytest.mark.parametrize("role", [*WITHOUT_RATES, Role.EXPERT])
def test_neither_a_rate_nor_a_days_count_nor_a_payment_stands_anywhere(role, paid, attacker):
    engagement = paid["team"] if role is Role.EXPERT else paid["alone"]
    rest = attacker(role, engagement)
    numbers = [f"{RATE}.00", *(f"{worked * RATE}" for worked in WORKED), *(f"{worked * RATE:,}" for worked in WORKED)]
    marked = [f'"{RATE}"', f">{RATE}<"]
    marked += [f'"{sum(WORKED)}"', f">{sum(WORKED)}<"] if role is not Role.EXPERT else []
    # Numbers on their own: the digits of an instant or an id may happen to be the same.
    told = re.compile("|".join([*(rf"\b{re.escape(number)}\b" for number in numbers), *map(re.escape, marked)]))

    for path in everything_of(rest, engagement.ref):
        for accept in ("*/*", "text/csv", "application/x-ndjson"):
            answer = rest.client.get(path, headers={**rest.headers, "Accept": accept})
            body = b"".join(answer).decode()
            assert not told.search(body), (path, accept)


@pytest.mark.parametrize("role", WITHOUT_RATES)
def test_no_line_or_entry_of_a_salary_is_found_by_filter_order_or_search(role, paid, attacker):
    rest = attacker(role, paid["alone"])
    if role is Role.LIAISON:
        assert rest.ask("cost-lines/").status_code == rest.ask("ledger-entries/").status_code == 403
        return

    for question in (
        {"category": "salaries"},
        {"deployment": "D1"},
        {"amount__gte": "1"},
        {"search": "S1"},
        {"ordering": "-amount"},
        {"unit_cost": str(RATE)},
    ):
        for name in ("cost-lines", "ledger-entries"):
            answer = rest.ask(f"{name}/", **question)
            assert answer.status_code == 400 or answer.json()["results"] == [], (name, question)


def test_the_audit_trail_tells_its_reader_no_amount_and_no_days(paid, attacker):
    from ta_portal.audit.services import record

    record("deployment.added", target=paid["alone"], by=None, code="D1", planned_days=Decimal(120), rate=RATE)
    record("ledger_entry.posted", target=paid["alone"], by=None, amount=19 * RATE, quantity=19, fte="0.50")

    auditor = attacker(Role.AUDITOR, paid["alone"]).client.get("/engagements/ALONE-1/activity/").content.decode()
    administrator = (
        attacker(Role.ADMINISTRATOR, paid["alone"]).client.get("/engagements/ALONE-1/activity/").content.decode()
    )

    for word in (">120<", ">457<", ">8,683<", ">19<", ">0.5<"):
        assert word not in auditor
        assert word in administrator
    assert "8683" not in auditor
    assert "<bdi>D1</bdi>" in auditor


# --- the pages that add up and explain ---


def figure_of(response):
    """The figure that a page explains, as a number."""
    found = re.search(r'<p class="say" id="figure">(.*?)</p>', response.content.decode(), re.DOTALL)
    return Decimal(re.sub(r"<[^>]+>|[^0-9.-]", "", found[1]) or 0) if found else None


EXPLAINED = (
    "/engagements/ALONE-1/costs/explain/?group=salaries&basis=actual",
    "/portfolio/explain/?q=ALONE-1&group=salaries&basis=actual",
)
MONTHS_ENDS = [dt.date(2024, month, 1) - dt.timedelta(days=1) for month in range(2, 13)]


def test_with_the_permission_a_figure_is_explained_as_of_any_day(paid, attacker):
    """The attack below has teeth."""
    client = attacker(Role.FINANCE_OFFICER, paid["alone"]).client

    for path in EXPLAINED:
        told = [figure_of(client.get(f"{path}&as_of={day}")) for day in MONTHS_ENDS]
        assert common_divisor(payments(told)) == RATE


@pytest.mark.parametrize("path", EXPLAINED)
@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.VIEWER, Role.AUDITOR, Role.LIAISON])
def test_a_figure_explained_from_day_to_day_tells_no_payment(role, path, paid, attacker):
    client = attacker(role, paid["alone"]).client

    told = {figure_of(client.get(f"{path}&as_of={day}")) for day in [*MONTHS_ENDS, TODAY]}

    # Whose role opens no detail of an engagement's costs is told nothing there.
    assert told == ({None} if role is Role.LIAISON and "costs" in path else {Decimal(sum(WORKED) * RATE)})


@pytest.mark.parametrize("path", EXPLAINED)
def test_what_was_known_at_a_moment_is_explained_where_the_portal_says_so(path, paid, attacker):
    viewer, officer = (attacker(role, paid["alone"]).client for role in (Role.VIEWER, Role.FINANCE_OFFICER))
    before = "2024-01-01T00:00:00+00:00"
    query = "&" + urlencode({"known_at": before})
    forged = query + "&sealed=" + seal("TEAM-1", before)
    sealed = query + "&sealed=" + seal("ALONE-1", before)

    everything_paid = Decimal(sum(WORKED) * RATE)
    assert figure_of(officer.get(path + query)) == 0
    assert figure_of(viewer.get(path + query)) == figure_of(viewer.get(path + forged)) == everything_paid
    assert figure_of(viewer.get(path + sealed)) == (0 if "costs" in path else everything_paid)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.VIEWER, Role.AUDITOR, Role.EXPERT])
def test_no_page_adds_up_in_a_currency_that_tells_those_who_are_paid_in_it(role, paid, attacker):
    client = attacker(role, paid["team"]).client
    alone_in_francs = f"{sum(WORKED) * RATE:,}.00"

    assert client.get("/engagements/TEAM-1/costs/explain/?group=salaries&currency=CHF").status_code == 403
    for path in (
        "/portfolio/?q=TEAM-1&currency=CHF",
        "/portfolio/explain/?q=TEAM-1&group=salaries&currency=CHF",
        f"/institutions/{paid['team'].institution.code}/?currency=CHF",
        f"/programmes/{paid['team'].programme.code}/?currency=CHF",
    ):
        page = client.get(path).content.decode()
        assert alone_in_francs not in page, path
    officer = attacker(Role.FINANCE_OFFICER, paid["team"]).client
    assert alone_in_francs in officer.get("/portfolio/?q=TEAM-1&currency=CHF").content.decode()


def test_only_rates_open_the_budget_and_its_lines(paid, attacker):
    for role in (Role.EVALUATOR, Role.VIEWER, Role.AUDITOR, Role.LIAISON, Role.EXPERT):
        client = attacker(role, paid["team"]).client
        for page in ("costs/budget/", "cost-lines/edit/", "cost-lines/new/", "ledger-entries/new/"):
            assert client.get(f"/engagements/TEAM-1/{page}").status_code == 403, (role, page)
