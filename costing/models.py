"""What it costs: rates as quoted, budgets in versions, an append-only ledger and its valuations."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from costing.domain.vocabulary import BudgetState, Category, EntryKind, LineStatus, Outside, RateFrequency
from experts.models import Deployment
from programmes.models import Currency, Engagement, FundingAgreement, Workstream
from programmes.models.engagements import BelowEngagement, choices
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import (
    STAMP,
    CodeField,
    CurrentTransactionId,
    MoneyField,
    QuantityField,
    RateField,
    TransactionIdField,
    Versioned,
    append_only,
    bury,
)

_CATEGORIES = [category.value for category in Category]
_OUTSIDE = [kind.value for kind in Outside]
KNOWN_CATEGORY = Q(category=None) | Q(category__in=_CATEGORIES)
KNOWN_OUTSIDE = Q(outside=None) | Q(outside__in=_OUTSIDE)
ONE_OF_FIVE_OR_OUTSIDE = Q(category=None) | Q(outside=None)


class CostHeading(models.Model):
    """How a donor's budget heading maps onto the five; no category means outside the formula."""

    format = models.CharField(max_length=120)
    heading = models.CharField(max_length=200)
    category = CodeField(max_length=30, null=True)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "cost_heading"
        constraints = [models.UniqueConstraint(fields=["format", "heading"], name="cost_heading_once_in_format")]


