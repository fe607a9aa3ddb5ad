"""A small portfolio with some of everything: our engagement, one of another ministry, and a person of each role."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from evaluations.selectors.judging import readiness_set_of
from evaluations.services.readiness import assess_readiness
from evaluations.services.roll_up import request_report, roll_up
from programmes.services.service_accounts import system_author
from programmes.words.messages import SUBMITTED
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from ta_portal.api.services.tokens import create_token
from ta_portal.audit.services import record
from ta_portal.jobs.models import Job
from ta_portal.mail.services import News, tell
from ta_portal.mail.wording import Content
from ta_portal.ui.models import SavedView
from tests import factories as f
from tests.factories import days

# On what each role is held: every kind of scope once at least. The expert's grant is their deployment.
SCOPES = {
    "administrator": (Role.ADMINISTRATOR, lambda ours: {"engagement": ours}),
    "officer": (Role.PROGRAMME_OFFICER, lambda ours: {"programme": ours.programme}),
    "finance": (Role.FINANCE_OFFICER, lambda ours: {"engagement": ours}),
    "evaluator": (Role.EVALUATOR, lambda ours: {"engagement": ours}),
    "liaison": (Role.LIAISON, lambda ours: {"institution": ours.institution}),
    "viewer": (Role.VIEWER, lambda ours: {"organisation": ours.agreements.get(code="A").contributor}),
    "auditor": (Role.AUDITOR, lambda ours: {"country": ours.institution.country}),
}
CATALOGUE = "PFM-01"
# A note that nothing hangs on.
NOTE = "00000000-0000-4000-8000-000000000001"


@dataclass
class World:
    """Our engagement and its readers by name; `elsewhere` is the liaison of another country's ministry."""

    ours: f.programmes.Engagement
    theirs: f.programmes.Engagement
    shared_expert: f.experts.Expert
    people: dict[str, User] = field(default_factory=dict)


def make_world() -> World:
    """About a hundred rows. Deferred checks run with the transaction that holds it all."""
    ours = f.EngagementFactory(
        ref="OURS-1", title="Audit by risk", programme__code="P-OURS", programme__rate_source="ours"
    )
    new_source("ours")
    new_source("theirs")
    theirs = f.EngagementFactory(
        ref="THEIRS-1",
        title="Cash forecasts",
        programme__code="P-THEIRS",
        programme__rate_source="theirs",
        institution__code="INST-THEIRS",
        institution__country=f.CountryFactory(iso2="KE"),
    )
    expert, colleague = (
        new_expert("E1", "Anna Okoro"),
        new_expert("E2", "Bela Kun", user=f.UserFactory(email="e@x.example")),
    )
    fill(ours, expert, colleague, donor=f.OrganisationFactory(code="FUND-A"), code="A")
    fill(theirs, new_expert("E3", "Chen Li"), donor=f.OrganisationFactory(code="FUND-T"), code="AG-T")
    world = World(ours, theirs, expert)
    for name, (role, scope) in SCOPES.items():
        world.people[name] = new_member(role, **scope(ours))
    world.people["expert"] = colleague.user
    world.people["elsewhere"] = new_member(Role.LIAISON, institution=theirs.institution)
    _posts(world)
    with transaction.atomic():
        for scope in ("engagement:OURS-1", "engagement:THEIRS-1", "programme:P-OURS", "portfolio"):
            roll_up(scope=scope, as_of=dt.date(2024, 12, 31), currency="USD", by=system_author())
        request_report(scope="engagement:OURS-1", by=world.people["officer"])
    work_to_change(ours, expert)
    rated_by_one_side(world)
    f.RestrictedNoteFactory(engagement=ours, public_id=NOTE, created_by=world.people["officer"])
    file_on_its_way(world)
    wait_for_visas(world)
    Job.objects.create(kind="roll_up", state="failed", by=world.people["officer"])
    Job.objects.create(kind="roll_up", by=world.people["elsewhere"])
    create_token(user=world.people["officer"], scopes=["read"], days=30, by=None, name="Nightly")
    for name in ("officer", "elsewhere"):
        new_message(world.people[name], ours)
    SavedView.objects.create(
        owner=world.people["officer"], list_name="engagements", name="Active", query="status=active"
    )
    return world


def _posts(world):
    """One that our liaison holds, with a deputy; one that nobody ever held. Neither gives access."""
    held = f.CounterpartPostFactory(institution=world.ours.institution, code="HEAD")
    f.PostHolderFactory(post=held, user=world.people["liaison"])
    f.PostHolderFactory(post=held, deputy=True, during=days("2024-02-01", "2024-02-29"))
    f.CounterpartPostFactory(institution=world.ours.institution, code="EMPTY")
    f.PostHolderFactory(post=f.CounterpartPostFactory(institution=world.theirs.institution))


