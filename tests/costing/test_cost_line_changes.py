"""The lines of a draft change and go; those of an approved budget are final."""

import datetime as dt
from decimal import Decimal

import pytest

from costing.domain.vocabulary import Category, Outside
from costing.services import add_cost_line, approve_budget, change_cost_line, remove_cost_line
from costing.services.budgets import BudgetIsFinal
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.changes.models import Tombstone
from ta_portal.errors import InvalidInput, NotPermitted, StaleVersion
from tests.factories import (
    BudgetFactory,
    CostLineFactory,
    CurrencyFactory,
    DeploymentFactory,
    LedgerEntryFactory,
    WorkstreamFactory,
    days,
)

pytestmark = pytest.mark.django_db

D = Decimal


@pytest.fixture
def officer(member):
    return member(Role.FINANCE_OFFICER)


@pytest.fixture
def line(db):
    return CostLineFactory(budget=BudgetFactory(), quantity=D(2), unit_cost=D("50.00"))


def test_an_amount_is_made_anew_from_what_changed(line, officer):
    change_cost_line(line=line, by=officer, quantity=D("2.5"), unit_cost=D("33.333"))

    line.refresh_from_db()
    # 2.5 × 33.333 = 83.3325, half up.
    assert (line.amount, line.row_version) == (D("83.33"), 2)
    changes = AuditEvent.objects.get(verb="cost_line.changed").data["changes"]
    assert changes["amount"] == {"was": "100.0000", "now": "83.33"}


def test_another_currency_has_its_own_minor_unit(line, officer):
    CurrencyFactory(code="JPY", minor_units=0)

    change_cost_line(line=line, by=officer, currency="JPY", unit_cost=D("50.3"))

    line.refresh_from_db()
    assert (line.currency_id, line.amount) == ("JPY", D(101))
    with pytest.raises(InvalidInput) as refusal:
        change_cost_line(line=line, by=officer, currency="ZZZ")
    assert refusal.value.faults[0].place == "currency"


def test_the_days_of_a_line_change_from_either_end(line, officer):
    change_cost_line(line=line, by=officer, last_day=dt.date(2024, 6, 30))

    line.refresh_from_db()
    assert line.planned == days("2024-01-01", "2024-06-30")
    with pytest.raises(InvalidInput) as refusal:
        change_cost_line(line=line, by=officer, first_day=dt.date(2024, 7, 1))
    assert refusal.value.faults[0].place == "last_day"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"quantity": D(-1)}, "quantity"),
        ({"quantity": D("NaN")}, "quantity"),
        ({"unit_cost": D("1e30")}, "unit_cost"),
        ({"outside": Outside.FEE}, "outside"),
        ({"unit": "x" * 41}, "unit"),
    ],
)
def test_what_no_line_can_be_is_refused(changes, place, line, officer):
    with pytest.raises(InvalidInput) as refusal:
        change_cost_line(line=line, by=officer, **changes)

    assert refusal.value.faults[0].place == place
    line.refresh_from_db()
    assert line.row_version == 1


def test_a_line_hangs_on_what_is_in_its_engagement(line, officer):
    with pytest.raises(InvalidInput, match="another engagement"):
        change_cost_line(line=line, by=officer, workstream=WorkstreamFactory())
    ours = WorkstreamFactory(engagement=line.budget.engagement)
    assert change_cost_line(line=line, by=officer, workstream=ours).workstream == ours


def test_what_leads_to_a_persons_rate_is_not_told_by_the_trail(line, officer):
    deployment = DeploymentFactory(engagement=line.budget.engagement)

    change_cost_line(
        line=line, by=officer, category=Category.SALARIES, deployment=deployment, quantity=D(220), unit_cost=D(500)
    )

    changes = AuditEvent.objects.get(verb="cost_line.changed").data["changes"]
    assert {name for name, change in changes.items() if change == "withheld"} == {"quantity", "unit_cost", "amount"}


def test_who_comes_second_is_refused(line, officer):
    change_cost_line(line=line, expected_version=1, by=officer, description="First")

    with pytest.raises(StaleVersion):
        change_cost_line(line=line, expected_version=1, by=officer, description="Second")
    with pytest.raises(StaleVersion):
        remove_cost_line(line=line, reason="Twice", expected_version=1, by=officer)


def test_a_line_that_goes_leaves_its_code_to_what_was_booked_on_it(line, officer):
    budget, key = line.budget, line.key
    entry = LedgerEntryFactory(engagement=budget.engagement, line_key=key)

    remove_cost_line(line=line, reason="Merged", by=officer)

    assert not budget.lines.exists()
    assert Tombstone.objects.filter(kind="cost_line", public_id=line.public_id).exists()
    entry.refresh_from_db()
    assert entry.line_key == key
    day = dt.date(2024, 3, 1)
    again = add_cost_line(
        budget=budget,
        code=key.code,
        quantity=D(1),
        unit="trip",
        unit_cost=D(1),
        currency="USD",
        first_day=day,
        by=officer,
    )
    assert again.key == key


def test_lines_of_an_approved_budget_are_final(line, officer):
    approve_budget(budget=line.budget, by=officer)

    with pytest.raises(BudgetIsFinal):
        change_cost_line(line=line, by=officer, description="Late")
    with pytest.raises(BudgetIsFinal):
        remove_cost_line(line=line, reason="Late", by=officer)


def test_a_budget_is_approved_as_it_was_read(line, officer):
    with pytest.raises(StaleVersion):
        approve_budget(budget=line.budget, expected_version=5, by=officer)
    assert approve_budget(budget=line.budget, expected_version=1, by=officer).state == "approved"


def test_a_viewer_changes_nothing(line, member):
    viewer = member(Role.VIEWER)

    with pytest.raises(NotPermitted):
        change_cost_line(line=line, by=viewer, description="Mine")
    with pytest.raises(NotPermitted):
        remove_cost_line(line=line, reason="Mine", by=viewer)
