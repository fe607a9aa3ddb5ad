"""What the closed lists are called on pages, in the reader's language."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from programmes.domain.reporting import Span, span_of
from programmes.domain.results import Reason
from programmes.domain.vocabulary import (
    BaselineKind,
    CommitmentKind,
    Direction,
    EngagementStatus,
    FormOfAid,
    Frequency,
    InstitutionKind,
    Instrument,
    Method,
    Modality,
    OrganisationKind,
    PeriodState,
    Publication,
    ReturnReason,
    ReviewState,
    RiskKind,
    RiskStatus,
    Window,
)
from programmes.reference import english_by_code, names_in
from ta_portal.access.permissions import Scope
from ta_portal.i18n.sorting import alphabetical
from ta_portal.ui.formats import day_words
from ta_portal.ui.statuses import tag

STATUSES: dict[str, Promise] = {
    EngagementStatus.PIPELINE: _("In preparation"),
    EngagementStatus.APPRAISAL: _("Under appraisal"),
    EngagementStatus.APPROVED: _("Approved"),
    EngagementStatus.ACTIVE: _("Active"),
    EngagementStatus.SUSPENDED: _("Suspended"),
    EngagementStatus.COMPLETED: _("Completed"),
    EngagementStatus.EXITED: _("Exited"),
    EngagementStatus.CANCELLED: _("Cancelled"),
}
_STATUS_TONES = {EngagementStatus.ACTIVE: "good", EngagementStatus.SUSPENDED: "warn", EngagementStatus.CANCELLED: "bad"}

FORMS_OF_AID: dict[str, Promise] = {
    FormOfAid.HARD_TA: _("Hard technical assistance"),
    FormOfAid.SOFT_ADVICE: _("Soft advice"),
    FormOfAid.TRAINING_ONLY: _("Training only"),
    FormOfAid.FINANCIAL_AID: _("Financial aid"),
    FormOfAid.CONSULTING: _("Consulting"),
}

MODALITIES: dict[str, Promise] = {
    Modality.RESIDENT: _("Resident adviser"),
    Modality.MISSION: _("Mission"),
    Modality.PERIPATETIC: _("Peripatetic"),
    Modality.REMOTE: _("Remote"),
    Modality.HYBRID: _("Hybrid"),
}

RISK_KINDS: dict[str, Promise] = {
    RiskKind.SUSTAINABILITY: _("Sustainability"),
    RiskKind.OWNERSHIP: _("Ownership"),
    RiskKind.DEPENDENCY: _("Dependency"),
    RiskKind.RELEVANCE: _("Relevance"),
    RiskKind.COORDINATION: _("Coordination"),
    RiskKind.FIDUCIARY: _("Fiduciary"),
    RiskKind.SECURITY: _("Security"),
    RiskKind.POLITICAL: _("Political"),
    RiskKind.DELIVERY: _("Delivery"),
}

COMMITMENT_KINDS: dict[str, Promise] = {
    CommitmentKind.STAFF_NAMED: _("Staff named"),
    CommitmentKind.DECREE_PASSED: _("Decree passed"),
    CommitmentKind.BUDGET_VOTED: _("Budget voted"),
    CommitmentKind.PREMISES: _("Premises"),
    CommitmentKind.DATA_ACCESS: _("Access to data"),
    CommitmentKind.OTHER: _("Other"),
}

RISK_STATUSES: dict[str, Promise] = {RiskStatus.OPEN: _("Open"), RiskStatus.CLOSED: _("Closed")}

DIRECTIONS: dict[str, Promise] = {Direction.INCREASE: _("higher is better"), Direction.DECREASE: _("lower is better")}

BASELINE_KINDS: dict[str, Promise] = {
    BaselineKind.STOCK: _("Where it stood before"),
    BaselineKind.COMPARISON: _("What it is compared with"),
}

INSTRUMENTS: dict[str, Promise] = {
    Instrument.GRANT: _("Grant"),
    Instrument.LOAN_TIED: _("Tied to a loan"),
    Instrument.COST_SHARE: _("Cost share"),
    Instrument.REIMBURSABLE: _("Reimbursed by the recipient"),
}

METHODS: dict[str, Promise] = {
    Method.RATIO_OF_SUMS: _("The sum of the numerators over the sum of the denominators"),
    Method.SUM: _("The sum of all periods"),
    Method.WEIGHTED_MEAN: _("The mean of the periods, by their weights"),
    Method.SIMPLE_MEAN: _("The mean of the periods"),
    Method.MAX: _("The greatest of all periods"),
    Method.MIN: _("The least of all periods"),
    Method.LATEST: _("The last period with a value"),
    Method.ORDINAL_LATEST: _("The last place on the scale"),
}

WINDOWS: dict[str, Promise] = {
    Window.SINCE_START: _("over all periods since the start"),
    Window.TWELVE_MONTHS: _("over the twelve months that end with the last period with data"),
    Window.PERIOD: _("over the last period with data alone"),
}

FREQUENCIES: dict[str, Promise] = {
    Frequency.MONTHLY: _("Monthly"),
    Frequency.QUARTERLY: _("Quarterly"),
    Frequency.HALF_YEARLY: _("Half-yearly"),
    Frequency.YEARLY: _("Yearly"),
    Frequency.ONCE: _("Once, at the end"),
}


def period_words(first: dt.date, last: dt.date, *, month: str = "F") -> str:
    """July to September 2026 (with `month="M"`: Jul to Sep 2026); a year alone, or a month; other days as days."""
    span = span_of(first, last)
    if span is Span.YEAR:
        return str(first.year)
    if span is Span.MONTH:
        return pgettext("a month", "%(month)s %(year)s") % {"month": date_format(first, month), "year": first.year}
    if span is Span.OTHER:
        days = {"first": day_words(first), "last": day_words(last)}
        return pgettext("from one day to another", "%(first)s to %(last)s") % days
    months = {"first": date_format(first, month), "last": date_format(last, month), "year": last.year}
    return pgettext("from one month to another", "%(first)s to %(last)s %(year)s") % months


REVIEW_STATES: dict[str, Promise] = {
    ReviewState.DRAFT: _("Draft"),
    ReviewState.AWAITING: _("Waits for the visa"),
    ReviewState.SUBMITTED: _("Sent"),
    ReviewState.RETURNED: _("Returned"),
    ReviewState.ACCEPTED: _("Accepted"),
}
_REVIEW_TONES = {ReviewState.ACCEPTED: ("good", "good"), ReviewState.RETURNED: ("warn", "warn")}

RETURN_REASONS: dict[str, Promise] = {
    ReturnReason.FIGURE_LOOKS_WRONG: _("A figure looks wrong"),
    ReturnReason.EVIDENCE_MISSING: _("Evidence is missing"),
    ReturnReason.INCOMPLETE: _("Something is missing"),
    ReturnReason.UNCLEAR: _("Something is unclear"),
    ReturnReason.OTHER: _("Another reason"),
    ReturnReason.DISPUTED: _("The ministry disputes a figure that the reviewer changed"),
}

REASONS: dict[str, Promise] = {
    Reason.NO_DATA: _("nothing that can be used was reported"),
    Reason.ZERO_DENOMINATOR: _("its denominator is 0"),
    Reason.LEVEL_OFF_SCALE: _("the level reported is not on its scale"),
    Reason.NO_BASELINE: _("it has no baseline"),
    Reason.NO_TARGET: _("it has no target"),
}

INSTITUTION_KINDS: dict[str, Promise] = {
    InstitutionKind.MINISTRY_OF_FINANCE: _("Ministry of finance"),
    InstitutionKind.CENTRAL_BANK: _("Central bank"),
    InstitutionKind.REVENUE_AUTHORITY: _("Revenue authority"),
    InstitutionKind.DEBT_OFFICE: _("Debt office"),
    InstitutionKind.STATISTICS_OFFICE: _("Statistics office"),
    InstitutionKind.SUPERVISOR: _("Supervisor"),
    InstitutionKind.FINANCIAL_INTELLIGENCE_UNIT: _("Financial intelligence unit"),
    InstitutionKind.AUDIT_COURT: _("Audit court"),
    InstitutionKind.TREASURY: _("Treasury"),
    InstitutionKind.CUSTOMS: _("Customs"),
    InstitutionKind.LINE_MINISTRY: _("Line ministry"),
    InstitutionKind.STATE_ENTERPRISE: _("State enterprise"),
    InstitutionKind.OTHER: _("Other public body"),
    InstitutionKind.PRIVATE: _("Private body"),
}

ORGANISATION_KINDS: dict[str, Promise] = {
    OrganisationKind.GOVERNMENT: _("Government"),
    OrganisationKind.LOCAL_GOVERNMENT: _("Local government"),
    OrganisationKind.OTHER_PUBLIC: _("Other public body"),
    OrganisationKind.INTERNATIONAL_NGO: _("International NGO"),
    OrganisationKind.NATIONAL_NGO: _("National NGO"),
    OrganisationKind.REGIONAL_NGO: _("Regional NGO"),
    OrganisationKind.PARTNER_COUNTRY_NGO: _("NGO of the partner country"),
    OrganisationKind.PUBLIC_PRIVATE: _("Public-private partnership"),
    OrganisationKind.MULTILATERAL: _("Multilateral"),
    OrganisationKind.FOUNDATION: _("Foundation"),
    OrganisationKind.PRIVATE: _("Private sector"),
    OrganisationKind.PRIVATE_IN_PROVIDER: _("Private sector of the provider"),
    OrganisationKind.PRIVATE_IN_RECIPIENT: _("Private sector of the recipient"),
    OrganisationKind.PRIVATE_IN_THIRD: _("Private sector of a third country"),
    OrganisationKind.ACADEMIC: _("Academic"),
    OrganisationKind.OTHER: _("Other"),
}

# Parts of a figure that have a name; others are shown by their code.
PARTS: dict[str, Promise] = {"sex=f": _("Women"), "sex=m": _("Men")}

PUBLICATIONS: dict[str, Promise] = {
    Publication.INTERNAL: pgettext_lazy("publication", "Internal"),
    Publication.PUBLISHED: pgettext_lazy("publication", "Published"),
}

PERIOD_STATES: dict[str, Promise] = {
    PeriodState.OPEN: pgettext_lazy("reporting period", "Open"),
    PeriodState.LOCKED: pgettext_lazy("reporting period", "Locked"),
}

SCOPES: dict[str, Promise] = {
    Scope.PORTFOLIO: _("The whole portfolio"),
    Scope.ORGANISATION: _("Organisation"),
    Scope.PROGRAMME: _("Programme"),
    Scope.COUNTRY: _("Country"),
    Scope.INSTITUTION: _("Institution"),
    Scope.ENGAGEMENT: _("Engagement"),
}

# What fields are called in a history where no form asks for them.
FIELDS: dict[str, Promise] = {
    "code": _("Code"),
    "ref": _("Reference"),
    "title": _("Title"),
    "name": _("Name"),
    "kind": _("Kind"),
    "status": _("Status"),
    "state": _("Status"),
    "iati_id": _("IATI identifier"),
    "iati_ref": _("IATI identifier"),
    "programme": _("Programme"),
    "parent": _("Part of"),
    "lead": _("Led by"),
    "country": _("Country"),
    "union": _("Union of countries"),
    "institution": _("Works with"),
    "organisation": _("Organisation"),
    "recipients": _("Countries and regions"),
    "sectors": _("Sectors"),
    "planned": _("Planned from and to"),
    "actual": _("Ran from and to"),
    "during": _("Runs from and to"),
    "valid": _("Valid from and to"),
    "publication": _("Publication"),
    "lead_officer": _("Lead officer"),
    "related_operation": _("Related operation"),
    "aid_type": _("Type of aid"),
    "finance_type": _("Type of finance"),
    "flow_type": _("Type of flow"),
    "tied_status": _("Tied status"),
    "sample": _("Sample data"),
    "user": _("Person"),
    "post": _("Post"),
    "unit": _("Unit"),
    "deputy": _("Deputy"),
    "gives_access": _("Gives access"),
    "role": _("Role"),
    "scope_kind": _("Holds on"),
    "engagement": _("Engagement"),
    "assigned_rating": _("Assigned rating"),
    "assigned_reason": _("Reason of the assigned rating"),
    "baseline_level": _("Baseline"),
    "targets": _("Targets"),
    "instalments": _("Instalments"),
    "starts": _("First day"),
    "ends": _("Last day"),
    "due": _("Due on"),
    "language": _("Language"),
    "done": _("What was done"),
    "obstacles": _("Obstacles"),
    "next_steps": _("Next steps"),
    "submitted_by": _("Sent by"),
    "submitted_at": _("Sent on"),
    "visa_by": _("Visa by"),
    "visa_at": _("Visa on"),
    "reviewer": _("Reviewer"),
    "decided_by": _("Decided by"),
    "decided_at": _("Decided on"),
    "return_reason": _("Why it was returned"),
    "return_note": _("What should be mended"),
    "questions": _("Questions"),
    "owner": _("Owner"),
    "score": _("Score"),
    "residual": _("Score that remains"),
    "currency": _("Currency"),
}


def named(name: str) -> str:
    """What a row of a list of the field is called in the reader's language; any other name as it stands.

    Countries, regions, practice areas, topics, sectors; the catalogue's indicators, with their definitions and units.
    """
    return names_in(get_language() or "").get(name, name)


def named_with(words: str) -> list[str]:
    """The English names of what is called so, or has these words in its name, in the reader's language."""
    wanted = alphabetical(words)
    return [english for english, name in names_in(get_language() or "").items() if wanted in alphabetical(name)]


def named_by_code(code: str) -> str:
    """What the country, region or sector with this code is called in the reader's language; else the code."""
    return named(english_by_code().get(code, code))


def status_tag(status: str) -> SafeString:
    """The status of an engagement in a pill."""
    return tag(STATUSES[status], _STATUS_TONES.get(EngagementStatus(status), "none"))


def review_tag(state: str) -> SafeString:
    """Where an observation or a progress report stands, in a pill."""
    return tag(REVIEW_STATES[state], *_REVIEW_TONES.get(ReviewState(state), ("none", "")))
