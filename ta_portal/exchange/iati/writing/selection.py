"""Which engagements go out: those of a scope that the user may export, with all that an activity tells of them."""

from collections.abc import Iterator

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from costing.models import Budget, CostLine, LedgerEntry
from evaluations.selectors.report_scopes import subject_of
from programmes.domain.vocabulary import ReviewState
from programmes.models import Engagement, FundingAgreement, Indicator, Observation, Outcome
from programmes.models.engagements import EngagementQuerySet
from ta_portal.access.permissions import Permission
from ta_portal.accounts.models import User
from ta_portal.errors import NotFound

# As many as are held in memory at once.
AT_ONCE = 100


def engagements_to_export(scope: str, *, by: User) -> EngagementQuerySet:
    """Raises InvalidInput for a scope that names nothing, NotFound where there is nothing that `by` may export."""
    inside = subject_of(scope, by=by).engagement_ids(known_at=timezone.now())
    found = Engagement.objects.filter(pk__in=inside).permitted(by, Permission.EXPORT)
    if not found.exists():
        raise NotFound(_("There is no engagement in {scope} that you may export.").format(scope=scope))
    return found


def whole(engagements: EngagementQuerySet) -> Iterator[Engagement]:
    """Each with its parts. A dozen queries for every hundred."""
    organisations = ("contributor", "administrator", "provider")
    indicators = Indicator.objects.order_by("pk").prefetch_related(
        "targets",
        Prefetch("observations", Observation.objects.filter(status=ReviewState.ACCEPTED).order_by("period_start")),
    )
    rows = engagements.select_related("programme__lead", "programme__currency").prefetch_related(
        "recipients__country",
        "recipients__region",
        "sector_shares",
        Prefetch("agreements", FundingAgreement.objects.select_related(*organisations).order_by("pk")),
        Prefetch("outcomes", Outcome.objects.order_by("pk")),
        Prefetch("indicators", indicators),
        Prefetch("budgets", Budget.objects.exclude(state="draft").order_by("version")),
        Prefetch("budgets__lines", CostLine.objects.select_related("key").order_by("pk")),
        Prefetch(
            "ledger_entries", LedgerEntry.objects.select_related("agreement__contributor").order_by("on_date", "pk")
        ),
    )
    return rows.order_by("pk").iterator(chunk_size=AT_ONCE)
