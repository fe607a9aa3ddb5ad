"""Forms for programmes and engagements: who, where, what, when, and why they can end."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from programmes.domain.overlaps import Activity, Overlap, SectorCode
from programmes.domain.periods import Days
from programmes.domain.vocabulary import MAY_RECEIVE_TA, FormOfAid, Modality
from programmes.models import (
    Country,
    Currency,
    Engagement,
    Institution,
    Organisation,
    PracticeArea,
    Programme,
    Region,
    Sector,
)
from programmes.selectors.overlaps import overlaps_of_proposal
from programmes.services.amendments import is_agreed_on
from programmes.words import FORMS_OF_AID, MODALITIES, named
from ta_portal.access.permissions import Permission
from ta_portal.ui.fields import CodeInputField, DayField, ProseField, RowField, WordField
from ta_portal.ui.forms import PortalForm
from ta_portal.ui.shares import Shares, choice_of


class ProgrammeForm(PortalForm):
    code = CodeInputField(label=_("Code"), help_text=_("Short, once in the portal: REV-EAST."))
    title = forms.CharField(label=_("Title"), max_length=300)
    lead = RowField(label=_("Led by"))
    currency = RowField(label=_("Currency"), help_text=_("Everything is added up in it."))
    rate_source = CodeInputField(
        label=_("Source of exchange rates"),
        max_length=100,
        help_text=_("Its rates alone convert this programme's money."),
    )
    starts = DayField(label=_("First day"), required=False)
    ends = DayField(label=_("Last day"), required=False)
    note = ProseField(label=_("Note"), required=False, rows=3)

    def offer(self) -> None:
        choice_of(self, "lead").queryset = Organisation.objects.permitted(self.user).order_by("name")
        choice_of(self, "currency").queryset = Currency.objects.all()


# What the reader ticks after looking at the overlaps of what is to be set up.
SEEN = "overlaps_seen"
COUNTRIES = Shares("country", _("Country"), fewest=2)
REGIONS = Shares("region", _("Region"), fewest=1)
SECTORS = Shares("sector", _("Sector"))


class EngagementForm(PortalForm):
    """An engagement in the pipeline needs little; each step of its status then says what is missing."""

    ref = CodeInputField(
        label=_("Reference"), max_length=40, help_text=_("Capitals, digits and hyphens: FIN-TAX-2024.")
    )
    title = forms.CharField(label=_("Title"), max_length=500)
    programme = RowField(label=_("Programme"))
    institution = RowField(label=_("Works with"), required=False, help_text=_("The public institution that is helped."))
    practice_area = RowField(label=_("Practice area"), required=False)
    form_of_aid = WordField(FormOfAid, FORMS_OF_AID, label=_("Form of aid"))
    modality = WordField(Modality, MODALITIES, label=_("Way of working"))
    objective = ProseField(
        label=_("Objective"),
        required=False,
        help_text=_("Which capacity the institution will have that it lacks today."),
    )
    exit_criteria = ProseField(
        label=_("Exit criteria"), required=False, help_text=_("What must be true for the experts to leave.")
    )
    planned_from = DayField(label=_("Planned first day"))
    planned_to = DayField(label=_("Planned last day"), required=False)

    lines: ClassVar[tuple[Shares, ...]] = (COUNTRIES, REGIONS, SECTORS)
    places = {"planned": "planned_from", "recipients": "country_1", "sectors": "sector_1"}
    fixed = ("ref", "programme")
    overlaps: Sequence[Overlap] = ()

    def offer(self) -> None:
        offered = Programme.objects.permitted(self.user, Permission.ENGAGEMENT_CHANGE)
        choice_of(self, "programme").queryset = offered.order_by("code")
        public = Institution.objects.permitted(self.user).filter(kind__in=[kind.value for kind in MAY_RECEIVE_TA])
        choice_of(self, "institution").queryset = public.order_by("name")
        choice_of(self, "practice_area").queryset = PracticeArea.objects.order_by("name")
        agreed_on = isinstance(self.row, Engagement) and is_agreed_on(self.row)
        if agreed_on:
            self.fields["reason"] = ProseField(
                label=_("Why it changes"),
                required=False,
                rows=2,
                help_text=_("Asked for where something changes that was agreed on: the original stays beside it."),
            )
        self.groups = (
            (_("What it is"), ("ref", "title", "programme", "practice_area", "form_of_aid", "modality")),
            (_("When"), ("planned_from", "planned_to")),
            (_("Whom it helps"), ("institution", *self._lines(COUNTRIES), *self._lines(REGIONS))),
            (_("What it is about"), tuple(self._lines(SECTORS))),
            (_("Why, and until when"), ("objective", "exit_criteria")),
            *([(_("The change"), ("reason",))] if agreed_on else []),
        )

        for field in self.fields.values():
            if isinstance(field, RowField):
                field.said = _in_words
        if self.data.get(SEEN):
            self._ask_whether_seen()

    def initial_of_new(self) -> dict[str, Any]:
        return {"form_of_aid": FormOfAid.HARD_TA, "modality": Modality.HYBRID, "planned_from": timezone.localdate()}

    def initial_of(self, row: models.Model) -> dict[str, Any]:
        found = super().initial_of(row)
        assert isinstance(row, Engagement)  # noqa: S101 - for the type checker
        last = row.planned.upper - dt.timedelta(days=1) if row.planned.upper else None
        return {**found, "planned_from": row.planned.lower, "planned_to": last}

    def clean(self) -> dict[str, Any]:
        """Recipients are countries and regions together; the service asks that they add up."""
        cleaned = super().clean() or self.cleaned_data
        shares = {line: line.read(self, cleaned) for line in self.lines}
        self.recipients = {**shares[COUNTRIES], **shares[REGIONS]}
        self.sectors = shares[SECTORS]
        if not self.recipients and not self.errors:
            self.add_error("country_1", _t("An engagement serves at least one country or region."))
        if self.row is None and not self.errors:
            self._show_overlaps(cleaned)
        return cleaned

    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in super().values().items() if name != SEEN}
        for line in self.lines:
            given = line.lines.without(given)
        return {**given, "recipients": self.recipients, "sectors": self.sectors}

    def _show_overlaps(self, cleaned: dict[str, Any]) -> None:
        """Before it is saved: who else works on this, once, to be seen and not to be forbidden."""
        self.overlaps = [
            one for one in overlaps_of_proposal(self._proposed(cleaned), **self._asked_by(cleaned)) if one.is_true
        ]
        if self.overlaps and not cleaned.get(SEEN):
            self._ask_whether_seen()
            self.add_error(SEEN, _t("Others work on this already: look at them, then set it up."))

    def _ask_whether_seen(self) -> None:
        self.fields[SEEN] = forms.BooleanField(label=_("I have looked at these overlaps"), required=False)

    def _asked_by(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {"lead": cleaned["programme"].lead_id, "user": self.user}

    def _proposed(self, cleaned: dict[str, Any]) -> Activity:
        institution = cleaned.get("institution")
        return Activity(
            code=cleaned["ref"],
            lead=cleaned["programme"].lead.code if cleaned["programme"].lead else None,
            countries=frozenset(place.pk for place in self.recipients if isinstance(place, Country)),
            institutions=frozenset({institution.pk, institution.name} if institution else ()),
            sectors=frozenset(SectorCode(sector.code, sector.parent) for sector in self.sectors),
            days=Days(cleaned["planned_from"], cleaned.get("planned_to")),
        )

    def _lines(self, shares: Shares) -> list[str]:
        return shares.add_to(self, *_offered(shares, self.row))


class CopyForm(PortalForm):
    """What differs from the engagement that is the template: the rest is changed afterwards."""

    ref = CodeInputField(
        label=_("Reference"), max_length=40, help_text=_("Capitals, digits and hyphens: FIN-TAX-2024.")
    )
    title = forms.CharField(label=_("Title"), max_length=500)
    planned_from = DayField(label=_("Planned first day"), help_text=_("Every date of the template moves with it."))

    places = {"planned": "planned_from"}

    def initial_of_new(self) -> dict[str, Any]:
        return {"title": self.subject.title, "planned_from": timezone.localdate()}


def _in_words(row: Any) -> str:
    """What a row is called, in the reader's language where it is a place, an area or a sector."""
    return f"{row.code} {named(row.name)}" if isinstance(row, Sector) else named(str(row))


def _offered(shares: Shares, row: models.Model | None) -> tuple[models.QuerySet[Any], dict[Any, Any]]:
    """The rows to choose from, and what stands already."""
    engagement = row if isinstance(row, Engagement) else None
    recipients = list(engagement.recipients.select_related("country", "region").order_by("-pct")) if engagement else []
    if shares is COUNTRIES:
        return Country.objects.order_by("name"), {one.country: one.pct for one in recipients if one.country}
    if shares is REGIONS:
        return Region.objects.order_by("name"), {one.region: one.pct for one in recipients if one.region}
    about = list(engagement.sector_shares.select_related("sector").order_by("-pct")) if engagement else []
    # Withdrawn codes stay readable, and are not offered for what is new.
    offered = Sector.objects.filter(models.Q(status="active") | models.Q(pk__in=[one.sector_id for one in about]))
    return offered.order_by("code"), {one.sector: one.pct for one in about}
