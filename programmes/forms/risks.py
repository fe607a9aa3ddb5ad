"""The form of the risk register."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import RiskKind
from programmes.words import RISK_KINDS
from ta_portal.ui.fields import CodeInputField, DayField, ProseField, WholeField, WordField
from ta_portal.ui.forms import PortalForm


class RiskForm(PortalForm):
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: R1."))
    kind = WordField(RiskKind, RISK_KINDS, label=_("Kind"))
    title = forms.CharField(label=_("Risk"), max_length=500, help_text=_("What may happen, in one sentence."))
    likelihood = WholeField(label=_("Likelihood"), least=1, most=5, help_text=_("1 rare, 5 almost certain."))
    impact = WholeField(label=_("Impact"), least=1, most=5, help_text=_("1 slight, 5 would end the engagement."))
    mitigation = ProseField(label=_("What is done about it"), required=False)
    residual_likelihood = WholeField(label=_("Likelihood that remains"), least=1, most=5, required=False)
    residual_impact = WholeField(label=_("Impact that remains"), least=1, most=5, required=False)
    review_on = DayField(label=_("Review on"), required=False)

    groups = (
        (_("The risk"), ("code", "kind", "title", "likelihood", "impact")),
        (_("What is done"), ("mitigation", "residual_likelihood", "residual_impact", "review_on")),
    )
