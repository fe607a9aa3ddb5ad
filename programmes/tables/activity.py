"""The history of an engagement as tables."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from programmes.models import Amendment, EngagementTransition
from programmes.tables.history import field_in_words
from programmes.words import STATUSES, status_tag
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def step_table(steps: Sequence[EngagementTransition]) -> Table[EngagementTransition]:
    return Table(
        name="steps",
        caption=_("Steps from one status to the next"),
        columns=[
            Column(_("When"), lambda step: formats.moment(step.at)),
            Column(_("From"), lambda step: STATUSES[step.from_status]),
            Column(_("Reason"), lambda step: formats.bdi(step.reason)),
            Column(_("Who"), lambda step: formats.bdi(step.by)),
            Column(_("Status"), lambda step: status_tag(step.to_status)),
        ],
        rows=steps,
        empty=_("The status has not changed yet."),
        stacked=True,
    )


def amendment_table(amendments: Sequence[Amendment]) -> Table[Amendment]:
    """What was changed after it was agreed, with the original beside the current value."""
    return Table(
        name="amendments",
        caption=_("Amendments"),
        columns=[
            Column(_("When"), lambda one: formats.moment(one.at)),
            Column(_("What"), _field),
            Column(_("Original"), lambda one: _value(one, one.original)),
            Column(_("Now"), lambda one: _value(one, one.current)),
            Column(_("Reason"), lambda one: formats.bdi(one.reason)),
            Column(_("Who"), lambda one: formats.bdi(one.by)),
        ],
        rows=amendments,
        empty=_("Nothing was amended."),
        stacked=True,
    )


# An amended target says whose it is: `targets of I01`.
_TARGETS = "targets"


def _field(amendment: Amendment) -> SafeString:
    name, _of, indicator = amendment.field.partition(" of ")
    label, _shown = field_in_words("engagement", name, "")
    return format_html("{} {}", label, formats.bdi(indicator, "ltr")) if indicator else format_html("{}", label)


def _value(amendment: Amendment, text: str) -> SafeString:
    name = _TARGETS if amendment.field.startswith(_TARGETS) else amendment.field
    return field_in_words("engagement", name, text)[1]
