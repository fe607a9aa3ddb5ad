import datetime as dt
from decimal import Decimal

import pytest

from programmes.domain.vocabulary import Direction, InstitutionKind, Instrument, Method, RiskKind
from programmes.models import Country, Currency, Indicator
from programmes.services.agreements import add_agreement, add_tranche
from programmes.services.memberships import grant_membership, revoke_membership
from programmes.services.places import add_institution, add_user_assigned_country
from programmes.services.results import Target, add_indicator, add_milestone, add_workstream
from programmes.services.risks import add_risk, close_risk
from programmes.services.service_accounts import system_approver, system_author
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission, Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput
from tests.factories import EngagementFactory, OrganisationFactory, OutcomeFactory, UserFactory, WorkstreamFactory

pytestmark = pytest.mark.django_db

D = Decimal
DAY = dt.date(2024, 12, 31)
GRADES = ("D", "C", "B", "A")


@pytest.fixture
def add(engagement, officer):
    def make(method=Method.LATEST, **more):
        given = {"code": "I01", "title": "On time", "direction": Direction.INCREASE} | more
        return add_indicator(engagement_id=engagement.pk, method=method, **given, by=officer)

    return make


def test_an_indicator_comes_with_its_dated_targets(add):
    indicator = add(baseline=D("60.4"), targets=[Target(DAY, D(66)), Target(dt.date(2025, 12, 31), D(78))])

    assert list(indicator.targets.order_by("due").values_list("due", "value", "is_original")) == [
        (DAY, D(66), True),
        (dt.date(2025, 12, 31), D(78), True),
    ]


def test_an_ordinals_baseline_and_targets_are_levels_of_its_scale(add):
    indicator = add(Method.ORDINAL_LATEST, scale=GRADES, baseline_level="D", targets=[Target(DAY, level="B")])

    assert (indicator.baseline_level, indicator.targets.get().level) == ("D", "B")


WRONG = {
    "an ordinal without a scale": (Method.ORDINAL_LATEST, {}, "scale"),
    "a scale for a number": (Method.LATEST, {"scale": GRADES}, "scale"),
    "a scale of one": (Method.ORDINAL_LATEST, {"scale": ("A",)}, "scale"),
    "a level twice": (Method.ORDINAL_LATEST, {"scale": ("A", "A")}, "scale"),
    "a baseline off the scale": (Method.ORDINAL_LATEST, {"scale": GRADES, "baseline_level": "E"}, "baseline"),
    "a number as an ordinal's baseline": (Method.ORDINAL_LATEST, {"scale": GRADES, "baseline": D(1)}, "baseline"),
    "a level as a number's baseline": (Method.SUM, {"baseline_level": "A"}, "baseline"),
    "a target off the scale": (
        Method.ORDINAL_LATEST,
        {"scale": GRADES, "targets": [Target(DAY, level="E")]},
        "targets[0]",
    ),
    "a target that says nothing": (Method.SUM, {"targets": [Target(DAY)]}, "targets[0]"),
    "two targets on one day": (Method.SUM, {"targets": [Target(DAY, D(1)), Target(DAY, D(2))]}, "targets"),
    "a target of no number": (Method.SUM, {"targets": [Target(DAY, D("Infinity"))]}, "targets[0].value"),
    "a weight below zero": (Method.SUM, {"weight": D(-1)}, "weight"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_no_indicator_can_be_is_refused_at_its_place(add, case):
    method, given, place = WRONG[case]

    with pytest.raises(InvalidInput) as refusal:
        add(method, **given)

    assert refusal.value.faults[0].place == place
    assert not Indicator.objects.exists()


def test_another_engagements_outcome_or_workstream_is_refused(add, engagement, officer):
    with pytest.raises(InvalidInput, match="another engagement"):
        add(outcome=OutcomeFactory(engagement=EngagementFactory()))
    with pytest.raises(InvalidInput, match="another engagement"):
        add_milestone(
            engagement_id=engagement.pk,
            code="M",
            title="M",
            due=DAY,
            workstream=WorkstreamFactory(engagement=EngagementFactory()),
            by=officer,
        )


def test_a_code_is_given_once_in_an_engagement_and_again_in_another(engagement, officer):
    add_workstream(engagement_id=engagement.pk, code="WS1", title="One", by=officer)

    with pytest.raises(InvalidInput, match="WS1 is taken"):
        add_workstream(engagement_id=engagement.pk, code="WS1", title="Two", by=officer)
    add_workstream(engagement_id=EngagementFactory().pk, code="WS1", title="Elsewhere", by=officer)


def test_a_milestone_is_rated_from_1_to_4(engagement, officer):
    with pytest.raises(InvalidInput, match="from 1 to 4"):
        add_milestone(engagement_id=engagement.pk, code="M", title="M", due=DAY, rating=5, by=officer)


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        ({"likelihood": 6, "impact": 1}, "likelihood"),
        ({"likelihood": 1, "impact": 0}, "impact"),
        ({"likelihood": 1, "impact": 1, "residual_impact": 1}, "residual_likelihood"),
    ],
)
def test_risks_are_scored_from_1_to_5_and_what_remains_in_whole(engagement, officer, scores, place):
    with pytest.raises(InvalidInput) as refusal:
        add_risk(engagement_id=engagement.pk, code="R", kind=RiskKind.POLITICAL, title="R", **scores, by=officer)

    assert refusal.value.faults[0].place == place


