"""Who goes where and when. What identifies a person stands apart, so that it can be erased (traps 21)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from experts.domain.vocabulary import COUNTS_AS_LOAD, DeploymentStatus, ExpertKind
from programmes.domain.vocabulary import Modality
from programmes.models import Currency, Engagement, Workstream
from programmes.models.engagements import BelowEngagement, choices
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, MoneyField, QuantityField, Versioned, touches


class Grade(models.Model):
    """A step on a pay scale, for experts who are not paid a rate of their own."""

    code = CodeField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        db_table = "grade"


class ExpertQuerySet(ScopedQuerySet["Expert"]):
    scope_parents = ("deployments__engagement",)


@tracked
class Expert(Versioned):
    """Somebody who can be deployed, by code. `source` and `source_code` are what a loaded file calls them."""

    code = CodeField(unique=True)
    source = CodeField(max_length=100, null=True)
    source_code = CodeField(null=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="expert")
    kind = CodeField(max_length=20, choices=choices(ExpertKind))
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="experts")

    objects = ExpertQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "expert"
        constraints = [
            models.CheckConstraint(name="expert_code_form", condition=Q(code__regex=r"^E-[0-9]{4,}$")),
            models.CheckConstraint(name="expert_kind_known", condition=Q(kind__in=[k.value for k in ExpertKind])),
            models.UniqueConstraint(fields=["source", "source_code"], name="expert_once_in_source"),
        ]
        triggers = [
            *Versioned.Meta.triggers,
            pgtrigger.Trigger(
                name="has_load_row",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO expert_load (expert_id, version) VALUES (NEW.id, 0); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ExpertLoad(models.Model):
    """The row on which bookings of one expert queue; apart, so that a booking is no change of the expert."""

    expert = models.OneToOneField(Expert, models.CASCADE, primary_key=True, related_name="load")
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "expert_load"


class ExpertPerson(models.Model):
    """The person behind an expert's code: erasable, and without history for that reason."""

    expert = models.OneToOneField(Expert, models.CASCADE, primary_key=True, related_name="person")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "expert_person"
        triggers = [touches("expert", "expert_id")]

    def __str__(self) -> str:
        return self.name


class RateCardQuerySet(ScopedQuerySet["RateCard"]):
    """Visible with RATE_VIEW only, and to the expert it belongs to: selectors ask for that permission."""

    scope_parents = ("expert",)


@tracked
class RateCard(Versioned):
    """What a day of one expert, or of one grade, costs for some time."""

    expert = models.ForeignKey(Expert, models.CASCADE, null=True, related_name="rate_cards")
    grade = models.ForeignKey(Grade, models.CASCADE, null=True, related_name="rate_cards")
    during = DateRangeField()
    amount = MoneyField()
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")

    objects = RateCardQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "rate_card"
        constraints = [
            models.CheckConstraint(
                name="rate_card_of_expert_or_grade",
                condition=Q(expert__isnull=False, grade=None) | Q(expert=None, grade__isnull=False),
            ),
            models.CheckConstraint(name="rate_card_amount_not_negative", condition=Q(amount__gte=0)),
            *(
                ExclusionConstraint(
                    name=f"rate_cards_of_{owner}_do_not_overlap",
                    expressions=[
                        (Func(F(owner), F(owner), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                        ("during", RangeOperators.OVERLAPS),
                    ],
                    condition=Q(**{f"{owner}__isnull": False}),
                )
                for owner in ("expert", "grade")
            ),
        ]


_COUNTED = ", ".join(f"'{status.value}'" for status in COUNTS_AS_LOAD)

# traps.md 7: parts add up, so no exclusion constraint can say it. The UPDATE queues writers of one expert at every
# isolation level (FOR UPDATE would let REPEATABLE READ pass); the load can only rise at a first day.
AT_MOST_ONE_FTE = pgtrigger.Trigger(
    name="at_most_one_fte",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("expert_id", "during", "fte", "status"),  # type: ignore[no-untyped-call]
    timing=pgtrigger.Immediate,
    declare=[("peak", "record")],
    func=f"""
        IF NEW.status NOT IN ({_COUNTED}) THEN
            RETURN NULL;
        END IF;
        UPDATE expert_load SET version = version + 1 WHERE expert_id = NEW.expert_id;
        SELECT first_day.day, sum(d.fte) AS load INTO peak
        FROM (
            SELECT lower(during) AS day FROM deployment
            WHERE expert_id = NEW.expert_id AND status IN ({_COUNTED}) AND during && NEW.during
            UNION SELECT lower(NEW.during)
        ) first_day
        JOIN deployment d ON d.expert_id = NEW.expert_id AND d.status IN ({_COUNTED}) AND d.during @> first_day.day
        GROUP BY first_day.day ORDER BY load DESC, first_day.day LIMIT 1;
        IF peak.load > 1 THEN
            RAISE EXCEPTION 'the expert would be at % FTE on %', peak.load, peak.day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deployment_load_at_most_one', TABLE = 'deployment',
                      DETAIL = format('expert=%s day=%s load=%s', NEW.expert_id, peak.day, peak.load);
        END IF;
        RETURN NULL;
    """,
)


@tracked
class Position(Versioned):
    """A post that an engagement needs filled, with the profile it asks for."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="positions")
    code = CodeField()
    profile = models.CharField(max_length=300)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "position"
        constraints = [models.UniqueConstraint(fields=["engagement", "code"], name="position_code_once_in_engagement")]


@tracked
class Deployment(Versioned):
    """One expert's time on one engagement."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="deployments")
    code = CodeField()
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="deployments")
    position = models.ForeignKey(Position, models.PROTECT, null=True, related_name="deployments")
    workstream = models.ForeignKey(Workstream, models.PROTECT, null=True, related_name="deployments")
    modality = CodeField(max_length=20, choices=choices(Modality))
    during = DateRangeField()
    fte = models.DecimalField(max_digits=3, decimal_places=2)
    planned_days = QuantityField()
    days_brought_forward = QuantityField(default=0)
    status = CodeField(max_length=20, choices=choices(DeploymentStatus), default=DeploymentStatus.PROPOSED.value)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "deployment"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="deployment_code_once_in_engagement"),
            models.CheckConstraint(name="deployment_fte_up_to_one", condition=Q(fte__gt=0, fte__lte=1)),
            models.CheckConstraint(
                name="deployment_days_not_negative", condition=Q(planned_days__gte=0, days_brought_forward__gte=0)
            ),
            models.CheckConstraint(
                name="deployment_status_known", condition=Q(status__in=[s.value for s in DeploymentStatus])
            ),
            models.CheckConstraint(
                name="deployment_modality_known", condition=Q(modality__in=[m.value for m in Modality])
            ),
            models.CheckConstraint(
                name="deployment_has_a_first_day", condition=Q(during__isempty=False, during__startswith__isnull=False)
            ),
        ]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(
                name="deployment_counted", fields=["expert"], condition=Q(status__in=[s.value for s in COUNTS_AS_LOAD])
            ),
        ]
        triggers = [*Versioned.Meta.triggers, AT_MOST_ONE_FTE]

    def __str__(self) -> str:
        return self.code
