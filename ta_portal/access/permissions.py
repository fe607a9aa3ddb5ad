"""What can be permitted, and which role holds what: the table of `design.md` §2 as data.

Code asks for a permission, never for a role. Pure Python, so that it can be printed, tested and reasoned about alone.
"""

from enum import StrEnum


class Permission(StrEnum):
    ENGAGEMENT_VIEW = "engagement.view"
    ENGAGEMENT_CHANGE = "engagement.change"
    ENGAGEMENT_CLOSE = "engagement.close"
    RESULTS_CHANGE = "results.change"
    PROGRESS_LOG = "progress.log"
    PROGRESS_REVIEW = "progress.review"
    RISK_CHANGE = "risk.change"
    POST_CHANGE = "post.change"
    DEPUTY_NAME = "deputy.name"
    DEPLOYMENT_CHANGE = "deployment.change"
    COST_VIEW = "cost.view"
    COST_DETAIL_VIEW = "cost.detail_view"
    RATE_VIEW = "rate.view"
    BUDGET_CHANGE = "budget.change"
    BUDGET_APPROVE = "budget.approve"
    LEDGER_POST = "ledger.post"
    RATE_CHANGE = "rate.change"
    EVALUATION_CHANGE = "evaluation.change"
    RECOMMENDATION_ANSWER = "recommendation.answer"
    READINESS_RATE = "readiness.rate"
    RATING_MINISTRY = "rating.ministry"
    RATING_ADVISER = "rating.adviser"
    NOTE_VIEW = "note.view"
    NOTE_WRITE = "note.write"
    REPORT_RUN = "report.run"
    EXPORT = "export"
    AUDIT_VIEW = "audit.view"
    REFERENCE_CHANGE = "reference.change"
    USER_MANAGE = "user.manage"


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    PROGRAMME_OFFICER = "programme_officer"
    FINANCE_OFFICER = "finance_officer"
    EVALUATOR = "evaluator"
    LIAISON = "liaison"
    EXPERT = "expert"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """On what a membership holds: the whole portfolio, or one row of five kinds."""

    PORTFOLIO = "portfolio"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    COUNTRY = "country"
    INSTITUTION = "institution"
    ENGAGEMENT = "engagement"


_P = Permission
_SEE = frozenset({_P.ENGAGEMENT_VIEW, _P.COST_VIEW})
_READ = _SEE | {_P.COST_DETAIL_VIEW, _P.EXPORT}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.PROGRAMME_OFFICER: _READ
    | {
        _P.ENGAGEMENT_CHANGE,
        _P.ENGAGEMENT_CLOSE,
        _P.RESULTS_CHANGE,
        _P.PROGRESS_REVIEW,
        _P.RISK_CHANGE,
        _P.POST_CHANGE,
        _P.DEPLOYMENT_CHANGE,
        _P.RATE_VIEW,
        _P.BUDGET_CHANGE,
        _P.READINESS_RATE,
        _P.NOTE_VIEW,
        _P.NOTE_WRITE,
        _P.REPORT_RUN,
    },
    Role.FINANCE_OFFICER: _READ | {_P.RATE_VIEW, _P.BUDGET_CHANGE, _P.BUDGET_APPROVE, _P.LEDGER_POST, _P.RATE_CHANGE},
    Role.EVALUATOR: _READ
    | {_P.EVALUATION_CHANGE, _P.RECOMMENDATION_ANSWER, _P.READINESS_RATE, _P.NOTE_VIEW, _P.REPORT_RUN},
    Role.LIAISON: _SEE | {_P.PROGRESS_LOG, _P.RECOMMENDATION_ANSWER, _P.DEPUTY_NAME, _P.RATING_MINISTRY},
    Role.EXPERT: _SEE | {_P.PROGRESS_LOG, _P.RATING_ADVISER},
    Role.VIEWER: _READ,
    Role.AUDITOR: _READ | {_P.AUDIT_VIEW, _P.NOTE_VIEW},
}

# Who can give what is missing; a page that hides a part names them.
GRANTED_BY: dict[Permission, tuple[Role, ...]] = {
    permission: tuple(role for role in Role if permission in ROLE_PERMISSIONS[role]) for permission in Permission
}


def roles_with(permission: Permission) -> frozenset[Role]:
    return frozenset(GRANTED_BY[permission])
