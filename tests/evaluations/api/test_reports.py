"""Evaluations and impact reports over REST, from asking for one to reading it."""

import pytest

from evaluations.models import ImpactReport
from ta_portal.access.permissions import Role
from ta_portal.api.models import Idempotency
from ta_portal.jobs.models import Job
from ta_portal.jobs.running import run_ready_jobs
from tests.factories import EngagementFactory, EvaluationFactory, ImpactReportFactory, RecommendationFactory
from tests.rest import fields_at_fault

pytestmark = pytest.mark.django_db


def test_an_evaluation_has_its_mean_its_lowest_and_what_was_accepted(rest):
    evaluation = EvaluationFactory()
    for criterion, value in [("relevance", 5), ("impact", 3), ("efficiency", 3)]:
        evaluation.ratings.create(criterion=criterion, value=value)
    for response in ["accepted", "accepted", "partly"]:
        RecommendationFactory(evaluation=evaluation, response=response)

    shown = rest().get("evaluations/")["results"][0]

    assert (shown["mean"], shown["lowest"], shown["recommendations_accepted_pct"]) == ("3.67", 3, "66.67")
    assert shown["ratings"][0] == {"criterion": "efficiency", "value": 3, "reason": ""}
    assert rest().get("evaluations/", fields="kind,mean")["results"] == [{"kind": "mid-term", "mean": "3.67"}]


def test_an_evaluation_without_ratings_has_no_mean(rest):
    EvaluationFactory()

    shown = rest().get("evaluations/")["results"][0]

    assert (shown["mean"], shown["lowest"], shown["recommendations_accepted_pct"]) == (None, None, None)


@pytest.mark.django_db(transaction=True)
def test_a_report_is_asked_for_made_and_read(rest, transactional_db):
    engagement = EngagementFactory()
    asked = rest(Role.PROGRAMME_OFFICER)

    queued = asked.post("impact-reports/", {"scope": f"engagement:{engagement.ref}", "as_of": "2024-12-31"})
    assert queued.status_code == 202
    job_url = queued.headers["Location"].removeprefix("http://testserver")
    assert asked.get(job_url)["state"] == "queued"
    assert asked.get(job_url)["result"] is None

    run_ready_jobs()

    job = asked.get(job_url)
    assert (job["state"], job["error"]) == ("done", "")
    report = asked.get(job["result"]["impact_report"].removeprefix("http://testserver"))
    assert list(report) == ["scope", "as_of", "cut_off", "currency", "fingerprint", "rows"]
    assert (report["scope"], report["as_of"]) == (f"engagement:{engagement.ref}", "2024-12-31")
    assert {row["level"] for row in report["rows"]} >= {"engagement"}
    listed = asked.get("impact-reports/")["results"]
    assert [(row["scope"], row["state"], row["fingerprint"]) for row in listed] == [
        (report["scope"], "complete", report["fingerprint"])
    ]


def test_the_whole_portfolio_is_meant_when_no_scope_is_given(rest):
    assert rest(Role.PROGRAMME_OFFICER).post("impact-reports/", {}).status_code == 202

    assert Job.objects.get().args["scope"] == "portfolio"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": "engagement:NONE"}, "scope"),
        ({"scope": "planet:MARS"}, "scope"),
        ({"scope": "\x00"}, "scope"),
        ({"scope": 5.5e300}, "scope"),
        ({"scope": {"engagement": "X"}}, "scope"),
        ({"scope": ""}, "scope"),
        ({"as_of": "2025-02-30"}, "as_of"),
        ({"as_of": 20250101}, "as_of"),
        ({"as_of": "9999-12-31"}, "as_of"),
        ({"currency": "ZZZ"}, "currency"),
        ({"currency": "\x00"}, "currency"),
        ({"scopes": "portfolio"}, "scopes"),
    ],
)
def test_a_question_that_cannot_be_answered_queues_nothing(rest, body, field):
    response = rest(Role.PROGRAMME_OFFICER).post("impact-reports/", body)

    assert response.status_code == 400
    assert fields_at_fault(response) == [field]
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LIAISON, Role.FINANCE_OFFICER])
def test_who_may_not_run_reports_queues_nothing(rest, role):
    engagement = EngagementFactory()

    response = rest(role, engagement=engagement).post("impact-reports/", {"scope": f"engagement:{engagement.ref}"})

    assert response.status_code == 403
    assert not Job.objects.exists()


