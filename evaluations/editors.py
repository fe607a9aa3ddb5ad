"""What can be added of an engagement's judgements. They are dated and stay: a new view is a new assessment."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evaluations.forms.judging import EvaluationForm, ReadinessForm
from evaluations.services.evaluations import record_evaluation
from evaluations.services.readiness import assess_readiness
from evaluations.words import KINDS
from ta_portal.access.permissions import Permission
from ta_portal.registry.editors import Editor, Values, register_editor

PAGE, BACK = "engagement", "evaluations:exit"


def register() -> None:
    """Called when the app is ready."""
    for editor in EDITORS:
        register_editor(editor)


def _adding(service: Any) -> Any:
    def add(engagement: Any, values: Values, by: Any) -> Any:
        return service(engagement_id=engagement.pk, by=by, **values)

    return add


def _none(_engagement: Any, _key: str) -> None:
    """What was judged is not changed."""


EDITORS = (
    Editor(
        page=PAGE,
        kind="readiness",
        permission=Permission.READINESS_RATE,
        form=ReadinessForm,
        find=_none,
        key=lambda assessment: str(assessment.public_id),
        name=lambda assessment: f"{assessment.on_date} {assessment.label}".strip(),
        to_add=_("Assess exit readiness"),
        to_change="",
        back=BACK,
        add=_adding(assess_readiness),
    ),
    Editor(
        page=PAGE,
        kind="evaluations",
        permission=Permission.EVALUATION_CHANGE,
        form=EvaluationForm,
        find=_none,
        key=lambda evaluation: str(evaluation.public_id),
        name=lambda evaluation: f"{KINDS[evaluation.kind]}, {evaluation.on_date}",
        to_add=_("Record an evaluation"),
        to_change="",
        back=BACK,
        add=_adding(record_evaluation),
    ),
)
