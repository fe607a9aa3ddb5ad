"""Who is deployed to engagements, for how many days and at what rate; and who may know the rates."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection
from decimal import Decimal

from django.db.models import Q

from experts.domain.summary import (
    DailyRate,
    Deployment,
    DeploymentSummary,
    ExpertSummary,
    deployment_summary,
    rate_on,
)
from experts.domain.vocabulary import DeploymentStatus
from experts.models import Deployment as DeploymentRow
from experts.models import Expert, RateCard
from programmes.domain.periods import Days
from programmes.models import Engagement
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User

RatesOf = dict[tuple[str, int], list[DailyRate]]


def deployment_summaries(engagement_ids: Collection[int], *, as_of: dt.date) -> dict[int, DeploymentSummary]:
    """Each engagement's deployments by expert, cancelled ones left out: planned days, and those worked by `as_of`.

    An expert goes by the code that the engagement's source gave them, else by the portal's. Everything is in it: what a
    reader may not know goes with `as_seen_by`. Two queries.
    """
    rows = (
        DeploymentRow.objects.filter(engagement__in=engagement_ids)
        .exclude(status=DeploymentStatus.CANCELLED)
        .select_related("expert")
    )
    rates = _rates_of({row.expert for row in rows})
    bearers: dict[tuple[int, str | None], set[int]] = defaultdict(set)
    for row in rows:
        bearers[row.engagement_id, row.expert.source_code].add(row.expert_id)
    deployments: dict[int, list[Deployment]] = defaultdict(list)
    for row in rows:
        # Two sources may call two people by one code: then the portal's own tells them apart.
        is_one_person = len(bearers[row.engagement_id, row.expert.source_code]) == 1
        code = (row.expert.source_code if is_one_person else None) or row.expert.code
        deployments[row.engagement_id].append(_as_deployment(row, code, rates, as_of))
    return {key: deployment_summary(deployments[key], as_of=as_of) for key in engagement_ids}


def rate_viewer(user: User, engagement: Engagement) -> Callable[[ExpertSummary], bool]:
    """Whose rate `user` may know in this engagement: everybody's with RATE_VIEW, else their own."""
    sees_all = Engagement.objects.permitted(user, Permission.RATE_VIEW).filter(pk=engagement.pk).exists()
    own = Expert.objects.filter(user=user).values_list("pk", flat=True).first()
    return lambda expert: sees_all or expert.expert_id == own


def _rates_of(experts: Collection[Expert]) -> RatesOf:
    """The rate cards of these experts and of their grades."""
    owned = Q(expert__in=experts) | Q(grade__in={expert.grade_id for expert in experts if expert.grade_id})
    found: RatesOf = defaultdict(list)
    for card in RateCard.objects.filter(owned).select_related("currency"):
        owner = ("expert", card.expert_id) if card.expert_id else ("grade", card.grade_id or 0)
        found[owner].append(
            DailyRate(
                during=Days.from_bounds(card.during.lower or dt.date.min, card.during.upper),
                amount=card.amount,
                currency=card.currency_id,
                minor_units=card.currency.minor_units,
            )
        )
    return found


def _as_deployment(row: DeploymentRow, expert: str, rates: RatesOf, as_of: dt.date) -> Deployment:
    during = Days.from_bounds(row.during.lower, row.during.upper)
    own = rate_on(rates["expert", row.expert_id], during.first)
    return Deployment(
        code=row.code,
        expert=expert,
        expert_id=row.expert_id,
        during=during,
        fte=row.fte,
        planned_days=row.planned_days,
        actual_days=row.days_brought_forward if during.first <= as_of else Decimal(0),
        rate=own or rate_on(rates["grade", row.expert.grade_id or 0], during.first),
    )
