"""Overlaps in words: with whom, on what, for how long."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.domain.overlaps import Overlap, Strength
from ta_portal.ui import formats
from ta_portal.ui.statuses import tag

_STRENGTHS = {
    Strength.STRONG: (gettext_lazy("Strong"), "bad"),
    Strength.WEAK: (gettext_lazy("Weak"), "warn"),
    Strength.POSSIBLE: (gettext_lazy("Possible"), "none"),
}


def overlap_lines(overlaps: Sequence[Overlap]) -> list[dict[str, Any]]:
    return [
        {
            "title": formats.bdi(overlap.title),
            "who": formats.bdi(overlap.lead_name),
            "internal": _("same lead") if overlap.internal else "",
            "code": formats.bdi(overlap.code, "ltr"),
            "strength": tag(*_STRENGTHS[overlap.strength]),
            "sectors": ", ".join(overlap.shared_sectors),
            "days": _days(overlap),
        }
        for overlap in overlaps
    ]


def _days(overlap: Overlap) -> SafeString:
    shared = overlap.shared_days
    if shared.count is None or shared.last is None:
        return format_html("{} –", formats.day(shared.first))
    count = ngettext("%(count)d shared day", "%(count)d shared days", shared.count) % {"count": shared.count}
    return format_html("{} – {} · {}", formats.day(shared.first), formats.day(shared.last), count)
