"""One factory per model, for tests that need rows and not the services that make them. Append; keep them small."""

import datetime as dt
import hashlib
from decimal import Decimal

import factory
from django.db.backends.postgresql.psycopg_any import DateRange
from factory.django import DjangoModelFactory

from costing import models as costing
from evaluations import models as evaluations
from experts import models as experts
from programmes import models as programmes
from ta_portal.access.permissions import Role, Scope
from ta_portal.accounts.models import User


def days(first: str, last: str | None) -> DateRange:
    """An inclusive range of days as the database keeps it; an open end without `last`."""
    start = dt.date.fromisoformat(first)
    end = dt.date.fromisoformat(last) + dt.timedelta(days=1) if last else None
    return DateRange(start, end, "[)")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@ministry.example")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"


class CurrencyFactory(DjangoModelFactory[programmes.Currency]):
    class Meta:
        model = programmes.Currency
        django_get_or_create = ("code",)

    code = "USD"
    name = factory.SelfAttribute("code")
    minor_units = 2


class CountryFactory(DjangoModelFactory[programmes.Country]):
    class Meta:
        model = programmes.Country
        django_get_or_create = ("iso2",)

    iso2 = "MD"
    name = factory.SelfAttribute("iso2")


class SectorFactory(DjangoModelFactory[programmes.Sector]):
    class Meta:
        model = programmes.Sector
        django_get_or_create = ("code",)

    code = "15155"
    name = "Tax policy and administration support"


class PracticeAreaFactory(DjangoModelFactory[programmes.PracticeArea]):
    class Meta:
        model = programmes.PracticeArea
        django_get_or_create = ("code",)

    code = "REV"
    name = "Revenue and tax"


class OrganisationFactory(DjangoModelFactory[programmes.Organisation]):
    class Meta:
        model = programmes.Organisation

    code = factory.Sequence(lambda n: f"ORG{n}")
    name = factory.Sequence(lambda n: f"Fund {n}")
    kind = "40"


class InstitutionFactory(DjangoModelFactory[programmes.Institution]):
    class Meta:
        model = programmes.Institution

    code = factory.Sequence(lambda n: f"INST-{n}")
    name = factory.Sequence(lambda n: f"Ministry of Finance {n}")
    kind = "ministry_of_finance"
    country = factory.SubFactory(CountryFactory)


class CounterpartPostFactory(DjangoModelFactory[programmes.CounterpartPost]):
    class Meta:
        model = programmes.CounterpartPost

    institution = factory.SubFactory(InstitutionFactory)
    code = factory.Sequence(lambda n: f"POST-{n}")
    title = factory.Sequence(lambda n: f"Head of audit {n}")


class PostHolderFactory(DjangoModelFactory[programmes.PostHolder]):
    """Since 2024, unless other days are given."""

    class Meta:
        model = programmes.PostHolder

    post = factory.SubFactory(CounterpartPostFactory)
    name = factory.Sequence(lambda n: f"Counterpart {n}")
    during = factory.LazyFunction(lambda: days("2024-01-01", None))


class ProgrammeFactory(DjangoModelFactory[programmes.Programme]):
    class Meta:
        model = programmes.Programme

    code = factory.Sequence(lambda n: f"P-{n}")
    title = factory.Sequence(lambda n: f"Programme {n}")
    currency = factory.SubFactory(CurrencyFactory)
    lead = factory.SubFactory(OrganisationFactory)
    rate_source = "none"


class EngagementFactory(DjangoModelFactory[programmes.Engagement]):
    class Meta:
        model = programmes.Engagement
        skip_postgeneration_save = True

    ref = factory.Sequence(lambda n: f"ENG-{n:05d}")
    title = factory.Sequence(lambda n: f"Engagement {n}")
    programme = factory.SubFactory(ProgrammeFactory)
    institution = factory.SubFactory(InstitutionFactory)
    practice_area = factory.SubFactory(PracticeAreaFactory)
    status = "active"
    planned = factory.LazyFunction(lambda: days("2024-01-01", "2025-12-31"))

    @factory.post_generation
    def country(self, create, extracted, **kwargs):
        """The whole engagement goes to one country: the institution's, unless another is given; False for none."""
        if create and extracted is not False:
            programmes.EngagementRecipient.objects.create(
                engagement=self, country=extracted or self.institution.country, pct=Decimal(100)
            )


