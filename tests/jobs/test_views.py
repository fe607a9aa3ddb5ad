"""A job's page: with live progress, with a refresh of its own where there is no JavaScript, and with a plain end."""

import uuid

import pytest
from django.utils import timezone

from ta_portal.access.permissions import Role
from ta_portal.jobs.models import Job
from tests.web import Page

POLLS = 'hx-trigger="every 2s"'
REFRESHES = '<noscript><meta http-equiv="refresh" content="5"></noscript>'


@pytest.fixture
def asker(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def page_of(client, asker):
    def get(**state):
        client.force_login(asker)
        job = Job.objects.create(kind="roll_up", by=asker, **state)
        return Page(client.get(f"/jobs/{job.public_id}/"))

    return get


def test_while_it_waits_and_works_the_page_asks_again(page_of):
    working = page_of(state="running", lease_until=timezone.now(), stage="Sealing the report", done=1, total=2)

    for page in (page_of(state="queued"), working):
        assert POLLS in page.html
        assert REFRESHES in page.html
    assert "Sealing the report 1 of 2" in working.text
    assert '<progress aria-label="Impact report" value="1" max="2">' in working.html


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_when_it_has_ended_nothing_asks_again(page_of, state):
    page = page_of(state=state)

    assert POLLS not in page.html
    assert "refresh" not in page.html.lower().replace("refreshonhistorymiss", "")


def test_what_it_made_is_one_link_away(page_of):
    made = uuid.uuid4()

    assert f"/reports/{made}/" in page_of(state="done", result={"impact_report": str(made)}).links


def test_a_failure_says_its_plain_cause_and_its_number(page_of):
    text = page_of(state="failed", error="There is no currency ZZZ.").text

    assert "The work could not be done. Nothing was changed." in text
    assert "There is no currency ZZZ." in text


def test_htmx_gets_the_part_alone(client, asker):
    client.force_login(asker)
    job = Job.objects.create(kind="roll_up", by=asker)

    response = client.get(f"/jobs/{job.public_id}/", headers={"HX-Request": "true"})

    assert response.content.decode().lstrip().startswith("<section")
    assert "HX-Request" in response["Vary"]


def test_it_opens_to_who_asked_and_to_administrators_only(signed_in, asker, client):
    address = f"/jobs/{Job.objects.create(kind='roll_up', by=asker).public_id}/"

    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 200
    assert signed_in(Role.PROGRAMME_OFFICER).get(address).status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get(f"/jobs/{uuid.uuid4()}/").status_code == 404
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
