"""The demo's people: one for each role, with an invented name, so that everybody's view of the portal can be seen."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from experts.models import Expert
from experts.services import give_account
from programmes.models import Institution
from programmes.services.memberships import grant_membership
from programmes.services.post_holders import hand_over
from programmes.services.posts import add_post
from programmes.services.service_accounts import system_author
from ta_portal.access.permissions import Role
from ta_portal.accounts.models import User
from ta_portal.accounts.services import create_user
from ta_portal.demo.secrets_kept import kept_secret

FINANCIA = "FIN-TAX-2024"
MOLDOVA = "MDA-TAX-2015"
POST = "Liaison for technical assistance"
TEAM_LEADER = "E1"  # in Financia's scenario


@dataclass(frozen=True)
class Persona:
    """Somebody to sign in as. `engagement` names the one whose institution, or whose team, they belong to."""

    key: str
    name: str
    role: str | Promise
    holds: Role
    engagement: str | None = None

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"


OFFICER = Persona("officer", "Nadia Haddad", _("Programme officer"), Role.PROGRAMME_OFFICER)
PERSONAS = (
    Persona("admin", "Ada Lindqvist", _("Administrator"), Role.ADMINISTRATOR),
    OFFICER,
    Persona("finance", "Marco Ferrari", _("Finance officer"), Role.FINANCE_OFFICER),
    Persona("evaluator", "Grace Mwangi", _("Evaluator"), Role.EVALUATOR),
    Persona("liaison", "Joseph Alexander", _("Liaison of Financia's ministry"), Role.LIAISON, FINANCIA),
    Persona("expert", "Amara Okonjo-Reid", _("Expert, Financia's team leader"), Role.EXPERT, FINANCIA),
    Persona("viewer", "Kenji Watanabe", _("Viewer"), Role.VIEWER),
    Persona("auditor", "Sofia Almeida", _("Auditor"), Role.AUDITOR),
    Persona("liaison.elsewhere", "Elena Rusu", _("Liaison of Moldova's tax service"), Role.LIAISON, MOLDOVA),
)


def password(persona: Persona) -> str:
    """Their password in this demo: made once, kept for the demo's owner."""
    return kept_secret(settings.VAR_DIR / "secrets", persona.key, size=12)


@transaction.atomic
def make_people() -> None:
    """Give an account and a role to those of the demo's people who have none yet; their engagements are there."""
    there = set(User.objects.values_list("email", flat=True))
    author = system_author()
    for persona in PERSONAS:
        if persona.email not in there:
            user = create_user(email=persona.email, full_name=persona.name, password=password(persona))
            _let_in(user, persona, by=author)


def _let_in(user: User, persona: Persona, *, by: User) -> None:
    """An expert's access follows the deployments, a liaison's the post in the institution; others see the portfolio."""
    if persona.engagement is None:
        grant_membership(user=user, role=persona.holds, by=by)
    elif persona.holds is Role.EXPERT:
        team = Expert.objects.filter(deployments__engagement__ref=persona.engagement).distinct()
        give_account(expert=team.get(source_code=TEAM_LEADER), user=user, by=by)
    else:
        institution = Institution.objects.get(engagements__ref=persona.engagement)
        post = add_post(institution=institution, code="LIAISON", title=POST, gives_access=True, by=by)
        hand_over(post_id=post.pk, name=user.full_name, email=user.email, on=timezone.localdate(), by=by)
