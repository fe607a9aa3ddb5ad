"""Budgets: drafted, approved by somebody else, superseded; what a draft takes and what an approved one refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from costing import services
from costing.domain.vocabulary import Basis, By, Category, Outside
from costing.models import Budget, CostLine, CostLineKey
from costing.selectors import costs as selectors
from costing.services.budgets import BudgetIsFinal, SelfApproval
from costing.services.cost_lines import CostLineExists
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotFound, NotPermitted
from tests import factories as make

DAY = dt.date(2024, 3, 1)


@pytest.fixture
def engagement(db):
    return make.EngagementFactory()


@pytest.fixture
def draft(engagement, author):
    return services.draft_budget(engagement=engagement, by=author)


@pytest.fixture
def add(draft, author):
    """Add a line of 10 days at 100 USD to the draft, but for what is said otherwise."""

    def line(code: str = "C1", **more) -> CostLine:
        given = {
            "budget": draft,
            "code": code,
            "quantity": Decimal(10),
            "unit": "day",
            "unit_cost": Decimal(100),
            "currency": "USD",
            "first_day": DAY,
            "category": Category.SALARIES,
            "by": author,
        }
        return services.add_cost_line(**given | more)

    return line


def planned(engagement, **more):
    asked = {"basis": Basis.PLANNED, "by": By.CATEGORY, "currency": None, "as_of": DAY, "cut_off": timezone.now()}
    return selectors.cost_summaries([engagement.pk], **asked | more)[engagement.pk]


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "currency", "amount"),
    [
        ("3", "0.335", "USD", "1.01"),
        ("1", "0.0049", "USD", "0.00"),
        ("2.5", "101", "JPY", "253"),
        ("1.0001", "0.5005", "KWD", "0.501"),
        ("0", "12.50", "EUR", "0.00"),
        ("1234567890.1234", "98765432.1234", "USD", "121932631153711811.95"),
    ],
)
def test_an_amount_is_quantity_times_unit_cost_rounded_half_up_to_the_minor_unit(
    add, quantity, unit_cost, currency, amount
):
    line = add(quantity=Decimal(quantity), unit_cost=Decimal(unit_cost), currency=currency)
    assert str(line.amount) == amount


def test_a_line_is_in_one_of_the_five_or_outside_or_in_neither(add, draft, engagement, approver):
    add("C1")
    add("C2", category=None, outside=Outside.FEE)
    add("C3", category=None)
    with pytest.raises(InvalidInput) as refused:
        add("C4", outside=Outside.FEE)
    services.approve_budget(budget=draft, by=approver)
    summary = planned(engagement)
    assert refused.value.faults[0].place == "outside"
    assert (summary.total, summary.outside, summary.uncategorised) == (1000, {Outside.FEE: 1000}, 1000)
    assert summary.charged == 3000


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("0.00001")}, "quantity"),
        ({"unit_cost": Decimal("1E20")}, "unit_cost"),
        ({"unit_cost": Decimal("9E19"), "quantity": Decimal(10)}, "unit_cost"),
        ({"unit_cost": Decimal("Infinity")}, "unit_cost"),
        ({"currency": "XXQ"}, "currency"),
        ({"last_day": DAY - dt.timedelta(days=1)}, "last_day"),
    ],
)
def test_a_line_that_cannot_be_kept_as_given_is_refused_at_its_place(add, given, place):
    with pytest.raises(InvalidInput) as refused:
        add(**given)
    assert [fault.place for fault in refused.value.faults] == [place]
    assert not CostLineKey.objects.exists()


def test_a_line_points_at_rows_of_its_own_engagement_only(add):
    for place, row in {
        "workstream": make.WorkstreamFactory(),
        "agreement": make.FundingAgreementFactory(),
        "deployment": make.DeploymentFactory(),
    }.items():
        with pytest.raises(InvalidInput) as refused:
            add(**{place: row})
        assert refused.value.faults[0].place == place


def test_a_code_is_once_in_a_version_and_the_same_line_in_the_next(add, draft, engagement, author, approver):
    line = add("C1")
    with pytest.raises(CostLineExists):
        add("C1")
    services.approve_budget(budget=draft, by=approver)
    second = services.draft_budget(engagement=engagement, by=author)
    assert second.version == 2
    assert add("C1", budget=second).key == line.key


def test_nobody_approves_what_they_drafted(draft, author):
    with pytest.raises(SelfApproval):
        services.approve_budget(budget=draft, by=author)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_an_approved_budget_is_final(add, draft, approver):
    add("C1")
    approved = services.approve_budget(budget=draft, by=approver)
    assert (approved.state, approved.approved_by) == ("approved", approver)
    with pytest.raises(BudgetIsFinal):
        add("C2")
    with pytest.raises(BudgetIsFinal):
        services.approve_budget(budget=draft, by=approver)
    assert CostLineKey.objects.count() == 1


def test_a_version_counts_from_its_approval_and_the_former_one_before_it(add, draft, engagement, author, approver):
    add("C1")
    services.approve_budget(budget=draft, by=approver)
    second = services.draft_budget(engagement=engagement, by=author)
    add("C1", budget=second, quantity=Decimal(3))
    before = timezone.now()
    assert planned(engagement).total == 1000
    services.approve_budget(budget=second, by=approver)
    draft.refresh_from_db()
    assert draft.state == "superseded"
    assert (planned(engagement).total, planned(engagement, cut_off=before).total) == (300, 1000)


def test_an_older_draft_does_not_follow_a_newer_version(draft, engagement, author, approver):
    second = services.draft_budget(engagement=engagement, by=author)
    services.approve_budget(budget=second, by=approver)
    with pytest.raises(BudgetIsFinal):
        services.approve_budget(budget=draft, by=approver)


def test_each_act_is_in_the_audit_trail(add, draft, approver):
    add("C1")
    services.approve_budget(budget=draft, by=approver)
    assert list(AuditEvent.objects.order_by("id").values_list("verb", "by")) == [
        ("budget.drafted", draft.drafted_by_id),
        ("cost_line.added", draft.drafted_by_id),
        ("budget.approved", approver.pk),
    ]


def test_who_may_draft_and_who_may_approve(draft, engagement, member):
    with pytest.raises(NotPermitted):
        services.draft_budget(engagement=engagement, by=member(Role.VIEWER))
    with pytest.raises(NotPermitted):
        services.approve_budget(budget=draft, by=member(Role.PROGRAMME_OFFICER))
    stranger = member(Role.FINANCE_OFFICER, engagement=make.EngagementFactory())
    with pytest.raises(NotFound):
        services.draft_budget(engagement=engagement, by=stranger)
    assert services.draft_budget(engagement=engagement, by=member(Role.PROGRAMME_OFFICER)).version == 2


def refused_by_the_database(act) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    return refused.value.__cause__.diag.constraint_name


def test_the_database_itself_holds_what_the_services_promise(add, draft, engagement, author, approver):
    line = add("C1")
    budgets, lines = Budget.objects.filter(pk=draft.pk), CostLine.objects.filter(pk=line.pk)
    own = {"state": "approved", "approved_by": author, "approved_at": timezone.now()}
    assert refused_by_the_database(lambda: budgets.update(**own)) == "budget_needs_two_people"

    services.approve_budget(budget=draft, by=approver)
    second = services.draft_budget(engagement=engagement, by=author)
    others = Budget.objects.filter(pk=second.pk)
    assert refused_by_the_database(lambda: budgets.update(rate_set=None, version=9)) == "budget_approved_is_final"
    assert refused_by_the_database(lambda: budgets.update(state="draft")) == "budget_approved_is_final"
    assert refused_by_the_database(lambda: lines.update(amount=1)) == "cost_line_of_draft_only"
    assert refused_by_the_database(lines.delete) == "cost_line_of_draft_only"
    approved = own | {"approved_by": approver}
    assert refused_by_the_database(lambda: others.update(**approved)) == "budget_one_approved"
