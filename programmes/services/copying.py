"""An engagement as a template for another: its framework and workplan, moved in time. No money, people or results."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from programmes.domain.periods import Days
from programmes.domain.vocabulary import (
    BaselineKind,
    Direction,
    FormOfAid,
    Frequency,
    Method,
    Modality,
    RiskKind,
    Window,
)
from programmes.models import Country, Engagement, Indicator, Outcome, Region, Workstream
from programmes.services.engagements import set_up_engagement
from programmes.services.locking import must_be_at
from programmes.services.results import Target, add_indicator, add_milestone, add_outcome, add_workstream
from programmes.services.risks import add_risk
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def copy_engagement(
    *,
    template: Engagement,
    ref: str,
    title: str,
    planned_from: dt.date,
    expected_version: int | None = None,
    by: User,
) -> Engagement:
    """Set up an engagement like `template`, in the pipeline: same scope, outcomes, indicators, workplan and open risks.

    Every date moves by as many days as the first one; milestones are to be done again, baselines to be measured.
    Raises what setting up by hand would raise.
    """
    require(by, Permission.ENGAGEMENT_VIEW, template)
    must_be_at(template, expected_version)
    running = Days.from_bounds(template.planned.lower, template.planned.upper)
    shift = planned_from - running.first
    made = set_up_engagement(
        ref=ref,
        title=title,
        programme=template.programme,
        recipients=_recipients(template),
        sectors={one.sector: one.pct for one in template.sector_shares.select_related("sector")},
        planned_from=planned_from,
        planned_to=running.last + shift if running.last else None,
        institution=template.institution,
        practice_area=template.practice_area,
        form_of_aid=FormOfAid(template.form_of_aid),
        modality=Modality(template.modality),
        objective=template.objective,
        exit_criteria=template.exit_criteria,
        by=by,
    )
    workstreams = _copy_workplan(template, made, shift, by)
    _copy_framework(template, made, shift, workstreams, by)
    _copy_risks(template, made, by)
    audit.record("engagement.copied", target=made, by=by, template=template.ref)
    return made


def _recipients(template: Engagement) -> dict[Country | Region, Decimal]:
    rows = template.recipients.select_related("country", "region")
    return {place: one.pct for one in rows if (place := one.country or one.region) is not None}


def _copy_workplan(template: Engagement, made: Engagement, shift: dt.timedelta, by: User) -> dict[int, Workstream]:
    workstreams = {
        old.pk: add_workstream(engagement_id=made.pk, code=old.code, title=old.title, by=by)
        for old in template.workstreams.order_by("pk")
    }
    for old in template.milestones.order_by("pk"):
        add_milestone(
            engagement_id=made.pk,
            code=old.code,
            title=old.title,
            due=old.due + shift,
            workstream=workstreams.get(old.workstream_id or 0),
            by=by,
        )
    return workstreams


def _copy_framework(
    template: Engagement, made: Engagement, shift: dt.timedelta, workstreams: dict[int, Workstream], by: User
) -> None:
    outcomes = {
        old.pk: add_outcome(
            engagement_id=made.pk, code=old.code, title=old.title, objective=old.objective, weight=old.weight, by=by
        )
        for old in template.outcomes.order_by("pk")
    }
    for old in template.indicators.prefetch_related("targets").order_by("pk"):
        _copy_indicator(
            old, made, shift, outcomes.get(old.outcome_id or 0), workstreams.get(old.workstream_id or 0), by
        )


def _copy_indicator(  # noqa: PLR0917
    old: Indicator,
    made: Engagement,
    shift: dt.timedelta,
    outcome: Outcome | None,
    workstream: Workstream | None,
    by: User,
) -> None:
    standing = {
        target.due: target for target in sorted(old.targets.all(), key=lambda one: (one.due, not one.is_original))
    }
    add_indicator(
        engagement_id=made.pk,
        code=old.code,
        title=old.title,
        method=Method(old.method),
        direction=Direction(old.direction),
        outcome=outcome,
        workstream=workstream,
        catalogue=old.catalogue,
        unit=old.unit,
        frequency=Frequency(old.frequency),
        weight=old.weight,
        window=Window(old.time_window) if old.time_window else None,
        scale=old.scale,
        baseline_kind=BaselineKind(old.baseline_kind),
        source=old.source,
        responsible=old.responsible,
        definition=old.definition,
        assumptions=old.assumptions,
        targets=[Target(due + shift, target.value, target.level) for due, target in standing.items()],
        by=by,
    )


def _copy_risks(template: Engagement, made: Engagement, by: User) -> None:
    for old in template.risks.filter(status="open").order_by("pk"):
        add_risk(
            engagement_id=made.pk,
            code=old.code,
            kind=RiskKind(old.kind),
            title=old.title,
            likelihood=old.likelihood,
            impact=old.impact,
            mitigation=old.mitigation,
            by=by,
        )
