"""Risks: how likely, how grave, and what is left of them after what is done."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from programmes.models import Risk
from programmes.words import RISK_KINDS, RISK_STATUSES
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

# Likelihood times impact, each 1 to 5.
HIGH, MEDIUM = 15, 9


def level_tag(score: int | None) -> SafeString:
    """The level of a score, as a word: the score stands beside it."""
    if score is None:
        return formats.missing(_("not assessed"))
    if score >= HIGH:
        return tag(_("High"), "bad")
    return tag(_("Medium"), "warn") if score >= MEDIUM else tag(_("Low"))


def risk_table(risks: Sequence[Risk]) -> Table[Risk]:
    return Table(
        name="risks",
        caption=_("Risks"),
        columns=[
            Column(_("Risk"), _title),
            Column(_("Kind"), lambda risk: RISK_KINDS[risk.kind]),
            Column(_("Likelihood"), lambda risk: formats.number(risk.likelihood), numeric=True),
            Column(_("Impact"), lambda risk: formats.number(risk.impact), numeric=True),
            Column(_("Score"), lambda risk: formats.number(risk.score), numeric=True),
            Column(_("Residual"), lambda risk: formats.number(risk.residual), numeric=True),
            Column(_("What is done about it"), lambda risk: formats.bdi(risk.mitigation), wide=True),
            Column(_("Status"), lambda risk: RISK_STATUSES[risk.status]),
            Column(_("Level"), lambda risk: level_tag(risk.score)),
        ],
        rows=risks,
        empty=_("No risks are recorded."),
        stacked=True,
    )


def _title(risk: Risk) -> SafeString:
    return format_html("{}<small>{}</small>", formats.bdi(risk.title), formats.bdi(risk.code, "ltr"))
