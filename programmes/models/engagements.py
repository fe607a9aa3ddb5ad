"""What: programmes and their engagements, the rows on which everybody's access hangs."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from programmes.domain.vocabulary import EngagementStatus, FormOfAid, Modality, Publication
from programmes.models.places import Country, Currency, Institution, Organisation, Region
from programmes.models.topics import PracticeArea, Sector
from ta_portal.access.permissions import Scope
from ta_portal.access.querysets import M_co, ScopedQuerySet
from ta_portal.audit.history import recalled
from ta_portal.changes.models import (
    STAMP,
    CodeField,
    MoneyField,
    PercentField,
    Versioned,
    append_only,
    bury,
    touches,
)


def choices(kinds: type) -> list[tuple[str, str]]:
    return [(kind.value, kind.name.replace("_", " ").capitalize()) for kind in kinds]  # type: ignore[attr-defined]


class ProgrammeQuerySet(ScopedQuerySet["Programme"]):
    scope_paths = {Scope.PROGRAMME: ("pk",), Scope.ORGANISATION: ("lead",)}
    scope_parents = ("engagements",)


@recalled
class Programme(Versioned):
    """A set of engagements under one lead. Its rate source is the only one its money is converted with."""

    code = CodeField(unique=True)
    title = models.CharField(_("title"), max_length=300)
    lead = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="programmes_led")
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    rate_source = CodeField(max_length=100)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    note = models.TextField(blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "programme"
        triggers = [STAMP, bury("code")]
        constraints = [
            models.CheckConstraint(
                name="programme_ends_after_start", condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts"))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EngagementQuerySet(ScopedQuerySet["Engagement"]):
    """The root of access: every other row below an engagement is visible where its engagement is."""

    scope_paths = {
        Scope.ENGAGEMENT: ("pk",),
        Scope.PROGRAMME: ("programme",),
        Scope.COUNTRY: ("recipients__country",),
        Scope.INSTITUTION: ("institution", "institution__parent"),
        Scope.ORGANISATION: (
            "agreements__contributor",
            "agreements__administrator",
            "agreements__provider",
            "programme__lead",
        ),
    }


@recalled
class Engagement(Versioned):
    """Technical assistance to one institution (or several recipients) towards one objective, until it can be left."""

    ref = CodeField(_("reference"), max_length=40, unique=True)
    iati_id = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001 - unique where given
    title = models.CharField(_("title"), max_length=500)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="engagements")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="engagements")
    practice_area = models.ForeignKey(PracticeArea, models.PROTECT, null=True, related_name="engagements")
    form_of_aid = CodeField(max_length=20, choices=choices(FormOfAid), default=FormOfAid.HARD_TA.value)
    modality = CodeField(max_length=20, choices=choices(Modality), default=Modality.HYBRID.value)
    objective = models.TextField(_("objective"), blank=True)
    exit_criteria = models.TextField(blank=True)
    status = CodeField(max_length=20, choices=choices(EngagementStatus), default=EngagementStatus.PIPELINE.value)
    planned = DateRangeField(_("planned dates"))
    actual = DateRangeField(_("actual dates"), null=True)  # type: ignore[misc]  # the stubs know no absent range
    publication = CodeField(max_length=20, choices=choices(Publication), default=Publication.INTERNAL.value)
    lead_officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    related_operation = models.TextField(blank=True)
    aid_type = CodeField(max_length=10, null=True)
    finance_type = CodeField(max_length=10, null=True)
    flow_type = CodeField(max_length=10, null=True)
    tied_status = CodeField(max_length=10, null=True)
    sample = models.BooleanField(_("sample data"), default=False)
    source_facts = models.JSONField(default=dict)

    objects = EngagementQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "engagement"
        triggers = [STAMP, bury("ref")]
        constraints = [
            models.CheckConstraint(name="engagement_ref_form", condition=Q(ref__regex=r"^[A-Z0-9-]{3,40}$")),
            models.CheckConstraint(
                name="engagement_status_known", condition=Q(status__in=[s.value for s in EngagementStatus])
            ),
            models.CheckConstraint(
                name="engagement_form_of_aid_known", condition=Q(form_of_aid__in=[f.value for f in FormOfAid])
            ),
            models.CheckConstraint(
                name="engagement_modality_known", condition=Q(modality__in=[m.value for m in Modality])
            ),
            models.CheckConstraint(
                name="engagement_planned_has_a_start",
                condition=Q(planned__isempty=False, planned__startswith__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BelowEngagement(ScopedQuerySet[M_co]):
    """Rows that are visible where their engagement is."""

    scope_parents = ("engagement",)


def sums_to_100(table: str) -> pgtrigger.Trigger:
    """One engagement's shares add up to 100 when the transaction ends; its row is locked first (traps 27)."""
    return pgtrigger.Trigger(
        name="sums_to_100",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        declare=[("key", "bigint"), ("total", "numeric")],
        func=f"""
            key := CASE WHEN TG_OP = 'DELETE' THEN OLD.engagement_id ELSE NEW.engagement_id END;
            PERFORM 1 FROM engagement WHERE id = key FOR NO KEY UPDATE;
            SELECT sum(pct) INTO total FROM {table} WHERE engagement_id = key;
            IF total <> 100 THEN
                RAISE EXCEPTION 'the shares of engagement % add up to %, not to 100', key, total
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_sums_to_100', TABLE = '{table}';
            END IF;
            RETURN NULL;
        """,
    )


