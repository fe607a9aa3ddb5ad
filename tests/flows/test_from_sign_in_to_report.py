"""The whole path as an officer goes it, without JavaScript: sign in, find the engagement, run a report, read it."""

import io

import pytest
from django.core.management import call_command

from programmes.models import Engagement
from ta_portal.access.permissions import Role
from ta_portal.jobs import running
from tests.conftest import SHARED_DATA
from tests.web import Page

PASSWORD = "a long enough pass phrase"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def financia():
    path = SHARED_DATA / "financia/financia.json"
    call_command("load_scenario", str(path), stdout=io.StringIO(), stderr=io.StringIO())
    return Engagement.objects.get(ref="FIN-TAX-2024")


@pytest.fixture
def officer(member):
    user = member(Role.PROGRAMME_OFFICER)
    user.set_password(PASSWORD)
    user.save()
    return user


def test_an_officer_signs_in_finds_an_engagement_runs_a_report_and_reads_it(client, financia, officer):
    # The page that was asked for comes after the sign-in.
    asked_for = client.get("/engagements/")["Location"]
    signed_in = client.post(asked_for, {"login": officer.email, "password": PASSWORD, "next": "/engagements/"})
    assert signed_in["Location"] == "/engagements/"

    found = Page(client.get("/engagements/", {"q": "financia"}))
    assert f"/engagements/{financia.ref}/" in found.links

    first_page = f"/engagements/{financia.ref}/"
    inside = {link for link in Page(client.get(first_page)).links if link.startswith(first_page) and "#" not in link}
    indicators = {link for link in inside if link.startswith(f"{first_page}results/I")}
    # Ten tabs, costs by quarter, twelve indicators, and what an officer may do: change, copy, take the next step, write
    # a note.
    assert (len(inside - indicators), len(indicators)) == (10 + 1 + 4, 12)
    assert all(client.get(link).status_code == 200 for link in inside)

    job = client.post("/reports/", {"scope": f"engagement:{financia.ref}", "as_of": "2025-12-31"})["Location"]
    waiting = Page(client.get(job))
    assert "Waiting for a worker" in waiting.text
    assert 'http-equiv="refresh"' in waiting.html

    running.run_ready_jobs()

    ended = Page(client.get(job))
    report = next(link for link in ended.links if link.startswith("/reports/") and link != "/reports/")
    assert 'http-equiv="refresh"' not in ended.html
    page = Page(client.get(report))
    assert page.table("Engagements").row("Strengthening tax")["Spent of planned"] == "100.78%"
    assert report in Page(client.get("/reports/")).links

    client.post("/accounts/logout/")
    assert client.get(report)["Location"].startswith("/accounts/login/")


def test_a_report_that_cannot_be_made_says_why_on_its_page(client, financia, officer):
    client.force_login(officer)
    job = client.post("/reports/", {"scope": f"engagement:{financia.ref}"})["Location"]
    officer.memberships.all().delete()

    running.run_ready_jobs()

    text = Page(client.get(job)).text
    assert "The work could not be done. Nothing was changed." in text
