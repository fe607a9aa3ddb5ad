"""Jobs over REST: one's own, and all of them for administrators."""

import pytest

from ta_portal.access.permissions import Role
from ta_portal.jobs.models import Job
from tests.rest import Rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(member):
    return Job.objects.create(kind="roll_up", by=member(Role.PROGRAMME_OFFICER), stage="Adding up", done=1, total=2)


def test_ones_own_job_says_how_far_it_is(job):
    shown = Rest(job.by).get(f"jobs/{job.public_id}/")

    assert {name: shown[name] for name in ("state", "stage", "done", "total", "result", "error")} == {
        "state": "queued",
        "stage": "Adding up",
        "done": 1,
        "total": 2,
        "result": None,
        "error": "",
    }


def test_what_it_made_is_shown_by_its_address(job):
    job.result = {"impact_report": "11111111-2222-3333-4444-555555555555"}
    job.save()

    shown = Rest(job.by).get(f"jobs/{job.public_id}/", fields="result")

    assert shown == {
        "result": {"impact_report": "http://testserver/api/v1/impact-reports/11111111-2222-3333-4444-555555555555/"}
    }


def test_an_administrator_sees_all_jobs(job, rest):
    assert rest(Role.ADMINISTRATOR).codes("jobs/", "id") == [str(job.public_id)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE_OFFICER, Role.PROGRAMME_OFFICER])
def test_somebody_elses_job_is_not_there(job, rest, role):
    assert rest(role).codes("jobs/", "id") == []
    assert rest(role).ask(f"jobs/{job.public_id}/").status_code == 404