def new_message(person, engagement):
    said = Content("To review", lead="A report was sent.", todo="Decide.", action="Review")
    tell(News(SUBMITTED, "1", [person.pk], engagement.pk, "/reviews/", content=lambda: said))


def fill(engagement, *people, donor, code, catalogue=CATALOGUE):
    """Money, people, results, risks and judgements below an engagement."""
    sector = f.SectorFactory()
    f.programmes.EngagementSector.objects.create(engagement=engagement, sector=sector, pct=Decimal(100))
    agreement = f.FundingAgreementFactory(engagement=engagement, contributor=donor, code=code)
    stream = f.WorkstreamFactory(engagement=engagement, code="WS1")
    budget = f.BudgetFactory(engagement=engagement, version=1)
    for number, expert in enumerate(people, 1):
        deployment = f.DeploymentFactory(
            engagement=engagement,
            expert=expert,
            code=f"D{number:02d}",
            workstream=stream,
            fte=Decimal("0.15"),
            planned_days=Decimal(60 + number),
            days_brought_forward=Decimal(50 + number),
            during=days(f"2024-0{number}-01", "2024-12-31"),
        )
        _line(budget, f"C{number:02d}", "salaries", deployment=deployment, agreement=agreement, unit="day")
        _entry(engagement, "salaries", f"2024-0{number}-28", agreement)
    for number, category in enumerate(("travel_accommodation", "equipment", "logistics"), 5):
        _line(budget, f"C{number:02d}", category, agreement=agreement)
        _entry(engagement, category, f"2024-0{number}-15", agreement)
    f.programmes.Engagement.objects.filter(pk=engagement.pk).update(objective=f"Objective of {engagement.ref}")
    _approve(budget)
    _results(engagement, stream, catalogue)
    f.RiskFactory(engagement=engagement, code="R1")
    f.MilestoneFactory(engagement=engagement, workstream=stream, code="M01")
    f.CommitmentFactory(engagement=engagement, code="K01")
    evaluation = f.EvaluationFactory(engagement=engagement)
    f.RecommendationFactory(evaluation=evaluation)
    dimensions = readiness_set_of(engagement)
    scores = dict.fromkeys(dimensions.dimensions.all(), 2)
    day = dt.date(2024, 7, 1)
    assess_readiness(
        engagement_id=engagement.pk, readiness_set=dimensions, on_date=day, scores=scores, by=system_author()
    )
    for side in ("ministry", "adviser"):
        shown = {"starts": dt.date(2025, 1, 1), "shown_at": dt.datetime(2026, 1, 9, tzinfo=dt.UTC)}
        f.SideRatingFactory(engagement=engagement, side=side, **shown)
    f.RestrictedNoteFactory(engagement=engagement, risk=engagement.risks.get())
    record("engagement.set_up", target=engagement, by=None, ref=engagement.ref)


def work_to_change(engagement, expert):
    """What nothing hangs on yet and can be changed and removed; a draft budget, a report to decide on, one that is."""
    f.WorkstreamFactory(engagement=engagement, code="WS9")
    f.MilestoneFactory(engagement=engagement, code="M09")
    f.CommitmentFactory(engagement=engagement, code="K09")
    f.IndicatorFactory(outcome=f.OutcomeFactory(engagement=engagement, code="O1b"), code="I09")
    f.OutcomeFactory(engagement=engagement, code="O9")
    given = {"workstream": None, "status": "proposed", "fte": Decimal("0.05"), "planned_days": Decimal(5)}
    f.DeploymentFactory(engagement=engagement, expert=expert, code="D09", **given)
    _line(f.BudgetFactory(engagement=engagement, version=2), "C09", "equipment")
    period = f.ReportingPeriodFactory(
        engagement=engagement, starts=dt.date(2024, 4, 1), ends=dt.date(2024, 6, 30), due=dt.date(2024, 7, 15)
    )
    submitted = {"state": "submitted", "submitted_by": f.UserFactory(), "submitted_at": dt.datetime.now(dt.UTC)}
    sent = f.ProgressReportFactory(period=period, **submitted)
    given = {"indicator": engagement.indicators.get(code="I01"), "report": sent, "status": "submitted"}
    figure = f.ObservationFactory(**given, period_start=period.starts, period_end=period.ends)
    f.ObservationRevisionFactory(observation=figure)
    decided = {**submitted, "state": "accepted", "decided_by": f.UserFactory(), "decided_at": dt.datetime.now(dt.UTC)}
    locked = f.ReportingPeriodFactory(
        engagement=engagement, starts=dt.date(2023, 10, 1), ends=dt.date(2023, 12, 31), due=dt.date(2024, 1, 15)
    )
    report = f.ProgressReportFactory(period=locked, **decided)
    f.FigureChangeFactory(report=report, observation__indicator=engagement.indicators.get(code="I01"))


