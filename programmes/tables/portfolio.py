"""The portfolio: one sentence, what asks for a move, and each engagement against time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.domain.standing import Phase, Standing
from programmes.models import Engagement
from programmes.selectors.portfolio import Portfolio, Ranked
from programmes.selectors.standing import standings
from programmes.words import STATUSES, named, status_tag
from ta_portal.registry.attention import NOW, MatterKind, matter_kinds
from ta_portal.registry.figures import figures_of
from ta_portal.registry.tabs import tabs_for
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag
from ta_portal.ui.tables import Column, Table

# So many points from the time elapsed are worth a second look.
FAR_FROM_TIME = 10
NOTHING = gettext_lazy("No engagement is in this selection.")


@dataclass(frozen=True, slots=True)
class HeatRow:
    ranked: Ranked
    standing: Standing
    exit_pct: Fraction | None

    @property
    def engagement(self) -> Engagement:
        return self.ranked.engagement


def verdict(found: Portfolio) -> str:
    """How many there are and what asks for a move: each case is a whole pattern."""
    if not found.count:
        return str(NOTHING)
    all_of_them = _engagements(found.count)
    if not found.now and not found.soon:
        return _("%(engagements)s: no move is needed.") % {"engagements": all_of_them}
    said = {"engagements": all_of_them, "now": _counted(found.now), "soon": _counted(found.soon)}
    if not found.soon:
        return _("%(engagements)s: a move is needed now on %(now)s.") % said
    if not found.now:
        return _("%(engagements)s: no move is needed now, before long on %(soon)s.") % said
    return _("%(engagements)s: a move is needed now on %(now)s, before long on %(soon)s more.") % said


def matter_lines(matters: Sequence[Ranked]) -> list[dict[str, Any]]:
    """What asks for a move, the most urgent first: what, on which engagement, by when, and whose move it is."""
    kinds = {kind.key: kind for kind in matter_kinds()}
    return [
        {
            "icon": "bad" if one.urgency == NOW else "warn",
            "url": _tab_address(one.engagement.ref, kinds[one.kind].tab),
            "words": kinds[one.kind].words,
            "title": formats.bdi(one.engagement.title),
            "ref": formats.bdi(one.engagement.ref, "ltr"),
            "whose": kinds[one.kind].whose,
            "on_date": one.on_date,
        }
        for one in matters
        if one.kind
    ]


def kind_counts(found: Portfolio) -> list[tuple[str | Promise, int]]:
    """How many matters of each kind there are."""
    return [(kind.words, found.by_kind[kind.key]) for kind in matter_kinds() if found.by_kind.get(kind.key)]


def status_links(found: Portfolio) -> list[tuple[str | Promise, int, str]]:
    """How many engagements are in each status; each count leads to the list of them."""
    asked = found.choice.address()
    address = reverse("programmes:engagement-list")
    return [
        (word, found.by_status[status], f"{address}?{urlencode({**asked, 'status': status})}")
        for status, word in STATUSES.items()
        if found.by_status.get(status)
    ]


def heat_table(rows: Sequence[Ranked], *, today: dt.date) -> Table[HeatRow]:
    """Each engagement against time: what asks for a move first. Figures only for the rows that are shown."""
    engagements = [row.engagement for row in rows]
    where = standings(engagements, as_of=today)
    ready = figures_of("engagement", "exit_pct", engagements, as_of=today)
    kinds = {kind.key: kind for kind in matter_kinds()}
    return Table(
        name="heat",
        caption=gettext_lazy("Engagements, what asks for a move first"),
        columns=[
            Column(gettext_lazy("Engagement"), _name),
            Column(gettext_lazy("Country"), _countries),
            Column(gettext_lazy("Time"), lambda row: formats.pct(row.standing.time_pct), numeric=True),
            Column(gettext_lazy("Spend"), _spend, numeric=True),
            Column(gettext_lazy("Results"), _results, numeric=True),
            Column(gettext_lazy("Exit"), _exit, numeric=True),
            Column(gettext_lazy("Next"), lambda row: _next(row.ranked, kinds), wide=True),
            Column(gettext_lazy("Status"), lambda row: status_tag(row.engagement.status)),
        ],
        rows=[HeatRow(row, where[row.engagement.pk], ready.get(row.engagement.pk)) for row in rows],
        stacked=True,
    )


def _counted(count: int) -> str:
    """A count inside a sentence."""
    return str(number_format(count, force_grouping=True))


def _engagements(count: int) -> str:
    said = ngettext("%(count)s engagement", "%(count)s engagements", count)
    return said % {"count": _counted(count)}


def _name(row: HeatRow) -> SafeString:
    engagement = row.engagement
    return format_html(
        '<a href="{}">{}</a><small>{} {}</small>',
        reverse("programmes:engagement", args=[engagement.ref]),
        formats.bdi(engagement.title),
        formats.bdi(engagement.ref, "ltr"),
        tag(_("Sample data")) if engagement.sample else "",
    )


def _countries(row: HeatRow) -> SafeString:
    # The portfolio's selector names them.
    countries: list[str] | None = row.engagement.countries  # type: ignore[attr-defined]
    return formats.bdi(str(_(", ")).join(map(named, countries))) if countries else formats.missing(_("none named"))


def _spend(row: HeatRow) -> SafeString:
    """Marked where it is well ahead of time, or beyond the budget."""
    share = row.standing.spend_pct
    ahead = row.standing.ahead(share)
    running = row.standing.phase is Phase.RUNNING
    far = share is not None and (share > 100 or (running and ahead is not None and ahead > FAR_FROM_TIME))
    return _marked(row, formats.pct(share), "costs", _("ahead of time or over the budget") if far else "", known=share)


def _results(row: HeatRow) -> SafeString:
    """Marked where they are well behind time."""
    share = row.standing.results_pct
    ahead = row.standing.ahead(share)
    running = row.standing.phase is not Phase.NOT_STARTED
    far = running and ahead is not None and ahead < -FAR_FROM_TIME
    return _marked(row, formats.pct(share), "results", _("behind time") if far else "", known=share)


def _exit(row: HeatRow) -> SafeString:
    share = row.exit_pct
    return _marked(row, formats.pct(share, 0), "exit", "", known=share)


def _marked(row: HeatRow, shown: SafeString, tab: str, why: str, *, known: object) -> SafeString:
    """A figure that leads to its tab; where it is marked, the reason is said to those who do not see the colour."""
    if known is None:
        return shown
    linked = format_html('<a href="{}">{}</a>', _tab_address(row.engagement.ref, tab), shown)
    return format_html('<span class="neg">{}<span class="vh"> {}</span></span>', linked, why) if why else linked


def _next(ranked: Ranked, kinds: Mapping[str, MatterKind]) -> SafeString:
    if ranked.kind is None:
        return formats.missing(_("nothing asks for a move"))
    kind = kinds[ranked.kind]
    on = formats.day(ranked.on_date)
    return format_html("{}<small>{} · {}</small>", kind.words, on, kind.whose)


def _tab_address(ref: str, key: str) -> str:
    """A page of the engagement by its tab's key; its first page where no app has such a tab."""
    found = next((tab for tab in tabs_for("engagement") if tab.key == key), None)
    return reverse(found.url_name if found else "programmes:engagement", args=[ref])
