"""What a report is about: a scope's text, the row it names, its engagements, and whose grants cover all of it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluations.domain.rollup import ReportScope, ScopeKind
from programmes.models import Country, Engagement, Organisation, PracticeArea, Programme
from programmes.selectors.rows import named_rows
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission, Scope
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput, NotPermitted

Named = Engagement | Programme | Country | PracticeArea | Organisation


@dataclass(frozen=True, slots=True)
class Subject:
    """A scope and the row that it names; none for the whole portfolio."""

    scope: ReportScope
    row: Named | None

    @property
    def currency(self) -> str | None:
        """The one that its programme counts in, where it has a programme."""
        if isinstance(self.row, Engagement):
            return self.row.programme.currency_id
        return self.row.currency_id if isinstance(self.row, Programme) else None

    def columns(self) -> dict[str, int | str]:
        """What a report keeps of it, for the access rule: `ImpactReportQuerySet` is the other half of `require`."""
        match self.row:
            case Engagement(pk=key):
                return {"scope_engagement_id": key}
            case Programme(pk=key):
                return {"scope_programme_id": key}
            case Country(pk=code):
                return {"scope_country_code": code}
            case Organisation(pk=key):
                return {"scope_organisation_id": key}
        return {}

    def require(self, user: User, permission: Permission) -> None:
        """Refuse unless the user's grants cover all of the scope: a part of it is not enough to see its totals."""
        if not self.is_covered(user, permission):
            refusal = _("A report on {scope} needs the right to run reports on all of it.")
            raise NotPermitted(refusal.format(scope=self.scope))

    def is_covered(self, user: User, permission: Permission) -> bool:
        """Does the user hold the permission on all of the scope?"""
        grants = grants_of(user)
        held = grants.scopes(permission)
        if Scope.PORTFOLIO in held:
            return True
        match self.row:
            case Engagement(pk=key):
                return Engagement.objects.permitted(user, permission).filter(pk=key).exists()
            case Programme(pk=key, lead_id=lead):
                return key in held.get(Scope.PROGRAMME, ()) or lead in held.get(Scope.ORGANISATION, ())
            case Country(pk=code):
                return code in held.get(Scope.COUNTRY, ())
            case Organisation(pk=key):
                return key in held.get(Scope.ORGANISATION, ())
        return False

    def engagement_ids(self, *, known_at: dt.datetime) -> list[int]:
        """The engagements in scope as was on record then, so that a repeated report finds the same. One query."""
        asked = [self.scope.kind.value, self.scope.code, known_at]
        return [row["id"] for row in named_rows("SELECT id FROM ta_scope_engagements(%s, %s, %s) id", asked)]


def subject_of(text: str, *, by: User) -> Subject:
    """The scope that `text` names. Raises InvalidInput at `scope`: of another form, or of a row that is not there.

    A programme, engagement or donor that `by` may not see looks like one that is not there.
    """
    scope = ReportScope.parse(text)
    if scope is None:
        raise InvalidInput.at(
            "scope",
            _("write portfolio, or engagement:, programme:, country:, area: or donor: and a code, not {scope}.").format(
                scope=repr(text)
            ),
        )
    if scope.kind is ScopeKind.PORTFOLIO:
        return Subject(scope, None)
    row = _named_row(scope, by)
    if row is None:
        raise InvalidInput.at("scope", _("There is no {kind} {code}.").format(kind=scope.kind, code=scope.code))
    return Subject(scope, row)


def _named_row(scope: ReportScope, by: User) -> Named | None:
    match scope.kind:
        case ScopeKind.ENGAGEMENT:
            return Engagement.objects.permitted(by).select_related("programme").filter(ref=scope.code).first()
        case ScopeKind.PROGRAMME:
            return Programme.objects.permitted(by).filter(code=scope.code).first()
        case ScopeKind.COUNTRY:
            return Country.objects.filter(pk=scope.code).first()
        case ScopeKind.AREA:
            return PracticeArea.objects.filter(pk=scope.code).first()
        case _:
            return Organisation.objects.permitted(by).filter(code=scope.code).first()