class RateSource(models.Model):
    """Where rates come from, what all of them are quoted against, and for how long one serves."""

    code = CodeField(max_length=100, primary_key=True)
    pivot = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    frequency = CodeField(max_length=10, choices=choices(RateFrequency))
    grace_days = models.SmallIntegerField()

    class Meta:
        db_table = "rate_source"
        constraints = [
            models.CheckConstraint(
                name="rate_source_frequency_known", condition=Q(frequency__in=[f.value for f in RateFrequency])
            ),
            models.CheckConstraint(name="rate_source_grace_not_negative", condition=Q(grace_days__gte=0)),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """One quote, as quoted: 1 `base` = `value` `quote`. A correction is a further row with the next `seq`."""

    public_id = Versioned._meta.get_field("public_id").clone()
    source = models.ForeignKey(RateSource, models.PROTECT, related_name="rates")
    base = models.ForeignKey(Currency, models.PROTECT, related_name="+", db_column="base")
    quote = models.ForeignKey(Currency, models.PROTECT, related_name="+", db_column="quote")
    on_date = models.DateField()
    value = RateField()
    seq = models.IntegerField(default=1)
    known_at = models.DateTimeField(db_default=Now())
    change_xid = TransactionIdField(editable=False, db_default=CurrentTransactionId())

    class Meta:
        db_table = "exchange_rate"
        constraints = [
            models.UniqueConstraint(fields=["source", "base", "quote", "on_date", "seq"], name="exchange_rate_once"),
            models.CheckConstraint(name="exchange_rate_above_zero", condition=Q(value__gt=0)),
            models.CheckConstraint(name="exchange_rate_of_two_currencies", condition=~Q(base=F("quote"))),
        ]
        triggers = [append_only()]


class RateSet(models.Model):
    """A budget's own rates, as given: to its base, amount * num / den. Final: approved budgets rest on them."""

    code = CodeField(max_length=100, unique=True)
    base = models.ForeignKey(Currency, models.PROTECT, related_name="+", db_column="base")

    class Meta:
        db_table = "rate_set"
        triggers = [append_only()]


class RateSetRate(models.Model):
    rate_set = models.ForeignKey(RateSet, models.CASCADE, related_name="rates")
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    num = RateField()
    den = RateField(default=1)

    class Meta:
        db_table = "rate_set_rate"
        constraints = [
            models.UniqueConstraint(fields=["rate_set", "currency"], name="rate_set_rate_once"),
            models.CheckConstraint(name="rate_set_rate_above_zero", condition=Q(num__gt=0, den__gt=0)),
        ]
        triggers = [append_only()]


_APPROVED_IS_FINAL = pgtrigger.Trigger(
    name="approved_is_final",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF OLD.state = 'draft' THEN
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.state = 'approved' AND NEW.state = 'superseded'
           AND (NEW.engagement_id, NEW.version, NEW.rate_set_id, NEW.approved_by_id, NEW.approved_at, NEW.drafted_by_id)
               IS NOT DISTINCT FROM
               (OLD.engagement_id, OLD.version, OLD.rate_set_id, OLD.approved_by_id, OLD.approved_at, OLD.drafted_by_id)
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'an approved budget does not change: make a new version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_approved_is_final', TABLE = 'budget';
    """,
)

_LINES_OF_DRAFTS_ONLY = pgtrigger.Trigger(
    name="lines_of_drafts_only",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP <> 'INSERT' AND (SELECT state FROM budget WHERE id = OLD.budget_id) <> 'draft'
           OR TG_OP <> 'DELETE' AND (SELECT state FROM budget WHERE id = NEW.budget_id) <> 'draft' THEN
            RAISE EXCEPTION 'an approved budget does not change: make a new version'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cost_line_of_draft_only', TABLE = 'cost_line';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    """,
)


@tracked
class Budget(Versioned):
    """A version of what an engagement is meant to cost. Approved by somebody else than its author, then final."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="budgets")
    version = models.IntegerField()
    state = CodeField(max_length=20, choices=choices(BudgetState), default=BudgetState.DRAFT.value)
    rate_set = models.ForeignKey(RateSet, models.PROTECT, null=True, related_name="budgets")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "budget"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "version"], name="budget_version_once"),
            models.UniqueConstraint(fields=["engagement"], name="budget_one_approved", condition=Q(state="approved")),
            models.CheckConstraint(
                name="budget_approval_is_whole",
                condition=Q(state="draft", approved_by=None, approved_at=None)
                | (~Q(state="draft") & Q(approved_by__isnull=False, approved_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="budget_needs_two_people", condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by"))
            ),
        ]
        triggers = [*Versioned.Meta.triggers, _APPROVED_IS_FINAL]


class CostLineKey(models.Model):
    """A cost line's identity over all versions of the budget: the ledger points here."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="cost_line_keys")
    code = CodeField()

    class Meta:
        db_table = "cost_line_key"
        constraints = [models.UniqueConstraint(fields=["engagement", "code"], name="cost_line_code_once_in_engagement")]

    def __str__(self) -> str:
        return self.code


class CostLineQuerySet(ScopedQuerySet["CostLine"]):
    scope_parents = ("budget",)


@tracked
class CostLine(Versioned):
    """One planned cost in one version of the budget: quantity times unit cost, in its own currency."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="lines")
    key = models.ForeignKey(CostLineKey, models.PROTECT, related_name="lines")
    description = models.CharField(max_length=500, blank=True)
    category = CodeField(max_length=30, choices=choices(Category), null=True)
    outside = CodeField(max_length=30, choices=choices(Outside), null=True)
    status = CodeField(max_length=20, choices=choices(LineStatus), default=LineStatus.PLANNED.value)
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, related_name="+")
    agreement = models.ForeignKey(FundingAgreement, models.PROTECT, null=True, related_name="+")
    deployment = models.ForeignKey(Deployment, models.PROTECT, null=True, related_name="cost_lines")
    quantity = QuantityField()
    unit = models.CharField(max_length=40)
    unit_cost = MoneyField()
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    planned = DateRangeField()
    amount = MoneyField()
    derived = models.BooleanField(default=False)
    override_reason = models.TextField(blank=True)

    objects = CostLineQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "cost_line"
        constraints = [
            models.UniqueConstraint(fields=["budget", "key"], name="cost_line_once_in_version"),
            models.CheckConstraint(name="cost_line_category_known", condition=KNOWN_CATEGORY),
            models.CheckConstraint(name="cost_line_outside_known", condition=KNOWN_OUTSIDE),
            models.CheckConstraint(name="cost_line_of_five_or_outside", condition=ONE_OF_FIVE_OR_OUTSIDE),
            models.CheckConstraint(
                name="cost_line_status_known", condition=Q(status__in=[s.value for s in LineStatus])
            ),
            models.CheckConstraint(name="cost_line_quantity_not_negative", condition=Q(quantity__gte=0)),
            models.CheckConstraint(
                name="cost_line_has_a_first_day", condition=Q(planned__isempty=False, planned__startswith__isnull=False)
            ),
        ]
        # The category goes with a tombstone: a salary line is nobody's business without RATE_VIEW, gone or not.
        triggers = [STAMP, bury("category"), _LINES_OF_DRAFTS_ONLY]

    def __str__(self) -> str:
        return self.description


class LedgerEntry(models.Model):
    """Money promised, spent or received: signed, dated, in its own currency, never changed. A mistake is reversed."""

    public_id = Versioned._meta.get_field("public_id").clone()
    change_xid = TransactionIdField(editable=False, db_default=CurrentTransactionId())
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="ledger_entries")
    kind = CodeField(max_length=20, choices=choices(EntryKind))
    on_date = models.DateField()
    amount = MoneyField()
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    category = CodeField(max_length=30, choices=choices(Category), null=True)
    outside = CodeField(max_length=30, choices=choices(Outside), null=True)
    line_key = models.ForeignKey(CostLineKey, models.PROTECT, null=True, related_name="entries")
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, related_name="+")
    agreement = models.ForeignKey(FundingAgreement, models.PROTECT, null=True, related_name="entries")
    is_advance = models.BooleanField(default=False)
    settles = models.ForeignKey("self", models.PROTECT, null=True, related_name="settled_by")
    booked_amount = MoneyField(null=True)
    description = models.CharField(max_length=500, blank=True)
    source = CodeField(max_length=100)
    external_ref = CodeField(max_length=200)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    posted_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = BelowEngagement.as_manager()

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.CheckConstraint(name="ledger_entry_kind_known", condition=Q(kind__in=[k.value for k in EntryKind])),
            models.CheckConstraint(name="ledger_entry_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(name="ledger_entry_category_known", condition=KNOWN_CATEGORY),
            models.CheckConstraint(name="ledger_entry_outside_known", condition=KNOWN_OUTSIDE),
            models.CheckConstraint(name="ledger_entry_of_five_or_outside", condition=ONE_OF_FIVE_OR_OUTSIDE),
            models.UniqueConstraint(fields=["source", "external_ref"], name="ledger_entry_once_in_source"),
        ]
        indexes = [
            models.Index(fields=["engagement", "on_date"], name="ledger_entry_scope"),
            models.Index(fields=["change_xid", "id"], name="ledger_entry_feed"),
        ]
        triggers = [append_only()]


class LedgerValuation(models.Model):
    """What an entry was worth in its source's pivot, and at which rate: the highest `seq` known at a cut-off counts."""

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="valuations")
    seq = models.IntegerField()
    rate = models.ForeignKey(ExchangeRate, models.PROTECT, null=True, related_name="valuations")
    num = RateField(null=True)
    den = RateField(null=True)
    base_amount = MoneyField(null=True)
    reason = models.TextField(blank=True)
    known_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "ledger_valuation"
        constraints = [
            models.UniqueConstraint(fields=["entry", "seq"], name="ledger_valuation_seq_once"),
            models.CheckConstraint(
                name="ledger_valuation_is_rate_or_amount",
                condition=Q(num__isnull=False, den__isnull=False, num__gt=0, den__gt=0)
                | Q(num=None, den=None, base_amount__isnull=False),
            ),
        ]
        triggers = [append_only()]
