"""What can be added, changed and removed on an engagement's pages, as far as it is this app's."""

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from programmes.domain.reporting import period_code
from programmes.domain.vocabulary import RatingKind, RatingSide
from programmes.forms.commitments import CommitmentForm
from programmes.forms.funding import AgreementForm
from programmes.forms.notes import NoteForm
from programmes.forms.progress import PeriodForm
from programmes.forms.ratings import rating_form
from programmes.forms.results import IndicatorForm, MilestoneForm, OutcomeForm, WorkstreamForm
from programmes.forms.risks import RiskForm
from programmes.models import (
    Commitment,
    Engagement,
    FundingAgreement,
    Indicator,
    Milestone,
    Outcome,
    RestrictedNote,
    Risk,
    SideRating,
    Workstream,
)
from programmes.models.ratings import RATED_WITH
from programmes.selectors.notes import note_known_as
from programmes.selectors.ratings import rating_known_as, unsettled
from programmes.services import (
    agreements,
    commitments,
    framework,
    notes,
    progress,
    ratings,
    results,
    risks,
    workplan,
)
from programmes.words import named, period_words
from programmes.words.ratings import TO_CHANGE, TO_RATE
from ta_portal.access.permissions import Permission
from ta_portal.registry.editors import Editor, Values, register_editor

PAGE = "engagement"
MOST_OF_A_NOTE = 60


def register() -> None:
    """Called when the app is ready."""
    for editor in EDITORS:
        register_editor(editor)


def _by_code(model: type[Any]) -> Any:
    def find(engagement: Engagement, code: str) -> Any:
        return model.objects.filter(engagement=engagement, code=code).select_related("updated_by").first()

    return find


def _in_order(model: type[Any]) -> Any:
    def rows(engagement: Engagement) -> Any:
        return model.objects.filter(engagement=engagement).order_by("code")

    return rows


def _code(row: Any) -> str:
    code: str = row.code
    return code


def _title(row: Any) -> str:
    return f"{row.code} {named(row.title)}"


def _adding(service: Any) -> Any:
    def add(engagement: Engagement, values: Values, by: Any) -> Any:
        return service(engagement_id=engagement.pk, by=by, **values)

    return add


def _changing(service: Any, name: str) -> Any:
    """The service takes the row's key as `name`."""

    def change(row: Any, version: int, values: Values, by: Any) -> Any:
        return service(**{name: row.pk}, expected_version=version, by=by, **values)

    return change


def _removing(service: Any, name: str) -> Any:
    def remove(row: Any, version: int, reason: str, by: Any) -> None:
        service(**{name: row.pk}, expected_version=version, reason=reason, by=by)

    return remove


def _is_seen(row: SideRating, user: Any) -> bool:
    return SideRating.objects.permitted(user).filter(pk=row.pk).exists()


def _rating_editor(kind: RatingKind, side: RatingSide) -> Editor:
    def add(engagement: Engagement, values: Values, by: Any) -> SideRating:
        return ratings.give_rating(engagement_id=engagement.pk, kind=kind, side=side, by=by, **values)

    return Editor(
        page=PAGE,
        kind=f"{kind.value}-by-{side.value}",
        permission=RATED_WITH[side],
        form=rating_form(kind, side),
        find=lambda engagement, code: rating_known_as(engagement, code, kind=kind, side=side),
        rows=lambda engagement: unsettled(engagement, kind=kind, side=side),
        key=lambda rating: period_code(rating.starts, rating.ends),
        name=lambda rating: period_words(rating.starts, rating.ends),
        to_add=TO_RATE[kind, side],
        to_change=TO_CHANGE[kind, side],
        back="programmes:ratings",
        add=add,
        change=_changing(ratings.change_rating, "rating_id"),
        is_seen_by=_is_seen,
    )


