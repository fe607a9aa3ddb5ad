"""Money in forms: lines of a draft, entries of the ledger, agreements."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from costing.domain.vocabulary import BudgetState
from costing.models import Budget, CostLine, LedgerEntry
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from tests.factories import (
    BudgetFactory,
    CostLineFactory,
    EngagementFactory,
    FundingAgreementFactory,
    OrganisationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LINE = {
    "code": "C01",
    "description": "Resident adviser",
    "heading": "salaries",
    "quantity": "220",
    "unit": "days",
    "unit_cost": "850.50",
    "currency": "USD",
    "first_day": "2027-01-01",
    "last_day": "2027-12-31",
}
SOON = (dt.date.today() + dt.timedelta(days=2)).isoformat()
ENTRY = {
    "kind": "expenditure",
    "on_date": "2027-03-31",
    "amount": "1234.56",
    "currency": "USD",
    "heading": "travel_accommodation",
    "source": "manual",
    "external_ref": "V-1",
}


@pytest.fixture
def engagement():
    return EngagementFactory()


def address(engagement, kind):
    return reverse("programmes:add", args=[engagement.ref, kind])


def test_the_first_line_opens_the_first_draft(signed_in, engagement):
    response = signed_in(Role.PROGRAMME_OFFICER).post(address(engagement, "cost-lines"), LINE)

    assert response.status_code == 302, response.context["form"].errors
    line = CostLine.objects.get()
    assert (line.amount, line.budget.version, line.budget.state) == (Decimal("187110.00"), 1, BudgetState.DRAFT)
    assert line.planned.upper == dt.date(2028, 1, 1)


def test_after_approval_a_line_goes_into_the_next_version_beside_the_ones_that_were_approved(signed_in, engagement):
    approved = BudgetFactory(engagement=engagement)
    CostLineFactory(budget=approved)
    Budget.objects.filter(pk=approved.pk).update(
        state=BudgetState.APPROVED, approved_by=UserFactory(), approved_at=timezone.now()
    )

    response = signed_in(Role.PROGRAMME_OFFICER).post(address(engagement, "cost-lines"), {**LINE, "code": "C99"})

    assert response.status_code == 302, response.context["form"].errors
    draft = engagement.budgets.get(state=BudgetState.DRAFT)
    assert draft.version == approved.version + 1
    assert draft.lines.count() == 2
    assert approved.lines.count() == 1


def test_an_entry_is_posted_with_its_category(signed_in, engagement):
    response = signed_in(Role.FINANCE_OFFICER).post(address(engagement, "ledger-entries"), ENTRY)

    assert response.status_code == 302, response.context["form"].errors
    entry = LedgerEntry.objects.get()
    assert (entry.amount, entry.category, entry.outside) == (Decimal("1234.56"), "travel_accommodation", None)


@pytest.mark.parametrize(
    ("field", "text"),
    [("amount", "0"), ("amount", "NaN"), ("amount", "1.234,567"), ("amount", "9" * 40), ("on_date", "x")],
)
def test_what_is_no_amount_or_day_is_said_at_its_field_and_nothing_is_posted(signed_in, engagement, field, text):
    response = signed_in(Role.FINANCE_OFFICER).post(address(engagement, "ledger-entries"), {**ENTRY, field: text})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not LedgerEntry.objects.exists()


def test_an_officer_posts_no_entries(signed_in, engagement):
    assert signed_in(Role.PROGRAMME_OFFICER).post(address(engagement, "ledger-entries"), ENTRY).status_code == 403


def test_a_reference_that_was_posted_is_a_conflict_that_keeps_what_was_typed(signed_in, engagement):
    client = signed_in(Role.FINANCE_OFFICER)
    client.post(address(engagement, "ledger-entries"), ENTRY)

    response = client.post(address(engagement, "ledger-entries"), ENTRY)

    assert response.status_code == 409
    assert 'value="V-1"' in response.content.decode()
    assert LedgerEntry.objects.count() == 1


def test_an_agreement_is_added_in_the_donors_currency(signed_in, engagement):
    donor = OrganisationFactory()
    typed = {"code": "A1", "contributor": donor.pk, "instrument": "grant", "amount": "1.750.000", "currency": "USD"}

    response = signed_in(Role.PROGRAMME_OFFICER).post(address(engagement, "agreements"), typed)

    assert response.status_code == 302, response.context["form"].errors
    assert engagement.agreements.get().amount == 1_750_000


@pytest.fixture
def agreement(engagement):
    donor = OrganisationFactory()
    return FundingAgreementFactory(engagement=engagement, contributor=donor, code="A1", amount=1000, during=None)


def changed(agreement, client, **typed):
    page = reverse("programmes:change", args=[agreement.engagement.ref, "agreements", agreement.code])
    form = client.get(page).context["form"]
    version = form.initial["row_version"]
    whole = {"code": agreement.code, "instrument": "grant", "amount": "1000", "row_version": version, **typed}
    return client.post(page, whole)


def kept(agreement):
    return [
        (str(one.due), one.amount, str(one.received_on)) for one in agreement.tranches.order_by("due", "received_on")
    ]


def test_instalments_are_agreed_on_and_marked_as_received_in_the_agreements_form(signed_in, agreement):
    client = signed_in(Role.FINANCE_OFFICER)
    first = {"instalment_1_due": "2024-01-01", "instalment_1_amount": "600"}
    second = {"instalment_2_due": "2025-01-01", "instalment_2_amount": "400"}

    assert changed(agreement, client, **first, **second).status_code == 302
    ids = set(agreement.tranches.values_list("pk", flat=True))
    assert changed(agreement, client, **first, **second, instalment_1_received="2024-01-09").status_code == 302

    assert kept(agreement) == [("2024-01-01", 600, "2024-01-09"), ("2025-01-01", 400, "None")]
    assert set(agreement.tranches.values_list("pk", flat=True)) == ids
    event = AuditEvent.objects.filter(verb="agreement.changed").latest("pk")
    assert event.data["changes"]["instalments"]["now"] == "2024-01-01: 600 (2024-01-09); 2025-01-01: 400"
    assert changed(agreement, client, **second).status_code == 302
    assert kept(agreement) == [("2025-01-01", 400, "None")]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"instalment_1_amount": "600"}, "instalment_1_due"),
        ({"instalment_1_due": "2024-01-01"}, "instalment_1_due"),
        ({"instalment_1_due": "2024-01-01", "instalment_1_amount": "0"}, "instalment_1_amount"),
        ({"instalment_1_due": "2024-01-01", "instalment_1_amount": "1000.01"}, "instalment_1_amount"),
        (
            {"instalment_1_due": "2024-01-01", "instalment_1_amount": "1", "instalment_1_received": SOON},
            "instalment_1_amount",
        ),
    ],
)
def test_an_instalment_that_cannot_be_is_said_at_its_line_and_nothing_changes(signed_in, agreement, typed, field):
    response = changed(agreement, signed_in(Role.FINANCE_OFFICER), **typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not agreement.tranches.exists()


def test_the_agreements_page_leads_to_its_form_for_whoever_may_change_it(signed_in, agreement):
    page = reverse("funding", args=[agreement.engagement.ref, agreement.code])
    form = reverse("programmes:change", args=[agreement.engagement.ref, "agreements", agreement.code])

    assert form in signed_in(Role.FINANCE_OFFICER).get(page).content.decode()
    assert form not in signed_in(Role.VIEWER).get(page).content.decode()


def test_a_draft_is_approved_on_its_page_by_somebody_else_than_its_author(signed_in, engagement):
    author, other = signed_in(Role.ADMINISTRATOR), signed_in(Role.FINANCE_OFFICER)
    author.post(address(engagement, "cost-lines"), LINE)
    page, act = (
        reverse("costing:budget", args=[engagement.ref]),
        reverse("costing:approve-budget", args=[engagement.ref, 1]),
    )

    assert act not in author.get(page).content.decode()
    assert author.post(act).status_code == 409
    assert act in other.get(page).content.decode()
    assert other.post(act).status_code == 302
    assert engagement.budgets.get().state == BudgetState.APPROVED


def test_the_budget_page_is_for_those_who_may_see_rates(signed_in, engagement):
    assert signed_in(Role.VIEWER).get(reverse("costing:budget", args=[engagement.ref])).status_code == 403
    other = signed_in(Role.FINANCE_OFFICER, engagement=EngagementFactory())
    assert other.get(reverse("costing:budget", args=[engagement.ref])).status_code == 404


def test_a_line_of_the_draft_is_changed_and_removed(signed_in, engagement):
    client = signed_in(Role.PROGRAMME_OFFICER)
    client.post(address(engagement, "cost-lines"), LINE)
    edit = reverse("programmes:change", args=[engagement.ref, "cost-lines", "C01"])

    listed = client.get(reverse("programmes:changeable", args=[engagement.ref, "cost-lines"])).content.decode()
    changed = client.post(edit, {**LINE, "quantity": "200", "row_version": 1})

    assert edit in listed
    assert changed.status_code == 302, changed.context["form"].errors
    assert CostLine.objects.get().amount == Decimal("170100.00")
    gone = client.post(
        reverse("programmes:remove", args=[engagement.ref, "cost-lines", "C01"]),
        {"reason": "Not needed", "row_version": 2},
    )
    assert gone.status_code == 302
    assert not CostLine.objects.exists()
