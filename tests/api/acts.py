"""Everything that REST can do to what is there, or add: for tests that walk all of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from programmes.forms.report_file import report_file
from ta_portal.access.permissions import Role
from tests import factories as f


@dataclass(frozen=True)
class Act:
    """`role` may do it; `row` makes what it is done to (or beside); `body` is what is sent."""

    method: str
    resource: str
    role: Role
    row: Callable[[Any], Any]
    body: Callable[[Any], Any] = lambda row: {}
    step: str = ""
    answers: int = 200
    code: str = "public_id"
    # A field of the answer that is made by the portal, and so cannot be sent.
    read_only: str = "updated_at"
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def is_on_what_exists(self) -> bool:
        return self.method != "post" or self.step != ""

    @property
    def scope(self) -> str:
        verbs = {"patch": "update", "delete": "delete"}
        verb = "create" if self.step in ("", "reverse", "copy") else "update"
        return f"{self.resource}:{verbs.get(self.method, verb)}"

    def path(self, row: Any) -> str:
        if not self.is_on_what_exists:
            return f"{self.resource}/"
        return f"{self.resource}/{getattr(row, self.code)}/" + (f"{self.step}/" if self.step else "")

    def __str__(self) -> str:
        return f"{self.method} {self.resource} {self.step}".strip()


ADMINISTRATOR, OFFICER, FINANCE, LIAISON, EVALUATOR = (
    Role.ADMINISTRATOR,
    Role.PROGRAMME_OFFICER,
    Role.FINANCE_OFFICER,
    Role.LIAISON,
    Role.EVALUATOR,
)


def _below(factory, **given):
    return lambda engagement: factory(engagement=engagement, **given)


def _open_report(engagement):
    return f.ProgressReportFactory(period=f.ReportingPeriodFactory(engagement=engagement))


def _submitted(engagement):
    at = dt.datetime(2024, 4, 5, tzinfo=dt.UTC)
    period = f.ReportingPeriodFactory(engagement=engagement)
    return f.ProgressReportFactory(period=period, state="submitted", submitted_by=f.UserFactory(), submitted_at=at)


def _accepted(engagement):
    report = _submitted(engagement)
    report.state, report.decided_by, report.decided_at = "accepted", f.UserFactory(), report.submitted_at
    report.save()
    return report


def _submitted_with_a_figure(engagement):
    report = _submitted(engagement)
    given = {"indicator__outcome": f.OutcomeFactory(engagement=engagement), "report": report, "status": "submitted"}
    figure = f.ObservationFactory(**given, period_start=report.period.starts, period_end=report.period.ends)
    f.ObservationRevisionFactory(observation=figure)
    return report


def _changed(engagement):
    report = _accepted(engagement)
    f.FigureChangeFactory(report=report)
    report.refresh_from_db()
    return report


def _waits_for_somebody_who_left(engagement):
    report = _submitted(engagement)
    report.state, report.visa_by = "awaiting", f.UserFactory()
    report.save()
    liaison = f.UserFactory(email="new.director@ministry.example")
    given = {"role": "liaison", "scope_kind": "institution", "institution": engagement.institution}
    f.MembershipFactory(user=liaison, **given)
    return report


def _observed(engagement):
    report = _open_report(engagement)
    indicator = f.IndicatorFactory(outcome=f.OutcomeFactory(engagement=engagement))
    return f.ObservationFactory(
        indicator=indicator,
        report=report,
        status="draft",
        period_start=report.period.starts,
        period_end=report.period.ends,
    )


def _indicator_with_a_report(engagement):
    report = _open_report(engagement)
    indicator = f.IndicatorFactory(outcome=f.OutcomeFactory(engagement=engagement))
    return type("Both", (), {"report": report, "indicator": indicator, "engagement": engagement})


def _line(engagement):
    return f.CostLineFactory(budget=f.BudgetFactory(engagement=engagement))


def _proposed(engagement):
    return f.DeploymentFactory(engagement=engagement, status="proposed")


def _recommended(engagement):
    return f.RecommendationFactory(evaluation=f.EvaluationFactory(engagement=engagement))


def _agreed(engagement):
    return f.FundingAgreementFactory(engagement=engagement, amount=1000)


def _post(engagement):
    return f.CounterpartPostFactory(institution=engagement.institution)


def _held(engagement):
    return f.PostHolderFactory(post=_post(engagement))


def _itself(engagement):
    return engagement


RATED = {"score": 3, "reason": "New forms are used in two offices."}
RISK = {"code": "R-NEW", "kind": "ownership", "title": "Nobody owns it", "likelihood": 3, "impact": 4}
MILESTONE = {"code": "M-NEW", "title": "Law passed", "due": "2025-06-30"}
INDICATOR = {"code": "I-NEW", "title": "Filed on time", "method": "latest", "direction": "increase"}
LINE = {"quantity": "2", "unit": "trip", "unit_cost": "50.00", "currency": "USD", "first_day": "2024-03-01"}
ENTRY = {"kind": "expenditure", "on_date": "2024-05-01", "amount": "100.00", "currency": "USD", "source": "books"}
ENGAGEMENT = {
    "ref": "NEW-ENGAGEMENT",
    "title": "New",
    "planned_first_day": "2025-01-01",
    "recipients": [{"country": "MD", "pct": "100"}],
    "sectors": [{"sector": "15155", "pct": "100"}],
}
AGREEMENT = {"code": "A-NEW", "instrument": "grant", "amount": "1000.00", "currency": "USD"}
DEPLOYMENT = {
    "code": "D-NEW",
    "modality": "resident",
    "first_day": "2025-01-01",
    "last_day": "2025-12-31",
    "fte": "0.50",
    "planned_days": "110",
}
EVALUATION = {
    "kind": "mid-term",
    "on_date": "2025-02-01",
    "scale": "1-6",
    "ratings": [{"criterion": "relevance", "value": 5}],
    "recommendations": [{"no": 1, "text": "Train the trainers"}],
}
READINESS = {"on_date": "2025-02-01", "label": "mid", "scores": [{"dimension": "mandate", "score": 2}]}
WHY = {"reason": "Never agreed on"}

ACTS = [
    Act("post", "institutions", ADMINISTRATOR, _itself, lambda e: {
        "code": "I-NEW", "name": "Treasury", "kind": "treasury", "country": "MD"}, answers=201),
    Act("post", "organisations", ADMINISTRATOR, _itself, lambda e: {
        "code": "O-NEW", "name": "A fund", "kind": "40"}, answers=201),
    Act("post", "counterpart-posts", OFFICER, _itself, lambda e: {
        "institution": e.institution.code, "code": "P-NEW", "title": "Head of audit", "gives_access": True},
        answers=201),
    Act("patch", "counterpart-posts", OFFICER, _post, lambda p: {"unit": "Audit"}, read_only="institution"),
    Act("delete", "counterpart-posts", OFFICER, _post, answers=204, parameters=WHY),
    Act("post", "counterpart-posts", OFFICER, _post, lambda p: {"name": "Ana", "first_day": "2025-01-01"}, "hand-over"),
    Act("post", "counterpart-posts", OFFICER, _post, lambda p: {
        "name": "Ana", "first_day": "2025-01-01", "last_day": "2025-01-31"}, "deputy"),
    Act("patch", "post-holders", OFFICER, _held, lambda h: {"last_day": "2025-01-31"}, read_only="deputy"),
    Act("delete", "post-holders", OFFICER, _held, answers=204, parameters=WHY),
    Act("post", "programmes", OFFICER, _itself, lambda e: {
        "code": "P-NEW", "title": "New", "lead": None, "currency": "USD", "rate_source": "ecb"}, answers=201),
    Act("patch", "programmes", OFFICER, lambda e: e.programme, lambda p: {"title": "Renamed"}, code="code"),
    Act("post", "engagements", OFFICER, _itself, lambda e: {**ENGAGEMENT, "programme": e.programme.code},
        answers=201, read_only="status"),
    Act("patch", "engagements", OFFICER, _itself, lambda e: {"title": "Renamed"}, code="ref", read_only="status"),
    Act("post", "engagements", OFFICER, _itself, lambda e: {"to": "suspended", "reason": "War"}, "status", code="ref"),
    Act("post", "engagements", OFFICER, _itself, lambda e: {
        "ref": "NEW-ENGAGEMENT", "title": "New", "planned_first_day": "2026-01-01"}, "copy", answers=201, code="ref",
        read_only="status"),
    Act("post", "workstreams", OFFICER, _itself, lambda e: {
        "engagement": e.ref, "code": "W-NEW", "title": "Audit"}, answers=201),
    Act("patch", "workstreams", OFFICER, _below(f.WorkstreamFactory), lambda w: {"title": "Renamed"}),
    Act("delete", "workstreams", OFFICER, _below(f.WorkstreamFactory), answers=204, parameters=WHY),
    Act("post", "milestones", OFFICER, _itself, lambda e: {**MILESTONE, "engagement": e.ref}, answers=201),
    Act("patch", "milestones", OFFICER, _below(f.MilestoneFactory), lambda m: {"due": "2025-01-31"}),
    Act("delete", "milestones", OFFICER, _below(f.MilestoneFactory), answers=204, parameters=WHY),
    Act("post", "milestones", OFFICER, _below(f.MilestoneFactory), lambda m: {"done": "2024-07-01"}, "complete"),
    Act("post", "commitments", OFFICER, lambda e: f.CounterpartPostFactory(institution=e.institution), lambda p: {
        "engagement": p.institution.engagements.get().ref, "post": p.code, "code": "K-NEW", "kind": "budget_voted",
        "text": "A line for licences", "due": "2025-06-30"}, answers=201),
    Act("patch", "commitments", OFFICER, _below(f.CommitmentFactory), lambda c: {"due": "2025-01-31"}),
    Act("delete", "commitments", OFFICER, _below(f.CommitmentFactory), answers=204, parameters=WHY),
    Act("post", "commitments", LIAISON, _below(f.CommitmentFactory), lambda c: {
        "done": "2024-07-01", "done_note": "Decree 12"}, "complete"),
    Act("post", "outcomes", OFFICER, _itself, lambda e: {"engagement": e.ref, "code": "O-NEW", "title": "Filing"},
        answers=201, read_only="assigned_rating"),
    Act("patch", "outcomes", OFFICER, _below(f.OutcomeFactory), lambda o: {
        "weight": "2.5", "assigned_rating": 3, "assigned_reason": "The law helps"}),
    Act("delete", "outcomes", OFFICER, _below(f.OutcomeFactory), answers=204, parameters=WHY),
    Act("post", "indicators", OFFICER, _itself, lambda e: {**INDICATOR, "engagement": e.ref}, answers=201),
    Act("patch", "indicators", OFFICER, lambda e: f.IndicatorFactory(outcome=f.OutcomeFactory(engagement=e)),
        lambda i: {"title": "Renamed", "baseline": "12.5"}),
    Act("delete", "indicators", OFFICER, lambda e: f.IndicatorFactory(outcome=f.OutcomeFactory(engagement=e)),
        answers=204, parameters=WHY),
    Act("post", "observations", LIAISON, _indicator_with_a_report, lambda both: {
        "progress_report": str(both.report.public_id), "indicator": both.indicator.code, "value": "7.5"},
        answers=201, read_only="status"),
    Act("patch", "observations", LIAISON, _observed, lambda o: {"value": "8.25"}, read_only="status"),
    Act("post", "progress-reports", OFFICER, _itself, lambda e: {
        "engagement": e.ref, "period_start": "2030-01-01", "period_end": "2030-03-31"}, answers=201, read_only="state"),
    Act("patch", "progress-reports", LIAISON, _open_report, lambda r: {"obstacles": "The law is late."},
        read_only="state"),
    Act("post", "progress-reports", LIAISON, _open_report, step="submit", read_only="state"),
    Act("post", "progress-reports", OFFICER, _submitted, step="accept", read_only="state"),
    Act("post", "progress-reports", OFFICER, _submitted_with_a_figure, lambda r: {"changes": [{
        "observation": str(r.observations.get().public_id), "value": "0.5", "reason": "unit", "note": "Thousands."}]},
        "accept-with-changes", read_only="state"),
    Act("post", "progress-reports", OFFICER, _waits_for_somebody_who_left, lambda r: {
        "person": "new.director@ministry.example", "reason": "She left."}, "replace-reviewer", read_only="visa_by"),
    Act("post", "progress-reports", LIAISON, _changed, step="confirm", read_only="state"),
    Act("post", "progress-reports", LIAISON, _changed, lambda r: {
        "objections": {r.changes.get().observation.indicator.code: "It is right."}}, "dispute", read_only="state"),
    Act("post", "progress-reports", OFFICER, _submitted, lambda r: {"note": "Say how many."}, "return",
        read_only="state"),
    Act("post", "progress-reports", OFFICER, _submitted, lambda r: {
        "due": str(r.period.ends + dt.timedelta(days=60)), "reason": "Holidays"}, "due", read_only="state"),
    Act("post", "progress-reports", OFFICER, _accepted, lambda r: {"reason": "Left out."}, "reopen", read_only="state"),
    Act("post", "progress-reports", LIAISON, _open_report, lambda r: {
        "file": ("form.xlsx", report_file(r, user=r.created_by))}, "file", read_only="state"),
    Act("post", "evidence", LIAISON, _open_report, lambda r: {
        "progress_report": str(r.public_id), "file": ("minutes.pdf", f.EVIDENCE)}, answers=201, read_only="media_type"),
    Act("delete", "evidence", LIAISON, lambda e: f.EvidenceFactory(report=_open_report(e)), answers=204,
        parameters=WHY),
    Act("post", "ratings", LIAISON, _itself, lambda e: {
        "engagement": e.ref, "kind": "impact", "period_start": "2024-01-01", "side": "ministry", **RATED},
        answers=201, read_only="gap"),
    Act("patch", "ratings", LIAISON, _below(f.SideRatingFactory), lambda r: {"score": 4}, read_only="given_by"),
    Act("post", "restricted-notes", OFFICER, _below(f.RiskFactory), lambda r: {
        "engagement": r.engagement.ref, "risk": r.code, "text": "The deputy will not stay."}, answers=201,
        read_only="written_by"),
    Act("patch", "restricted-notes", OFFICER, _below(f.RestrictedNoteFactory), lambda n: {"text": "He has left."},
        read_only="written_by"),
    Act("delete", "restricted-notes", OFFICER, _below(f.RestrictedNoteFactory), answers=204, parameters=WHY),
    Act("post", "risks", OFFICER, _itself, lambda e: {**RISK, "engagement": e.ref}, answers=201, read_only="score"),
    Act("patch", "risks", OFFICER, _below(f.RiskFactory), lambda r: {"likelihood": 5}, read_only="score"),
    Act("delete", "risks", OFFICER, _below(f.RiskFactory), answers=204, parameters=WHY),
    Act("post", "risks", OFFICER, _below(f.RiskFactory), step="close", read_only="score"),
    Act("post", "deployments", OFFICER, lambda e: f.DeploymentFactory(engagement=e, fte="0.50"), lambda d: {
        **DEPLOYMENT, "engagement": d.engagement.ref, "expert": d.expert.code}, answers=201),
    Act("patch", "deployments", OFFICER, _proposed, lambda d: {"fte": "0.25"}, read_only="status"),
    Act("delete", "deployments", OFFICER, _proposed, answers=204, parameters=WHY),
    Act("post", "deployments", OFFICER, _proposed, lambda d: {"to": "confirmed"}, "status"),
    Act("post", "agreements", FINANCE, _agreed, lambda a: {
        **AGREEMENT, "engagement": a.engagement.ref, "contributor": a.contributor.code}, answers=201),
    Act("patch", "agreements", FINANCE, _agreed, lambda a: {"amount": "1500.00"}, read_only="contributor"),
    Act("post", "agreements", FINANCE, _agreed, lambda a: {"due": "2024-07-01", "amount": "400.00"}, "tranches",
        read_only="tranches"),
    Act("post", "budgets", FINANCE, _itself, lambda e: {"engagement": e.ref}, answers=201, read_only="version"),
    Act("post", "budgets", FINANCE, _below(f.BudgetFactory), step="approve", read_only="state"),
    Act("post", "cost-lines", FINANCE, _below(f.BudgetFactory), lambda b: {
        **LINE, "budget": str(b.public_id), "code": "C-NEW"}, answers=201, read_only="amount"),
    Act("patch", "cost-lines", FINANCE, _line, lambda c: {"quantity": "3"}, read_only="amount"),
    Act("delete", "cost-lines", FINANCE, _line, answers=204, parameters=WHY),
    Act("post", "ledger-entries", FINANCE, _itself, lambda e: {**ENTRY, "engagement": e.ref, "external_ref": "1"},
        answers=201, read_only="posted_at"),
    Act("post", "ledger-entries", FINANCE, _below(f.LedgerEntryFactory), lambda x: {"reason": "Posted twice"},
        "reverse", answers=201, read_only="amount"),
    Act("post", "evaluations", EVALUATOR, lambda e: f.EvaluationFactory(engagement=e), lambda v: {
        **EVALUATION, "engagement": v.engagement.ref, "scale": v.scale.code}, answers=201, read_only="mean"),
    Act("post", "readiness-assessments", EVALUATOR, _itself, lambda e: {**READINESS, "engagement": e.ref},
        answers=201),
    Act("post", "recommendations", EVALUATOR, _recommended, lambda r: {"response": "accepted"}, "respond",
        read_only="no"),
]  # fmt: skip
