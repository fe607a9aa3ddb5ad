"""The words of judging: evaluations, exit readiness, impact reports."""

from enum import StrEnum


class EvaluationKind(StrEnum):
    MID_TERM = "mid-term"
    FINAL = "final"
    EX_POST = "ex-post"
    THEMATIC = "thematic"


class Criterion(StrEnum):
    """The six DAC evaluation criteria of 2019."""

    RELEVANCE = "relevance"
    COHERENCE = "coherence"
    EFFECTIVENESS = "effectiveness"
    EFFICIENCY = "efficiency"
    IMPACT = "impact"
    SUSTAINABILITY = "sustainability"


class Response(StrEnum):
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"
    PENDING = "pending"


class Side(StrEnum):
    DONOR = "donor"
    MINISTRY = "ministry"
    EVALUATOR = "evaluator"


class ReportState(StrEnum):
    BUILDING = "building"
    COMPLETE = "complete"
    FAILED = "failed"


class LeastStatus(StrEnum):
    """The least that an observation must have reached to count in a report."""

    ACCEPTED = "accepted"
    SUBMITTED = "submitted"


class Level(StrEnum):
    """The levels of an impact report: engagements with what is below them, and what they add up to."""

    INDICATOR = "indicator"
    OUTCOME = "outcome"
    ENGAGEMENT = "engagement"
    PROGRAMME = "programme"
    COUNTRY = "country"
    AREA = "area"
    DONOR = "donor"
    PORTFOLIO = "portfolio"
