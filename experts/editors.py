"""What can be added and changed of an engagement's deployments."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from experts.domain.vocabulary import ExpertKind
from experts.forms import DeploymentForm
from experts.models import Deployment
from experts.services import add_expert, change_deployment, deploy, remove_deployment
from programmes.models import Engagement
from ta_portal.access.permissions import Permission
from ta_portal.registry.editors import Editor, Values, register_editor


def register() -> None:
    """Called when the app is ready."""
    register_editor(DEPLOYMENTS)


def _find(engagement: Engagement, code: str) -> Deployment | None:
    return Deployment.objects.filter(engagement=engagement, code=code).select_related("updated_by").first()


@transaction.atomic
def _deploy(engagement: Engagement, values: Values, by: Any) -> Deployment:
    """A new expert and the deployment are one act: both, or neither."""
    name, role, kind = (values.pop(field, None) for field in ("new_name", "new_role", "new_kind"))
    if values["expert"] is None:
        values["expert"] = add_expert(kind=kind or ExpertKind.INTERNATIONAL, name=name or "", role=role or "", by=by)
    return deploy(engagement_id=engagement.pk, by=by, **values)


DEPLOYMENTS = Editor(
    page="engagement",
    kind="deployments",
    permission=Permission.DEPLOYMENT_CHANGE,
    form=DeploymentForm,
    find=_find,
    rows=lambda engagement: engagement.deployments.select_related("expert").order_by("code"),
    key=lambda deployment: str(deployment.code),
    name=lambda deployment: f"{deployment.code} {deployment.expert.code}",
    to_add=_("Add a deployment"),
    to_change=_("Change a deployment"),
    back="experts:experts",
    add=_deploy,
    change=lambda deployment, version, values, by: change_deployment(
        deployment_id=deployment.pk, expected_version=version, by=by, **values
    ),
    remove=lambda deployment, version, reason, by: remove_deployment(
        deployment_id=deployment.pk, expected_version=version, reason=reason, by=by
    ),
)
