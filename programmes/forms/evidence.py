"""The files of a report, in its form: which are chosen, and what they back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.evidence import ENDINGS
from programmes.models import Indicator
from programmes.words import named
from ta_portal.ui.fields import ChoiceField

# What the form's buttons send: that the chosen files are to be kept now, or which one is to go.
ATTACH, REMOVE = "attach", "remove_evidence"
_MEGABYTE = 1024 * 1024


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": ",".join(ending for endings in ENDINGS.values() for ending in endings)})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class EvidenceForm(forms.Form):
    """The part of a report's page that takes files. It stands in the report's own form, and is sent with it."""

    # First: a script sends files as soon as they are chosen.
    evidence_about = ChoiceField(label=_("What the files back"), required=False)
    evidence = forms.Field(label=_("Files"), required=False, widget=FilesInput)

    def __init__(self, data: Any = None, files: Any = None, *, indicators: Sequence[Indicator]) -> None:
        super().__init__(data, files)
        self.indicators: Mapping[str, Indicator] = {row.code: row for row in indicators}
        most = settings.EVIDENCE_MOST_BYTES // _MEGABYTE
        kinds = ", ".join(endings[0].removeprefix(".").upper() for endings in ENDINGS.values())
        hint = _t("%(kinds)s; %(most)d MB each at most. They are kept at once, whatever becomes of the draft.")
        self.fields["evidence"].help_text = hint % {"kinds": kinds, "most": most}
        figures = [(code, named(row.title)) for code, row in self.indicators.items()]
        about: Any = self.fields["evidence_about"]
        about.choices, about.wanted = [("", _t("The report as a whole")), *figures], True

    @property
    def about(self) -> Indicator | None:
        """The figure that is backed; None for the report as a whole."""
        return self.indicators.get(self.cleaned_data.get("evidence_about") or "")
