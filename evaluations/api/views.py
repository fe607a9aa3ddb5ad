"""Was it worth it, and can they go on alone, over REST."""

import datetime as dt
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from evaluations.api import inputs, serializers
from evaluations.api.answers import evaluation_answer, exit_readiness_answer, results_answer
from evaluations.api.assessing import assess
from evaluations.api.report_answers import report_answer
from evaluations.models import Evaluation, ImpactReport, ReadinessAssessment, Recommendation
from evaluations.selectors.evaluations import figures_of_evaluations
from evaluations.selectors.readiness import exit_readiness
from evaluations.selectors.results import results
from evaluations.services import evaluations as services
from evaluations.services.roll_up import request_report
from programmes.api.doors import EngagementDoor
from programmes.api.serializers import AsOfParameters
from programmes.models import Engagement
from ta_portal.access.permissions import Permission
from ta_portal.api.services.idempotency import Answer
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.api.writing import Act, WritableViewSet
from ta_portal.errors import NotFound
from ta_portal.jobs.api import JobQueuedShape, job_queued


class EvaluationViewSet(WritableViewSet):
    """Judgements against the DAC criteria, each with its mean, its lowest and the share of what was accepted."""

    resource = "evaluations"
    queryset = Evaluation.objects.all()
    row = serializers.EvaluationRow
    engagement_path = "engagement"
    filter_fields = ("kind", "on_date", "scale", "independent", "updated_at")
    ordering_fields = ("kind", "on_date", "updated_at")
    computed_fields = ("mean", "lowest", "recommendations_accepted_pct")
    acts = {"create": Act.adding(inputs.EvaluationInput, Permission.EVALUATION_CHANGE)}

    def create(self, request: Request) -> HttpResponse:
        """Record what an evaluation found, with what it recommends."""
        return self.add_to_engagement(services.record_evaluation)

    def compute(self, keys: Sequence[Any]) -> Mapping[Any, Mapping[str, Any]]:
        return {key: evaluation_answer(figures) for key, figures in figures_of_evaluations(keys).items()}


class RecommendationViewSet(WritableViewSet):
    """What evaluations ask for, and how the ministry answered."""

    resource = "recommendations"
    queryset = Recommendation.objects.all()
    row = serializers.RecommendationRow
    engagement_path = "evaluation__engagement"
    filter_fields = ("evaluation", "no", "response", "unit", "due", "status", "updated_at")
    ordering_fields = ("no", "response", "due", "status", "updated_at")
    search_fields = ("text", "unit")
    acts = {"respond": Act.changing(inputs.ResponseInput, Permission.RECOMMENDATION_ANSWER)}

    @action(detail=True, methods=["post"])
    def respond(self, request: Request, **named: Any) -> HttpResponse:
        """Record the ministry's response; one that is not accepted in full says why."""
        return self.change(named, services.respond, "recommendation_id")


class ReadinessAssessmentViewSet(WritableViewSet):
    """How ready one side thought an institution was on one day, dimension by dimension."""

    resource = "readiness-assessments"
    queryset = ReadinessAssessment.objects.all()
    row = serializers.ReadinessAssessmentRow
    engagement_path = "engagement"
    filter_fields = ("set", "label", "on_date", "side", "updated_at")
    ordering_fields = ("on_date", "side", "label", "updated_at")
    search_fields = ("label", "set")
    acts = {"create": Act.adding(inputs.ReadinessInput, Permission.READINESS_RATE)}

    def create(self, request: Request) -> HttpResponse:
        """Record one side's scores on one day."""
        return self.add(assess)


class ImpactReportViewSet(ScopedViewSet):
    """Roll-ups, which never change: ask for one, list them, read one with all its figures."""

    resource = "impact-reports"
    queryset = ImpactReport.objects.all()
    row = serializers.ImpactReportRow
    filter_fields = ("scope", "scope_kind", "scope_code", "as_of", "currency", "state", "fingerprint", "created_at")
    ordering_fields = ("as_of", "cut_off", "created_at")
    act_permissions = frozenset({Permission.REPORT_RUN})
    can_choose_fields = False

    def create(self, request: Request) -> HttpResponse:
        """Ask for a report; a job makes it. With an Idempotency-Key a repeated request asks once."""
        asked = serializers.ImpactReportRequest.read(request.data)
        return self.act(lambda: self._queued(asked))

    def retrieve(self, request: Request, *_args: Any, **kwargs: Any) -> HttpResponse:
        report = self.visible().filter(public_id=kwargs["public_id"]).first()
        if report is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        return self.answer(report_answer(report), version=report.row_version)

    def _queued(self, asked: dict[str, Any]) -> Answer:
        return job_queued(request_report(**asked, by=self.user), self.request)

    def described_request(self) -> type[BaseSerializer[Any]]:
        return serializers.ImpactReportRequest

    def described_answers(self) -> dict[int, Any]:
        if self.action == "create":
            return {HTTPStatus.ACCEPTED.value: JobQueuedShape}
        if self.action == "retrieve":
            return {HTTPStatus.OK.value: serializers.ImpactReportShape}
        return super().described_answers()


class ResultsView(EngagementDoor):
    """How far the engagement is: indicators, outcomes, milestones, exit readiness."""

    resource = "results"
    parameters = AsOfParameters
    answer_shape = serializers.ResultsShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        as_of: dt.date = asked.get("as_of") or timezone.localdate()
        found = results([engagement.pk], as_of=as_of, cut_off=timezone.now())
        return results_answer(engagement.ref, found[engagement.pk])


class ExitReadinessView(EngagementDoor):
    """How ready the institution was to go on alone, assessment by assessment."""

    resource = "exit-readiness"
    parameters = AsOfParameters
    answer_shape = serializers.ExitReadinessShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        found = exit_readiness([engagement.pk], as_of=asked.get("as_of"))
        return exit_readiness_answer(engagement.ref, found[engagement.pk])
