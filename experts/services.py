"""Experts and where they go: codes, day rates, deployments. On no day is one expert booked for more than one FTE."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import IntegrityError, connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext as _

from experts.domain.vocabulary import DEPLOYMENT_STEPS, DeploymentStatus, ExpertKind
from experts.models import Deployment, Expert, ExpertPerson, Grade, Position, RateCard
from programmes.domain.vocabulary import Modality
from programmes.models import Currency, Workstream
from programmes.services.changing import apply_changes, remove_row, save_changes
from programmes.services.checks import check, code_taken, constraint_of, detail_of, refuse, saying
from programmes.services.days import days
from programmes.services.engagements import engagement_to_change
from programmes.services.locking import row_to_change
from ta_portal.access.grants import forget_grants, grants_of
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.accounts.models import User
from ta_portal.audit import services as audit
from ta_portal.errors import DomainError, NotPermitted


class Overbooked(DomainError):
    """The expert would be booked for more than one full-time equivalent on some day."""

    code = "overbooked"


class DeploymentIsBooked(DomainError):
    """The expert's time was booked or spent, and that is kept: a booking is cancelled."""

    code = "deployment_is_booked"


class DeploymentChanges(TypedDict, total=False):
    code: str
    position: Position | None
    workstream: Workstream | None
    modality: Modality
    first_day: dt.date
    last_day: dt.date | None
    fte: Decimal
    planned_days: Decimal
    days_brought_forward: Decimal


# Days by person lead to a rate, and not everybody who reads the trail may see rates.
_UNSAID = ("planned_days", "days_brought_forward")


class DeploymentStepNotPossible(DomainError):
    """A deployment goes from proposed to confirmed, into the field and to its end; or is cancelled before that."""

    code = "step_not_possible"


@transaction.atomic
def add_expert(
    *,
    kind: ExpertKind,
    name: str,
    role: str = "",
    source: str | None = None,
    source_code: str | None = None,
    grade: Grade | None = None,
    user: User | None = None,
    by: User,
) -> Expert:
    """Add an expert under the next free code. The name stands apart from the code, so that it can be erased."""
    if not grants_of(by).anywhere(Permission.DEPLOYMENT_CHANGE):
        raise NotPermitted(_("Your role does not allow you to add experts."))
    expert = Expert(
        code=f"E-{last_code_number() + 1:04d}",
        kind=kind.value,
        source=source,
        source_code=source_code,
        grade=grade,
        user=user,
        created_by=by,
    )
    check(expert)
    with saying(code_taken("expert_once_in_source", source_code, "source_code")):
        expert.save(force_insert=True)
    person = ExpertPerson(expert=expert, name=name, role=role)
    check(person)
    person.save(force_insert=True)
    audit.record("expert.added", target=expert, by=by, code=expert.code)
    return expert


@transaction.atomic
def give_account(*, expert: Expert, user: User, by: User) -> Expert:
    """Let an expert sign in: `user` sees the expert's own deployments from now on, and their engagements."""
    require_anywhere(by, Permission.USER_MANAGE)
    expert = Expert.objects.select_for_update(no_key=True).get(pk=expert.pk)
    expert.user, expert.updated_by = user, by
    expert.save(update_fields=["user", "updated_by"])
    forget_grants(user)
    audit.record("expert.account_given", target=expert, by=by, user=user.pk)
    return expert


@transaction.atomic
def set_rate_card(
    *,
    expert: Expert,
    amount: Decimal,
    currency: Currency,
    first_day: dt.date,
    last_day: dt.date | None = None,
    by: User,
) -> RateCard:
    """Say what a day of this expert costs from `first_day` on. One expert has one rate on any day."""
    expert = row_to_change(Expert, expert.pk, Permission.RATE_CHANGE, by=by)
    card = RateCard(
        expert=expert, amount=amount, currency=currency, during=days(first_day, last_day, place="during"), created_by=by
    )
    check(card)
    if amount < 0:
        refuse("amount", _("A day rate is not below 0."))
    overlap = ("during", _("{expert} has a rate for some of these days already.").format(expert=expert))
    with saying({"rate_cards_of_expert_do_not_overlap": overlap}):
        card.save(force_insert=True)
    # The amount stays out of the audit trail: not everybody who reads it may see rates.
    audit.record("rate_card.set", target=card, by=by, expert=expert.code)
    return card


