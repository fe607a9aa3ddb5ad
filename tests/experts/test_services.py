import datetime as dt
from decimal import Decimal

import pytest

from experts.domain.vocabulary import DEPLOYMENT_STEPS, DeploymentStatus, ExpertKind
from experts.models import Deployment, Expert
from experts.services import (
    DeploymentStepNotPossible,
    Overbooked,
    add_expert,
    change_deployment_status,
    deploy,
    set_rate_card,
)
from programmes.domain.vocabulary import Modality
from programmes.models import Currency
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotFound, NotPermitted
from tests.factories import (
    CurrencyFactory,
    DeploymentFactory,
    EngagementFactory,
    ExpertFactory,
    UserFactory,
    WorkstreamFactory,
)
from tests.racing import race

pytestmark = pytest.mark.django_db

D = Decimal
S = DeploymentStatus
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 6, 30)


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


def book(expert, by, *, engagement=None, code="D01", fte="1.00", status=S.CONFIRMED, **more):
    given = {"first_day": FIRST, "last_day": LAST, "planned_days": D(100), "modality": Modality.MISSION} | more
    return deploy(
        engagement_id=(engagement or EngagementFactory()).pk,
        code=code,
        expert=expert,
        fte=D(fte),
        status=status,
        **given,
        by=by,
    )


def test_experts_get_the_next_free_code_and_their_name_stands_apart(officer):
    ExpertFactory(code="E-0009")
    ExpertFactory(code="E-10000")

    expert = add_expert(kind=ExpertKind.REGIONAL, name="Keisha Baptiste", role="Developer", by=officer)

    assert expert.code == "E-10001"
    assert (expert.person.name, expert.person.role) == ("Keisha Baptiste", "Developer")
    assert "Keisha" not in str(AuditEvent.objects.get(verb="expert.added").data)


def test_the_first_expert_is_number_one(officer):
    assert add_expert(kind=ExpertKind.NATIONAL, name="A", by=officer).code == "E-0001"


def test_a_source_names_an_expert_once_and_two_sources_may_use_one_code(officer):
    given = {"kind": ExpertKind.NATIONAL, "name": "A", "source_code": "E1", "by": officer}
    add_expert(source="scenario:A", **given)
    add_expert(source="scenario:B", **given)

    with pytest.raises(InvalidInput, match="E1 is taken"):
        add_expert(source="scenario:A", **given)


def test_those_who_may_not_add_no_expert_and_no_deployment(member, officer):
    expert = add_expert(kind=ExpertKind.NATIONAL, name="A", by=officer)

    for person, refusal in ((UserFactory(), NotFound), (member(Role.VIEWER), NotPermitted)):
        with pytest.raises(NotPermitted):
            add_expert(kind=ExpertKind.NATIONAL, name="B", by=person)
        with pytest.raises(refusal):
            book(expert, person)
    assert Expert.objects.count() == 1
    assert not Deployment.objects.exists()


def test_a_day_has_one_rate(member):
    finance, expert, usd = member(Role.FINANCE_OFFICER), ExpertFactory(), Currency.objects.get(pk="USD")

    def card(first, last, amount="640.00"):
        return set_rate_card(expert=expert, amount=D(amount), currency=usd, first_day=first, last_day=last, by=finance)

    card(FIRST, LAST)
    card(LAST + dt.timedelta(days=1), None, "660.00")
    with pytest.raises(InvalidInput, match="has a rate for some of these days"):
        card(LAST, LAST)
    with pytest.raises(InvalidInput, match="not below 0"):
        card(dt.date(2020, 1, 1), dt.date(2020, 1, 2), "-1")


def test_rates_are_set_by_finance_not_by_the_officer_who_deploys(officer):
    with pytest.raises(NotPermitted):
        set_rate_card(
            expert=ExpertFactory(), amount=D(1), currency=CurrencyFactory(), first_day=FIRST, last_day=None, by=officer
        )


