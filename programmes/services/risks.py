"""What may go wrong with an engagement, scored before and after what is done about it."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from programmes.domain.vocabulary import RiskKind, RiskStatus
from programmes.models import Risk
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check, code_taken, refuse, saying
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import row_to_change
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit


@transaction.atomic
def add_risk(
    *,
    engagement_id: int,
    code: str,
    kind: RiskKind,
    title: str,
    likelihood: int,
    impact: int,
    residual_likelihood: int | None = None,
    residual_impact: int | None = None,
    mitigation: str = "",
    status: RiskStatus = RiskStatus.OPEN,
    owner: User | None = None,
    review_on: dt.date | None = None,
    by: User,
) -> Risk:
    """Add a risk; every score goes from 1 to 5, and what remains after mitigation is scored in whole or not at all."""
    engagement = engagement_to_change(engagement_id, Permission.RISK_CHANGE, by=by)
    risk = Risk(
        engagement=engagement,
        code=code,
        kind=kind.value,
        title=title,
        likelihood=likelihood,
        impact=impact,
        residual_likelihood=residual_likelihood,
        residual_impact=residual_impact,
        mitigation=mitigation,
        status=status.value,
        owner=owner,
        review_on=review_on,
        created_by=by,
    )
    check(risk)
    _scored(risk)
    with saying(code_taken("risk_code_once_in_engagement", code)):
        risk.save(force_insert=True)
    audit.record("risk.added", target=risk, by=by, code=code)
    return risk


class RiskChanges(TypedDict, total=False):
    code: str
    kind: RiskKind
    title: str
    likelihood: int
    impact: int
    residual_likelihood: int | None
    residual_impact: int | None
    mitigation: str
    status: RiskStatus
    owner: User | None
    review_on: dt.date | None


@transaction.atomic
def change_risk(*, risk_id: int, expected_version: int | None = None, by: User, **changes: Unpack[RiskChanges]) -> Risk:
    """Change a risk, score it anew, open it again; what it was stays in its history."""
    risk = row_to_change(Risk, risk_id, Permission.RISK_CHANGE, by=by, expected_version=expected_version)
    difference = apply_changes(risk, changes, allowed=RiskChanges)
    _scored(risk)
    taken = code_taken("risk_code_once_in_engagement", risk.code)
    save_changes(risk, difference, verb="risk.changed", by=by, sentences=taken)
    return risk


@transaction.atomic
def remove_risk(*, risk_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove a risk that was never one. One that has passed is closed instead."""
    risk = row_to_change(Risk, risk_id, Permission.RISK_CHANGE, by=by, expected_version=expected_version)
    remove_row(risk, verb="risk.removed", reason=reason, by=by, code=risk.code, title=risk.title)


@transaction.atomic
def close_risk(*, risk_id: int, expected_version: int | None = None, by: User) -> Risk:
    """Close a risk that no longer threatens. Safe to repeat."""
    risk = row_to_change(Risk, risk_id, Permission.RISK_CHANGE, by=by, expected_version=expected_version)
    if risk.status == RiskStatus.CLOSED:
        return risk
    risk.status, risk.updated_by = RiskStatus.CLOSED.value, by
    risk.save(update_fields=["status", "updated_by"])
    audit.record("risk.closed", target=risk, by=by)
    return risk


def _scored(risk: Risk) -> None:
    for place in ("likelihood", "impact", "residual_likelihood", "residual_impact"):
        score = getattr(risk, place)
        if score is not None and not 1 <= score <= 5:
            refuse(place, _("A risk is scored from 1 to 5."))
    if (risk.residual_likelihood is None) != (risk.residual_impact is None):
        refuse("residual_likelihood", _("Score what remains by likelihood and by impact, or not at all."))
