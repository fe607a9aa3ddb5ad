"""A decision on a report from a page: it is taken once, on what its reader saw."""

from collections.abc import Callable
from typing import Any

from programmes.models import ProgressReport
from programmes.services.progress_refusals import ReportClosed
from ta_portal.errors import StaleVersion
from ta_portal.ui.forms import PortalForm


def decide(
    service: Callable[..., ProgressReport], report: ProgressReport, form: PortalForm, **given: Any
) -> ProgressReport:
    """The report after the decision. Raises ReportClosed where it has changed since the form was opened."""
    try:
        return service(report_id=report.pk, expected_version=form.cleaned_data["row_version"] or 0, **given)
    except StaleVersion as stale:
        # There are no two versions of a decision to choose from: the report is read again first.
        raise ReportClosed(stale.message) from stale