@pytest.mark.parametrize("status", [S.CONFIRMED, S.IN_FIELD, S.COMPLETED])
def test_an_expert_is_not_booked_beyond_one_on_any_day_and_hears_which(officer, status):
    expert = ExpertFactory()
    book(expert, officer, fte="0.60")

    with pytest.raises(Overbooked) as refusal:
        book(expert, officer, fte="0.41", status=status, first_day=LAST, last_day=None)

    assert "1.01" in refusal.value.message
    assert "2024-06-30" in refusal.value.message
    book(expert, officer, fte="0.40", status=status, first_day=LAST, last_day=None)


@pytest.mark.parametrize("status", [S.PROPOSED, S.CANCELLED])
def test_what_is_only_proposed_or_cancelled_takes_no_time(officer, status):
    expert = ExpertFactory()
    book(expert, officer)

    book(expert, officer, status=status)


def test_the_day_after_the_last_is_free(officer):
    expert = ExpertFactory()
    book(expert, officer)

    book(expert, officer, first_day=LAST + dt.timedelta(days=1), last_day=None)


def test_confirming_is_when_the_load_counts(officer):
    expert = ExpertFactory()
    book(expert, officer)
    proposed = book(expert, officer, status=S.PROPOSED)

    with pytest.raises(Overbooked):
        change_deployment_status(deployment_id=proposed.pk, to=S.CONFIRMED, by=officer)

    proposed.refresh_from_db()
    assert proposed.status == S.PROPOSED


@pytest.mark.parametrize("start", S)
def test_deployments_take_the_steps_of_the_table_and_no_others(officer, start):
    for to in S:
        deployment = DeploymentFactory(status=start.value)
        if to in DEPLOYMENT_STEPS[start]:
            assert change_deployment_status(deployment_id=deployment.pk, to=to, by=officer).status == to
        else:
            with pytest.raises(DeploymentStepNotPossible):
                change_deployment_status(deployment_id=deployment.pk, to=to, by=officer)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"fte": "0"}, "fte"),
        ({"fte": "1.01"}, "fte"),
        ({"fte": "0.333"}, "fte"),
        ({"planned_days": D(-1)}, "planned_days"),
        ({"days_brought_forward": D(-1)}, "days_brought_forward"),
        ({"last_day": dt.date(2023, 12, 31)}, "during"),
    ],
)
def test_what_no_deployment_can_be_is_refused_at_its_place(officer, given, place):
    with pytest.raises(InvalidInput) as refusal:
        book(ExpertFactory(), officer, **given)

    assert refusal.value.faults[0].place == place


def test_another_engagements_workstream_is_refused(officer):
    with pytest.raises(InvalidInput, match="another engagement"):
        book(ExpertFactory(), officer, workstream=WorkstreamFactory())


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_book_a_third_of_one_expert_at_once_three_succeed(member):
    officer, expert, engagement = member(Role.PROGRAMME_OFFICER), ExpertFactory(), EngagementFactory()

    def booking(number):
        return lambda: book(expert, officer, engagement=engagement, code=f"D{number}", fte="0.30")

    outcomes = race([booking(number) for number in range(8)])

    assert sum(isinstance(found, Deployment) for found in outcomes) == 3
    assert sum(isinstance(found, Overbooked) for found in outcomes) == 5


@pytest.mark.django_db(transaction=True)
def test_of_eight_proposals_confirmed_at_once_three_are_confirmed(member):
    officer, expert = member(Role.PROGRAMME_OFFICER), ExpertFactory()
    proposals = [book(expert, officer, fte="0.30", status=S.PROPOSED) for _ in range(8)]

    def confirmation(deployment):
        return lambda: change_deployment_status(deployment_id=deployment.pk, to=S.CONFIRMED, by=officer)

    outcomes = race([confirmation(deployment) for deployment in proposals])

    assert sum(isinstance(found, Overbooked) for found in outcomes) == 5
    assert Deployment.objects.filter(status=S.CONFIRMED).count() == 3


@pytest.mark.django_db(transaction=True)
def test_four_experts_added_at_once_get_four_codes(member):
    officer = member(Role.PROGRAMME_OFFICER)

    race([lambda: add_expert(kind=ExpertKind.NATIONAL, name="A", by=officer)] * 4)

    assert sorted(Expert.objects.values_list("code", flat=True)) == ["E-0001", "E-0002", "E-0003", "E-0004"]