class MembershipFactory(DjangoModelFactory[programmes.Membership]):
    class Meta:
        model = programmes.Membership

    user = factory.SubFactory(UserFactory)
    role = Role.VIEWER.value
    scope_kind = Scope.PORTFOLIO.value


class FundingAgreementFactory(DjangoModelFactory[programmes.FundingAgreement]):
    class Meta:
        model = programmes.FundingAgreement

    engagement = factory.SubFactory(EngagementFactory)
    contributor = factory.SubFactory(OrganisationFactory)
    code = factory.SelfAttribute("contributor.code")
    instrument = "grant"
    amount = Decimal("1000.00")
    currency = factory.SubFactory(CurrencyFactory)


class WorkstreamFactory(DjangoModelFactory[programmes.Workstream]):
    class Meta:
        model = programmes.Workstream

    engagement = factory.SubFactory(EngagementFactory)
    code = factory.Sequence(lambda n: f"WS{n}")
    title = factory.Sequence(lambda n: f"Workstream {n}")


class MilestoneFactory(DjangoModelFactory[programmes.Milestone]):
    class Meta:
        model = programmes.Milestone

    engagement = factory.SubFactory(EngagementFactory)
    code = factory.Sequence(lambda n: f"M{n:02d}")
    title = factory.Sequence(lambda n: f"Milestone {n}")
    due = dt.date(2024, 6, 30)


class CommitmentFactory(DjangoModelFactory[programmes.Commitment]):
    class Meta:
        model = programmes.Commitment

    engagement = factory.SubFactory(EngagementFactory)
    code = factory.Sequence(lambda n: f"K{n:02d}")
    kind = "decree_passed"
    text = factory.Sequence(lambda n: f"Decree {n} is passed")
    due = dt.date(2024, 6, 30)


class OutcomeFactory(DjangoModelFactory[programmes.Outcome]):
    class Meta:
        model = programmes.Outcome

    engagement = factory.SubFactory(EngagementFactory)
    code = factory.Sequence(lambda n: f"O{n}")
    title = factory.Sequence(lambda n: f"Outcome {n}")


class IndicatorFactory(DjangoModelFactory[programmes.Indicator]):
    class Meta:
        model = programmes.Indicator

    outcome = factory.SubFactory(OutcomeFactory)
    engagement = factory.SelfAttribute("outcome.engagement")
    # Not I: tests name their own so, and a number of both would come twice.
    code = factory.Sequence(lambda n: f"J{n:02d}")
    title = factory.Sequence(lambda n: f"Indicator {n}")
    method = "latest"
    direction = "increase"
    baseline = Decimal(0)
    baseline_on = dt.date(2023, 12, 31)


class ObservationFactory(DjangoModelFactory[programmes.Observation]):
    class Meta:
        model = programmes.Observation

    indicator = factory.SubFactory(IndicatorFactory)
    period_start = dt.date(2024, 1, 1)
    period_end = dt.date(2024, 3, 31)
    status = "accepted"
    reported = True
    value = Decimal(1)


# What is in the files of evidence that factories make.
EVIDENCE = b"%PDF-1.7\n%%EOF\n"


class RiskFactory(DjangoModelFactory[programmes.Risk]):
    class Meta:
        model = programmes.Risk

    engagement = factory.SubFactory(EngagementFactory)
    code = factory.Sequence(lambda n: f"R{n}")
    kind = "ownership"
    title = factory.Sequence(lambda n: f"Risk {n}")
    likelihood = 3
    impact = 4


class ExpertFactory(DjangoModelFactory[experts.Expert]):
    class Meta:
        model = experts.Expert

    code = factory.Sequence(lambda n: f"E-{n + 1:04d}")
    kind = "international"


