"""What REST shows of who, where, what and how far. Codes and references stand for related rows."""

from django.db.models import OuterRef
from rest_framework import serializers

from programmes.api.figure_changes import changes_field
from programmes.api.steps import steps_field
from programmes.domain.data_quality import Check
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
    ReturnReason,
    ReviewState,
    RiskKind,
    RiskStatus,
    Window,
)
from programmes.models import CountryFact, EngagementRecipient, EngagementSector, IndicatorTarget, Tranche
from ta_portal.api.fields import (
    CodeField,
    CountField,
    DayField,
    FigureField,
    FirstDayField,
    LastDayField,
    MoneyField,
    RowsField,
    WordField,
)
from ta_portal.api.parameters import Parameters
from ta_portal.api.rows import Row


class AsOfParameters(Parameters):
    as_of = DayField(required=False, help_text="The valid date; today by default.")


class CountryFactRow(Row):
    year = CountField()
    indicator = serializers.CharField()
    value = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class CountryRow(Row):
    iso2 = serializers.CharField()
    iso3 = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    region = serializers.CharField()
    currency = CodeField(source="currency_id", allow_null=True)
    user_assigned = serializers.BooleanField(help_text="A code that ISO 3166 leaves to its users.")
    facts = RowsField(
        of=CountryFactRow(),
        query=CountryFact.objects.filter(country=OuterRef("pk")).order_by("indicator", "year"),
        help_text="Context by year, never summed.",
    )


class InstitutionRow(Row):
    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    name = serializers.CharField()
    kind = WordField(InstitutionKind)
    country = CodeField(source="country_id", allow_null=True)
    union = serializers.CharField(help_text="The union of countries that it serves; empty for one of a country.")
    parent = serializers.CharField(source="parent.code", allow_null=True)  # type: ignore[assignment]
    updated_at = serializers.DateTimeField()


class OrganisationRow(Row):
    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    name = serializers.CharField()
    kind = WordField(OrganisationKind, help_text="IATI organisation type.")
    iati_ref = serializers.CharField()
    updated_at = serializers.DateTimeField()


class ProgrammeRow(Row):
    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    title = serializers.CharField()
    lead = serializers.CharField(source="lead.code", allow_null=True)
    currency = CodeField(source="currency_id")
    rate_source = serializers.CharField(help_text="The one source of rates that its money is converted with.")
    starts = DayField(allow_null=True)
    ends = DayField(allow_null=True)
    note = serializers.CharField()
    updated_at = serializers.DateTimeField()


class RecipientRow(Row):
    country = CodeField(source="country_id", allow_null=True)
    region = CodeField(source="region_id", allow_null=True)
    pct = FigureField()


class SectorShareRow(Row):
    sector = CodeField(source="sector_id")
    pct = FigureField()


class EngagementRow(Row):
    id = serializers.UUIDField(source="public_id")
    ref = serializers.CharField()
    iati_id = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    programme = serializers.CharField(source="programme.code")
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.ref", allow_null=True, help_text="Null also where you may not see it."
    )
    institution = serializers.CharField(source="institution.code", allow_null=True)
    practice_area = CodeField(source="practice_area_id", allow_null=True)
    form_of_aid = WordField(FormOfAid)
    modality = WordField(Modality)
    objective = serializers.CharField()
    exit_criteria = serializers.CharField()
    status = WordField(EngagementStatus)
    planned_first_day = FirstDayField(source="planned")
    planned_last_day = LastDayField(source="planned", allow_null=True)
    actual_first_day = FirstDayField(source="actual", allow_null=True)
    actual_last_day = LastDayField(source="actual", allow_null=True)
    recipients = RowsField(
        of=RecipientRow(), query=EngagementRecipient.objects.filter(engagement=OuterRef("pk")).order_by("-pct", "pk")
    )
    sectors = RowsField(
        of=SectorShareRow(), query=EngagementSector.objects.filter(engagement=OuterRef("pk")).order_by("-pct", "pk")
    )
    publication = WordField(Publication)
    lead_officer = serializers.CharField(source="lead_officer.full_name", allow_null=True)
    related_operation = serializers.CharField()
    aid_type = serializers.CharField(allow_null=True)
    finance_type = serializers.CharField(allow_null=True)
    flow_type = serializers.CharField(allow_null=True)
    tied_status = serializers.CharField(allow_null=True)
    sample = serializers.BooleanField(help_text="Sample data, not a real engagement.")
    updated_at = serializers.DateTimeField()


class WorkstreamRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    code = serializers.CharField()
    title = serializers.CharField()
    updated_at = serializers.DateTimeField()


class MilestoneRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    workstream = serializers.CharField(source="workstream.code", allow_null=True)
    code = serializers.CharField()
    title = serializers.CharField()
    due = DayField()
    done = DayField(allow_null=True)
    rating = CountField(allow_null=True, help_text="1 to 4.")
    updated_at = serializers.DateTimeField()


class OutcomeRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    code = serializers.CharField()
    title = serializers.CharField()
    objective = serializers.CharField()
    weight = FigureField()
    assigned_rating = CountField(allow_null=True, help_text="1 to 4, by a person; it stands beside the computed one.")
    assigned_reason = serializers.CharField()
    updated_at = serializers.DateTimeField()


class TargetRow(Row):
    due = DayField()
    value = FigureField(allow_null=True)
    level = serializers.CharField(allow_null=True)
    is_original = serializers.BooleanField()


class IndicatorRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    outcome = serializers.CharField(source="outcome.code", allow_null=True)
    workstream = serializers.CharField(source="workstream.code", allow_null=True)
    code = serializers.CharField()
    title = serializers.CharField()
    catalogue = CodeField(source="catalogue_id", allow_null=True)
    method = WordField(Method)
    time_window = WordField(Window, allow_null=True, help_text="Null is the method's own.")
    direction = WordField(Direction)
    unit = serializers.CharField()
    frequency = WordField(Frequency)
    weight = FigureField()
    scale = serializers.ListField(child=serializers.CharField(), allow_null=True, help_text="From the lowest level up.")
    baseline = FigureField(allow_null=True)
    baseline_level = serializers.CharField(allow_null=True)
    baseline_on = DayField(allow_null=True)
    baseline_kind = WordField(BaselineKind)
    targets = RowsField(
        of=TargetRow(), query=IndicatorTarget.objects.filter(indicator=OuterRef("pk")).order_by("due", "is_original")
    )
    definition = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    responsible = serializers.CharField()
    assumptions = serializers.CharField()
    updated_at = serializers.DateTimeField()


class ObservationRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="indicator.engagement.ref")
    indicator = serializers.CharField(source="indicator.code")
    period_start = DayField()
    period_end = DayField()
    disagg = serializers.CharField(help_text="The part, such as `sex=f`; empty for the total.")
    status = WordField(ReviewState)
    reported = serializers.BooleanField(help_text="False is not the same as a value of 0.")
    not_reported_reason = serializers.CharField()
    value = FigureField(allow_null=True)
    numerator = FigureField(allow_null=True)
    denominator = FigureField(allow_null=True)
    weight = FigureField(allow_null=True)
    level = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    confirmed = serializers.ListField(
        child=serializers.CharField(), help_text="What looked wrong about the figure, and its author confirmed."
    )
    progress_report = serializers.UUIDField(source="report.public_id", allow_null=True)
    updated_at = serializers.DateTimeField()


class ProgressReportRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="period.engagement.ref")
    period_start = DayField(source="period.starts")
    period_end = DayField(source="period.ends")
    due = DayField(source="period.due")
    state = WordField(ReviewState)
    language = serializers.CharField(help_text="In which its texts are written; empty where nobody said.")
    done = serializers.CharField()
    obstacles = serializers.CharField()
    next_steps = serializers.CharField()
    submitted_by = serializers.CharField(source="submitted_by.full_name", allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by.full_name", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    return_reason = WordField(ReturnReason, allow_null=True, help_text="Of the last time it was given back.")
    return_note = serializers.CharField()
    questions = serializers.DictField(child=serializers.CharField(), help_text="By indicator or text.")
    visa_by = serializers.CharField(
        source="visa_by.full_name", allow_null=True, help_text="Who sees it for the ministry before it is reviewed."
    )
    visa_at = serializers.DateTimeField(allow_null=True)
    steps = steps_field()
    changes = changes_field()
    updated_at = serializers.DateTimeField()


class RiskRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    code = serializers.CharField()
    kind = WordField(RiskKind)
    title = serializers.CharField()
    likelihood = CountField(help_text="1 to 5.")
    impact = CountField(help_text="1 to 5.")
    score = CountField(help_text="Likelihood × impact.")
    residual_likelihood = CountField(allow_null=True)
    residual_impact = CountField(allow_null=True)
    residual = CountField(allow_null=True, help_text="The score after what is done about it.")
    mitigation = serializers.CharField()
    status = WordField(RiskStatus)
    owner = serializers.CharField(source="owner.full_name", allow_null=True)
    review_on = DayField(allow_null=True)
    updated_at = serializers.DateTimeField()


class TrancheRow(Row):
    due = DayField()
    received_on = DayField(allow_null=True)
    amount = MoneyField(currency="agreement__currency")


class AgreementRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    code = serializers.CharField()
    contributor = serializers.CharField(source="contributor.code")
    administrator = serializers.CharField(source="administrator.code", allow_null=True)
    provider = serializers.CharField(source="provider.code", allow_null=True)
    instrument = WordField(Instrument)
    amount = MoneyField()
    currency = CodeField(source="currency_id")
    first_day = FirstDayField(source="during", allow_null=True)
    last_day = LastDayField(source="during", allow_null=True)
    fee_pct = FigureField(allow_null=True)
    tranches = RowsField(
        of=TrancheRow(),
        query=Tranche.objects.filter(agreement=OuterRef("pk")).order_by("due", "pk"),
        help_text="The instalments, in the agreement's currency.",
    )
    updated_at = serializers.DateTimeField()


class IndicatorResultShape(serializers.Serializer[dict[str, object]]):
    """An indicator's latest value, progress and pace. An ordinal's figures are positions on its scale, from 0."""

    code = serializers.CharField()
    title = serializers.CharField()
    method = WordField(Method)
    baseline = FigureField(allow_null=True)
    target = FigureField(allow_null=True)
    latest = FigureField(allow_null=True)
    progress_pct = FigureField(allow_null=True)
    target_met = serializers.BooleanField(allow_null=True)
    expected_now = FigureField(allow_null=True)
    pace_pct = FigureField(allow_null=True)
    pace = serializers.ChoiceField(choices=["on_track", "at_risk", "off_track", "not_due", "no_data"])
    held = serializers.BooleanField(allow_null=True)
    reported = serializers.BooleanField()
    latest_label = serializers.CharField(allow_null=True)
    annual = serializers.DictField(child=FigureField(allow_null=True))
    parts = serializers.DictField(child=serializers.DictField(child=FigureField(allow_null=True)))


class OutcomeResultShape(serializers.Serializer[dict[str, object]]):
    """`reported` and `expected` count indicators."""

    code = serializers.CharField()
    mean_capped_progress_pct = FigureField(allow_null=True)
    rating = CountField(allow_null=True)
    reported = CountField()
    expected = CountField()


class MilestonesShape(serializers.Serializer[dict[str, object]]):
    total = CountField()
    done = CountField()
    on_time = CountField()
    late = CountField()
    not_done = serializers.ListField(child=serializers.CharField())
    days_late = serializers.DictField(child=CountField())
    mean_rating = FigureField(allow_null=True)


class OverlapShape(serializers.Serializer[dict[str, object]]):
    code = serializers.CharField()
    title = serializers.CharField()
    donor = serializers.CharField()
    internal = serializers.BooleanField()
    strength = serializers.ChoiceField(choices=["strong", "weak"])
    shared_sectors = serializers.ListField(child=serializers.CharField())
    shared_days = CountField(allow_null=True)
    first_day = DayField()
    last_day = DayField(allow_null=True)


class OverlapsShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    overlaps = serializers.ListField(child=OverlapShape())


class FindingShape(serializers.Serializer[dict[str, object]]):
    check = WordField(Check)
    indicator = serializers.CharField(allow_null=True)


class DataQualityShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    as_of = DayField()
    checks = CountField(help_text="How many could be made.")
    score_pct = FigureField(allow_null=True, help_text="Those that hold, of those that could be made.")
    findings = serializers.ListField(child=FindingShape())