def test_a_session_needs_its_csrf_token_to_act(rest):
    asked = rest(Role.PROGRAMME_OFFICER)
    asked.client.handler.enforce_csrf_checks = True

    response = asked.post("impact-reports/", {})

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_repeated_request_with_its_key_asks_once_and_is_answered_the_same(rest):
    asked, headers = rest(Role.PROGRAMME_OFFICER), {"Idempotency-Key": "report-2024"}

    first, second = (asked.post("impact-reports/", {"as_of": "2024-12-31"}, headers) for _try in range(2))

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.content == second.content
    assert first.headers["Location"] == second.headers["Location"]
    assert Job.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(rest):
    asked, headers = rest(Role.PROGRAMME_OFFICER), {"Idempotency-Key": "report-2024"}
    asked.post("impact-reports/", {"as_of": "2024-12-31"}, headers)

    response = asked.post("impact-reports/", {"as_of": "2025-12-31"}, headers)

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_key_reused"
    assert Job.objects.count() == 1


def test_somebody_elses_key_is_another_key(rest):
    headers = {"Idempotency-Key": "report-2024"}

    for year in (2024, 2025):
        body = {"as_of": f"{year}-12-31"}
        assert rest(Role.PROGRAMME_OFFICER).post("impact-reports/", body, headers).status_code == 202

    assert Job.objects.count() == 2


def test_a_refused_request_does_not_use_up_its_key(rest):
    asked, headers = rest(Role.PROGRAMME_OFFICER), {"Idempotency-Key": "report-2024"}
    assert asked.post("impact-reports/", {"scope": "engagement:NONE"}, headers).status_code == 400

    assert asked.post("impact-reports/", {}, headers).status_code == 202


def test_a_key_is_forgotten_after_a_day(rest):
    asked, headers = rest(Role.PROGRAMME_OFFICER), {"Idempotency-Key": "report-2024"}
    asked.post("impact-reports/", {"as_of": "2024-12-31"}, headers)
    kept = Idempotency.objects.get()
    Idempotency.objects.update(expires_at=kept.expires_at.replace(year=2020))

    assert asked.post("impact-reports/", {"as_of": "2025-12-31"}, headers).status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 201, "with\ttab"])
def test_a_key_that_is_none_is_refused(rest, key):
    response = rest(Role.PROGRAMME_OFFICER).post("impact-reports/", {}, {"Idempotency-Key": key})

    assert response.status_code == 400
    assert fields_at_fault(response) == ["Idempotency-Key"]


def test_a_report_is_seen_by_those_whose_grants_cover_its_scope(rest):
    engagement = EngagementFactory()
    report = ImpactReportFactory(engagement=engagement)
    whole = ImpactReport.objects.create(
        scope_kind="portfolio",
        as_of=report.as_of,
        cut_off=report.cut_off,
        currency=report.currency,
        fingerprint="1" * 64,
        state="complete",
    )

    assert rest(Role.LIAISON, engagement=engagement).codes("impact-reports/", "scope") == [
        f"engagement:{engagement.ref}"
    ]
    assert rest(Role.LIAISON, engagement=engagement).ask(f"impact-reports/{whole.public_id}/").status_code == 404
    assert rest(Role.VIEWER).codes("impact-reports/", "scope", scope__in="portfolio") == ["portfolio"]


def test_exit_readiness_can_be_asked_of_a_day(rest):
    engagement = EngagementFactory()

    assert rest().get(f"engagements/{engagement.ref}/exit-readiness/", as_of="2024-12-31") == {
        "engagement": engagement.ref,
        "assessments": [],
    }
    assert fields_at_fault(rest().ask(f"engagements/{engagement.ref}/exit-readiness/", as_of="never")) == ["as_of"]
