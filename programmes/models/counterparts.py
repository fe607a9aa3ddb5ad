"""Those across the table: an institution's posts, who holds them when, and what it has committed itself to."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from programmes.domain.vocabulary import CommitmentKind
from programmes.models.engagements import BelowEngagement, Engagement, choices
from programmes.models.places import Institution
from ta_portal.access.querysets import ScopedQuerySet
from ta_portal.audit.history import tracked
from ta_portal.changes.models import CodeField, Versioned, touches


class CounterpartPostQuerySet(ScopedQuerySet["CounterpartPost"]):
    scope_parents = ("institution",)


@tracked
class CounterpartPost(Versioned):
    """A post in an institution that engagements work with; with `gives_access` whoever holds it is its liaison."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="posts")
    code = CodeField()
    title = models.CharField(max_length=300)
    unit = models.CharField(max_length=300, blank=True)
    gives_access = models.BooleanField(default=False)

    objects = CounterpartPostQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "counterpart_post"
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="post_code_once_in_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class PostHolderQuerySet(ScopedQuerySet["PostHolder"]):
    scope_parents = ("post",)


@tracked
class PostHolder(Versioned):
    """A person in a post for some days, or its deputy. One of each at a time; without a user they are named only."""

    post = models.ForeignKey(CounterpartPost, models.PROTECT, related_name="holders")
    name = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    during = DateRangeField()
    deputy = models.BooleanField(default=False)

    objects = PostHolderQuerySet.as_manager()

    class Meta(Versioned.Meta):
        db_table = "post_holder"
        verbose_name_plural = "holders of a post"
        # Who holds it is part of what a post says: of two who hand it over at once, the second is told.
        triggers = [*Versioned.Meta.triggers, touches("counterpart_post", "post_id")]
        constraints = [
            models.CheckConstraint(
                name="post_holder_has_days", condition=Q(during__isempty=False, during__startswith__isnull=False)
            ),
            models.CheckConstraint(
                name="post_deputy_has_a_last_day", condition=Q(deputy=False) | Q(during__endswith__isnull=False)
            ),
            *(
                # int8range stands in for equality: the embedded server has no btree_gist.
                ExclusionConstraint(
                    name=f"post_has_one_{kind}_at_a_time",
                    expressions=[
                        (Func(F("post"), F("post"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                        ("during", RangeOperators.OVERLAPS),
                    ],
                    condition=Q(deputy=kind == "deputy"),
                )
                for kind in ("holder", "deputy")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_day(self) -> dt.date:
        first: dt.date = self.during.lower  # type: ignore[assignment]  # the database holds it
        return first

    @property
    def last_day(self) -> dt.date | None:
        """None while nobody knows."""
        return None if self.during.upper is None else self.during.upper - dt.timedelta(days=1)


@tracked
class Commitment(Versioned):
    """What the institution has said it will do by a day: name staff, pass a decree, vote a budget. Late when it is done
    after it was due; `done_note` says what shows that it was done."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="commitments")
    post = models.ForeignKey(CounterpartPost, models.PROTECT, null=True, related_name="commitments")
    code = CodeField()
    kind = CodeField(max_length=20, choices=choices(CommitmentKind))
    text = models.CharField(max_length=500)
    due = models.DateField()
    done = models.DateField(null=True)
    done_note = models.TextField(blank=True)

    objects = BelowEngagement.as_manager()

    class Meta(Versioned.Meta):
        db_table = "commitment"
        constraints = [
            models.UniqueConstraint(fields=["engagement", "code"], name="commitment_code_once_in_engagement"),
            models.CheckConstraint(
                name="commitment_kind_known", condition=Q(kind__in=[kind.value for kind in CommitmentKind])
            ),
            models.CheckConstraint(
                name="commitment_is_done_on_a_day", condition=Q(done__isnull=False) | Q(done_note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"
