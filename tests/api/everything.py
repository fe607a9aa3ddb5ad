"""Some of everything below one engagement: for tests that walk all of the API."""

import datetime as dt

from costing.models import RateSource
from evaluations.models import ReadinessAssessment, ReadinessScore, ReadinessSet
from evaluations.selectors.judging import STANDARD
from programmes.models import Country
from ta_portal.jobs.models import Job
from ta_portal.mail.models import Message
from tests import factories as f

DOORS = [
    "costs",
    "cost-comparison",
    "funding",
    "results",
    "exit-readiness",
    "deployment-summary",
    "overlaps",
    "data-quality",
]


def _created(factory, n, **given):
    """Saved in one statement: what hangs on them must be given."""
    return factory._meta.model.objects.bulk_create(factory.build_batch(n, **given))


def _milestones(engagement, n):
    return _created(f.MilestoneFactory, n, engagement=engagement)


def _commitments(engagement, n):
    return _created(f.CommitmentFactory, n, engagement=engagement)


def _workstreams(engagement, n):
    return _created(f.WorkstreamFactory, n, engagement=engagement)


def _outcomes(engagement, n):
    return _created(f.OutcomeFactory, n, engagement=engagement)


def _agreements(engagement, n):
    given = {"engagement": engagement, "contributor": f.OrganisationFactory(), "currency": f.CurrencyFactory()}
    return f.FundingAgreementFactory._meta.model.objects.bulk_create(
        f.FundingAgreementFactory.build(code=f"A{number:03d}", **given) for number in range(n)
    )


def _indicators(engagement, n):
    return _created(f.IndicatorFactory, n, outcome=f.OutcomeFactory(engagement=engagement), engagement=engagement)


def _observations(engagement, n):
    indicators = _indicators(engagement, n)
    return f.ObservationFactory._meta.model.objects.bulk_create(
        f.ObservationFactory.build(indicator=indicator) for indicator in indicators
    )


def _progress_reports(engagement, n):
    periods = _created(f.ReportingPeriodFactory, n, engagement=engagement)
    return f.ProgressReportFactory._meta.model.objects.bulk_create(
        f.ProgressReportFactory.build(period=period) for period in periods
    )


def _evidence(engagement, n):
    report = f.ProgressReportFactory(period=f.ReportingPeriodFactory(engagement=engagement))
    hashes = [f"{number:064x}" for number in range(n)]
    return f.EvidenceFactory._meta.model.objects.bulk_create(
        f.EvidenceFactory.build(report=report, sha256=one) for one in hashes
    )


def _ratings(engagement, n):
    """Of the ministry, year after year; both sides are in."""
    given = {"engagement": engagement, "given_by": f.UserFactory(), "shown_at": dt.datetime(2026, 1, 9, tzinfo=dt.UTC)}
    return f.SideRatingFactory._meta.model.objects.bulk_create(
        f.SideRatingFactory.build(**given, starts=dt.date(1900 + number, 1, 1)) for number in range(n)
    )


def _restricted_notes(engagement, n):
    return _created(f.RestrictedNoteFactory, n, engagement=engagement, created_by=f.UserFactory())


def _risks(engagement, n):
    return _created(f.RiskFactory, n, engagement=engagement)


def _experts(engagement, n):
    experts = _created(f.ExpertFactory, n)
    f.DeploymentFactory._meta.model.objects.bulk_create(
        f.DeploymentFactory.build(engagement=engagement, expert=expert) for expert in experts
    )
    return experts


def _deployments(engagement, n):
    _experts(engagement, n)
    return list(engagement.deployments.all())


def _budgets(engagement, n):
    return _created(f.BudgetFactory, n, engagement=engagement, drafted_by=f.UserFactory())


def _cost_lines(engagement, n):
    budget, currency = f.BudgetFactory(engagement=engagement), f.CurrencyFactory()
    keys = engagement.cost_line_keys.bulk_create(
        engagement.cost_line_keys.model(engagement=engagement, code=f"C{number:03d}") for number in range(n)
    )
    return f.CostLineFactory._meta.model.objects.bulk_create(
        f.CostLineFactory.build(budget=budget, key=key, currency=currency) for key in keys
    )


def _ledger_entries(engagement, n):
    given = {"engagement": engagement, "currency": f.CurrencyFactory(), "by": f.UserFactory()}
    return _created(f.LedgerEntryFactory, n, **given)


def _exchange_rates(engagement, n):
    engagement.programme.rate_source = f"rates of {engagement.ref}"
    engagement.programme.save()
    source = _rate_source(engagement.programme.rate_source)
    given = {"source": source, "base": f.CurrencyFactory(code="EUR"), "quote": f.CurrencyFactory()}
    return _created(f.ExchangeRateFactory, n, **given)


