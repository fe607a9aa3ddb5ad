"""Funding agreements and their instalments over REST."""

import pytest

from programmes.models import Currency, FundingAgreement, Organisation, Tranche
from ta_portal.access.permissions import Role
from tests.api.acts import AGREEMENT
from tests.factories import EngagementFactory, FundingAgreementFactory, OrganisationFactory, days
from tests.rest import fields_at_fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    fund = OrganisationFactory(code="MCF")
    return FundingAgreementFactory(
        engagement=EngagementFactory(ref="MDA-TAX-1"), contributor=fund, code="A1", amount=1000, fee_pct="7.50",
        currency=Currency.objects.get(pk="JPY"), during=days("2024-01-01", "2025-12-31"),
    )  # fmt: skip


def test_an_agreement_is_shown_with_its_instalments_in_its_own_currency(agreement, rest):
    Tranche.objects.create(agreement=agreement, due="2025-01-01", amount=400)
    Tranche.objects.create(agreement=agreement, due="2024-01-01", amount=600, received_on="2024-01-05")

    shown = rest(Role.VIEWER, engagement=agreement.engagement).get(f"agreements/{agreement.public_id}/")

    assert (shown["engagement"], shown["contributor"], shown["administrator"]) == ("MDA-TAX-1", "MCF", None)
    assert (shown["amount"], shown["currency"], shown["fee_pct"]) == ("1000", "JPY", "7.5")
    assert (shown["first_day"], shown["last_day"]) == ("2024-01-01", "2025-12-31")
    assert shown["tranches"] == [
        {"due": "2024-01-01", "received_on": "2024-01-05", "amount": "600"},
        {"due": "2025-01-01", "received_on": None, "amount": "400"},
    ]


def test_agreements_are_found_by_who_pays_and_by_their_days(agreement, rest):
    FundingAgreementFactory(code="A2", during=None)

    assert rest().codes("agreements/", contributor="MCF") == ["A1"]
    assert rest().codes("agreements/", last_day__gte="2025-12-31") == ["A1"]
    assert rest().codes("agreements/", search="mcf") == ["A1"]
    assert rest().codes("agreements/", ordering="-first_day", page_size=1) == ["A2"]


def test_terms_are_not_for_a_ministrys_people_who_see_the_totals(agreement, rest):
    liaison = rest(Role.LIAISON, institution=agreement.engagement.institution)

    assert liaison.ask(f"engagements/{agreement.engagement.ref}/funding/").status_code == 200
    assert liaison.ask("agreements/").status_code == 403
    assert liaison.ask(f"agreements/{agreement.public_id}/").status_code == 404


def test_an_instalment_is_a_change_of_its_agreement(agreement, rest):
    asked, path = rest(Role.FINANCE_OFFICER), f"agreements/{agreement.public_id}/"
    etag, listed = asked.etag(path), asked.etag("agreements/")

    response = asked.post(f"{path}tranches/", {"due": "2024-07-01", "amount": "400"}, etag=etag)
    stale = asked.post(f"{path}tranches/", {"due": "2024-08-01", "amount": "400"}, etag=etag)

    assert [tranche["amount"] for tranche in response.json()["tranches"]] == ["400"]
    assert stale.status_code == 412
    assert asked.etag(path) != etag
    assert asked.etag("agreements/") != listed


def test_instalments_are_changed_together_and_received_later(agreement, rest):
    asked, path = rest(Role.FINANCE_OFFICER), f"agreements/{agreement.public_id}/"
    asked.patch(path, {"tranches": [{"due": "2024-07-01", "amount": "400"}]}, etag=asked.etag(path))

    received = [{"due": "2024-07-01", "amount": "400", "received_on": "2024-07-03"}]
    changed = asked.patch(path, {"tranches": received}, etag=asked.etag(path))
    too_much = asked.patch(path, {"tranches": [{**received[0], "amount": "1001"}]}, etag=asked.etag(path))

    assert changed.json()["tranches"] == [{"due": "2024-07-01", "received_on": "2024-07-03", "amount": "400"}]
    assert (too_much.status_code, fields_at_fault(too_much)) == (400, ["tranches"])
    assert Tranche.objects.get().amount == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [({"amount": "1000.01"}, "amount"), ({"amount": "0"}, "amount"), ({"due": "soon"}, "due"), ({"paid": "1"}, "paid")],
)
def test_an_instalment_that_cannot_be_is_refused_at_its_field(body, field, agreement, rest):
    asked, path = rest(Role.FINANCE_OFFICER), f"agreements/{agreement.public_id}/"

    response = asked.post(f"{path}tranches/", {"due": "2024-07-01", "amount": "1", **body}, etag=asked.etag(path))

    assert (response.status_code, fields_at_fault(response)) == (400, [field])
    assert not Tranche.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"last_day": "2025-12-31"}, "first_day"),
        ({"first_day": "2025-12-31", "last_day": "2025-01-01"}, "last_day"),
        ({"amount": "-1"}, "amount"),
        ({"instrument": "gift"}, "instrument"),
        ({"currency": "XXY"}, "currency"),
        ({"contributor": "NOBODY"}, "contributor"),
    ],
)
def test_a_promise_that_cannot_be_is_refused_at_its_field(body, field, agreement, rest):
    whole = {**AGREEMENT, "engagement": agreement.engagement.ref, "contributor": "MCF", **body}

    response = rest(Role.FINANCE_OFFICER).post("agreements/", whole)

    assert (response.status_code, fields_at_fault(response)) == (400, [field])
    assert FundingAgreement.objects.count() == 1


def test_an_agreement_runs_over_the_days_that_are_given(agreement, rest):
    whole = {**AGREEMENT, "engagement": agreement.engagement.ref, "contributor": "MCF", "first_day": "2024-02-01"}
    asked = rest(Role.FINANCE_OFFICER)

    made = asked.post("agreements/", {**whole, "last_day": "2024-02-29"}).json()
    path = f"agreements/{made['id']}/"
    changed = asked.patch(path, {"last_day": None}, etag=asked.etag(path)).json()

    assert (made["first_day"], made["last_day"]) == ("2024-02-01", "2024-02-29")
    assert (changed["first_day"], changed["last_day"]) == ("2024-02-01", None)


def test_a_contributor_that_one_may_not_see_is_one_that_is_not_there(agreement, rest):
    hidden = OrganisationFactory(code="HIDDEN-FUND")
    FundingAgreementFactory(contributor=hidden)
    asked = rest(Role.FINANCE_OFFICER, engagement=agreement.engagement)
    body = {**AGREEMENT, "engagement": agreement.engagement.ref, "contributor": "HIDDEN-FUND"}

    response = asked.post("agreements/", body)

    assert (response.status_code, fields_at_fault(response)) == (400, ["contributor"])
    assert Organisation.objects.filter(code="HIDDEN-FUND").exists()
