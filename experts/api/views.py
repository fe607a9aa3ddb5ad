"""Who goes where and when, over REST."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request

from experts import services
from experts.api import inputs, serializers
from experts.api.answers import deployment_summary_answer
from experts.models import Deployment, Expert
from experts.selectors.summary import deployment_summaries, rate_viewer
from programmes.api.doors import EngagementDoor
from programmes.api.serializers import AsOfParameters
from programmes.models import Engagement
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.api.writing import Act, WritableViewSet


class ExpertViewSet(ScopedViewSet):
    """Experts of the engagements that the caller sees; what they are paid is not here."""

    resource = "experts"
    queryset = Expert.objects.all()
    row = serializers.ExpertRow
    engagement_path = "deployments__engagement"
    filter_fields = ("code", "source_code", "kind", "grade", "updated_at")
    ordering_fields = ("code", "kind", "updated_at")
    search_fields = ("code", "name", "role")


class DeploymentViewSet(WritableViewSet):
    """One expert's time on one engagement. Days by person lead to a rate, and are withheld like one."""

    resource = "deployments"
    queryset = Deployment.objects.all()
    row = serializers.DeploymentRow
    engagement_path = "engagement"
    filter_fields = ("code", "expert", "workstream", "modality", "status", "first_day", "last_day", "updated_at")
    ordering_fields = ("code", "expert", "status", "first_day", "last_day", "updated_at")
    search_fields = ("code", "expert")
    acts = {
        "create": Act.adding(inputs.DeploymentInput, Permission.DEPLOYMENT_CHANGE),
        "partial_update": Act.changing(inputs.DeploymentChange, Permission.DEPLOYMENT_CHANGE),
        "destroy": Act.removing(Permission.DEPLOYMENT_CHANGE),
        "status": Act.changing(inputs.DeploymentStatusInput, Permission.DEPLOYMENT_CHANGE),
    }

    def shown_where(self) -> Mapping[str, Q]:
        if grants_of(self.user).everywhere(Permission.RATE_VIEW):
            return {}
        with_rates = Deployment.objects.permitted(self.user, Permission.RATE_VIEW).order_by().values("pk")
        mine_or_permitted = Q(pk__in=with_rates) | Q(expert__user=self.user)
        return dict.fromkeys(("planned_days", "days_brought_forward"), mine_or_permitted)

    def create(self, request: Request) -> HttpResponse:
        """Book an expert's time on an engagement."""
        return self.add_to_engagement(services.deploy)

    def partial_update(self, request: Request, **named: Any) -> HttpResponse:
        """Change when, how much and for what an expert is booked."""
        return self.change(named, services.change_deployment, "deployment_id")

    def destroy(self, request: Request, **named: Any) -> HttpResponse:
        """Remove a deployment that was only proposed, or was cancelled."""
        return self.remove(named, services.remove_deployment, "deployment_id")

    @action(detail=True, methods=["post"])
    def status(self, request: Request, **named: Any) -> HttpResponse:
        """Take the step to a next status: confirm, send into the field, complete, cancel."""
        return self.change(named, services.change_deployment_status, "deployment_id")


class DeploymentSummaryView(EngagementDoor):
    """An engagement's deployments by expert: days, person-months and, where permitted, rates and cost."""

    resource = "deployment-summary"
    parameters = AsOfParameters
    answer_shape = serializers.DeploymentSummaryShape

    def reply(self, engagement: Engagement, **asked: Any) -> dict[str, Any]:
        as_of: dt.date = asked.get("as_of") or timezone.localdate()
        summary = deployment_summaries([engagement.pk], as_of=as_of)[engagement.pk]
        seen = summary.as_seen_by(rate_viewer(self.user, engagement))
        return deployment_summary_answer(engagement.ref, seen)