class DeploymentFactory(DjangoModelFactory[experts.Deployment]):
    class Meta:
        model = experts.Deployment

    engagement = factory.SubFactory(EngagementFactory)
    expert = factory.SubFactory(ExpertFactory)
    code = factory.Sequence(lambda n: f"D{n:02d}")
    modality = "resident"
    during = factory.LazyFunction(lambda: days("2024-01-01", "2024-12-31"))
    fte = Decimal("1.00")
    planned_days = Decimal(220)
    status = "confirmed"


class BudgetFactory(DjangoModelFactory[costing.Budget]):
    class Meta:
        model = costing.Budget

    engagement = factory.SubFactory(EngagementFactory)
    version = factory.Sequence(lambda n: n + 1)
    drafted_by = factory.SubFactory(UserFactory)


class EvaluationFactory(DjangoModelFactory[evaluations.Evaluation]):
    class Meta:
        model = evaluations.Evaluation

    engagement = factory.SubFactory(EngagementFactory)
    kind = "mid-term"
    on_date = dt.date(2025, 1, 31)
    scale = factory.LazyFunction(
        lambda: evaluations.RatingScale.objects.get_or_create(code="1-6", defaults={"lowest": 1, "points": 6})[0]
    )


class ReportingPeriodFactory(DjangoModelFactory[programmes.ReportingPeriod]):
    """Quarter after quarter, so that those of one engagement never overlap."""

    class Meta:
        model = programmes.ReportingPeriod

    engagement = factory.SubFactory(EngagementFactory)
    starts = factory.Sequence(lambda n: dt.date(1950 + n // 4 % 200, n % 4 * 3 + 1, 1))
    ends = factory.LazyAttribute(lambda period: period.starts + dt.timedelta(days=89))
    due = factory.LazyAttribute(lambda period: period.ends + dt.timedelta(days=15))


class ProgressReportFactory(DjangoModelFactory[programmes.ProgressReport]):
    class Meta:
        model = programmes.ProgressReport

    period = factory.SubFactory(ReportingPeriodFactory)
    done = "Trained the audit unit."


class ObservationRevisionFactory(DjangoModelFactory[programmes.ObservationRevision]):
    class Meta:
        model = programmes.ObservationRevision

    observation = factory.SubFactory(ObservationFactory)
    seq = 1
    status = "submitted"
    reported = True
    value = factory.SelfAttribute("observation.value")
    by = factory.SubFactory(UserFactory)


class FigureChangeFactory(DjangoModelFactory[programmes.FigureChange]):
    """The ministry wrote 366 and the reviewer put 3.66."""

    class Meta:
        model = programmes.FigureChange

    report = factory.SubFactory(ProgressReportFactory)
    observation = factory.SubFactory(
        ObservationFactory,
        report=factory.SelfAttribute("..report"),
        indicator__outcome__engagement=factory.SelfAttribute("....report.period.engagement"),
        period_start=factory.SelfAttribute("..report.period.starts"),
        period_end=factory.SelfAttribute("..report.period.ends"),
        value=Decimal("3.66"),
    )
    original = factory.SubFactory(
        ObservationRevisionFactory, observation=factory.SelfAttribute("..observation"), value=Decimal(366)
    )
    changed = factory.SubFactory(
        ObservationRevisionFactory, observation=factory.SelfAttribute("..observation"), seq=2, status="accepted"
    )
    reason = "decimal_mark"
    note = "The comma is in the wrong place."
    by = factory.SubFactory(UserFactory)
    made_at = dt.datetime(2024, 4, 10, tzinfo=dt.UTC)
    confirm_by = dt.date(2024, 4, 20)


class ReviewPlanFactory(DjangoModelFactory[programmes.ReviewPlan]):
    class Meta:
        model = programmes.ReviewPlan

    engagement = factory.SubFactory(EngagementFactory)


class ReviewStepFactory(DjangoModelFactory[programmes.ReviewStep]):
    class Meta:
        model = programmes.ReviewStep

    report = factory.SubFactory(ProgressReportFactory)
    round = 1
    nth = 1
    reviewer = factory.SubFactory(UserFactory)


class SideRatingFactory(DjangoModelFactory[programmes.SideRating]):
    """Of one year; the other side is not in."""

    class Meta:
        model = programmes.SideRating

    engagement = factory.SubFactory(EngagementFactory)
    kind = "impact"
    starts = dt.date(2024, 1, 1)
    ends = factory.LazyAttribute(lambda rating: rating.starts + dt.timedelta(days=89))
    side = "ministry"
    score = 3
    reason = "The new forms are used in two offices."
    given_by = factory.SubFactory(UserFactory)


class RestrictedNoteFactory(DjangoModelFactory[programmes.RestrictedNote]):
    class Meta:
        model = programmes.RestrictedNote

    engagement = factory.SubFactory(EngagementFactory)
    text = "Not for the ministry: the deputy will not stay."
    created_by = factory.SubFactory(UserFactory)


class EvidenceFactory(DjangoModelFactory[programmes.Evidence]):
    class Meta:
        model = programmes.Evidence

    report = factory.SubFactory(ProgressReportFactory)
    name = "minutes.pdf"
    sha256 = hashlib.sha256(EVIDENCE).hexdigest()
    size = len(EVIDENCE)
    media_type = "application/pdf"


class CostLineFactory(DjangoModelFactory[costing.CostLine]):
    class Meta:
        model = costing.CostLine

    budget = factory.SubFactory(BudgetFactory)
    key = factory.LazyAttribute(
        lambda line: costing.CostLineKey.objects.create(
            engagement=line.budget.engagement, code=f"C{costing.CostLineKey.objects.count() + 1:03d}"
        )
    )
    category = "logistics"
    quantity = Decimal(2)
    unit = "trip"
    unit_cost = Decimal("50.00")
    currency = factory.SubFactory(CurrencyFactory)
    planned = factory.LazyFunction(lambda: days("2024-01-01", "2024-12-31"))
    amount = factory.LazyAttribute(lambda line: line.quantity * line.unit_cost)


class LedgerEntryFactory(DjangoModelFactory[costing.LedgerEntry]):
    class Meta:
        model = costing.LedgerEntry

    engagement = factory.SubFactory(EngagementFactory)
    kind = "expenditure"
    on_date = dt.date(2024, 5, 1)
    amount = Decimal("100.00")
    currency = factory.SubFactory(CurrencyFactory)
    category = "logistics"
    source = "test"
    external_ref = factory.Sequence(lambda n: f"T{n}")
    by = factory.SubFactory(UserFactory)


class ExchangeRateFactory(DjangoModelFactory[costing.ExchangeRate]):
    class Meta:
        model = costing.ExchangeRate

    source = factory.LazyFunction(
        lambda: costing.RateSource.objects.get_or_create(
            code="none", defaults={"pivot": CurrencyFactory(), "frequency": "daily", "grace_days": 7}
        )[0]
    )
    base = factory.SubFactory(CurrencyFactory, code="EUR")
    quote = factory.SubFactory(CurrencyFactory)
    on_date = factory.Sequence(lambda n: dt.date(2000, 1, 1) + dt.timedelta(days=n))
    value = Decimal("1.0905")


class RecommendationFactory(DjangoModelFactory[evaluations.Recommendation]):
    class Meta:
        model = evaluations.Recommendation

    evaluation = factory.SubFactory(EvaluationFactory)
    no = factory.Sequence(lambda n: n + 1)


class ImpactReportFactory(DjangoModelFactory[evaluations.ImpactReport]):
    """A sealed report on one engagement, without rows."""

    class Meta:
        model = evaluations.ImpactReport

    class Params:
        engagement = None

    scope_kind = "engagement"
    scope_code = factory.LazyAttribute(lambda report: report.engagement.ref)
    scope_engagement_id = factory.LazyAttribute(lambda report: report.engagement.pk)
    as_of = dt.date(2024, 12, 31)
    cut_off = factory.LazyFunction(lambda: dt.datetime(2025, 1, 31, tzinfo=dt.UTC))
    currency = factory.SubFactory(CurrencyFactory)
    fingerprint = "0" * 64
    state = "complete"
