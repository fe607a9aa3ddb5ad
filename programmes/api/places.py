"""Countries, those whom engagements help, and those who pay for them, over REST."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from programmes.api import inputs, serializers
from programmes.models import Country, Institution, Organisation
from programmes.services import places
from ta_portal.access.permissions import Permission
from ta_portal.api.viewsets import ScopedViewSet
from ta_portal.api.writing import Act, WritableViewSet


class CountryViewSet(ScopedViewSet):
    """Countries with their facts by year: common knowledge, the same for everybody."""

    resource = "countries"
    queryset = Country.objects.order_by()
    row = serializers.CountryRow
    lookup_field = "iso2"
    lookup_value_converter = "code"
    filter_fields = ("iso2", "iso3", "name", "region", "currency", "user_assigned")
    ordering_fields = ("name", "region")
    search_fields = ("iso2", "name")

    def visible(self) -> QuerySet[Any]:
        return self.queryset.all()

    def exportable(self) -> QuerySet[Any]:
        return self.visible()


class InstitutionViewSet(WritableViewSet):
    """The public bodies that receive assistance."""

    resource = "institutions"
    queryset = Institution.objects.all()
    row = serializers.InstitutionRow
    filter_fields = ("code", "name", "kind", "country", "updated_at")
    ordering_fields = ("code", "name", "kind", "country", "updated_at")
    search_fields = ("code", "name")
    acts = {"create": Act.adding(inputs.InstitutionInput, Permission.REFERENCE_CHANGE)}

    def create(self, request: Request) -> HttpResponse:
        """Add a public body that may receive technical assistance. A private one is refused, with the reason."""
        return self.add(places.add_institution)


class OrganisationViewSet(WritableViewSet):
    """Donors, administrators and providers."""

    resource = "organisations"
    queryset = Organisation.objects.all()
    row = serializers.OrganisationRow
    lookup_field = "code"
    lookup_value_converter = "code"
    filter_fields = ("code", "name", "kind", "iati_ref", "updated_at")
    ordering_fields = ("code", "name", "kind", "updated_at")
    search_fields = ("code", "name", "iati_ref")
    acts = {"create": Act.adding(inputs.OrganisationInput, Permission.REFERENCE_CHANGE)}

    def create(self, request: Request) -> HttpResponse:
        """Add a donor, an administrator of others' money or a provider of experts."""
        return self.add(places.add_organisation)
