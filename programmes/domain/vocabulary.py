"""The words of the field: every closed list that `programmes` stores, as data and in one place."""

from enum import StrEnum


class InstitutionKind(StrEnum):
    MINISTRY_OF_FINANCE = "ministry_of_finance"
    CENTRAL_BANK = "central_bank"
    REVENUE_AUTHORITY = "revenue_authority"
    DEBT_OFFICE = "debt_office"
    STATISTICS_OFFICE = "statistics_office"
    SUPERVISOR = "supervisor"
    FINANCIAL_INTELLIGENCE_UNIT = "financial_intelligence_unit"
    AUDIT_COURT = "audit_court"
    TREASURY = "treasury"
    CUSTOMS = "customs"
    LINE_MINISTRY = "line_ministry"
    STATE_ENTERPRISE = "state_enterprise"
    OTHER = "other"
    PRIVATE = "private"


# Recipients are public institutions; private ones are refused with a sentence that says why (design.md §1).
MAY_RECEIVE_TA = frozenset(InstitutionKind) - {InstitutionKind.PRIVATE}


class OrganisationKind(StrEnum):
    """IATI organisation types, by what they are; the codes go out with an export."""

    GOVERNMENT = "10"
    LOCAL_GOVERNMENT = "11"
    OTHER_PUBLIC = "15"
    INTERNATIONAL_NGO = "21"
    NATIONAL_NGO = "22"
    REGIONAL_NGO = "23"
    PARTNER_COUNTRY_NGO = "24"
    PUBLIC_PRIVATE = "30"
    MULTILATERAL = "40"
    FOUNDATION = "60"
    PRIVATE = "70"
    PRIVATE_IN_PROVIDER = "71"
    PRIVATE_IN_RECIPIENT = "72"
    PRIVATE_IN_THIRD = "73"
    ACADEMIC = "80"
    OTHER = "90"


class FormOfAid(StrEnum):
    HARD_TA = "hard_ta"
    SOFT_ADVICE = "soft_advice"
    TRAINING_ONLY = "training_only"
    FINANCIAL_AID = "financial_aid"
    CONSULTING = "consulting"


class Modality(StrEnum):
    RESIDENT = "resident"
    MISSION = "mission"
    PERIPATETIC = "peripatetic"
    REMOTE = "remote"
    HYBRID = "hybrid"


class EngagementStatus(StrEnum):
    PIPELINE = "pipeline"
    APPRAISAL = "appraisal"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    EXITED = "exited"
    CANCELLED = "cancelled"


_S = EngagementStatus
STATUS_STEPS: dict[EngagementStatus, frozenset[EngagementStatus]] = {
    _S.PIPELINE: frozenset({_S.APPRAISAL, _S.CANCELLED}),
    _S.APPRAISAL: frozenset({_S.APPROVED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.ACTIVE, _S.CANCELLED}),
    _S.ACTIVE: frozenset({_S.SUSPENDED, _S.COMPLETED, _S.CANCELLED}),
    _S.SUSPENDED: frozenset({_S.ACTIVE, _S.CANCELLED}),
    _S.COMPLETED: frozenset({_S.EXITED}),
    _S.EXITED: frozenset(),
    _S.CANCELLED: frozenset(),
}


class Publication(StrEnum):
    INTERNAL = "internal"
    PUBLISHED = "published"


class Instrument(StrEnum):
    GRANT = "grant"
    LOAN_TIED = "loan_tied"
    COST_SHARE = "cost_share"
    REIMBURSABLE = "reimbursable"


class Method(StrEnum):
    """How an indicator's latest value is made from its periods (design.md §4.4)."""

    RATIO_OF_SUMS = "ratio_of_sums"
    SUM = "sum"
    WEIGHTED_MEAN = "weighted_mean"
    SIMPLE_MEAN = "simple_mean"
    MAX = "max"
    MIN = "min"
    LATEST = "latest"
    ORDINAL_LATEST = "ordinal_latest"


class Window(StrEnum):
    SINCE_START = "since_start"
    TWELVE_MONTHS = "12_months"
    PERIOD = "period"


class Direction(StrEnum):
    INCREASE = "increase"
    DECREASE = "decrease"


class BaselineKind(StrEnum):
    STOCK = "stock"
    COMPARISON = "comparison"


class Frequency(StrEnum):
    """How often an indicator is due. Coverage counts by it."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    ONCE = "once"


MONTHS_OF: dict[Frequency, int | None] = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
    Frequency.ONCE: None,
}


class ReviewState(StrEnum):
    """Where a progress report, or one observation, stands. Only accepted observations count in a report."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


# What its author can still change.
OPEN_TO_CHANGE = frozenset({ReviewState.DRAFT, ReviewState.RETURNED})
# What has not left the ministry: it waits for its author, or for the director's visa.
NOT_SENT = OPEN_TO_CHANGE | {ReviewState.AWAITING}


class StepState(StrEnum):
    """Where one reviewer in a chain stands with a report; those after one who returned it are dropped."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    DROPPED = "dropped"


class ReturnReason(StrEnum):
    """Why a progress report is given back."""

    FIGURE_LOOKS_WRONG = "figure_looks_wrong"
    EVIDENCE_MISSING = "evidence_missing"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    OTHER = "other"
    # Not a reviewer's: the ministry does not agree with a figure that a reviewer put in place of its own.
    DISPUTED = "disputed"


class ChangeReason(StrEnum):
    """Why a reviewer puts another figure in the place of the ministry's: what is plainly wrong with it."""

    UNIT = "unit"
    DECIMAL_MARK = "decimal_mark"
    MISTYPED = "mistyped"
    SWAPPED = "swapped"
    OTHER = "other"


class ChangeState(StrEnum):
    """Where a reviewer's change of a figure stands with the ministry. It counts all the while."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


# Nothing is left to be said about these.
SETTLED_CHANGES = frozenset({ChangeState.CONFIRMED, ChangeState.LAPSED})


class PeriodState(StrEnum):
    OPEN = "open"
    LOCKED = "locked"


class RiskKind(StrEnum):
    """The five limitations of hard TA, and four that any programme knows."""

    SUSTAINABILITY = "sustainability"
    OWNERSHIP = "ownership"
    DEPENDENCY = "dependency"
    RELEVANCE = "relevance"
    COORDINATION = "coordination"
    FIDUCIARY = "fiduciary"
    SECURITY = "security"
    POLITICAL = "political"
    DELIVERY = "delivery"


class CommitmentKind(StrEnum):
    """What an institution does itself, so that the help can work."""

    STAFF_NAMED = "staff_named"
    DECREE_PASSED = "decree_passed"
    BUDGET_VOTED = "budget_voted"
    PREMISES = "premises"
    DATA_ACCESS = "data_access"
    OTHER = "other"


class RiskStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class RatingKind(StrEnum):
    """What both sides score: how far counterparts engage, each period; how far they now act differently, each year."""

    TRACTION = "traction"
    IMPACT = "impact"


class RatingSide(StrEnum):
    """Whose score it is."""

    MINISTRY = "ministry"
    ADVISER = "adviser"
