"""The reviewers of a report in turn, in words."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.models import ReviewStep
from programmes.words.reviewing import STEP_STATES
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def step_table(steps: Sequence[ReviewStep]) -> Table[ReviewStep]:
    """The reviewers of a report in their order, with what each decided."""
    return Table(
        name="steps",
        caption=gettext_lazy("Reviewers in turn"),
        columns=[
            Column(gettext_lazy("Reviewer"), lambda step: format_html("{}. {}", step.nth, formats.bdi(step.reviewer))),
            Column(gettext_lazy("Status"), lambda step: STEP_STATES[step.state]),
            Column(
                gettext_lazy("Decided"),
                lambda step: formats.moment(step.decided_at) if step.decided_at else formats.missing(_("not yet")),
            ),
            Column(gettext_lazy("Note"), lambda step: formats.bdi(step.note), wide=True),
        ],
        rows=steps,
        stacked=True,
    )
