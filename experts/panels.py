"""Who is there, on an engagement's first page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from experts.forms import DeploymentForm
from experts.models import Deployment, Expert, RateCard
from experts.selectors.deployments import deployments_of
from experts.tables import expert_name, expert_role, stretch
from experts.words import ACTS, FIELDS, KINDS, STATUSES, status_tag
from programmes.models import Engagement
from programmes.words import MODALITIES
from ta_portal.registry.acts import register_acts
from ta_portal.registry.attention import MatterKind, register_matter
from ta_portal.registry.histories import RowHistory, register_history
from ta_portal.registry.panels import Panel, register_panel
from ta_portal.registry.tabs import Tab, register_tab
from ta_portal.ui.http import PortalRequest

MOST_SHOWN = 8


def expert_panel(request: PortalRequest, engagement: Engagement) -> Mapping[str, Any]:
    """Each expert with their role, their dates and where they stand. Days and rates are on the experts' page."""
    people = deployments_of(engagement)
    shown = [
        {
            "name": expert_name(person.expert),
            "role": expert_role(person.expert),
            "how": MODALITIES[person.latest.modality],
            "when": stretch(person.days),
            "status": status_tag(person.latest.status),
        }
        for person in people[:MOST_SHOWN]
    ]
    return {"people": shown, "more": len(people) - len(shown)}


# Each of these figures, alone or with another, leads to what a named person is paid.
_OF_A_PERSON = frozenset({"amount", "currency", "fte", "planned_days", "days_brought_forward"})
HISTORIES = (
    RowHistory(
        Deployment,
        _("Deployment"),
        FIELDS,
        DeploymentForm,
        {"status": STATUSES},
        tab="experts:experts",
        private=_OF_A_PERSON,
    ),
    RowHistory(Expert, _("Expert"), FIELDS, words={"kind": KINDS}, left_out=frozenset({"source", "source_code"})),
    RowHistory(RateCard, _("Daily rate"), FIELDS, code="expert", private=_OF_A_PERSON),
)


def register() -> None:
    """Called when the app is ready."""
    register_acts(ACTS)
    for history in HISTORIES:
        register_history(history)
    register_panel(
        Panel(
            "engagement",
            "experts",
            60,
            "experts/panels/experts.html",
            expert_panel,
            column="side",
            heading=_("Experts"),
        )
    )
    register_matter(
        MatterKind(
            "deployment_ends",
            50,
            _("Deployment ends"),
            _("Programme officer"),
            "experts",
            "SELECT engagement_id, upper(during) - 1 AS on_date FROM deployment"
            " WHERE status IN ('confirmed', 'in_field') AND upper(during) - 1 BETWEEN %(today)s AND %(today)s + 90",
            now_within_days=30,
        )
    )
    register_tab(Tab("engagement", "experts", 50, _("Experts"), "experts:experts"))