@transaction.atomic
def deploy(
    *,
    engagement_id: int,
    code: str,
    expert: Expert,
    modality: Modality,
    first_day: dt.date,
    last_day: dt.date | None,
    fte: Decimal,
    planned_days: Decimal,
    workstream: Workstream | None = None,
    position: Position | None = None,
    days_brought_forward: Decimal = Decimal(0),
    status: DeploymentStatus = DeploymentStatus.PROPOSED,
    by: User,
) -> Deployment:
    """Book an expert's time on an engagement. One that is brought in from elsewhere may come at a later status.

    Raises Overbooked, naming the day and the load, where the expert would pass one FTE.
    """
    engagement = engagement_to_change(engagement_id, Permission.DEPLOYMENT_CHANGE, by=by)
    deployment = Deployment(
        engagement=engagement,
        code=code,
        expert=expert,
        position=position,
        workstream=workstream,
        modality=modality.value,
        during=days(first_day, last_day, place="during"),
        fte=fte,
        planned_days=planned_days,
        days_brought_forward=days_brought_forward,
        status=status.value,
        created_by=by,
    )
    check(deployment)
    _possible(deployment)
    with _within_one_fte(deployment):
        deployment.save(force_insert=True)
    audit.record("deployment.added", target=deployment, by=by, code=code, expert=expert.code, status=status)
    return deployment


@transaction.atomic
def change_deployment(
    *, deployment_id: int, expected_version: int | None = None, by: User, **changes: Unpack[DeploymentChanges]
) -> Deployment:
    """Change when, how much and for what an expert is booked. Raises Overbooked as `deploy` does."""
    deployment = row_to_change(
        Deployment, deployment_id, Permission.DEPLOYMENT_CHANGE, by=by, expected_version=expected_version
    )
    days_of = {"during": ("first_day", "last_day")}
    difference = apply_changes(deployment, changes, allowed=DeploymentChanges, ranges=days_of)
    _possible(deployment)
    with _within_one_fte(deployment):
        save_changes(deployment, difference, verb="deployment.changed", by=by, unsaid=_UNSAID)
    return deployment


@transaction.atomic
def remove_deployment(*, deployment_id: int, reason: str, expected_version: int | None = None, by: User) -> None:
    """Remove a deployment that never was one: proposed, or cancelled.

    Raises DeploymentIsBooked for any other, StillInUse where cost lines were made of it.
    """
    deployment = row_to_change(
        Deployment, deployment_id, Permission.DEPLOYMENT_CHANGE, by=by, expected_version=expected_version
    )
    if deployment.status not in (DeploymentStatus.PROPOSED, DeploymentStatus.CANCELLED):
        raise DeploymentIsBooked(
            _("{deployment} is {status}: cancel it instead.").format(deployment=deployment, status=deployment.status)
        )
    remove_row(deployment, verb="deployment.removed", reason=reason, by=by, code=deployment.code)


@transaction.atomic
def change_deployment_status(
    *, deployment_id: int, to: DeploymentStatus, expected_version: int | None = None, by: User
) -> Deployment:
    """Take one step: confirm, send into the field, complete, or cancel. Raises Overbooked as `deploy` does."""
    deployment = row_to_change(
        Deployment, deployment_id, Permission.DEPLOYMENT_CHANGE, by=by, expected_version=expected_version
    )
    status = DeploymentStatus(deployment.status)
    if to not in DEPLOYMENT_STEPS[status]:
        raise DeploymentStepNotPossible(
            _("{deployment} is {status}; it cannot become {to}.").format(deployment=deployment, status=status, to=to)
        )
    deployment.status, deployment.updated_by = to.value, by
    with _within_one_fte(deployment):
        deployment.save(update_fields=["status", "updated_by"])
    audit.record("deployment.status_changed", target=deployment, by=by, was=status, now=to)
    return deployment


def last_code_number() -> int:
    """The number of the last code given, under a lock that ends with the transaction: no code is given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('expert.code'))")
    last = Expert.objects.aggregate(last=Max(Cast(Substr("code", 3), IntegerField())))["last"]
    return int(last or 0)


def _possible(deployment: Deployment) -> None:
    for place, row in (("workstream", deployment.workstream), ("position", deployment.position)):
        if row is not None and row.engagement_id != deployment.engagement_id:
            refuse(place, _("{code} belongs to another engagement.").format(code=row.code))
    if not 0 < deployment.fte <= 1:
        refuse("fte", _("A full-time equivalent is above 0 and at most 1."))
    for place in ("planned_days", "days_brought_forward"):
        if getattr(deployment, place) < 0:
            refuse(place, _("Days are not below 0."))


@contextmanager
def _within_one_fte(deployment: Deployment) -> Iterator[None]:
    """For saving: the database counts the load, whoever else books the same expert at the same time."""
    # Read before the refusal: after it this transaction answers nothing more.
    expert = deployment.expert
    try:
        with saying(code_taken("deployment_code_once_in_engagement", deployment.code)):
            yield
    except IntegrityError as refusal:
        if constraint_of(refusal) != "deployment_load_at_most_one":
            raise
        raise Overbooked(_overbooking(expert, detail_of(refusal))) from refusal


def _overbooking(expert: Expert, detail: str) -> str:
    found = dict(re.findall(r"(\w+)=(\S+)", detail))
    return _("{expert} would be booked for {load} of a full-time job on {day}; at most 1.00 is possible.").format(
        expert=expert, load=found["load"], day=found["day"]
    )
