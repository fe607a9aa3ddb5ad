"""The form of a deployment: who goes, how, when and for how much of their time."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from experts.domain.vocabulary import ExpertKind
from experts.models import Deployment, Expert
from experts.words import KINDS
from programmes.domain.vocabulary import Modality
from programmes.models import Workstream
from programmes.words import MODALITIES
from ta_portal.access.permissions import Permission
from ta_portal.ui.fields import CodeInputField, DayField, NumberField, RowField, TextField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.shares import choice_of


class DeploymentForm(PortalForm):
    """An expert whom the reader can see, or a new one by name."""

    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the engagement: D1."))
    expert = RowField(label=_("Expert"), required=False, empty_label=_("A new one, named below"))
    new_name = TextField(label=_("Name of a new expert"), max_length=200, required=False)
    new_role = TextField(label=_("Their role"), max_length=300, required=False)
    new_kind = WordField(ExpertKind, KINDS, label=_("Kind"), required=False, empty=_("International"))
    modality = WordField(Modality, MODALITIES, label=_("Way of working"))
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False)
    fte = NumberField(label=_("Share of a full-time job"), places=2, help_text=_("1 is full time, 0.5 is half."))
    planned_days = NumberField(label=_("Planned days"))
    workstream = RowField(label=_("Workstream"), required=False)

    groups = (
        (_("Who"), ("code", "expert", "new_name", "new_role", "new_kind")),
        (_("When and how"), ("modality", "first_day", "last_day", "fte", "planned_days", "workstream")),
    )
    places = {"during": "first_day"}
    # Somebody else's time is another deployment.
    fixed = ("expert",)

    def offer(self) -> None:
        seen = Expert.objects.permitted(self.user, Permission.DEPLOYMENT_CHANGE).select_related("person")
        own = Expert.objects.filter(created_by=self.user)
        choice_of(self, "expert").queryset = Expert.objects.filter(
            models.Q(pk__in=seen.values("pk")) | models.Q(pk__in=own.values("pk"))
        ).select_related("person")
        choice_of(self, "expert").said = _name
        choice_of(self, "workstream").queryset = Workstream.objects.filter(engagement=self.subject).order_by("code")
        if self.row is not None:
            for name in ("new_name", "new_role", "new_kind"):
                del self.fields[name]

    def initial_of_new(self) -> dict[str, Any]:
        return {"modality": self.subject.modality, "fte": Decimal(1), "first_day": self.subject.planned.lower}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        assert isinstance(row, Deployment)  # noqa: S101 - for the type checker
        last = row.during.upper - dt.timedelta(days=1) if row.during.upper else None
        return {**super().initial_of(row), "first_day": row.during.lower, "last_day": last}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("expert") and not cleaned.get("new_name") and "expert" not in self.errors:
            self.add_error("expert", _t("Choose an expert, or name a new one."))
        return cleaned


def _name(expert: Any) -> str:
    person = getattr(expert, "person", None)
    return f"{expert.code} {person.name if person else ''}".strip()
