"""Who, where, what and how far. One module per noun; import them from here."""

from programmes.models.counterparts import Commitment, CounterpartPost, PostHolder
from programmes.models.engagements import (
    Amendment,
    Engagement,
    EngagementRecipient,
    EngagementSector,
    EngagementTransition,
    OutsideActivity,
    Programme,
)
from programmes.models.evidence import Evidence, EvidenceUpload
from programmes.models.figure_changes import FigureChange
from programmes.models.funding import FundingAgreement, Tranche
from programmes.models.membership import Membership
from programmes.models.notes import RestrictedNote
from programmes.models.places import Country, CountryFact, Currency, Institution, Organisation, Region
from programmes.models.progress import Observation, ObservationRevision, ProgressReport, ReportingPeriod
from programmes.models.ratings import RatingAnchor, SideRating
from programmes.models.results import CatalogueIndicator, Indicator, IndicatorTarget, Milestone, Outcome, Workstream
from programmes.models.reviewing import ReviewPlan, ReviewStep
from programmes.models.risks import Risk
from programmes.models.topics import PracticeArea, Sector, Topic

__all__ = [
    "Amendment",
    "CatalogueIndicator",
    "Commitment",
    "CounterpartPost",
    "Country",
    "CountryFact",
    "Currency",
    "Engagement",
    "EngagementRecipient",
    "EngagementSector",
    "EngagementTransition",
    "Evidence",
    "EvidenceUpload",
    "FigureChange",
    "FundingAgreement",
    "Indicator",
    "IndicatorTarget",
    "Institution",
    "Membership",
    "Milestone",
    "Observation",
    "ObservationRevision",
    "Organisation",
    "Outcome",
    "OutsideActivity",
    "PostHolder",
    "PracticeArea",
    "Programme",
    "ProgressReport",
    "RatingAnchor",
    "Region",
    "ReportingPeriod",
    "RestrictedNote",
    "ReviewPlan",
    "ReviewStep",
    "Risk",
    "Sector",
    "SideRating",
    "Topic",
    "Tranche",
    "Workstream",
]
