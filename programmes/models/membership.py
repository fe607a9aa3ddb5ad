"""Who holds which role, and on what. The access kit learns of it through a registered source."""

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from ta_portal.access.permissions import Role, Scope
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned

SCOPE_FIELDS: dict[Scope, str] = {
    Scope.ORGANISATION: "organisation",
    Scope.PROGRAMME: "programme",
    Scope.COUNTRY: "country",
    Scope.INSTITUTION: "institution",
    Scope.ENGAGEMENT: "engagement",
}


def _names_its_scope() -> Q:
    """Exactly the one row that the scope's kind speaks of; none for the whole portfolio."""
    condition = Q(scope_kind=Scope.PORTFOLIO.value, **{f"{name}__isnull": True for name in SCOPE_FIELDS.values()})
    for scope, named in SCOPE_FIELDS.items():
        others = {f"{name}__isnull": name != named for name in SCOPE_FIELDS.values()}
        condition |= Q(scope_kind=scope.value, **others)
    return condition


@tracked
class Membership(Versioned):
    """One role on one scope for some time; without dates it holds until it is taken away."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = CodeField(max_length=30, choices=[(role.value, role.value.replace("_", " ").capitalize()) for role in Role])
    scope_kind = CodeField(max_length=20, choices=[(scope.value, scope.value.capitalize()) for scope in Scope])
    organisation = models.ForeignKey("programmes.Organisation", models.CASCADE, null=True, blank=True, related_name="+")
    programme = models.ForeignKey("programmes.Programme", models.CASCADE, null=True, blank=True, related_name="+")
    country = models.ForeignKey("programmes.Country", models.CASCADE, null=True, blank=True, related_name="+")
    institution = models.ForeignKey("programmes.Institution", models.CASCADE, null=True, blank=True, related_name="+")
    engagement = models.ForeignKey("programmes.Engagement", models.CASCADE, null=True, blank=True, related_name="+")
    valid = DateRangeField(null=True, blank=True)  # type: ignore[misc]  # the stubs know no absent range

    class Meta(Versioned.Meta):
        db_table = "membership"
        constraints = [
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=[role.value for role in Role])),
            models.CheckConstraint(name="membership_names_its_scope", condition=_names_its_scope()),
            models.UniqueConstraint(
                name="membership_once",
                fields=["user", "role", "scope_kind", *SCOPE_FIELDS.values()],
                nulls_distinct=False,
            ),
        ]

    @property
    def scope_id(self) -> int | str | None:
        """The key of the row that the role holds on; None for the whole portfolio."""
        named = SCOPE_FIELDS.get(Scope(self.scope_kind))
        found: int | str | None = getattr(self, f"{named}_id") if named else None
        return found