def test_closing_a_risk_twice_is_one_act(engagement, officer):
    risk = add_risk(
        engagement_id=engagement.pk, code="R", kind=RiskKind.POLITICAL, title="R", likelihood=2, impact=3, by=officer
    )

    close_risk(risk_id=risk.pk, by=officer)
    close_risk(risk_id=risk.pk, by=officer)

    assert AuditEvent.objects.filter(verb="risk.closed").count() == 1


def test_a_private_recipient_is_refused_with_the_reason(administrator):
    with pytest.raises(InvalidInput, match="public institutions only, because"):
        add_institution(
            code="ACME",
            name="Acme Ltd",
            kind=InstitutionKind.PRIVATE,
            country=Country.objects.get(pk="MD"),
            by=administrator,
        )


def test_an_institution_is_in_a_country_or_in_a_union(administrator):
    bank = {"code": "BCEAO", "name": "Central Bank of West African States", "kind": InstitutionKind.CENTRAL_BANK}

    with pytest.raises(InvalidInput, match="exactly one"):
        add_institution(**bank, by=administrator)
    assert add_institution(**bank, union="UEMOA", by=administrator).country is None


def test_a_user_assigned_country_takes_no_code_that_is_taken(administrator):
    for iso2, says in (("MD", "MD is taken"), ("x1", "two capital letters")):
        with pytest.raises(InvalidInput, match=says):
            add_user_assigned_country(iso2=iso2, name="Gondal", by=administrator)


def test_instalments_do_not_promise_more_than_their_agreement(engagement, administrator):
    agreement = add_agreement(
        engagement_id=engagement.pk,
        code="A",
        contributor=OrganisationFactory(),
        instrument=Instrument.GRANT,
        amount=D(100),
        currency=Currency.objects.get(pk="USD"),
        by=administrator,
    )
    add_tranche(agreement_id=agreement.pk, due=DAY, amount=D(60), by=administrator)

    with pytest.raises(InvalidInput, match=r"add up to 100\.01"):
        add_tranche(agreement_id=agreement.pk, due=DAY, amount=D("40.01"), by=administrator)
    add_tranche(agreement_id=agreement.pk, due=DAY, amount=D(40), by=administrator)


def test_a_granted_role_works_at_once_and_a_revoked_one_no_longer(engagement, administrator):
    user = UserFactory()
    assert not grants_of(user).anywhere(Permission.RISK_CHANGE)

    membership = grant_membership(user=user, role=Role.PROGRAMME_OFFICER, on=engagement, by=administrator)
    assert grants_of(user).anywhere(Permission.RISK_CHANGE)
    with pytest.raises(InvalidInput, match="already"):
        grant_membership(user=user, role=Role.PROGRAMME_OFFICER, on=engagement, by=administrator)

    revoke_membership(membership_id=membership.pk, by=administrator)
    assert not grants_of(type(user).objects.get(pk=user.pk)).anywhere(Permission.RISK_CHANGE)


def test_the_portal_writes_as_two_users_whom_nobody_can_sign_in_as():
    author, approver = system_author(), system_approver()

    assert author.pk != approver.pk
    assert system_author().pk == author.pk
    assert author.is_service
    assert not author.has_usable_password()
    assert author.email == "author@service.invalid"
    assert grants_of(author).everywhere(Permission.BUDGET_CHANGE)
    assert grants_of(approver).everywhere(Permission.BUDGET_APPROVE)
