"""Who, where, what and how far, over REST."""

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request

from programmes.api import inputs, serializers
from programmes.api.answers import data_quality_answer, overlaps_answer
from programmes.api.doors import EngagementDoor
from programmes.models import (
    Engagement,
    Indicator,
    Milestone,
    Outcome,
    Programme,
    Risk,
    Workstream,
)
from programmes.selectors.data_quality import data_qualities
from programmes.selectors.overlaps import overlaps
from programmes.services import (
    amendments,
    copying,
    engagements,
    framework,
    programmes,
    results,
    risks,
    statuses,
    workplan,
)
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.api.writing import Act, NoInput, WritableViewSet


class ProgrammeViewSet(WritableViewSet):
    """Sets of engagements under one lead."""

    resource = "programmes"
    queryset = Programme.objects.all()
    row = serializers.ProgrammeRow
    lookup_field = "code"
    lookup_value_converter = "code"
    filter_fields = ("code", "title", "lead", "currency", "starts", "ends", "updated_at")
    ordering_fields = ("code", "title", "starts", "ends", "updated_at")
    search_fields = ("code", "title")
    acts = {
        "create": Act.adding(inputs.ProgrammeInput, Permission.ENGAGEMENT_CHANGE),
        "partial_update": Act.changing(inputs.ProgrammeChange, Permission.ENGAGEMENT_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Set up a programme, empty."""
        return self.add(programmes.set_up_programme)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a programme; its currency and its source of rates stay."""
        return self.change(named, programmes.change_programme, "programme_id")


class EngagementViewSet(WritableViewSet):
    """Engagements: technical assistance to one institution, or several recipients, towards one objective."""

    resource = "engagements"
    queryset = Engagement.objects.all()
    row = serializers.EngagementRow
    lookup_field = "ref"
    lookup_value_converter = "code"
    filter_fields = (
        "ref",
        "iati_id",
        "title",
        "programme",
        "institution",
        "practice_area",
        "form_of_aid",
        "modality",
        "status",
        "planned_first_day",
        "planned_last_day",
        "publication",
        "sample",
        "updated_at",
    )
    ordering_fields = ("ref", "title", "status", "planned_first_day", "planned_last_day", "updated_at")
    search_fields = ("ref", "title", "objective")
    acts = {
        "create": Act.adding(inputs.EngagementInput, Permission.ENGAGEMENT_CHANGE),
        "partial_update": Act.changing(inputs.EngagementChange, Permission.ENGAGEMENT_CHANGE),
        "copy": Act(
            frozenset({Permission.ENGAGEMENT_CHANGE}), inputs.CopyInput, verb="create", answers=HTTPStatus.CREATED
        ),
        "status": Act.changing(inputs.StatusInput, Permission.ENGAGEMENT_CHANGE, Permission.ENGAGEMENT_CLOSE),
    }

    def shown_where(self) -> Mapping[str, Q]:
        if grants_of(self.user).everywhere(Permission.ENGAGEMENT_VIEW):
            return {}
        return {"parent": Q(parent__in=Engagement.objects.permitted(self.user).order_by().values("pk"))}

    def create(self, request: Request) -> HttpResponse:
        """Set up an engagement, in the pipeline."""

        return self.add(engagements.set_up_engagement)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change an engagement. Once it is approved, what was agreed on is amended, with a reason."""
        return self.change(named, amendments.change_engagement, "engagement_id")

    @action(detail=True, methods=["post"])
    def copy(self, request: Request, **named: Any) -> HttpResponse:
        """Set up an engagement like this one, which is the answer: its framework and workplan, moved in time."""
        return self.change(named, copying.copy_engagement, "template")

    @action(detail=True, methods=["post"])
    def status(self, request: Request, **named: Any) -> HttpResponse:
        """Take the step to a next status."""
        return self.change(named, statuses.change_status, "engagement_id")


class WorkstreamViewSet(WritableViewSet):
    """Strands of an engagement's work."""

    resource = "workstreams"
    queryset = Workstream.objects.all()
    row = serializers.WorkstreamRow
    engagement_path = "engagement"
    filter_fields = ("code", "title", "updated_at")
    ordering_fields = ("code", "title", "updated_at")
    search_fields = ("code", "title")
    acts = {
        "create": Act.adding(inputs.WorkstreamInput, Permission.RESULTS_CHANGE),
        "partial_update": Act.changing(inputs.WorkstreamChange, Permission.RESULTS_CHANGE),
        "destroy": Act.removing(Permission.RESULTS_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add a workstream to an engagement."""
        return self.add_to_engagement(results.add_workstream)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a workstream."""
        return self.change(named, workplan.change_workstream, "workstream_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove a workstream that nothing hangs on."""
        return self.remove(named, workplan.remove_workstream, "workstream_id")


class MilestoneViewSet(WritableViewSet):
    """Events that either happened or did not."""

    resource = "milestones"
    queryset = Milestone.objects.all()
    row = serializers.MilestoneRow
    engagement_path = "engagement"
    filter_fields = ("code", "title", "workstream", "due", "done", "rating", "updated_at")
    ordering_fields = ("code", "due", "done", "rating", "updated_at")
    search_fields = ("code", "title")
    acts = {
        "create": Act.adding(inputs.MilestoneInput, Permission.RESULTS_CHANGE),
        "partial_update": Act.changing(inputs.MilestoneChange, Permission.RESULTS_CHANGE),
        "destroy": Act.removing(Permission.RESULTS_CHANGE),
        "complete": Act.changing(inputs.CompletionInput, Permission.RESULTS_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add a milestone to an engagement."""
        return self.add_to_engagement(results.add_milestone)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a milestone."""
        return self.change(named, workplan.change_milestone, "milestone_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove a milestone that nothing hangs on."""
        return self.remove(named, workplan.remove_milestone, "milestone_id")

    @action(detail=True, methods=["post"])
    def complete(self, request: Request, **named: Any) -> HttpResponse:
        """Record that a milestone was reached."""
        return self.change(named, workplan.complete_milestone, "milestone_id")


class OutcomeViewSet(WritableViewSet):
    """The changes of capacity that engagements are for."""

    resource = "outcomes"
    queryset = Outcome.objects.all()
    row = serializers.OutcomeRow
    engagement_path = "engagement"
    filter_fields = ("code", "title", "weight", "assigned_rating", "updated_at")
    ordering_fields = ("code", "title", "weight", "assigned_rating", "updated_at")
    search_fields = ("code", "title", "objective")
    acts = {
        "create": Act.adding(inputs.OutcomeInput, Permission.RESULTS_CHANGE),
        "partial_update": Act.changing(inputs.OutcomeChange, Permission.RESULTS_CHANGE),
        "destroy": Act.removing(Permission.RESULTS_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add an outcome to an engagement."""
        return self.add_to_engagement(results.add_outcome)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change an outcome, or assign a rating to it, with the reason."""
        return self.change(named, framework.change_outcome, "outcome_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove an outcome that no indicator shows."""
        return self.remove(named, framework.remove_outcome, "outcome_id")


class IndicatorViewSet(WritableViewSet):
    """How outcomes are seen: method, baseline and targets by date."""

    resource = "indicators"
    queryset = Indicator.objects.all()
    row = serializers.IndicatorRow
    engagement_path = "engagement"
    filter_fields = (
        "code",
        "title",
        "outcome",
        "workstream",
        "catalogue",
        "method",
        "direction",
        "frequency",
        "updated_at",
    )
    ordering_fields = ("code", "title", "method", "updated_at")
    search_fields = ("code", "title", "definition")
    acts = {
        "create": Act.adding(inputs.IndicatorInput, Permission.RESULTS_CHANGE),
        "partial_update": Act.changing(inputs.IndicatorChange, Permission.RESULTS_CHANGE),
        "destroy": Act.removing(Permission.RESULTS_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add an indicator to an engagement."""
        return self.add_to_engagement(results.add_indicator)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change an indicator."""
        return self.change(named, framework.change_indicator, "indicator_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove an indicator that nothing hangs on."""
        return self.remove(named, framework.remove_indicator, "indicator_id")


class RiskViewSet(WritableViewSet):
    """What may go wrong, scored likelihood times impact, before and after what is done about it."""

    resource = "risks"
    queryset = Risk.objects.all()
    row = serializers.RiskRow
    engagement_path = "engagement"
    filter_fields = ("code", "kind", "status", "score", "residual", "likelihood", "impact", "review_on", "updated_at")
    ordering_fields = ("code", "kind", "score", "residual", "review_on", "updated_at")
    search_fields = ("code", "title", "mitigation")
    acts = {
        "create": Act.adding(inputs.RiskInput, Permission.RISK_CHANGE),
        "partial_update": Act.changing(inputs.RiskChange, Permission.RISK_CHANGE),
        "destroy": Act.removing(Permission.RISK_CHANGE),
        "close": Act.changing(NoInput, Permission.RISK_CHANGE),
    }

    def create(self, request: Request) -> HttpResponse:
        """Add a risk to an engagement."""
        return self.add_to_engagement(risks.add_risk)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change a risk."""
        return self.change(named, risks.change_risk, "risk_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove a risk that nothing hangs on."""
        return self.remove(named, risks.remove_risk, "risk_id")

    @action(detail=True, methods=["post"])
    def close(self, request: Request, **named: Any) -> HttpResponse:
        """Close a risk that no longer threatens."""
        return self.change(named, risks.close_risk, "risk_id")


class OverlapsView(EngagementDoor):
    """Who else works in the same country, on a same sector, over the same days."""

    resource = "overlaps"
    answer_shape = serializers.OverlapsShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        return overlaps_answer(engagement.ref, overlaps(engagement, user=self.user))


class DataQualityView(EngagementDoor):
    """How far the engagement's results can be relied on: checks, and what does not hold."""

    resource = "data-quality"
    parameters = serializers.AsOfParameters
    answer_shape = serializers.DataQualityShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        as_of: dt.date = asked.get("as_of") or timezone.localdate()
        return data_quality_answer(engagement.ref, as_of, data_qualities([engagement.pk], as_of=as_of)[engagement.pk])