@recalled
class EngagementRecipient(models.Model):
    """The share of an engagement that goes to one country, or to one region."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="recipients")
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    pct = PercentField()

    class Meta:
        db_table = "engagement_recipient"
        constraints = [
            models.CheckConstraint(
                name="recipient_is_country_or_region",
                condition=Q(country__isnull=False, region=None) | Q(country=None, region__isnull=False),
            ),
            models.CheckConstraint(name="recipient_share_above_zero", condition=Q(pct__gt=0, pct__lte=100)),
            models.UniqueConstraint(
                fields=["engagement", "country", "region"], name="recipient_once", nulls_distinct=False
            ),
        ]
        # Buried too: its country says who could see an engagement that is gone.
        triggers = [
            sums_to_100("engagement_recipient"),
            touches("engagement", "engagement_id"),
            bury(public_id="gen_random_uuid()"),
        ]


class EngagementSector(models.Model):
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="sector_shares")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    pct = PercentField()

    class Meta:
        db_table = "engagement_sector"
        constraints = [
            models.CheckConstraint(name="sector_share_above_zero", condition=Q(pct__gt=0, pct__lte=100)),
            models.UniqueConstraint(fields=["engagement", "sector"], name="sector_share_once"),
        ]
        triggers = [sums_to_100("engagement_sector"), touches("engagement", "engagement_id")]


class EngagementTransition(models.Model):
    """A step from one status to the next: when, by whom, why. Never changed."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="transitions")
    from_status = CodeField(max_length=20)
    to_status = CodeField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "engagement_transition"
        triggers = [append_only()]


class Amendment(models.Model):
    """A change of dates, scope, targets or budget that keeps the original beside the current value."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="amendments")
    field = CodeField(max_length=80)
    original = models.TextField(blank=True)
    current = models.TextField(blank=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "amendment"
        triggers = [append_only()]


class OutsideActivity(Versioned):
    """What others do in the same country: read for overlaps, never counted or paid for here.

    Codes are others' own, so they are unique only in what was loaded from one `source`.
    """

    source = CodeField(max_length=100, blank=True, default="")
    code = CodeField()
    title = models.CharField(max_length=500)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="outside_activities")
    country = models.ForeignKey(Country, models.PROTECT, related_name="outside_activities")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    institution_name = models.CharField(max_length=300, blank=True)
    during = DateRangeField()
    sectors = ArrayField(CodeField(max_length=10), default=list)
    budget = MoneyField(null=True)
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, related_name="+")

    class Meta(Versioned.Meta):
        db_table = "outside_activity"
        constraints = [
            models.UniqueConstraint(fields=["source", "code"], name="outside_activity_once_in_source"),
            models.CheckConstraint(
                name="outside_activity_dates",
                condition=Q(during__isempty=False, during__startswith__isnull=False),
            ),
            models.CheckConstraint(
                name="outside_activity_budget_has_currency",
                condition=Q(budget=None) | Q(currency__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title
