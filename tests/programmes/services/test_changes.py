"""Changing and removing: named fields only, what was and what became on record, originals kept."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.domain.vocabulary import Instrument, Method, Publication, RiskStatus
from programmes.models import Amendment, Country, EngagementSector, Indicator, Organisation, Sector
from programmes.services.agreements import add_tranche, change_agreement
from programmes.services.amendments import change_engagement
from programmes.services.changing import StillInUse
from programmes.services.framework import (
    IndicatorHasObservations,
    change_indicator,
    change_outcome,
    remove_indicator,
    remove_outcome,
)
from programmes.services.programmes import change_programme
from programmes.services.progress import change_observation, open_period, record_observations, submit_report
from programmes.services.progress_refusals import ReportClosed
from programmes.services.readings import Reading
from programmes.services.results import Target
from programmes.services.risks import change_risk, remove_risk
from programmes.services.workplan import (
    MilestoneIsDone,
    change_milestone,
    change_workstream,
    complete_milestone,
    remove_milestone,
    remove_workstream,
)
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.changes.models import Tombstone
from ta_portal.errors import InvalidInput, NotFound, NotPermitted, StaleVersion
from tests.factories import (
    EngagementFactory,
    FundingAgreementFactory,
    IndicatorFactory,
    InstitutionFactory,
    MilestoneFactory,
    ObservationFactory,
    OutcomeFactory,
    RiskFactory,
    WorkstreamFactory,
    days,
)

pytestmark = pytest.mark.django_db

D = Decimal
DAY, LATER = dt.date(2024, 12, 31), dt.date(2025, 12, 31)


@pytest.fixture
def indicator(engagement):
    found = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement))
    found.targets.create(due=DAY, value=D(66))
    found.targets.create(due=LATER, value=D(78))
    return found


def place_of(refusal):
    return [fault.place for fault in refusal.value.faults]


# --- what all have in common ---


def test_a_field_that_a_service_does_not_name_cannot_be_reached(engagement, officer):
    risk = RiskFactory(engagement=engagement)

    for name in ("score", "engagement", "row_version", "created_by"):
        with pytest.raises(TypeError, match=name):
            change_risk(risk_id=risk.pk, by=officer, **{name: 1})


def test_who_comes_second_is_told_who_came_first_and_when(engagement, officer, administrator):
    risk = RiskFactory(engagement=engagement, title="As read")
    change_risk(risk_id=risk.pk, expected_version=1, by=officer, title="First")

    with pytest.raises(StaleVersion) as refusal:
        change_risk(risk_id=risk.pk, expected_version=1, by=administrator, title="Second")

    risk.refresh_from_db()
    assert risk.title == "First"
    assert refusal.value.changed_by == officer.full_name
    assert refusal.value.changed_at == risk.updated_at
    assert officer.full_name in refusal.value.message


def test_permission_is_asked_before_the_version(engagement, people):
    risk = RiskFactory(engagement=engagement)

    with pytest.raises(NotPermitted):
        change_risk(risk_id=risk.pk, expected_version=9, by=people["viewer"], title="Mine")
    with pytest.raises(NotFound):
        change_risk(risk_id=risk.pk, expected_version=9, by=people["stranger"], title="Mine")


def test_what_changes_is_checked_as_a_whole(engagement, officer):
    risk = RiskFactory(engagement=engagement, residual_likelihood=2, residual_impact=2)

    with pytest.raises(InvalidInput) as refusal:
        change_risk(risk_id=risk.pk, by=officer, residual_impact=None)

    assert place_of(refusal) == ["residual_likelihood"]


def test_a_risk_is_scored_anew_and_opened_again(engagement, officer):
    risk = RiskFactory(engagement=engagement, status="closed", likelihood=2, impact=2)

    change_risk(risk_id=risk.pk, by=officer, status=RiskStatus.OPEN, likelihood=5)

    risk.refresh_from_db()
    assert (risk.status, risk.score, risk.updated_by) == ("open", 10, officer)
    assert AuditEvent.objects.get(verb="risk.changed").data["changes"] == {
        "status": {"was": "closed", "now": "open"},
        "likelihood": {"was": "2", "now": "5"},
    }


REMOVALS = {
    "risk": (RiskFactory, remove_risk, "risk_id"),
    "milestone": (MilestoneFactory, remove_milestone, "milestone_id"),
    "workstream": (WorkstreamFactory, remove_workstream, "workstream_id"),
    "outcome": (OutcomeFactory, remove_outcome, "outcome_id"),
}


@pytest.mark.parametrize("kind", REMOVALS)
def test_a_removal_has_a_reason_and_leaves_a_trace_and_a_tombstone(kind, engagement, officer):
    factory, remove, key = REMOVALS[kind]
    row = factory(engagement=engagement)

    with pytest.raises(InvalidInput) as refusal:
        remove(**{key: row.pk}, reason=" ", by=officer)
    assert place_of(refusal) == ["reason"]
    with pytest.raises(StaleVersion):
        remove(**{key: row.pk}, reason="Wrong", expected_version=7, by=officer)
    remove(**{key: row.pk}, reason="Wrong", expected_version=1, by=officer)

    assert not type(row).objects.filter(pk=row.pk).exists()
    event = AuditEvent.objects.get(verb=f"{kind}.removed")
    assert (event.data["reason"], event.data["code"], event.engagement_id) == ("Wrong", row.code, engagement.pk)
    assert Tombstone.objects.get(public_id=row.public_id).kind == kind


# --- engagements and their amendments ---


def test_before_approval_an_engagement_changes_without_further_ado(officer):
    engagement = EngagementFactory(status="appraisal", objective="Old")

    change_engagement(engagement_id=engagement.pk, by=officer, objective="New", planned_to=dt.date(2026, 6, 30))

    engagement.refresh_from_db()
    assert (engagement.objective, engagement.planned) == ("New", days("2024-01-01", "2026-06-30"))
    assert not Amendment.objects.exists()


def test_after_approval_the_original_stays_beside_every_later_value(officer):
    engagement = EngagementFactory(status="active", planned=days("2024-01-01", "2025-12-31"))

    with pytest.raises(InvalidInput) as refusal:
        change_engagement(engagement_id=engagement.pk, by=officer, planned_to=dt.date(2026, 6, 30))
    assert place_of(refusal) == ["reason"]
    for last in (dt.date(2026, 6, 30), dt.date(2026, 12, 31)):
        change_engagement(engagement_id=engagement.pk, reason="Elections", by=officer, planned_to=last)

    assert list(Amendment.objects.order_by("pk").values_list("field", "original", "current", "reason", "by")) == [
        ("planned", "2024-01-01/2025-12-31", "2024-01-01/2026-06-30", "Elections", officer.pk),
        ("planned", "2024-01-01/2025-12-31", "2024-01-01/2026-12-31", "Elections", officer.pk),
    ]


def test_what_was_not_agreed_on_is_no_amendment(engagement, officer):
    change_engagement(engagement_id=engagement.pk, by=officer, title="Clearer", publication=Publication.PUBLISHED)

    engagement.refresh_from_db()
    assert (engagement.title, engagement.publication, engagement.row_version) == ("Clearer", "published", 2)
    assert not Amendment.objects.exists()


def test_places_and_sectors_are_given_out_anew_in_whole(engagement, officer):
    EngagementSector.objects.create(engagement=engagement, sector=Sector.objects.get(pk="15155"), pct=100)
    moldova, kenya = Country.objects.get(pk="MD"), Country.objects.get(pk="KE")
    sectors = {Sector.objects.get(pk="15114"): D("100")}

    change_engagement(
        engagement_id=engagement.pk,
        reason="Wider",
        by=officer,
        recipients={moldova: D("60.5"), kenya: D("39.5")},
        sectors=sectors,
    )

    assert dict(engagement.recipients.values_list("country", "pct")) == {"MD": D("60.5"), "KE": D("39.5")}
    assert engagement.sector_shares.get().sector_id == "15114"
    assert dict(Amendment.objects.values_list("field", "current")) == {
        "recipients": "KE 39.5 %, MD 60.5 %",
        "sectors": "15114 100 %",
    }
    engagement.refresh_from_db()
    assert engagement.row_version == 2
    with pytest.raises(InvalidInput, match="add up to 90"):
        change_engagement(engagement_id=engagement.pk, reason="?", by=officer, recipients={moldova: D(90)})


def test_an_engagement_is_no_part_of_its_own_part(engagement, officer):
    part = EngagementFactory(parent=engagement)

    for parent in (part, engagement):
        with pytest.raises(InvalidInput) as refusal:
            change_engagement(engagement_id=engagement.pk, by=officer, parent=parent)
        assert place_of(refusal) == ["parent"]


def test_nobody_moves_an_engagement_out_of_their_own_reach(member, engagement):
    ministry = engagement.institution
    officer = member(Role.PROGRAMME_OFFICER, institution=ministry)

    with pytest.raises(NotPermitted):
        change_engagement(engagement_id=engagement.pk, reason="Gone", by=officer, institution=InstitutionFactory())

    engagement.refresh_from_db()
    assert engagement.institution == ministry


def test_a_private_recipient_is_refused_and_one_that_is_there_can_still_be_mended(engagement, officer):
    acme = InstitutionFactory(kind="private")

    with pytest.raises(InvalidInput, match="because it builds what a state"):
        change_engagement(engagement_id=engagement.pk, reason="?", by=officer, institution=acme)
    old = EngagementFactory(institution=acme)
    assert change_engagement(engagement_id=old.pk, by=officer, title="Mended").title == "Mended"


def test_a_programme_keeps_its_currency_and_its_days_in_order(engagement, administrator):
    programme = engagement.programme
    change_programme(programme_id=programme.pk, by=administrator, starts=DAY, lead=Organisation.objects.first())

    with pytest.raises(InvalidInput) as refusal:
        change_programme(programme_id=programme.pk, by=administrator, ends=dt.date(2024, 1, 1))
    assert place_of(refusal) == ["ends"]
    with pytest.raises(TypeError, match="currency"):
        change_programme(programme_id=programme.pk, by=administrator, currency=programme.currency)


def test_an_agreement_is_never_for_less_than_its_instalments(engagement, administrator):
    agreement = FundingAgreementFactory(engagement=engagement, amount=D(100))
    add_tranche(agreement_id=agreement.pk, due=DAY, amount=D(60), by=administrator)

    with pytest.raises(InvalidInput, match="add up to 60"):
        change_agreement(agreement_id=agreement.pk, by=administrator, amount=D(59))
    with pytest.raises(InvalidInput) as refusal:
        change_agreement(agreement_id=agreement.pk, by=administrator, last_day=DAY)
    assert place_of(refusal) == ["first_day"]
    with pytest.raises(InvalidInput) as refusal:
        change_agreement(agreement_id=agreement.pk, by=administrator, amount=D("NaN"))
    assert place_of(refusal) == ["amount"]

    change_agreement(
        agreement_id=agreement.pk,
        by=administrator,
        amount=D(60),
        instrument=Instrument.LOAN_TIED,
        first_day=dt.date(2024, 1, 1),
        last_day=DAY,
    )
    agreement.refresh_from_db()
    assert (agreement.amount, agreement.during) == (D(60), days("2024-01-01", "2024-12-31"))


# --- the work ---


def test_a_milestone_is_moved_within_its_engagement(engagement, officer):
    milestone, ours = MilestoneFactory(engagement=engagement), WorkstreamFactory(engagement=engagement)

    change_milestone(milestone_id=milestone.pk, by=officer, workstream=ours, due=LATER)
    with pytest.raises(InvalidInput) as refusal:
        change_milestone(milestone_id=milestone.pk, by=officer, workstream=WorkstreamFactory())

    assert place_of(refusal) == ["workstream"]
    milestone.refresh_from_db()
    assert (milestone.workstream, milestone.due) == (ours, LATER)


def test_a_milestone_is_completed_once_and_a_correction_is_a_change(engagement, officer):
    milestone = MilestoneFactory(engagement=engagement)

    for _time in range(2):
        complete_milestone(milestone_id=milestone.pk, done=DAY, rating=3, by=officer)
    with pytest.raises(MilestoneIsDone):
        complete_milestone(milestone_id=milestone.pk, done=LATER, by=officer)
    change_milestone(milestone_id=milestone.pk, by=officer, done=None)

    milestone.refresh_from_db()
    assert (milestone.done, milestone.rating) == (None, 3)
    assert AuditEvent.objects.filter(verb="milestone.completed").count() == 1


def test_a_code_that_is_taken_is_refused(engagement, officer):
    WorkstreamFactory(engagement=engagement, code="WS1")
    other = WorkstreamFactory(engagement=engagement, code="WS2")

    with pytest.raises(InvalidInput, match="WS1 is taken"):
        change_workstream(workstream_id=other.pk, by=officer, code="WS1")


def test_a_workstream_that_something_hangs_on_stays_and_says_what(engagement, officer):
    workstream = WorkstreamFactory(engagement=engagement)
    MilestoneFactory.create_batch(2, engagement=engagement, workstream=workstream)

    with pytest.raises(StillInUse, match="2 milestones"):
        remove_workstream(workstream_id=workstream.pk, reason="Merged", by=officer)

    assert not AuditEvent.objects.filter(verb="workstream.removed").exists()


# --- what it is for ---


def test_a_rating_that_a_person_assigns_has_its_reason(engagement, officer):
    outcome = OutcomeFactory(engagement=engagement)

    with pytest.raises(InvalidInput) as refusal:
        change_outcome(outcome_id=outcome.pk, by=officer, assigned_rating=3)
    assert place_of(refusal) == ["assigned_reason"]
    with pytest.raises(InvalidInput) as refusal:
        change_outcome(outcome_id=outcome.pk, by=officer, weight=D(-1))
    assert place_of(refusal) == ["weight"]
    assert change_outcome(outcome_id=outcome.pk, by=officer, assigned_rating=3, assigned_reason="Seen").assigned_rating


def test_an_agreed_target_is_amended_and_its_original_stays(indicator, engagement, officer):
    targets = [Target(DAY, D(60)), Target(LATER, D(78))]

    with pytest.raises(InvalidInput) as refusal:
        change_indicator(indicator_id=indicator.pk, by=officer, targets=targets)
    assert place_of(refusal) == ["reason"]
    for goal in (60, 58):
        change_indicator(
            indicator_id=indicator.pk,
            reason="Late law",
            by=officer,
            targets=[Target(DAY, D(goal)), Target(LATER, D(78))],
        )

    assert list(indicator.targets.order_by("due", "is_original").values_list("due", "value", "is_original")) == [
        (DAY, D(58), False),
        (DAY, D(66), True),
        (LATER, D(78), True),
    ]
    assert set(Amendment.objects.values_list("field", "original")) == {
        (f"targets of {indicator.code}", "2024-12-31: 66; 2025-12-31: 78")
    }
    with pytest.raises(InvalidInput, match="it can change, not go"):
        change_indicator(indicator_id=indicator.pk, reason="?", by=officer, targets=[Target(LATER, D(78))])


def test_before_approval_targets_are_simply_set(indicator, engagement, officer):
    engagement.status = "pipeline"
    engagement.save()

    change_indicator(indicator_id=indicator.pk, by=officer, targets=[Target(LATER, D(70))])

    assert list(indicator.targets.values_list("due", "value", "is_original")) == [(LATER, D(70), True)]
    indicator.refresh_from_db()
    assert indicator.row_version == 2


def test_figures_that_were_recorded_keep_their_meaning_and_their_indicator(indicator, officer):
    observation = ObservationFactory(indicator=indicator, status="draft")

    with pytest.raises(IndicatorHasObservations, match="another method"):
        change_indicator(indicator_id=indicator.pk, by=officer, method=Method.SUM)
    with pytest.raises(IndicatorHasObservations, match="recorded observations"):
        remove_indicator(indicator_id=indicator.pk, reason="Wrong", by=officer)
    observation.status = "accepted"
    observation.save()
    with pytest.raises(IndicatorHasObservations, match=r"accepted observations \(1\)"):
        remove_indicator(indicator_id=indicator.pk, reason="Wrong", by=officer)

    assert change_indicator(indicator_id=indicator.pk, by=officer, title="Clearer", baseline=D("1.5")).baseline == D(
        "1.5"
    )


def test_an_indicator_that_was_never_observed_goes_with_its_targets(indicator, officer):
    remove_indicator(indicator_id=indicator.pk, reason="Twice", by=officer)

    assert not Indicator.objects.exists()
    assert Tombstone.objects.filter(kind="indicator_target").count() == 2


def test_an_outcome_that_indicators_show_stays(indicator, officer):
    with pytest.raises(StillInUse, match="1 indicators"):
        remove_outcome(outcome_id=indicator.outcome_id, reason="Merged", by=officer)


# --- how far ---


def test_a_figure_is_bettered_while_its_report_is_open(engagement, administrator):
    indicator = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement))
    period = open_period(engagement_id=engagement.pk, starts=dt.date(2024, 1, 1), ends=DAY, by=administrator)
    given = [Reading(indicator=indicator, value=D(1), source="Ledger")]
    row = record_observations(report_id=period.report.pk, readings=given, by=administrator)[0]

    change_observation(observation_id=row.pk, expected_version=1, by=administrator, value=D(2))
    with pytest.raises(StaleVersion):
        change_observation(observation_id=row.pk, expected_version=1, by=administrator, value=D(3))
    row.refresh_from_db()
    assert (row.value, row.source) == (D(2), "Ledger")
    assert list(row.revisions.order_by("seq").values_list("value", flat=True)) == [D(1), D(2)]

    submit_report(report_id=period.report.pk, by=administrator)
    with pytest.raises(ReportClosed):
        change_observation(observation_id=row.pk, by=administrator, value=D(4))


def test_a_figure_that_came_without_a_report_is_not_changed_in_one(engagement, administrator):
    row = ObservationFactory(indicator=IndicatorFactory(outcome=OutcomeFactory(engagement=engagement)))

    with pytest.raises(ReportClosed, match="no report"):
        change_observation(observation_id=row.pk, by=administrator, value=D(4))
