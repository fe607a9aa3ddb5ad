"""What an institution has committed itself to is recorded as done: by its liaison, or by an officer."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programmes.forms.commitments import CompletionForm
from programmes.models import Commitment, Engagement
from programmes.selectors.engagements import visible_engagement
from programmes.services.commitments import complete_commitment, completing
from ta_portal.access.querysets import require
from ta_portal.errors import NotFound
from ta_portal.ui.editing import Sheet, fill_in
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.http import PortalRequest


@require_http_methods(["GET", "POST"])
def complete(request: PortalRequest, ref: str, key: str) -> HttpResponse:
    """The form that says when it was done, and what shows it."""
    engagement = visible_engagement(request.user, ref)
    require(request.user, completing(request.user, engagement), engagement)
    commitment = _commitment(engagement, key)

    def save(form: PortalForm) -> str:
        version = form.cleaned_data["row_version"] or 0
        complete_commitment(commitment_id=commitment.pk, expected_version=version, by=request.user, **form.values())
        return _("“%(name)s” was recorded as done.") % {"name": commitment.text}

    sheet = Sheet(
        title=_("Record a commitment as done"),
        form=lambda data: CompletionForm(data, subject=engagement, user=request.user, row=_commitment(engagement, key)),
        save=save,
        back=reverse("programmes:workplan", args=[ref]),
        context={"where": str(commitment)},
    )
    return fill_in(request, sheet)


def _commitment(engagement: Engagement, key: str) -> Commitment:
    found = engagement.commitments.filter(code=key).select_related("updated_by").first()
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found
