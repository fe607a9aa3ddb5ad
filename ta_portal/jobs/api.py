"""Jobs over REST: how far what was asked for is."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from ta_portal.api.fields import CountField
from ta_portal.api.rows import Row
from ta_portal.api.services.idempotency import Answer
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.errors import NotFound
from ta_portal.jobs.models import Job
from ta_portal.jobs.selectors import visible_jobs
from ta_portal.jobs.services import cancel, retry


class JobRow(Row):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=["queued", "running", "done", "failed", "cancelled"])
    stage = serializers.CharField(help_text="What it is doing, in words.")
    done = CountField()
    total = CountField(allow_null=True)
    attempt = CountField()
    error = serializers.CharField()
    result = serializers.DictField(allow_null=True, help_text="For a roll-up: `impact_report`, its address.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class JobViewSet(ScopedViewSet):
    """Pieces of work: one's own, and all of them for administrators."""

    resource = "jobs"
    queryset = Job.objects.all()
    row = JobRow
    filter_fields = ("kind", "state", "created_at", "ended_at")
    ordering_fields = ("created_at", "ended_at", "state")
    computed_fields = ("result",)

    def visible(self) -> QuerySet[Any]:
        return visible_jobs(self.user)

    def exportable(self) -> QuerySet[Any]:
        return self.visible()

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: UUID) -> HttpResponse:
        """Ask a job to stop: at once if it waits, soon if it runs. One that has ended stays as it is."""
        job_id = self._job_id(public_id)
        return self.act(lambda: job_queued(cancel(job_id=job_id, by=self.user), request))

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, public_id: UUID) -> HttpResponse:
        """Ask again for a job that failed or was cancelled; the answer names the new one."""
        job_id = self._job_id(public_id)
        return self.act(lambda: job_queued(retry(job_id=job_id, by=self.user), request))

    def _job_id(self, public_id: UUID) -> int:
        found = self.visible().filter(public_id=public_id).values_list("pk", flat=True).first()
        if found is None:
            raise NotFound(_("There is nothing at this address, or nothing that you may see."))
        return int(found)

    def described_answers(self) -> dict[int, Any]:
        if self.action in ("cancel", "retry"):
            return {HTTPStatus.ACCEPTED.value: JobQueuedShape}
        return super().described_answers()

    def compute(self, keys: Sequence[Any]) -> dict[Any, dict[str, Any]]:
        results = self.queryset.filter(pk__in=keys).values_list("pk", "result")
        return {key: {"result": self._with_addresses(result)} for key, result in results}

    def _with_addresses(self, result: dict[str, str] | None) -> dict[str, str] | None:
        """What a handler names by its public id (`impact_report`), by its address (`/impact-reports/…/`)."""
        if result is None:
            return None
        return {kind: self._address(f"{kind.replace('_', '-')}s", made) for kind, made in result.items()}

    def _address(self, resource: str, public_id: str) -> str:
        return self.request.build_absolute_uri(reverse(f"api:{resource}-detail", args=[public_id]))


def job_queued(job: Job, request: Request) -> Answer:
    """The 202 of a request that became a job, or is about one: where to ask how far it is."""
    address = request.build_absolute_uri(reverse("api:jobs-detail", args=[job.public_id]))
    body = {"id": str(job.public_id), "kind": job.kind, "state": job.state, "url": address}
    return Answer(HTTPStatus.ACCEPTED, body, address)


class JobQueuedShape(serializers.Serializer[dict[str, object]]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.CharField()
    url = serializers.URLField(help_text="Where to ask how far it is; also in the header Location.")
