"""Deployments as tables. Days by person stand only where the reader may know the rate: total ÷ days would tell it."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from experts.domain.summary import DeploymentSummary, ExpertSummary
from experts.models import Deployment, Expert
from experts.selectors.deployments import ExpertDeployments
from experts.words import status_tag
from programmes.domain.periods import Days
from programmes.words import MODALITIES
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table

PLACES = 2


def expert_name(expert: Expert) -> SafeString:
    """The person's name; the code where the name was erased."""
    person = getattr(expert, "person", None)
    return formats.bdi(person.name if person else expert.code)


def expert_role(expert: Expert) -> str:
    person = getattr(expert, "person", None)
    return person.role if person else ""


def stretch(days: Days) -> SafeString:
    """From when to when."""
    if days.last is None:
        return format_html("{} –", formats.day(days.first))
    return format_html("{} – {}", formats.day(days.first), formats.day(days.last))


def deployment_table(people: Sequence[ExpertDeployments]) -> Table[Deployment]:
    """Every deployment: who, where in the work, how, and when."""
    return Table(
        name="deployments",
        caption=_("Deployments"),
        columns=[
            Column(_("Expert"), _who),
            Column(
                _("Workstream"),
                lambda row: formats.bdi(row.workstream.title) if row.workstream else formats.missing(_("none")),
                wide=True,
            ),
            Column(_("Way of working"), lambda row: MODALITIES[row.modality]),
            Column(_("Load"), lambda row: formats.number(row.fte), numeric=True),
            Column(_("Dates"), lambda row: stretch(Days.from_bounds(row.during.lower, row.during.upper)), wide=True),
            Column(_("Status"), lambda row: status_tag(row.status)),
        ],
        rows=[one for person in people for one in person.deployments],
        empty=_("Nobody is deployed yet."),
        stacked=True,
    )


def summary_table(
    summary: DeploymentSummary, experts: Sequence[Expert], *, with_rates: bool
) -> Table[tuple[str, ExpertSummary]]:
    """What each expert's deployments come to. Rates and costs are columns only for those who may see every one."""
    names = {expert.pk: expert_name(expert) for expert in experts}
    rates: list[Column[tuple[str, ExpertSummary]]] = [
        Column(_("Daily rate"), lambda row: _amount(row[1].daily_rate, row[1]), numeric=True),
        Column(_("Planned cost"), lambda row: _amount(row[1].planned_cost_native, row[1]), numeric=True),
        Column(_("Actual cost"), lambda row: _amount(row[1].actual_cost_native, row[1]), numeric=True),
    ]
    total = summary.total_days
    return Table(
        name="days",
        caption=_("Days by expert"),
        columns=[
            Column(_("Expert"), lambda row: _named(row[0], names.get(row[1].expert_id)), total=_("Total")),
            Column(_("Deployments"), lambda row: formats.number(row[1].deployments), numeric=True),
            Column(
                _("Planned days"),
                lambda row: _days(row[1].planned_days),
                numeric=True,
                total=_days(total.planned if total else None),
            ),
            Column(
                _("Actual days"),
                lambda row: _days(row[1].actual_days),
                numeric=True,
                total=_days(total.actual if total else None),
            ),
            Column(_("Person-months"), _person_months, numeric=True),
            *(rates if with_rates else []),
        ],
        rows=list(summary.experts.items()),
        empty=_("Nobody is deployed yet."),
    )


def _who(row: Deployment) -> SafeString:
    return format_html(
        "{}<small>{} · {}</small>",
        expert_name(row.expert),
        formats.bdi(row.code, "ltr"),
        formats.bdi(expert_role(row.expert)),
    )


def _named(code: str, name: SafeString | None) -> SafeString:
    shown = formats.bdi(code, "ltr")
    return shown if name is None else format_html("{}<small>{}</small>", name, shown)


def _days(days: object) -> SafeString:
    return formats.missing(_("withheld")) if days is None else formats.number(days, 0 if days == int(days) else PLACES)  # type: ignore[call-overload, arg-type]


def _person_months(row: tuple[str, ExpertSummary]) -> SafeString:
    months = row[1].person_months
    return formats.missing(_("withheld")) if months is None else formats.number(months, PLACES)


def _amount(amount: object, expert: ExpertSummary) -> SafeString:
    return formats.money(amount, expert.currency or "")  # type: ignore[arg-type]
