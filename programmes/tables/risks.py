"""Risks: how likely, how grave, and what is left of them after what is done."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import RiskStatus
from programmes.models import Risk
from programmes.tables.progress import due_tag
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


def heat_table(risks: Sequence[Risk]) -> Table[int]:
    """Where the open risks lie: how likely from the top down, how grave from the left on; empty where none is open."""
    open_ones = [risk for risk in risks if risk.status == RiskStatus.OPEN]
    return Table(
        name="heat",
        caption=_("Open risks by likelihood and impact"),
        columns=[
            Column(format_html("{} / {}", _("Likelihood"), _("Impact")), formats.number),
            *(Column(_impact(impact), partial(_codes, open_ones, impact)) for impact in range(1, 6)),
        ],
        rows=range(5, 0, -1) if open_ones else [],
        even=True,
    )


def _impact(impact: int) -> SafeString:
    """The figure alone is seen: five columns are to fit a phone."""
    before, figure, after = (_t("Impact %(impact)d") % {"impact": impact}).partition(str(impact))
    return format_html('<span class="vh">{}</span>{}<span class="vh">{}</span>', before, figure, after)


def _codes(risks: Sequence[Risk], impact: int, likelihood: int) -> SafeString:
    """The risks of a cell, each with the tone of its score."""
    found = [risk for risk in risks if (risk.likelihood, risk.impact) == (likelihood, impact)]
    tone = _tone(likelihood * impact)
    return format_html_join(" ", "{}", ((tag(formats.bdi(risk.code, "ltr"), tone),) for risk in found))


def _tone(score: int) -> str:
    if score >= HIGH:
        return "bad"
    return "warn" if score >= MEDIUM else "none"


def risk_table(risks: Sequence[Risk], *, today: dt.date) -> Table[Risk]:
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
            Column(
                _("Owner"), lambda risk: formats.bdi(risk.owner) if risk.owner else formats.missing(_("nobody yet"))
            ),
            Column(_("Review on"), lambda risk: _review(risk, today)),
            Column(_("Status"), lambda risk: RISK_STATUSES[risk.status]),
            Column(_("Level"), lambda risk: level_tag(risk.score)),
        ],
        rows=risks,
        empty=_("No risks are recorded."),
        stacked=True,
    )


def _title(risk: Risk) -> SafeString:
    return format_html("{}<small>{}</small>", formats.bdi(risk.title), formats.bdi(risk.code, "ltr"))


def _review(risk: Risk, today: dt.date) -> SafeString:
    """When it is to be looked at again; of an open one how late that is."""
    if risk.review_on is None:
        return formats.day(None)
    if risk.status != RiskStatus.OPEN or risk.review_on > today:
        return formats.day(risk.review_on)
    return format_html("{}<small>{}</small>", formats.day(risk.review_on), due_tag(risk.review_on, today=today))
