"""The five states of an indicator, a milestone or a programme, and other words in pills."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ta_portal.ui.icons import icon


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its word, its tone (good, warn, bad, none) and the icon whose shape tells it apart."""

    word: Promise
    tone: str
    icon: str


LOOKS = {
    "on_track": Look(_("On track"), "good", "good"),
    "at_risk": Look(_("At risk"), "warn", "warn"),
    "off_track": Look(_("Off track"), "bad", "bad"),
    "not_due": Look(_("Not due"), "none", "not-due"),
    "no_data": Look(_("No data"), "none", "no-data"),
}


def status(code: str, word: str | Promise = "") -> SafeString:
    """A state by shape, word and colour; `word` is said instead of the state's own."""
    look = LOOKS[code]
    return tag(word or look.word, look.tone, look.icon)


def tag(label: str | Promise, tone: str = "none", icon_name: str = "") -> SafeString:
    """A word in a pill, such as the level of a risk. Colour never speaks alone: the word, or an icon too, says it."""
    if icon_name:
        return format_html('<span class="st {}">{}{}</span>', tone, icon(icon_name, 14), label)
    return format_html('<span class="st {} plain">{}</span>', tone, label)