def wait_for_visas(world):
    """One report waits for the liaison's visa, and one for that of somebody who may give none any more."""
    sent = {"state": "awaiting", "submitted_by": f.UserFactory(), "submitted_at": dt.datetime.now(dt.UTC)}
    for month, director in ((7, world.people["liaison"]), (10, f.UserFactory())):
        starts, ends = dt.date(2024, month, 1), dt.date(2024, month + 2, 30)
        period = f.ReportingPeriodFactory(engagement=world.ours, starts=starts, ends=ends, due=dt.date(2025, 1, 15))
        f.ProgressReportFactory(period=period, visa_by=director, **sent)


def rated_by_one_side(world):
    """Traction of one quarter by the liaison, of another by the expert: the other side is not in."""
    for name, side, first in (
        ("liaison", "ministry", dt.date(2024, 1, 1)),
        ("expert", "adviser", dt.date(2023, 10, 1)),
    ):
        period = world.ours.periods.get(starts=first)
        rated = {"kind": "traction", "period": period, "starts": period.starts, "ends": period.ends, "side": side}
        found = f.SideRatingFactory(engagement=world.ours, given_by=world.people[name], score=2, **rated)
        record("side_rating.given", target=found, by=world.people[name], side=side)


def file_on_its_way(world):
    """The liaison's, of which nothing has come."""
    f.programmes.EvidenceUpload.objects.create(
        owner=world.people["liaison"],
        report=f.programmes.ProgressReport.objects.get(period__engagement=world.ours, state="draft"),
        name="minutes.pdf",
        sha256=hashlib.sha256(f.EVIDENCE).hexdigest(),
        size=len(f.EVIDENCE),
        expires_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=1),
    )


def new_expert(code, name, user=None):
    expert = f.ExpertFactory(source="world", source_code=code, user=user)
    f.experts.ExpertPerson.objects.create(expert=expert, name=name, role="Adviser")
    card = {"amount": Decimal(450), "currency": f.CurrencyFactory(), "during": days("2020-01-01", None)}
    f.experts.RateCard.objects.create(expert=expert, **card)
    return expert


def new_member(role, **scope):
    user = f.UserFactory()
    f.MembershipFactory(user=user, role=role.value, scope_kind=next(iter(scope)), **scope)
    return user


def new_source(code):
    given = {"pivot": f.CurrencyFactory(), "frequency": "daily", "grace_days": 7}
    source = f.costing.RateSource.objects.create(code=code, **given)
    f.ExchangeRateFactory(source=source)


def _line(budget, code, category, unit="item", **given):
    key = f.costing.CostLineKey.objects.create(engagement=budget.engagement, code=code)
    f.CostLineFactory(budget=budget, key=key, category=category, quantity=61, unit=unit, unit_cost=450, **given)


def _entry(engagement, category, day, agreement):
    amount = Decimal(4500) if category == "salaries" else Decimal("120.50")
    on_date = dt.date.fromisoformat(day)
    f.LedgerEntryFactory(engagement=engagement, category=category, on_date=on_date, amount=amount, agreement=agreement)


def _approve(budget):
    approved = {
        "state": "approved",
        "approved_by": f.UserFactory(),
        "approved_at": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    }
    f.costing.Budget.objects.filter(pk=budget.pk).update(**approved)


def _results(engagement, stream, catalogue):
    outcome = f.OutcomeFactory(engagement=engagement, code="O1")
    known = f.programmes.CatalogueIndicator.objects.filter(code=catalogue).first()
    indicator = f.IndicatorFactory(outcome=outcome, code="I01", workstream=stream, catalogue=known)
    f.programmes.IndicatorTarget.objects.create(indicator=indicator, due=dt.date(2025, 12, 31), value=Decimal(10))
    period = f.ReportingPeriodFactory(
        engagement=engagement, starts=dt.date(2024, 1, 1), ends=dt.date(2024, 3, 31), due=dt.date(2024, 4, 15)
    )
    report = f.ProgressReportFactory(period=period)
    f.EvidenceFactory(report=report, indicator=indicator)
    observation = f.ObservationFactory(indicator=indicator, report=report, value=Decimal(4))
    f.programmes.ObservationRevision.objects.create(
        observation=observation, seq=1, status="accepted", reported=True, value=Decimal(4), by=f.UserFactory()
    )
