"""Every constraint, broken once through the database: a new one without a case here fails."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import factory
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from costing import models as costing
from evaluations import models as evaluations
from experts import models as experts
from programmes import models as programmes
from ta_portal.api.models import Calls, Idempotency
from ta_portal.jobs.models import Inbox, Job
from ta_portal.mail.models import DeliveryChoice, Letter, Message
from ta_portal.ui.models import KeptForm, SavedView
from tests import factories as make

OURS = {
    "accounts",
    "changes",
    "audit",
    "portal_api",
    "portal_ui",
    "jobs",
    "portal_mail",
    "programmes",
    "experts",
    "costing",
    "evaluations",
}
NOW = timezone.now
DAY = dt.date(2024, 1, 1)
EMPTY = DateRange(empty=True)
OPEN_START = DateRange(None, DAY, "[)")


def twice(build: Callable[..., object], **same: object) -> Callable[[], object]:
    """Make the same thing a second time; values that are callables are made once and shared."""

    def act() -> None:
        shared = {name: value() if callable(value) else value for name, value in same.items()}
        build(**shared)
        build(**shared)

    return act


def rows(model: type[models.Model], **fields: object) -> Callable[..., object]:
    return lambda **more: model._default_manager.create(
        **{k: v() if callable(v) else v for k, v in {**fields, **more}.items()}
    )


usd, eur = (lambda: make.CurrencyFactory(code="USD")), (lambda: make.CurrencyFactory(code="EUR"))
recipient = rows(programmes.EngagementRecipient, engagement=lambda: make.EngagementFactory(country=False), pct=100)
sector_share = rows(programmes.EngagementSector, engagement=make.EngagementFactory, sector=make.SectorFactory, pct=100)
outside = rows(
    programmes.OutsideActivity,
    code="X",
    title="X",
    organisation=make.OrganisationFactory,
    country=make.CountryFactory,
    during=lambda: make.days("2024-01-01", None),
)
target = rows(programmes.IndicatorTarget, indicator=make.IndicatorFactory, due=DAY, value=1)
period = rows(
    programmes.ReportingPeriod, engagement=make.EngagementFactory, starts=DAY, ends=dt.date(2024, 3, 31), due=DAY
)
report = rows(programmes.ProgressReport, period=period)
upload = rows(
    programmes.EvidenceUpload,
    owner=make.UserFactory,
    report=report,
    name="a.pdf",
    sha256="0" * 64,
    size=1,
    expires_at=NOW,
)
revision = rows(
    programmes.ObservationRevision,
    observation=make.ObservationFactory,
    seq=1,
    status="accepted",
    reported=True,
    value=1,
    by=make.UserFactory,
)
rate_card = rows(
    experts.RateCard, expert=make.ExpertFactory, during=lambda: make.days("2024-01-01", None), amount=1, currency=usd
)
grade_card = rows(experts.RateCard, during=lambda: make.days("2024-01-01", None), amount=1, currency=usd)
grade = rows(experts.Grade, code="G1", name="Grade 1")
source = rows(costing.RateSource, code="src", pivot=usd, frequency="monthly", grace_days=31)
quote = rows(costing.ExchangeRate, source=source, base=eur, quote=usd, on_date=DAY, value=1)
rate_set = rows(costing.RateSet, code="set", base=usd)
set_rate = rows(costing.RateSetRate, rate_set=rate_set, currency=eur, num=1)
line_key = rows(costing.CostLineKey, engagement=make.EngagementFactory, code="C1")
line = rows(
    costing.CostLine,
    budget=make.BudgetFactory,
    key=line_key,
    quantity=1,
    unit="day",
    unit_cost=1,
    amount=1,
    currency=usd,
    planned=lambda: make.days("2024-01-01", "2024-01-01"),
)
entry = rows(
    costing.LedgerEntry,
    engagement=make.EngagementFactory,
    kind="expenditure",
    on_date=DAY,
    amount=1,
    currency=usd,
    source="s",
    external_ref="1",
    by=make.UserFactory,
)
valuation = rows(costing.LedgerValuation, entry=entry, seq=1, num=1, den=1, by=make.UserFactory)
job = rows(Job, kind="k", by=make.UserFactory)
inbox = rows(Inbox, consumer="c", outbox_id=1)
letter = rows(Letter, recipient=make.UserFactory, cadence="daily", on_date=DAY)
message = rows(
    Message, recipient=make.UserFactory, kind="k", language="en", content={}, delivery="inbox", dedupe_key="one"
)
choice = rows(DeliveryChoice, user=make.UserFactory, kind="k", delivery="daily")
saved_view = rows(SavedView, list_name="engagements", name="Mine")
kept_form = rows(KeptForm, address="/", typed=b"", kept_at=NOW, expires_at=NOW)
idempotency = rows(Idempotency, user=make.UserFactory, key="k", request_hash="h", expires_at=NOW)
position = rows(experts.Position, engagement=make.EngagementFactory, code="P1", profile="Adviser")
rating = rows(evaluations.CriterionRating, evaluation=make.EvaluationFactory, criterion="impact", value=3)
recommendation = rows(evaluations.Recommendation, evaluation=make.EvaluationFactory, no=1)
readiness_set = rows(evaluations.ReadinessSet, code="set")
dimension = rows(evaluations.ReadinessDimension, set=readiness_set, code="d", name="D", weight=1)
assessment = rows(evaluations.ReadinessAssessment, engagement=make.EngagementFactory, set=readiness_set, on_date=DAY)
score = rows(evaluations.ReadinessScore, assessment=assessment, dimension=dimension, score=1)
impact = rows(evaluations.ImpactReport, scope_kind="portfolio", as_of=DAY, cut_off=NOW, currency=usd, state="building")
impact_row = rows(evaluations.ImpactRow, report=impact, level="portfolio", key="", metric="actual_cost")


def assessed() -> dict[str, object]:
    """An assessment and one of its dimensions."""
    of = readiness_set()
    return {"assessment": assessment(set=of), "dimension": dimension(set=of)}


def approved_budget(**fields: object) -> object:
    return make.BudgetFactory(state="approved", approved_by=make.UserFactory(), approved_at=NOW(), **fields)


def own_budget() -> object:
    author = make.UserFactory()
    return make.BudgetFactory(state="approved", drafted_by=author, approved_by=author, approved_at=NOW())


def one_person_for_both_sides():
    both = {"engagement": make.EngagementFactory(), "given_by": make.UserFactory()}
    for side in ("ministry", "adviser"):
        make.SideRatingFactory(side=side, **both)


def own_report() -> object:
    author = make.UserFactory()
    return report(state="accepted", submitted_by=author, submitted_at=NOW(), decided_by=author, decided_at=NOW())


def overlapping_periods() -> None:
    engagement = make.EngagementFactory()
    period(engagement=engagement)
    period(engagement=engagement, starts=dt.date(2024, 3, 31), ends=dt.date(2024, 6, 30))


BROKEN: dict[str, Callable[[], object]] = {
    "api_calls_counted_once": lambda: [Calls.objects.create(caller="u1", kind="search", minute=1, n=1) for _ in "12"],
    "user_email_once_whatever_its_case": lambda: (
        make.UserFactory(email="a@b.example"),
        make.UserFactory(email="A@B.example"),
    ),
    "user_density_known": lambda: make.UserFactory(density="huge"),
    "job_state_known": lambda: job(state="lost"),
    "job_lease_while_running": lambda: job(state="running"),
    "job_dedupe": twice(job, dedupe_key="one"),
    "inbox_once": twice(inbox),
    "idempotency_key_once": twice(idempotency, user=make.UserFactory),
    "letter_cadence_known": lambda: letter(cadence="hourly"),
    "letter_state_known": lambda: letter(state="lost"),
    "letter_digest_has_a_day": lambda: letter(on_date=None),
    "letter_sent_says_when": lambda: letter(state="sent"),
    "letter_one_digest_a_day": twice(letter, recipient=make.UserFactory),
    "message_delivery_known": lambda: message(delivery="pigeon"),
    "message_told_once": twice(message),
    "delivery_choice_once": twice(choice, user=make.UserFactory),
    "delivery_choice_known": lambda: choice(delivery="pigeon"),
    "saved_view_named_once": twice(saved_view, owner=make.UserFactory),
    "saved_view_one_default": lambda: [
        saved_view(owner=one, name=name, is_default=True) for one in [make.UserFactory()] for name in ("A", "B")
    ],
    "saved_view_has_a_name": lambda: saved_view(owner=make.UserFactory(), name=""),
    "kept_form_once": twice(kept_form, owner=make.UserFactory),
    "currency_minor_units_known": lambda: make.CurrencyFactory(code="ZZZ", minor_units=5),
    "country_code_is_two_capitals": lambda: make.CountryFactory(iso2="x1"),
    "country_fact_once_a_year": twice(
        rows(programmes.CountryFact, year=2024, indicator="gni", value="1", source="s"), country=make.CountryFactory
    ),
    "institution_kind_known": lambda: make.InstitutionFactory(kind="club"),
    "institution_in_country_or_union": lambda: make.InstitutionFactory(country=None),
    "organisation_kind_known": lambda: make.OrganisationFactory(kind="99"),
    "topic_code_once_in_area": twice(rows(programmes.Topic, code="t", name="T"), area=make.PracticeAreaFactory),
    "programme_ends_after_start": lambda: make.ProgrammeFactory(starts=DAY, ends=DAY - dt.timedelta(days=1)),
    "engagement_ref_form": lambda: make.EngagementFactory(ref="fin tax"),
    "engagement_status_known": lambda: make.EngagementFactory(status="begun"),
    "engagement_form_of_aid_known": lambda: make.EngagementFactory(form_of_aid="gift"),
    "engagement_modality_known": lambda: make.EngagementFactory(modality="telepathy"),
    "engagement_planned_has_a_start": lambda: make.EngagementFactory(planned=OPEN_START),
    "recipient_is_country_or_region": recipient,
    "recipient_share_above_zero": lambda: recipient(country=make.CountryFactory(), pct=0),
    "recipient_once": twice(
        recipient, engagement=lambda: make.EngagementFactory(country=False), country=make.CountryFactory, pct=50
    ),
    "sector_share_above_zero": lambda: sector_share(pct=0),
    "sector_share_once": twice(sector_share, engagement=make.EngagementFactory, pct=50),
    "outside_activity_once_in_source": twice(outside, organisation=make.OrganisationFactory),
    "outside_activity_dates": lambda: outside(during=EMPTY),
    "outside_activity_budget_has_currency": lambda: outside(budget=1),
    "agreement_code_once_in_engagement": twice(
        make.FundingAgreementFactory, engagement=make.EngagementFactory, code="A"
    ),
    "agreement_amount_not_negative": lambda: make.FundingAgreementFactory(amount=-1),
    "agreement_instrument_known": lambda: make.FundingAgreementFactory(instrument="gift"),
    "tranche_amount_above_zero": rows(programmes.Tranche, agreement=make.FundingAgreementFactory, due=DAY, amount=0),
    "membership_role_known": lambda: make.MembershipFactory(role="king"),
    "membership_names_its_scope": lambda: make.MembershipFactory(scope_kind="engagement"),
    "membership_once": twice(make.MembershipFactory, user=make.UserFactory),
    "workstream_code_once_in_engagement": twice(make.WorkstreamFactory, engagement=make.EngagementFactory, code="W"),
    "milestone_code_once_in_engagement": twice(make.MilestoneFactory, engagement=make.EngagementFactory, code="M"),
    "milestone_rating_1_to_4": lambda: make.MilestoneFactory(rating=5),
    "outcome_code_once_in_engagement": twice(make.OutcomeFactory, engagement=make.EngagementFactory, code="O"),
    "outcome_weight_not_negative": lambda: make.OutcomeFactory(weight=-1),
    "outcome_assigned_rating_has_a_reason": lambda: make.OutcomeFactory(assigned_rating=3),
    "indicator_code_once_in_engagement": twice(make.IndicatorFactory, outcome=make.OutcomeFactory, code="I"),
    "indicator_method_known": lambda: make.IndicatorFactory(method="guess"),
    "indicator_direction_known": lambda: make.IndicatorFactory(direction="sideways"),
    "indicator_frequency_known": lambda: make.IndicatorFactory(frequency="often"),
    "indicator_window_known": lambda: make.IndicatorFactory(time_window="ever"),
    "indicator_scale_with_ordinals_only": lambda: make.IndicatorFactory(method="ordinal_latest"),
    "indicator_weight_not_negative": lambda: make.IndicatorFactory(weight=-1),
    "target_once_a_date": twice(target, indicator=make.IndicatorFactory),
    "target_is_value_or_level": lambda: target(level="A"),
    "period_starts_once": twice(period, engagement=make.EngagementFactory),
    "period_ends_after_start": lambda: period(ends=DAY - dt.timedelta(days=1)),
    "periods_do_not_overlap": overlapping_periods,
    "post_code_once_in_institution": twice(
        make.CounterpartPostFactory, institution=make.InstitutionFactory, code="HEAD"
    ),
    "post_holder_has_days": lambda: make.PostHolderFactory(during=EMPTY),
    "post_deputy_has_a_last_day": lambda: make.PostHolderFactory(deputy=True),
    "post_has_one_holder_at_a_time": twice(make.PostHolderFactory, post=make.CounterpartPostFactory),
    "post_has_one_deputy_at_a_time": twice(
        make.PostHolderFactory,
        post=make.CounterpartPostFactory,
        deputy=True,
        during=lambda: make.days("2024-01-01", "2024-12-31"),
    ),
    "commitment_code_once_in_engagement": twice(make.CommitmentFactory, engagement=make.EngagementFactory, code="K1"),
    "commitment_kind_known": lambda: make.CommitmentFactory(kind="promise"),
    "commitment_is_done_on_a_day": lambda: make.CommitmentFactory(done_note="Decree 12"),
    "report_needs_two_people": own_report,
    "report_submission_is_whole": lambda: report(state="submitted"),
    "report_decision_is_whole": lambda: report(state="accepted", submitted_by=make.UserFactory(), submitted_at=NOW()),
    "observation_once_per_key": twice(make.ObservationFactory, indicator=make.IndicatorFactory),
    "observation_ends_after_start": lambda: make.ObservationFactory(period_end=dt.date(2023, 12, 31)),
    "observation_reported_means_given": lambda: make.ObservationFactory(value=None),
    "revision_seq_once": twice(revision, observation=make.ObservationFactory),
    "revision_reported_means_given": lambda: revision(reported=False),
    "report_visa_needs_two_people": lambda: report(visa_at=NOW()),
    "report_awaits_somebody": lambda: report(state="awaiting", submitted_by=make.UserFactory(), submitted_at=NOW()),
    "plan_has_no_gaps": lambda: make.ReviewPlanFactory(second=make.UserFactory()),
    "plan_names_each_once": lambda: [make.ReviewPlanFactory(first=one, second=one) for one in [make.UserFactory()]],
    "step_once_in_round": twice(make.ReviewStepFactory, report=report),
    "step_is_one_of_three": lambda: make.ReviewStepFactory(nth=4),
    "step_state_known": lambda: make.ReviewStepFactory(state="asleep", decided_at=NOW()),
    "step_decision_is_whole": lambda: make.ReviewStepFactory(state="accepted"),
    "change_reason_known": lambda: make.FigureChangeFactory(reason="whim"),
    "change_says_why": lambda: make.FigureChangeFactory(note=""),
    "change_is_of_two_revisions": lambda: make.FigureChangeFactory(original=factory.SelfAttribute("changed")),
    "change_needs_two_people": lambda: make.FigureChangeFactory(
        state="confirmed", answered_by=factory.SelfAttribute("by"), answered_at=NOW()
    ),
    "change_answer_is_whole": lambda: make.FigureChangeFactory(state="confirmed"),
    "evidence_once_per_figure": twice(make.EvidenceFactory, report=report),
    "evidence_hash_is_one": lambda: make.EvidenceFactory(sha256="0" * 63 + "G"),
    "evidence_is_not_empty": lambda: make.EvidenceFactory(size=0),
    "upload_once": twice(upload, owner=make.UserFactory, report=report),
    "upload_hash_is_one": lambda: upload(sha256="0"),
    "upload_receives_no_more": lambda: upload(received=2),
    "rating_anchor_once": rows(programmes.RatingAnchor, kind="impact", score=3, text="Twice"),
    "rating_anchor_scored_1_to_5": rows(programmes.RatingAnchor, kind="impact", score=6, text="More"),
    "side_rating_once": twice(make.SideRatingFactory, engagement=make.EngagementFactory),
    "side_rating_by_two": one_person_for_both_sides,
    "side_rating_kind_known": lambda: make.SideRatingFactory(kind="charm"),
    "side_rating_side_known": lambda: make.SideRatingFactory(side="donor"),
    "side_rating_scored_1_to_5": lambda: make.SideRatingFactory(score=0),
    "side_rating_says_why": lambda: make.SideRatingFactory(reason=""),
    "side_rating_ends_after_start": lambda: make.SideRatingFactory(ends=dt.date(2023, 12, 31)),
    "side_rating_traction_has_a_period": lambda: make.SideRatingFactory(kind="traction"),
    "note_is_on_one_thing": lambda: make.RestrictedNoteFactory(
        risk=make.RiskFactory(), rating=make.SideRatingFactory()
    ),
    "note_says_something": lambda: make.RestrictedNoteFactory(text=""),
    "risk_code_once_in_engagement": twice(make.RiskFactory, engagement=make.EngagementFactory, code="R"),
    "risk_kind_known": lambda: make.RiskFactory(kind="bad luck"),
    "risk_scored_1_to_5": lambda: make.RiskFactory(likelihood=6),
    "risk_residual_is_whole": lambda: make.RiskFactory(residual_likelihood=1),
    "expert_code_form": lambda: make.ExpertFactory(code="E1"),
    "expert_kind_known": lambda: make.ExpertFactory(kind="local"),
    "expert_once_in_source": twice(lambda **same: make.ExpertFactory(**same), source="s", source_code="E1"),
    "rate_card_of_expert_or_grade": grade_card,
    "rate_card_amount_not_negative": lambda: rate_card(amount=-1),
    "rate_cards_of_expert_do_not_overlap": twice(rate_card, expert=make.ExpertFactory),
    "rate_cards_of_grade_do_not_overlap": twice(grade_card, grade=grade),
    "position_code_once_in_engagement": twice(position, engagement=make.EngagementFactory),
    "deployment_code_once_in_engagement": twice(
        make.DeploymentFactory, engagement=make.EngagementFactory, code="D", status="proposed"
    ),
    "deployment_fte_up_to_one": lambda: make.DeploymentFactory(fte=Decimal("1.01"), status="proposed"),
    "deployment_days_not_negative": lambda: make.DeploymentFactory(planned_days=-1),
    "deployment_status_known": lambda: make.DeploymentFactory(status="lost"),
    "deployment_modality_known": lambda: make.DeploymentFactory(modality="telepathy"),
    "deployment_has_a_first_day": lambda: make.DeploymentFactory(during=OPEN_START, status="proposed"),
    "cost_heading_once_in_format": twice(rows(costing.CostHeading, format="F", heading="H")),
    "rate_source_frequency_known": lambda: source(frequency="hourly"),
    "rate_source_grace_not_negative": lambda: source(grace_days=-1),
    "exchange_rate_once": twice(quote, source=source),
    "exchange_rate_above_zero": lambda: quote(value=0),
    "exchange_rate_of_two_currencies": lambda: quote(base=usd()),
    "rate_set_rate_once": twice(set_rate, rate_set=rate_set),
    "rate_set_rate_above_zero": lambda: set_rate(den=0),
    "budget_version_once": twice(make.BudgetFactory, engagement=make.EngagementFactory, version=1),
    "budget_one_approved": twice(
        lambda engagement: approved_budget(engagement=engagement), engagement=make.EngagementFactory
    ),
    "budget_approval_is_whole": lambda: make.BudgetFactory(state="approved"),
    "budget_needs_two_people": own_budget,
    "cost_line_code_once_in_engagement": twice(line_key, engagement=make.EngagementFactory),
    "cost_line_once_in_version": twice(line, budget=make.BudgetFactory, key=line_key),
    "cost_line_category_known": lambda: line(category="bribes"),
    "cost_line_outside_known": lambda: line(outside="bribes"),
    "cost_line_of_five_or_outside": lambda: line(category="salaries", outside="fee"),
    "cost_line_status_known": lambda: line(status="maybe"),
    "cost_line_quantity_not_negative": lambda: line(quantity=-1),
    "cost_line_has_a_first_day": lambda: line(planned=OPEN_START),
    "ledger_entry_kind_known": lambda: entry(kind="gift"),
    "ledger_entry_not_zero": lambda: entry(amount=0),
    "ledger_entry_category_known": lambda: entry(category="bribes"),
    "ledger_entry_outside_known": lambda: entry(outside="bribes"),
    "ledger_entry_of_five_or_outside": lambda: entry(category="salaries", outside="fee"),
    "ledger_entry_once_in_source": twice(entry, engagement=make.EngagementFactory),
    "ledger_valuation_seq_once": twice(valuation, entry=entry),
    "ledger_valuation_is_rate_or_amount": lambda: valuation(num=None),
    "rating_scale_has_points": rows(evaluations.RatingScale, code="flat", points=1),
    "evaluation_once_a_day": twice(make.EvaluationFactory, engagement=make.EngagementFactory),
    "criterion_rated_once": twice(rating, evaluation=make.EvaluationFactory),
    "criterion_known": lambda: rating(criterion="beauty"),
    "recommendation_no_once": twice(recommendation, evaluation=make.EvaluationFactory),
    "recommendation_response_known": lambda: recommendation(response="later"),
    "readiness_dimension_once": twice(dimension, set=readiness_set),
    "readiness_weight_above_zero": lambda: dimension(weight=0),
    "readiness_once_a_day_and_side": twice(assessment, engagement=make.EngagementFactory, set=readiness_set),
    "readiness_score_once": lambda: twice(score, **assessed())(),
    "readiness_score_0_to_3": lambda: score(**assessed(), score=4),
    "impact_report_state_known": lambda: impact(state="half"),
    "impact_report_complete_has_fingerprint": lambda: impact(state="complete"),
    "impact_row_once": twice(impact_row, report=impact),
}


def test_every_constraint_has_a_case():
    named = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model._meta.db_table.endswith("y_event")
        for constraint in model._meta.constraints
    }
    assert named == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_breaks_it(db, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name]()


@pytest.mark.parametrize(
    ("build", "column"),
    [
        (make.FundingAgreementFactory, "amount"),
        (make.ObservationFactory, "value"),
        (line, "quantity"),
        (set_rate, "num"),
    ],
    ids=["agreement", "observation", "cost line", "rate"],
)
def test_not_a_number_is_refused(db, build, column):
    # numeric would take it, and a check such as amount > 0 would let it pass: NaN is above everything.
    row = build()
    table = row._meta.db_table

    with (
        pytest.raises(IntegrityError, match=f"{table}_{column}_check"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # Another such row, not the same one changed: some tables take no change at all.
        cursor.execute(
            f"""INSERT INTO {table}
                SELECT (jsonb_populate_record({table}, '{{"{column}": "NaN"}}')).* FROM {table} WHERE id = %s""",
            [row.pk],
        )


@pytest.mark.parametrize("table", ["engagement_recipient", "engagement_sector"])
def test_shares_of_an_engagement_add_up_to_100_when_its_transaction_ends(db, table):
    build = {
        "engagement_recipient": lambda: recipient(country=make.CountryFactory(), pct=60),
        "engagement_sector": lambda: sector_share(pct=60),
    }[table]

    with pytest.raises(IntegrityError, match=r"add up to 60(\.0+)?, not to 100"), transaction.atomic():
        build()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_approved_budget_and_its_lines_do_not_change(db):
    draft = make.BudgetFactory()
    planned = line(budget=draft)
    costing.Budget.objects.filter(pk=draft.pk).update(
        state="approved", approved_by=make.UserFactory(), approved_at=timezone.now()
    )

    acts = [
        lambda: costing.CostLine.objects.filter(pk=planned.pk).update(quantity=2),
        lambda: costing.CostLine.objects.filter(pk=planned.pk).delete(),
        lambda: line(budget=draft, key=line_key(code="C2")),
        lambda: costing.Budget.objects.filter(pk=draft.pk).update(version=9),
        lambda: costing.Budget.objects.filter(pk=draft.pk).update(state="draft", approved_by=None, approved_at=None),
    ]
    for act in acts:
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            act()


def test_an_expert_cannot_be_deployed_for_more_than_one_full_time(db):
    expert = make.ExpertFactory()
    make.DeploymentFactory(expert=expert, fte=Decimal("0.60"))

    with pytest.raises(IntegrityError, match=r"1\.20 FTE on 2024-06-01"), transaction.atomic():
        make.DeploymentFactory(expert=expert, fte=Decimal("0.60"), during=make.days("2024-06-01", "2024-06-30"))

    make.DeploymentFactory(expert=expert, fte=Decimal("0.40"), during=make.days("2024-06-01", "2024-06-30"))


def test_rows_of_a_complete_impact_report_are_sealed(db):
    report = impact()
    impact_row(report=report)
    evaluations.ImpactReport.objects.filter(pk=report.pk).update(state="complete", fingerprint="f")

    acts = [
        lambda: impact_row(report=report, metric="other"),
        lambda: evaluations.ImpactReport.objects.filter(pk=report.pk).update(fingerprint="g"),
    ]
    for act in acts:
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            act()
