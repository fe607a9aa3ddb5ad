"""A history as a file: a line for each field that an act changed or told, as the page shows it."""

from collections.abc import Iterator
from html import unescape

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programmes.selectors.history import Act, History
from programmes.tables.history import Change, changes_of, code_of
from ta_portal.registry.acts import word_for
from ta_portal.registry.histories import history_of
from ta_portal.ui import formats


def history_head() -> list[str]:
    return [_("When"), _("Engagement"), _("Act"), _("Kind"), _("Code"), _("Field"), _("Before"), _("After"), _("Who")]


def history_lines(found: History) -> Iterator[list[object]]:
    """The acts in the page's order; one that changed nothing has a line without a field."""
    with formats.for_a_sheet():
        for act in found.acts:
            changes = [_change(one) for one in changes_of(act, found.related)]
            for change in changes or [["", "", ""]]:
                yield [*_act(act), *change, _who(act)]


def _act(act: Act) -> list[object]:
    told = history_of(act.event.target_kind)
    kind, code = (str(told.name), code_of(act, told)) if told else ("", "")
    return [act.event.at, act.engagement.ref if act.engagement else "", str(word_for(act.event.verb)), kind, code]


def _change(change: Change) -> list[str]:
    if change.is_hidden:
        return [change.label, "", _("not shown")]
    return [change.label, _text(change.was), _text(change.now)]


def _who(act: Act) -> str:
    return str(act.event.by) if act.event.by else _("The portal itself")


def _text(markup: SafeString | None) -> str:
    return unescape(strip_tags(markup)).replace("\N{NO-BREAK SPACE}", " ") if markup else ""
