"""Who pays: agreements behind an engagement, and the instalments in which money comes."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from programmes.domain.vocabulary import Instrument
from programmes.models.engagements import BelowEngagement, Engagement, choices
from programmes.models.places import Currency, Organisation
from ta_portal.audit.history import recalled, tracked
from ta_portal.changes.models import CodeField, MoneyField, PercentField, Versioned, touches


@recalled
class FundingAgreement(Versioned):
    """What one contributor promised to one engagement, in its own currency.

    A fund with several contributors, run by one body through another's experts, is ordinary.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="agreements")
    code = CodeField()
    contributor = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements_as_contributor")
    administrator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="agreements_as_administrator"
    )
    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="agreements_as_provider")
    instrument = CodeField(max_length=20, choices=choices(Instrument))
    amount = MoneyField()
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    during = DateRangeField(null=True)  # type: ignore[misc]  # the stubs know no absent range
    fee_pct = PercentField(null=True)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "funding_agreement"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="agreement_code_once_in_engagement"),
            models.CheckConstraint(name="agreement_amount_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="agreement_instrument_known", condition=Q(instrument__in=[i.value for i in Instrument])
            ),
        ]

    def __str__(self) -> str:
        return self.code


@tracked
class Tranche(Versioned):
    """An instalment of an agreement: due, and received or not."""

    agreement = models.ForeignKey(FundingAgreement, models.CASCADE, related_name="tranches")
    due = models.DateField()
    received_on = models.DateField(null=True)
    amount = MoneyField()

    class Meta(Versioned.Meta):
        db_table = "tranche"
        triggers = [*Versioned.Meta.triggers, touches("funding_agreement", "agreement_id")]
        constraints = [models.CheckConstraint(name="tranche_amount_above_zero", condition=Q(amount__gt=0))]
