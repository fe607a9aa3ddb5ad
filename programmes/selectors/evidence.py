"""The evidence of reports, for who may see the report."""

import uuid
from collections import defaultdict

from django.utils.translation import gettext as _

from programmes.models import Engagement, Evidence, Indicator, ProgressReport
from programmes.models.evidence import EvidenceQuerySet
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput, NotFound


def evidence_of(report: ProgressReport) -> dict[str | None, list[Evidence]]:
    """A report's files by the code of the figure that each backs, in the order in which they came; one query.

    Those of the report as a whole stand under None.
    """
    rows: EvidenceQuerySet = report.evidence.select_related("indicator", "created_by").order_by("created_at", "pk")
    found: dict[str | None, list[Evidence]] = defaultdict(list)
    for row in rows:
        found[row.indicator.code if row.indicator else None].append(row)
    return dict(found)


def indicator_named(engagement: Engagement, code: str) -> Indicator | None:
    """The figure with this code; None for none, which is the report as a whole. Raises InvalidInput."""
    if not code:
        return None
    found = Indicator.objects.filter(engagement=engagement, code=code).first()
    if found is None:
        raise InvalidInput.at("about", _("There is no {place} in this report.").format(place=code[:60]))
    return found


def visible_evidence(user: User, engagement: Engagement, public_id: uuid.UUID) -> Evidence:
    """A file of the engagement that `user` may see. Raises NotFound."""
    found: Evidence | None = (
        Evidence.objects.permitted(user).filter(report__period__engagement=engagement, public_id=public_id).first()
    )
    if found is None:
        raise NotFound(_("There is nothing at this address, or nothing that you may see."))
    return found
