"""What somebody may run a report on: a choice offers nothing that the run would refuse, and tells of nothing hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from evaluations.domain.rollup import ScopeKind
from programmes.models import (
    Country,
    Engagement,
    EngagementRecipient,
    FundingAgreement,
    Organisation,
    PracticeArea,
    Programme,
)
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission, Scope
from ta_portal.accounts.models import User

# Engagements beyond these are reached from their own pages.
MOST_ENGAGEMENTS = 100


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """One scope: what to ask for (`programme:P-1`), and what it is called."""

    kind: ScopeKind
    value: str
    name: str


def may_run_reports(user: User) -> bool:
    return grants_of(user).anywhere(Permission.REPORT_RUN)


def scopes_to_choose(user: User) -> Sequence[ScopeChoice]:
    """The scopes that the user's grants cover whole, by name. One query."""
    held = grants_of(user).scopes(Permission.REPORT_RUN)
    everything = Scope.PORTFOLIO in held

    def among(**fields: Scope) -> Q:
        found = Q(pk__in=[])
        for field, scope in fields.items():
            found |= Q(**{f"{field}__in": held.get(scope, frozenset())})
        return Q() if everything else found

    served = EngagementRecipient.objects.values("country")
    paying = FundingAgreement.objects.values("contributor")
    of_each = [
        _named(
            ScopeKind.PROGRAMME,
            Programme.objects.filter(among(pk=Scope.PROGRAMME, lead=Scope.ORGANISATION)),
            "code",
            "title",
        ),
        _named(ScopeKind.COUNTRY, Country.objects.filter(among(pk=Scope.COUNTRY), pk__in=served), "iso2", "name"),
        _named(ScopeKind.AREA, PracticeArea.objects.filter(among()), "code", "name"),
        _named(
            ScopeKind.DONOR, Organisation.objects.filter(among(pk=Scope.ORGANISATION), pk__in=paying), "code", "name"
        ),
        _named(ScopeKind.ENGAGEMENT, Engagement.objects.permitted(user, Permission.REPORT_RUN), "ref", "title")[
            :MOST_ENGAGEMENTS
        ],
    ]
    rows = sorted(of_each[0].union(*of_each[1:], all=True), key=lambda row: (row["title_shown"], row["code_shown"]))
    found = [
        ScopeChoice(ScopeKind(row["scope"]), f"{row['scope']}:{row['code_shown']}", row["title_shown"]) for row in rows
    ]
    return [ScopeChoice(ScopeKind.PORTFOLIO, ScopeKind.PORTFOLIO.value, ""), *found] if everything else found


def _named(kind: ScopeKind, rows: QuerySet[Any], code: str, name: str) -> QuerySet[Any, dict[str, str]]:
    shown = {"scope": Value(kind.value), "code_shown": F(code), "title_shown": F(name)}
    return rows.order_by(code).values(**shown)
