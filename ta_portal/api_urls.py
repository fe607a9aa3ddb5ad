"""REST, under `/api/v1/`: one of the few modules that know all apps."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from costing.api import views as costing
from evaluations.api import views as evaluations
from experts.api import views as experts
from programmes.api import evidence, funding, notes, places, posts, progress, ratings
from programmes.api import views as programmes
from ta_portal.api import converters
from ta_portal.api.root import RootView, SchemaView, docs
from ta_portal.api.views import unknown_address
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.jobs.api import JobViewSet
from ta_portal.mail.api import MessageViewSet

converters.register()

RESOURCES: tuple[type[ScopedViewSet], ...] = (
    places.CountryViewSet,
    places.InstitutionViewSet,
    places.OrganisationViewSet,
    posts.PostViewSet,
    posts.PostHolderViewSet,
    programmes.ProgrammeViewSet,
    programmes.EngagementViewSet,
    programmes.WorkstreamViewSet,
    programmes.MilestoneViewSet,
    posts.CommitmentViewSet,
    programmes.OutcomeViewSet,
    programmes.IndicatorViewSet,
    progress.ObservationViewSet,
    progress.ProgressReportViewSet,
    evidence.EvidenceViewSet,
    ratings.RatingViewSet,
    programmes.RiskViewSet,
    notes.RestrictedNoteViewSet,
    experts.ExpertViewSet,
    experts.DeploymentViewSet,
    funding.AgreementViewSet,
    costing.BudgetViewSet,
    costing.CostLineViewSet,
    costing.LedgerEntryViewSet,
    costing.ExchangeRateViewSet,
    evaluations.EvaluationViewSet,
    evaluations.RecommendationViewSet,
    evaluations.ReadinessAssessmentViewSet,
    evaluations.ImpactReportViewSet,
    JobViewSet,
    MessageViewSet,
)
# What can be asked of one engagement: each app answers for its own part.
DOORS = (
    costing.CostsView,
    costing.CostComparisonView,
    costing.FundingView,
    evaluations.ResultsView,
    evaluations.ExitReadinessView,
    experts.DeploymentSummaryView,
    programmes.OverlapsView,
    programmes.DataQualityView,
)

router = SimpleRouter(use_regex_path=False)
for resource in RESOURCES:
    router.register(resource.resource, resource, basename=resource.resource)

RootView.resources = tuple(resource.resource for resource in RESOURCES)

v1 = [
    path("", RootView.as_view(), name="root"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    *(path(f"engagements/<code:ref>/{door.resource}/", door.as_view(), name=door.resource) for door in DOORS),
    *router.urls,
]

urlpatterns = [
    path("v1/", include((v1, "api"))),
    re_path(r"", unknown_address, name="api-nothing-here"),
]
