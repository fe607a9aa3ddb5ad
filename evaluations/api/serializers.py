"""What REST shows of judging: evaluations, recommendations, exit readiness, impact reports."""

from django.db.models import Case, F, OuterRef, TextField, Value, When
from django.db.models.functions import Concat
from rest_framework import serializers

from evaluations.domain.vocabulary import Criterion, EvaluationKind, LeastStatus, Level, ReportState, Response, Side
from evaluations.models import CriterionRating, ReadinessScore
from programmes.api.serializers import IndicatorResultShape, MilestonesShape, OutcomeResultShape
from ta_portal.api.fields import CodeField, Column, CountField, DayField, FigureField, RowsField, WordField
from ta_portal.api.parameters import Body
from ta_portal.api.rows import Row


class RatingRow(Row):
    criterion = WordField(Criterion)
    value = CountField()
    reason = serializers.CharField()


class EvaluationRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    kind = WordField(EvaluationKind)
    on_date = DayField()
    scale = serializers.CharField(source="scale.code")
    independent = serializers.BooleanField()
    ratings = RowsField(
        of=RatingRow(), query=CriterionRating.objects.filter(evaluation=OuterRef("pk")).order_by("criterion")
    )
    mean = FigureField(allow_null=True)
    lowest = CountField(allow_null=True)
    recommendations_accepted_pct = FigureField(allow_null=True, help_text="“accepted” only; partly is not.")
    updated_at = serializers.DateTimeField()


class RecommendationRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="evaluation.engagement.ref")
    evaluation = serializers.UUIDField(source="evaluation.public_id")
    no = CountField()
    text = serializers.CharField()
    response = WordField(Response)
    response_reason = serializers.CharField()
    unit = serializers.CharField()
    due = DayField(allow_null=True)
    status = serializers.CharField()
    updated_at = serializers.DateTimeField()


class ReadinessScoreRow(Row):
    dimension = serializers.CharField(source="dimension.code")
    score = CountField(allow_null=True, help_text="0 absent to 3 strong; null is not rated, which is not 0.")


class ReadinessAssessmentRow(Row):
    id = serializers.UUIDField(source="public_id")
    engagement = serializers.CharField(source="engagement.ref")
    set = serializers.CharField(source="set.code", help_text="The list that it was judged by.")
    label = serializers.CharField()  # type: ignore[assignment]
    on_date = DayField()
    side = WordField(Side)
    scores = RowsField(
        of=ReadinessScoreRow(),
        query=ReadinessScore.objects.filter(assessment=OuterRef("pk")).order_by("dimension__code"),
    )
    updated_at = serializers.DateTimeField()


class ScopeField(serializers.CharField):
    """A report's scope in one word: `portfolio`, `engagement:REF` and so on."""

    def column(self) -> Column:
        whole = Concat("scope_kind", Value(":"), "scope_code", output_field=TextField())
        return Case(When(scope_code="", then=F("scope_kind")), default=whole, output_field=TextField())


class ImpactReportRow(Row):
    id = serializers.UUIDField(source="public_id")
    scope = ScopeField(source="scope_kind")
    scope_kind = serializers.CharField()
    scope_code = serializers.CharField()
    as_of = DayField()
    cut_off = serializers.DateTimeField()
    currency = CodeField(source="currency_id")
    least_status = WordField(LeastStatus)
    fingerprint = serializers.CharField()
    state = WordField(ReportState)
    created_at = serializers.DateTimeField()


class ReadinessShape(serializers.Serializer[dict[str, object]]):
    score_pct = FigureField(allow_null=True)
    ready = serializers.BooleanField(allow_null=True)


class ResultsShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    as_of = DayField()
    indicators = serializers.ListField(child=IndicatorResultShape())
    outcomes = serializers.ListField(child=OutcomeResultShape())
    milestones = MilestonesShape()
    exit_readiness = ReadinessShape()


class AssessmentShape(serializers.Serializer[dict[str, object]]):
    label = serializers.CharField()  # type: ignore[assignment]
    on_date = DayField()
    side = WordField(Side)
    score_pct = FigureField(allow_null=True)
    any_zero = serializers.BooleanField()
    ready = serializers.BooleanField()


class ExitReadinessShape(serializers.Serializer[dict[str, object]]):
    engagement = serializers.CharField()
    assessments = serializers.ListField(child=AssessmentShape())


class ImpactFigureShape(serializers.Serializer[dict[str, object]]):
    level = WordField(Level)
    key = serializers.CharField()
    metric = serializers.CharField()
    value = FigureField(allow_null=True)
    num = FigureField(allow_null=True)
    den = FigureField(allow_null=True)
    reported = CountField(allow_null=True)
    expected = CountField(allow_null=True)
    weight_basis = serializers.CharField()


class ImpactReportShape(serializers.Serializer[dict[str, object]]):
    """A report with all its figures, from the portfolio down. It never changes."""

    scope = serializers.CharField()
    as_of = DayField()
    cut_off = serializers.DateTimeField()
    currency = serializers.CharField()
    fingerprint = serializers.CharField()
    rows = serializers.ListField(child=ImpactFigureShape())


class ImpactReportRequest(Body):
    """What a report is asked for: on what, as of when, in which currency."""

    scope = serializers.CharField(
        default="portfolio",
        max_length=120,
        help_text="engagement:REF, programme:CODE, country:ISO2, area:CODE, donor:CODE or portfolio.",
    )
    as_of = DayField(required=False, allow_null=True, help_text="Today by default.")
    currency = serializers.CharField(
        required=False, allow_null=True, max_length=3, help_text="The programme's, or US dollars, by default."
    )
    cut_off = serializers.DateTimeField(
        required=False, allow_null=True, help_text="From what was known then; when it was asked for by default."
    )
