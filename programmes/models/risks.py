"""What may go wrong."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programmes.domain.vocabulary import RiskKind, RiskStatus
from programmes.models.engagements import BelowEngagement, Engagement, choices
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned

_ONE_TO_FIVE = (1, 5)


@tracked
class Risk(Versioned):
    """One of the five limitations, or another kind; scored likelihood times impact, before and after what is done."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="risks")
    code = CodeField()
    kind = CodeField(max_length=20, choices=choices(RiskKind))
    title = models.CharField(max_length=500)
    likelihood = models.SmallIntegerField()
    impact = models.SmallIntegerField()
    residual_likelihood = models.SmallIntegerField(null=True)
    residual_impact = models.SmallIntegerField(null=True)
    mitigation = models.TextField(blank=True)
    status = CodeField(max_length=10, choices=choices(RiskStatus), default=RiskStatus.OPEN.value)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    review_on = models.DateField(null=True)
    score = models.GeneratedField(
        expression=F("likelihood") * F("impact"), output_field=models.SmallIntegerField(), db_persist=True
    )
    residual = models.GeneratedField(
        expression=F("residual_likelihood") * F("residual_impact"),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "risk"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="risk_code_once_in_engagement"),
            models.CheckConstraint(name="risk_kind_known", condition=Q(kind__in=[k.value for k in RiskKind])),
            models.CheckConstraint(
                name="risk_scored_1_to_5", condition=Q(likelihood__range=_ONE_TO_FIVE, impact__range=_ONE_TO_FIVE)
            ),
            models.CheckConstraint(
                name="risk_residual_is_whole",
                condition=Q(residual_likelihood=None, residual_impact=None)
                | Q(
                    residual_likelihood__isnull=False,
                    residual_impact__isnull=False,
                    residual_likelihood__range=_ONE_TO_FIVE,
                    residual_impact__range=_ONE_TO_FIVE,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
