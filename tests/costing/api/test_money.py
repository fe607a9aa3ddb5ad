"""Money over REST: what it looks like, and what leaves without the right to rates."""

import pytest

from ta_portal.access.permissions import Role
from tests.factories import (
    BudgetFactory,
    CostLineFactory,
    CurrencyFactory,
    DeploymentFactory,
    EngagementFactory,
    ExchangeRateFactory,
    LedgerEntryFactory,
)
from tests.rest import Rest, fields_at_fault

pytestmark = pytest.mark.django_db

MAY_KNOW_RATES = [Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER]
SEE_DETAIL_ONLY = [Role.EVALUATOR, Role.VIEWER, Role.AUDITOR]
SEE_TOTALS_ONLY = [Role.LIAISON]


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def lines(engagement):
    """A salary, a line of a deployment that has no category, and an ordinary one."""
    budget = BudgetFactory(engagement=engagement)
    deployment = DeploymentFactory(engagement=engagement)
    return {
        "salary": CostLineFactory(budget=budget, category="salaries"),
        "of a person": CostLineFactory(budget=budget, category=None, deployment=deployment),
        "ordinary": CostLineFactory(budget=budget),
    }


@pytest.fixture
def entries(engagement, lines):
    return {
        "salary": LedgerEntryFactory(engagement=engagement, category="salaries"),
        "on a salary's line": LedgerEntryFactory(engagement=engagement, category=None, line_key=lines["salary"].key),
        "on a person's line": LedgerEntryFactory(
            engagement=engagement, category=None, line_key=lines["of a person"].key
        ),
        "ordinary": LedgerEntryFactory(engagement=engagement, line_key=lines["ordinary"].key),
        "without a line": LedgerEntryFactory(engagement=engagement, category=None),
    }


def named(rows, shown):
    ids = {row["id"] for row in shown}
    return {name for name, row in rows.items() if str(row.public_id) in ids}


@pytest.mark.parametrize("role", MAY_KNOW_RATES)
def test_every_line_and_entry_is_for_those_who_may_know_rates(lines, entries, rest, role):
    asked = rest(role)

    assert named(lines, asked.get("cost-lines/")["results"]) == set(lines)
    assert named(entries, asked.get("ledger-entries/")["results"]) == set(entries)


@pytest.mark.parametrize("role", SEE_DETAIL_ONLY)
def test_what_leads_to_a_rate_leaves_for_others(lines, entries, rest, role):
    asked = rest(role)

    assert named(lines, asked.get("cost-lines/")["results"]) == {"ordinary"}
    assert named(entries, asked.get("ledger-entries/")["results"]) == {"ordinary", "without a line"}
    assert asked.ask(f"cost-lines/{lines['salary'].public_id}/").status_code == 404
    assert asked.ask(f"ledger-entries/{entries['salary'].public_id}/").status_code == 404


@pytest.mark.parametrize("role", SEE_TOTALS_ONLY)
@pytest.mark.parametrize("resource", ["budgets", "cost-lines", "ledger-entries"])
def test_who_sees_totals_only_is_told_so(engagement, lines, entries, rest, role, resource):
    asked = rest(role, engagement=engagement)

    assert asked.ask(f"{resource}/").status_code == 403
    assert asked.ask(f"{resource}/", engagement=engagement.ref).status_code == 403


def test_the_right_to_rates_on_one_engagement_is_none_on_another(lines, member):
    elsewhere = CostLineFactory(budget=BudgetFactory(), category="salaries")
    user = member(Role.FINANCE_OFFICER, engagement=elsewhere.budget.engagement)
    user.memberships.create(
        role=Role.VIEWER.value, scope_kind="engagement", engagement=lines["salary"].budget.engagement
    )

    shown = Rest(user).get("cost-lines/")["results"]

    assert named(lines | {"elsewhere": elsewhere}, shown) == {"ordinary", "elsewhere"}


@pytest.mark.parametrize("by", ["workstream", "donor", "currency", "line", "quarter"])
@pytest.mark.parametrize("door", ["costs", "cost-comparison"])
def test_groupings_that_lead_to_a_rate_are_forbidden_without_the_right(engagement, rest, by, door):
    path = f"engagements/{engagement.ref}/{door}/"

    assert rest(Role.FINANCE_OFFICER).ask(path, by=by).status_code == 200
    for role in (Role.VIEWER, Role.LIAISON):
        refused = rest(role, engagement=engagement).ask(path, by=by)
        assert refused.status_code == 403
        assert "rate.view" in refused.json()["detail"]


