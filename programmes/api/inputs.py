"""What REST takes of who, where, what and how far. Names are those under which the rows are read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from programmes.domain.vocabulary import (
    BaselineKind,
    Direction,
    EngagementStatus,
    FormOfAid,
    Frequency,
    InstitutionKind,
    Instrument,
    Method,
    Modality,
    OrganisationKind,
    Publication,
    RiskKind,
    RiskStatus,
    Window,
)
from programmes.models import (
    CatalogueIndicator,
    Country,
    Currency,
    Engagement,
    Institution,
    Organisation,
    Outcome,
    PracticeArea,
    Programme,
    Region,
    Sector,
    Workstream,
)
from programmes.services.instalments import Instalment
from programmes.services.results import Target
from ta_portal.api.fields import CountField, DayField
from ta_portal.api.inputs import FigureInput, Input, OneOf, OneWord

_REASON = "Why; needed once the engagement is approved, where what was agreed on changes. It stays on record."

_REF, _ABOUT_REF = r"^[A-Z0-9-]{3,40}$", "3 to 40 capitals, digits and hyphens."


def code_field(**given: Any) -> serializers.CharField:
    return serializers.CharField(max_length=60, **given)


def text_field(most: int = 20_000, **given: Any) -> serializers.CharField:
    return serializers.CharField(max_length=most, **{"required": False, "allow_blank": True, **given})


class EngagementField(OneOf):
    """The engagement that something is added to."""

    def __init__(self, **given: Any) -> None:
        super().__init__(Engagement, by="ref", **given)


# --- those whom engagements help, and those who pay for them ---


class InstitutionInput(Input):
    code = code_field()
    name = serializers.CharField(max_length=300)
    kind = OneWord(InstitutionKind)
    country = OneOf(Country, by="iso2", common=True, allow_null=True, required=False)
    union = text_field(120, help_text="Where it serves several countries together; then it has no country.")
    parent = OneOf(Institution, allow_null=True, required=False)  # type: ignore[assignment]


class OrganisationInput(Input):
    code = code_field()
    name = serializers.CharField(max_length=300)
    kind = OneWord(OrganisationKind)
    iati_ref = text_field(100)


# --- programmes and engagements ---


class ProgrammeChange(Input):
    title = serializers.CharField(max_length=300)
    lead = OneOf(Organisation, allow_null=True)
    starts = DayField(allow_null=True, required=False)
    ends = DayField(allow_null=True, required=False)
    note = text_field()


class ProgrammeInput(ProgrammeChange):
    code = code_field()
    currency = OneOf(Currency)
    rate_source = serializers.CharField(max_length=100)


class RecipientInput(Input):
    """A share of the engagement: of one country, or of one region."""

    country = OneOf(Country, by="iso2", common=True, required=False, allow_null=True)
    region = OneOf(Region, required=False, allow_null=True)
    pct = FigureInput(max_digits=7)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if (given.get("country") is None) == (given.get("region") is None):
            raise serializers.ValidationError({"country": _("Give a country or a region, and not both.")}, "one_of_two")
        return given


class SectorInput(Input):
    sector = OneOf(Sector)
    pct = FigureInput(max_digits=7)


class EngagementChange(Input):
    title = serializers.CharField(max_length=500)
    parent = OneOf(Engagement, by="ref", allow_null=True, required=False)  # type: ignore[assignment]
    institution = OneOf(Institution, allow_null=True, required=False)
    practice_area = OneOf(PracticeArea, allow_null=True, required=False)
    form_of_aid = OneWord(FormOfAid, required=False)
    modality = OneWord(Modality, required=False)
    objective = text_field()
    exit_criteria = text_field()
    planned_first_day = DayField(source="planned_from")
    planned_last_day = DayField(source="planned_to", allow_null=True, required=False)
    recipients = serializers.ListField(child=RecipientInput(), min_length=1, max_length=300)
    sectors = serializers.ListField(child=SectorInput(), max_length=300, required=False)
    publication = OneWord(Publication, required=False)
    related_operation = text_field()
    iati_id = serializers.CharField(max_length=200, allow_null=True, required=False)
    aid_type = serializers.CharField(max_length=10, allow_null=True, required=False)
    finance_type = serializers.CharField(max_length=10, allow_null=True, required=False)
    flow_type = serializers.CharField(max_length=10, allow_null=True, required=False)
    tied_status = serializers.CharField(max_length=10, allow_null=True, required=False)
    reason = text_field(help_text=_REASON)
    places = {"planned": "planned_last_day"}

    def validate_recipients(self, shares: Sequence[Mapping[str, Any]]) -> dict[Country | Region, Decimal]:
        return _once([(share.get("country") or share["region"], share["pct"]) for share in shares])

    def validate_sectors(self, shares: Sequence[Mapping[str, Any]]) -> dict[Sector, Decimal]:
        return _once([(share["sector"], share["pct"]) for share in shares])


class EngagementInput(EngagementChange):
    ref = serializers.RegexField(_REF, help_text=_ABOUT_REF)
    programme = OneOf(Programme)
    planned_last_day = DayField(source="planned_to", allow_null=True, default=None)
    sectors = serializers.ListField(child=SectorInput(), max_length=300, default=list)
    # What can only be said of an engagement that is there.
    publication = None  # type: ignore[assignment]
    related_operation = None  # type: ignore[assignment]
    reason = None  # type: ignore[assignment]


class CopyInput(Input):
    """What differs from the template; every date of it moves with the first one."""

    ref = serializers.RegexField(_REF, help_text=_ABOUT_REF)
    title = serializers.CharField(max_length=500)
    planned_first_day = DayField(source="planned_from")
    places = {"planned": "planned_first_day"}


class StatusInput(Input):
    to = OneWord(EngagementStatus)
    reason = text_field()


def _once(shares: Sequence[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    found = dict(shares)
    if len(found) < len(shares):
        raise serializers.ValidationError(_("The same one is given twice."), "given_twice")
    return found


# --- the work and what it is for ---


class WorkstreamChange(Input):
    code = code_field()
    title = serializers.CharField(max_length=300)


class WorkstreamInput(WorkstreamChange):
    engagement = EngagementField()


class MilestoneChange(Input):
    code = code_field()
    title = serializers.CharField(max_length=300)
    due = DayField()
    workstream = OneOf(Workstream, within="engagement", allow_null=True, required=False)
    done = DayField(allow_null=True, required=False)
    rating = CountField(allow_null=True, required=False, min_value=1, max_value=4)


class MilestoneInput(MilestoneChange):
    engagement = EngagementField()


class CompletionInput(Input):
    done = DayField(allow_null=True, required=False, help_text="Today by default.")
    rating = CountField(allow_null=True, required=False, min_value=1, max_value=4)


class OutcomeTerms(Input):
    code = code_field()
    title = serializers.CharField(max_length=500)
    objective = text_field()
    weight = FigureInput(max_digits=14, required=False)


class OutcomeChange(OutcomeTerms):
    # What can only be judged of an outcome that is there.
    assigned_rating = CountField(allow_null=True, required=False, min_value=1, max_value=4)
    assigned_reason = text_field(help_text="Needed beside a rating that a person assigns.")


class OutcomeInput(OutcomeTerms):
    engagement = EngagementField()


class TargetInput(Input):
    due = DayField()
    value = FigureInput(allow_null=True, required=False)
    level = serializers.CharField(max_length=60, allow_null=True, required=False)


class IndicatorChange(Input):
    code = code_field()
    title = serializers.CharField(max_length=500)
    outcome = OneOf(Outcome, within="engagement", allow_null=True, required=False)
    workstream = OneOf(Workstream, within="engagement", allow_null=True, required=False)
    catalogue = OneOf(CatalogueIndicator, allow_null=True, required=False)
    method = OneWord(Method)
    time_window = OneWord(Window, allow_null=True, required=False)
    direction = OneWord(Direction)
    unit = text_field(120)
    frequency = OneWord(Frequency, required=False)
    weight = FigureInput(max_digits=14, required=False)
    scale = serializers.ListField(
        child=serializers.CharField(max_length=60), allow_null=True, required=False, max_length=50
    )
    baseline = FigureInput(allow_null=True, required=False)
    baseline_level = serializers.CharField(max_length=60, allow_null=True, required=False)
    baseline_on = DayField(allow_null=True, required=False)
    baseline_kind = OneWord(BaselineKind, required=False)
    targets = serializers.ListField(
        child=TargetInput(), required=False, max_length=200, help_text="All of its targets as they now stand."
    )
    definition = text_field()
    source = text_field()  # type: ignore[assignment]
    responsible = text_field(300)
    assumptions = text_field()
    reason = text_field(help_text=_REASON)

    def validate_targets(self, targets: Sequence[Mapping[str, Any]]) -> list[Target]:
        return [Target(target["due"], target.get("value"), target.get("level")) for target in targets]


class IndicatorInput(IndicatorChange):
    engagement = EngagementField()
    reason = None  # type: ignore[assignment]


# --- what may go wrong ---


class RiskChange(Input):
    code = code_field()
    kind = OneWord(RiskKind)
    title = serializers.CharField(max_length=500)
    likelihood = CountField(min_value=1, max_value=5)
    impact = CountField(min_value=1, max_value=5)
    residual_likelihood = CountField(min_value=1, max_value=5, allow_null=True, required=False)
    residual_impact = CountField(min_value=1, max_value=5, allow_null=True, required=False)
    mitigation = text_field()
    status = OneWord(RiskStatus, required=False)
    review_on = DayField(allow_null=True, required=False)


class RiskInput(RiskChange):
    engagement = EngagementField()


# --- who pays ---


class TrancheInput(Input):
    due = DayField()
    amount = FigureInput(help_text="Above 0, in the agreement's currency.")
    received_on = DayField(allow_null=True, required=False)


class AgreementChange(Input):
    code = code_field()
    administrator = OneOf(Organisation, allow_null=True, required=False)
    provider = OneOf(Organisation, allow_null=True, required=False)
    instrument = OneWord(Instrument)
    amount = FigureInput(help_text="Not below 0, nor below its instalments.")
    first_day = DayField(allow_null=True, required=False)
    last_day = DayField(allow_null=True, required=False)
    fee_pct = FigureInput(max_digits=7, allow_null=True, required=False)
    tranches = serializers.ListField(
        child=TrancheInput(), required=False, max_length=200, help_text="All of its instalments as they now stand."
    )
    places = {"during": "last_day", "instalments": "tranches"}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = super().validate(attrs)
        if "tranches" in given:
            given["instalments"] = [Instalment(**one) for one in given.pop("tranches")]
        return given


class AgreementInput(AgreementChange):
    """Another contributor, or another currency, is another agreement: both stay."""

    engagement = EngagementField()
    contributor = OneOf(Organisation)
    currency = OneOf(Currency)
