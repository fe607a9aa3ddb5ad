"""How far the results can be relied on: the score in a sentence, and the list behind it."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programmes.domain.data_quality import DataQuality, Finding
from programmes.models import Engagement
from programmes.words.data_quality import FINDINGS, REMEDIES
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def quality_sentence(quality: DataQuality) -> str:
    """How many checks could be made, and how many do not hold."""
    if not quality.made:
        return _("Nothing can be checked yet: there is no indicator.")
    if not quality.findings:
        said = ngettext("%(made)d check was made, and it holds.", "All %(made)d checks hold.", quality.made)
        return said % {"made": quality.made}
    said = ngettext(
        "%(found)d of %(made)d checks does not hold.",
        "%(found)d of %(made)d checks do not hold.",
        len(quality.findings),
    )
    return said % {"found": len(quality.findings), "made": quality.made}


def quality_table(engagement: Engagement, quality: DataQuality) -> Table[Finding]:
    """What does not hold, of which indicator, and what can be done."""
    return Table(
        name="findings",
        caption=gettext_lazy("What does not hold"),
        columns=[
            Column(gettext_lazy("What"), lambda one: FINDINGS[one.check]),
            Column(gettext_lazy("What to do"), lambda one: REMEDIES[one.check], wide=True),
            Column(gettext_lazy("Of what"), lambda one: _subject(engagement, one)),
        ],
        rows=quality.findings,
        stacked=True,
    )


def _subject(engagement: Engagement, finding: Finding) -> SafeString:
    if not finding.code:
        return format_html("{}", _("the engagement"))
    address = reverse("programmes:indicator", args=[engagement.ref, finding.code])
    return format_html('<a href="{}">{}</a>', address, formats.bdi(finding.code, "ltr"))