@pytest.mark.parametrize("by", ["category", "year"])
def test_totals_by_category_and_year_are_for_the_liaison_too(engagement, rest, by):
    LedgerEntryFactory(engagement=engagement, category="salaries", amount="1234.50")
    asked = rest(Role.LIAISON, engagement=engagement)

    answer = asked.get(f"engagements/{engagement.ref}/costs/", by=by, as_of="2024-12-31")

    assert (answer["total"], answer["currency"], answer["basis"], answer["by"]) == ("1234.50", "USD", "actual", by)
    assert answer["groups"]["salaries" if by == "category" else "2024"] == "1234.50"


def test_the_answer_on_costs_has_the_five_categories_even_at_zero(engagement, rest):
    answer = rest().get(f"engagements/{engagement.ref}/costs/")

    assert answer["groups"] == dict.fromkeys(
        ["salaries", "travel_accommodation", "training_materials", "equipment", "logistics"], "0.00"
    )
    assert list(answer) == [
        "engagement",
        "basis",
        "currency",
        "total",
        "by",
        "groups",
        "outside",
        "uncategorised",
        "charged",
        "unconverted",
        "as_of",
    ]


@pytest.mark.parametrize(
    ("door", "parameters"),
    [
        ("costs", {"basis": "guessed"}),
        ("costs", {"by": "mood"}),
        ("costs", {"currency": "ZZZ"}),
        ("costs", {"currency": "usd"}),
        ("costs", {"currency": "\x00"}),
        ("costs", {"currency": "DOLLARS"}),
        ("costs", {"currency": ""}),
        ("costs", {"as_of": "2025-02-30"}),
        ("costs", {"as_of": "9999-12-31"}),
        ("costs", {"as_of": ""}),
        ("cost-comparison", {"basis": "actual"}),
        ("cost-comparison", {"currency": "ZZZ"}),
        ("cost-comparison", {"as_of": "31.12.2025"}),
        ("funding", {"as_of": "soon"}),
        ("funding", {"currency": "USD"}),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_one_sentence_at_its_parameter(
    engagement, rest, door, parameters
):
    response = rest(Role.FINANCE_OFFICER).ask(f"engagements/{engagement.ref}/{door}/", **parameters)

    assert response.status_code == 400
    assert fields_at_fault(response) == list(parameters)
    assert response.json()["errors"][0]["message"].rstrip(".").count(". ") == 0


@pytest.mark.parametrize(
    ("code", "digits", "shown"), [("JPY", 0, "1200"), ("USD", 2, "1200.00"), ("KWD", 3, "1200.000")]
)
def test_amounts_have_the_minor_units_of_their_currency(engagement, rest, code, digits, shown):
    currency = CurrencyFactory(code=code)
    assert currency.minor_units == digits
    LedgerEntryFactory(engagement=engagement, amount="1200", currency=currency)

    assert rest(Role.FINANCE_OFFICER).codes("ledger-entries/", "amount") == [shown]


def test_a_unit_cost_that_is_finer_than_its_currency_keeps_its_digits(rest):
    CostLineFactory(unit_cost="0.1250", quantity=8, amount="1.00")

    row = rest(Role.FINANCE_OFFICER).get("cost-lines/")["results"][0]

    assert (row["unit_cost"], row["quantity"], row["amount"]) == ("0.125", "8", "1.00")


def test_rates_of_a_programme_that_one_does_not_see_are_not_there(rest):
    ours, theirs = EngagementFactory(), EngagementFactory()
    rate = ExchangeRateFactory()
    ours.programme.rate_source = rate.source_id
    ours.programme.save()
    theirs.programme.rate_source = "another"
    theirs.programme.save()

    assert rest(Role.LIAISON, engagement=ours).codes("exchange-rates/", "value") == ["1.0905"]
    assert rest(Role.LIAISON, engagement=theirs).codes("exchange-rates/", "value") == []


def test_doors_cost_the_same_few_queries_however_much_there_is(engagement, rest, django_assert_max_num_queries):
    asked = rest(Role.FINANCE_OFFICER)
    LedgerEntryFactory.create_batch(20, engagement=engagement)

    for door in ("costs", "cost-comparison", "funding"):
        with django_assert_max_num_queries(12):
            asked.get(f"engagements/{engagement.ref}/{door}/")
