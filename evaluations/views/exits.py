"""Exit readiness and evaluations of an engagement."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluations.selectors.exits import exit_of
from evaluations.selectors.judgements import full_judgements
from evaluations.tables.exits import assessment_table, criterion_table, dimension_table, recommendation_table
from evaluations.words import KINDS
from programmes.selectors.engagements import visible_engagement
from ta_portal.ui.http import PortalRequest
from ta_portal.ui.pages import render_page


@require_GET
def exit_page(request: PortalRequest, ref: str) -> HttpResponse:
    """Can they go on alone: every assessment, dimension by dimension; and what evaluations found."""
    engagement = visible_engagement(request.user, ref)
    found = exit_of(engagement, as_of=timezone.localdate())
    context = {
        "engagement": engagement,
        "assessments": assessment_table(found, ref),
        "dimensions": dimension_table(found),
        "evaluations": [
            {
                "judgement": one,
                "kind": KINDS[one.evaluation.kind],
                "criteria": criterion_table(one.evaluation),
                "recommendations": recommendation_table(one.evaluation),
            }
            for one in full_judgements(engagement)
        ],
    }
    return render_page(request, "evaluations/exit.html", context)