def _evaluations(engagement, n):
    scale = f.EvaluationFactory(engagement=engagement).scale
    days = [dt.date(2010, 1, 1) + dt.timedelta(days=number) for number in range(n)]
    return f.EvaluationFactory._meta.model.objects.bulk_create(
        f.EvaluationFactory.build(engagement=engagement, scale=scale, on_date=day) for day in days
    )


def _readiness_assessments(engagement, n):
    judged_by = ReadinessSet.objects.get(code=STANDARD)
    days = [dt.date(2010, 1, 1) + dt.timedelta(days=number) for number in range(n)]
    found = ReadinessAssessment.objects.bulk_create(
        ReadinessAssessment(engagement=engagement, set=judged_by, on_date=day) for day in days
    )
    ReadinessScore.objects.create(assessment=found[0], dimension=judged_by.dimensions.first(), score=2)
    return found


def _recommendations(engagement, n):
    return _created(f.RecommendationFactory, n, evaluation=f.EvaluationFactory(engagement=engagement))


def _impact_reports(engagement, n):
    return _created(f.ImpactReportFactory, n, engagement=engagement, currency=f.CurrencyFactory())


def _jobs(engagement, n):
    by = f.UserFactory()
    return Job.objects.bulk_create(Job(kind="roll_up", by=by) for _number in range(n))


def _messages(engagement, n):
    """All to one person: what they were told on so many occasions."""
    person = f.UserFactory()
    said = {"lead": "It happened.", "facts": [], "quotes": [], "todo": "", "action": "Open"}
    given = {"kind": "k", "language": "en", "subject": "S", "content": said, "link": "/", "delivery": "inbox"}
    return Message.objects.bulk_create(
        Message(recipient=person, dedupe_key=f"{person.pk}:{number}", **given) for number in range(n)
    )


def _institutions(engagement, n):
    if n > 1:
        _created(f.InstitutionFactory, n - 1, country=engagement.institution.country)
    return [engagement.institution]


def _counterpart_posts(engagement, n):
    return _created(f.CounterpartPostFactory, n, institution=engagement.institution)


def _post_holders(engagement, n):
    posts = _counterpart_posts(engagement, n)
    return f.PostHolderFactory._meta.model.objects.bulk_create(f.PostHolderFactory.build(post=post) for post in posts)


def _organisations(engagement, n):
    agreement = f.FundingAgreementFactory(engagement=engagement)
    if n > 1:
        _created(f.OrganisationFactory, n - 1)
    return [agreement.contributor]


def _programmes(engagement, n):
    if n > 1:
        _created(f.ProgrammeFactory, n - 1, currency=f.CurrencyFactory(), lead=f.OrganisationFactory())
    return [engagement.programme]


def _engagements(engagement, n):
    if n > 1:
        given = {name: getattr(engagement, name) for name in ("programme", "institution", "practice_area")}
        _created(f.EngagementFactory, n - 1, **given)
    return [engagement]


def _countries(engagement, n):
    return list(Country.objects.all())


def _rate_source(code):
    return RateSource.objects.create(code=code, pivot=f.CurrencyFactory(), frequency="daily", grace_days=7)


def reader_of(rows, otherwise):
    """Whoever sees these rows: messages are one person's alone."""
    return rows[0].recipient if isinstance(rows[0], Message) else otherwise


# Of each resource: how to make `n` rows that hang on an engagement (the first of them is visible with it alone).
ROWS = {
    "countries": _countries,
    "institutions": _institutions,
    "counterpart-posts": _counterpart_posts,
    "post-holders": _post_holders,
    "organisations": _organisations,
    "programmes": _programmes,
    "engagements": _engagements,
    "workstreams": _workstreams,
    "milestones": _milestones,
    "commitments": _commitments,
    "outcomes": _outcomes,
    "indicators": _indicators,
    "observations": _observations,
    "progress-reports": _progress_reports,
    "evidence": _evidence,
    "ratings": _ratings,
    "restricted-notes": _restricted_notes,
    "risks": _risks,
    "experts": _experts,
    "deployments": _deployments,
    "agreements": _agreements,
    "budgets": _budgets,
    "cost-lines": _cost_lines,
    "ledger-entries": _ledger_entries,
    "exchange-rates": _exchange_rates,
    "evaluations": _evaluations,
    "recommendations": _recommendations,
    "readiness-assessments": _readiness_assessments,
    "impact-reports": _impact_reports,
    "jobs": _jobs,
    "messages": _messages,
}
