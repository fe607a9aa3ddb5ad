"""Forms for those whom engagements help, and for those who pay for them, run them or send the experts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import InstitutionKind, OrganisationKind
from programmes.models import Country, Institution
from programmes.words import INSTITUTION_KINDS, ORGANISATION_KINDS, named
from ta_portal.ui.fields import CodeInputField, RowField, TextField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.shares import choice_of


class InstitutionForm(PortalForm):
    """A public body. A private one can be chosen, and is refused with the reason."""

    name = forms.CharField(label=_("Name"), max_length=300)
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the portal: MD-MOF."))
    kind = WordField(InstitutionKind, INSTITUTION_KINDS, label=_("Kind"))
    country = RowField(label=_("Country"), required=False)
    union = TextField(
        label=_("Union"), required=False, max_length=120, help_text=_("Where it serves several countries together.")
    )
    parent = RowField(label=_("Part of"), required=False)

    def offer(self) -> None:
        countries, parents = choice_of(self, "country"), choice_of(self, "parent")
        countries.queryset = Country.objects.order_by("name")
        countries.said = lambda country: named(str(country))
        parents.queryset = Institution.objects.permitted(self.user).order_by("name")


class OrganisationForm(PortalForm):
    """A donor, an administrator of others' money or a provider of experts."""

    name = forms.CharField(label=_("Name"), max_length=300)
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the portal: MCF."))
    kind = WordField(OrganisationKind, ORGANISATION_KINDS, label=_("Kind"))
    iati_ref = CodeInputField(
        label=_("IATI identifier"), required=False, max_length=100, help_text=_("Where it publishes: XM-DAC-41114.")
    )