EDITORS = (
    Editor(
        page=PAGE,
        kind="agreements",
        permission=Permission.BUDGET_CHANGE,
        form=AgreementForm,
        find=_by_code(FundingAgreement),
        rows=lambda engagement: engagement.agreements.select_related("contributor").order_by("code"),
        key=_code,
        name=lambda agreement: f"{agreement.code} {agreement.contributor}",
        to_add=_("Add a funding agreement"),
        to_change=_("Change a funding agreement"),
        back="costing:costs",
        add=_adding(agreements.add_agreement),
        change=_changing(agreements.change_agreement, "agreement_id"),
    ),
    Editor(
        page=PAGE,
        kind="workstreams",
        permission=Permission.RESULTS_CHANGE,
        form=WorkstreamForm,
        find=_by_code(Workstream),
        rows=_in_order(Workstream),
        key=_code,
        name=_title,
        to_add=_("Add a workstream"),
        to_change=_("Change a workstream"),
        back="programmes:workplan",
        add=_adding(results.add_workstream),
        change=_changing(workplan.change_workstream, "workstream_id"),
        remove=_removing(workplan.remove_workstream, "workstream_id"),
    ),
    Editor(
        page=PAGE,
        kind="milestones",
        permission=Permission.RESULTS_CHANGE,
        form=MilestoneForm,
        find=_by_code(Milestone),
        rows=_in_order(Milestone),
        key=_code,
        name=_title,
        to_add=_("Add a milestone"),
        to_change=_("Change a milestone"),
        back="programmes:workplan",
        add=_adding(results.add_milestone),
        change=_changing(workplan.change_milestone, "milestone_id"),
        remove=_removing(workplan.remove_milestone, "milestone_id"),
    ),
    Editor(
        page=PAGE,
        kind="commitments",
        permission=Permission.RESULTS_CHANGE,
        form=CommitmentForm,
        find=_by_code(Commitment),
        rows=_in_order(Commitment),
        key=_code,
        name=str,
        to_add=_("Add a commitment"),
        to_change=_("Change a commitment"),
        back="programmes:workplan",
        add=_adding(commitments.add_commitment),
        change=_changing(commitments.change_commitment, "commitment_id"),
        remove=_removing(commitments.remove_commitment, "commitment_id"),
    ),
    Editor(
        page=PAGE,
        kind="outcomes",
        permission=Permission.RESULTS_CHANGE,
        form=OutcomeForm,
        find=_by_code(Outcome),
        rows=_in_order(Outcome),
        key=_code,
        name=_title,
        to_add=_("Add an outcome"),
        to_change=_("Change an outcome"),
        back="programmes:results",
        add=_adding(results.add_outcome),
        change=_changing(framework.change_outcome, "outcome_id"),
        remove=_removing(framework.remove_outcome, "outcome_id"),
    ),
    Editor(
        page=PAGE,
        kind="indicators",
        permission=Permission.RESULTS_CHANGE,
        form=IndicatorForm,
        find=_by_code(Indicator),
        rows=_in_order(Indicator),
        key=_code,
        name=_title,
        to_add=_("Add an indicator"),
        to_change=_("Change an indicator"),
        back="programmes:results",
        add=_adding(results.add_indicator),
        change=_changing(framework.change_indicator, "indicator_id"),
        remove=_removing(framework.remove_indicator, "indicator_id"),
    ),
    Editor(
        page=PAGE,
        kind="periods",
        permission=Permission.RESULTS_CHANGE,
        form=PeriodForm,
        find=lambda _engagement, _code: None,
        key=lambda period: period_code(period.starts, period.ends),
        name=lambda period: period_words(period.starts, period.ends),
        to_add=_("Open a period"),
        to_change="",
        back="programmes:progress",
        add=_adding(progress.open_period),
    ),
    Editor(
        page=PAGE,
        kind="risks",
        permission=Permission.RISK_CHANGE,
        form=RiskForm,
        find=_by_code(Risk),
        rows=_in_order(Risk),
        key=_code,
        name=_title,
        to_add=_("Add a risk"),
        to_change=_("Change a risk"),
        back="programmes:risks",
        add=_adding(risks.add_risk),
        change=_changing(risks.change_risk, "risk_id"),
        remove=_removing(risks.remove_risk, "risk_id"),
    ),
    Editor(
        page=PAGE,
        kind="notes",
        permission=Permission.NOTE_WRITE,
        form=NoteForm,
        find=note_known_as,
        rows=lambda engagement: RestrictedNote.objects.filter(engagement=engagement).order_by("-pk"),
        key=lambda note: str(note.public_id),
        name=lambda note: Truncator(note.text).chars(MOST_OF_A_NOTE),
        to_add=_("Add a note for the donor’s eyes"),
        to_change=_("Change a note for the donor’s eyes"),
        back="programmes:engagement",
        add=_adding(notes.add_note),
        change=_changing(notes.change_note, "note_id"),
        remove=_removing(notes.remove_note, "note_id"),
    ),
    *(_rating_editor(kind, side) for side in RatingSide for kind in RatingKind),
)
