"""Where: currencies, countries, institutions, organisations. Reference data that every reader may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import InstitutionKind, OrganisationKind
from ta_portal.access.grants import grants_of
from ta_portal.access.permissions import Permission, Scope
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import STAMP, CodeField, Versioned, bury


class Currency(models.Model):
    """An ISO 4217 currency and the decimals of its minor unit: 0, 2, 3 or 4."""

    code = CodeField(max_length=3, primary_key=True)
    name = models.CharField(max_length=120)
    minor_units = models.SmallIntegerField()

    class Meta:
        db_table = "currency"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="currency_minor_units_known", condition=Q(minor_units__range=(0, 4))),
        ]

    def __str__(self) -> str:
        return self.code


class Region(models.Model):
    """A region of the DAC list, for engagements that serve more than one country."""

    code = CodeField(max_length=10, primary_key=True)
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "region"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CountryQuerySet(ScopedQuerySet["Country"]):
    """Countries are common knowledge: reference data without a scope of its own."""

    scope_paths = {Scope.COUNTRY: ("pk",)}


class Country(models.Model):
    """A country by its ISO 3166 code, or a user-assigned one (XF) where a scenario needs it."""

    iso2 = CodeField(max_length=2, primary_key=True)
    iso3 = CodeField(max_length=3, unique=True, null=True)
    name = models.CharField(max_length=200)
    region = models.CharField(max_length=120, blank=True)
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, related_name="+")
    user_assigned = models.BooleanField(default=False)

    objects = CountryQuerySet.as_manager()

    class Meta:
        db_table = "country"
        ordering = ["iso2"]
        constraints = [
            models.CheckConstraint(name="country_code_is_two_capitals", condition=Q(iso2__regex=r"^[A-Z]{2}$"))
        ]

    def __str__(self) -> str:
        return self.name


class CountryFact(models.Model):
    """One figure of a country in a year (tax to GDP, ODA to GNI, income group): context, never summed."""

    country = models.ForeignKey(Country, models.CASCADE, related_name="facts")
    year = models.SmallIntegerField()
    indicator = CodeField()
    value = models.CharField(max_length=60)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "country_fact"
        constraints = [
            models.UniqueConstraint(fields=["country", "year", "indicator"], name="country_fact_once_a_year")
        ]


class InstitutionQuerySet(ScopedQuerySet["Institution"]):
    scope_paths = {Scope.INSTITUTION: ("pk", "parent"), Scope.COUNTRY: ("country",)}
    scope_parents = ("engagements",)

    def held_whole(self, user: Any, permission: Permission) -> Self:
        """Those on which `user` holds the permission with all that is there, and not by some of the engagements."""
        scopes = grants_of(user).scopes(permission)
        return self if Scope.PORTFOLIO in scopes else self.filter(self._by_own_scope(scopes))


@tracked
class Institution(Versioned):
    """A body that receives technical assistance: in a country, or in a union of several."""

    code = CodeField(unique=True)
    name = models.CharField(_("name"), max_length=300)
    kind = CodeField(
        max_length=40, choices=[(kind.value, kind.name.replace("_", " ").capitalize()) for kind in InstitutionKind]
    )
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="institutions")
    union = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="units")

    objects = InstitutionQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "institution"
        constraints = [
            models.CheckConstraint(
                name="institution_kind_known", condition=Q(kind__in=[k.value for k in InstitutionKind])
            ),
            models.CheckConstraint(
                name="institution_in_country_or_union",
                condition=Q(country__isnull=False, union="") | (Q(country__isnull=True) & ~Q(union="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    scope_paths = {Scope.ORGANISATION: ("pk",)}
    scope_parents = (
        "agreements_as_contributor__engagement",
        "agreements_as_administrator__engagement",
        "agreements_as_provider__engagement",
        "programmes_led__engagements",
    )


@tracked
class Organisation(Versioned):
    """A donor, an administrator of others' money or a provider of experts."""

    code = CodeField(unique=True)
    name = models.CharField(_("name"), max_length=300)
    kind = CodeField(
        max_length=2, choices=[(kind.value, kind.name.replace("_", " ").capitalize()) for kind in OrganisationKind]
    )
    iati_ref = models.CharField(max_length=100, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "organisation"
        triggers = [STAMP, bury("code")]
        constraints = [
            models.CheckConstraint(
                name="organisation_kind_known", condition=Q(kind__in=[k.value for k in OrganisationKind])
            ),
        ]

    def __str__(self) -> str:
        return self.name
