"""The reviewers of a report in turn, as they stand in the row of their report."""

from typing import Any

from django.db.models import F, OuterRef
from django.utils.translation import gettext as _
from rest_framework import serializers

from programmes.domain.vocabulary import StepState
from programmes.models import ProgressReport, ReviewStep
from programmes.selectors.reviewing import possible_directors, possible_reviewers
from programmes.services.reviewing import replace_reviewer
from ta_portal.accounts.models import User
from ta_portal.api.fields import CountField, RowsField, WordField
from ta_portal.errors import InvalidInput


class ReviewStepRow(serializers.Serializer[ReviewStep]):
    """One reviewer: of the steps that wait, the first one has the turn."""

    nth = CountField(help_text="From 1.")
    reviewer = serializers.CharField(source="reviewer.full_name")
    state = WordField(StepState)
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()


def replace_by_address(*, report_id: int, person: str, by: User, **given: Any) -> ProgressReport:
    """Put the person with this address in another's place. Whoever could not decide is like nobody."""
    engagement = ProgressReport.objects.select_related("period__engagement").get(pk=report_id).period.engagement
    allowed = possible_directors(engagement) | possible_reviewers(engagement)
    found = User.objects.filter(pk__in=allowed, email__iexact=person).first()
    if found is None:
        raise InvalidInput.at("person", _("Nobody with this address may decide on this report."))
    return replace_reviewer(report_id=report_id, person=found, by=by, **given)


def steps_field() -> RowsField:
    """Those of the last submission; none where whoever may review decides."""
    return RowsField(
        of=ReviewStepRow(),
        query=ReviewStep.objects.filter(report=OuterRef("pk"), round=F("report__round")).order_by("nth"),
        help_text="The reviewers who decide in turn, fixed when the report was last submitted.",
    )
