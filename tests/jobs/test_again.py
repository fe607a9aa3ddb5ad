"""Stopping work and asking for it again: by the service, on the page without JavaScript, and over REST."""

import pytest
from django.test import Client
from django.utils import timezone

from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import DomainError, NotFound
from ta_portal.jobs import queue, tasks
from ta_portal.jobs.handlers import job_handler
from ta_portal.jobs.models import Job, Outbox
from ta_portal.jobs.outbox import hears
from ta_portal.jobs.running import run_ready_jobs
from ta_portal.jobs.services import JobNotFailed, enqueue, retry
from tests.factories import UserFactory
from tests.jobs.conftest import effects, note_effect
from tests.rest import Rest
from tests.web import Page


@pytest.fixture
def asker(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def failed(asker):
    """A job that a rule refused, which is mended now."""
    job_handler("effect")(refuse)
    job = enqueue(kind="effect", args={"scope": "programme:P-9"}, by=asker)
    run_ready_jobs()
    job_handler("effect")(note_effect)
    job.refresh_from_db()
    assert job.state == "failed"
    return job


def refuse(job):
    raise DomainError("There is no programme P-9.")


@pytest.mark.django_db(transaction=True)
def test_what_failed_is_asked_for_again_as_who_asked_first(failed, asker, member):
    administrator = member(Role.ADMINISTRATOR)

    again = retry(job_id=failed.pk, by=administrator)
    assert run_ready_jobs() == 1

    again.refresh_from_db()
    failed.refresh_from_db()
    assert (again.kind, again.args, again.by, again.state) == ("effect", failed.args, asker, "done")
    assert (failed.state, effects()) == ("failed", [again.pk])
    event = AuditEvent.objects.get(verb="job.retried")
    assert (event.by, event.target_id, event.data) == (administrator, failed.pk, {"again": str(again.public_id)})


@pytest.mark.django_db(transaction=True)
def test_asked_for_many_times_at_once_it_is_done_once(failed, asker, in_threads):
    jobs = in_threads(5, lambda: retry(job_id=failed.pk, by=asker).pk)

    assert len(set(jobs)) == 1
    assert run_ready_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_only_what_failed_or_was_stopped_and_only_by_who_may_see_it(failed, asker):
    done = enqueue(kind="effect", args={}, by=asker)
    run_ready_jobs()

    with pytest.raises(JobNotFailed):
        retry(job_id=done.pk, by=asker)
    with pytest.raises(NotFound):
        retry(job_id=failed.pk, by=UserFactory())
    assert Job.objects.count() == 2


# --- The page, without JavaScript ---


@pytest.mark.django_db(transaction=True)
def test_the_page_of_what_failed_has_a_button_that_leads_to_the_new_one(failed, asker):
    browser = Client()
    browser.force_login(asker)
    page = Page(browser.get(f"/jobs/{failed.public_id}/"))
    assert f'<form method="post" action="/jobs/{failed.public_id}/retry/">' in page.html

    answer = browser.post(f"/jobs/{failed.public_id}/retry/")

    again = Job.objects.exclude(pk=failed.pk).get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{again.public_id}/")


@pytest.mark.django_db
def test_the_page_of_what_waits_has_a_button_that_stops_it(asker):
    browser, job = Client(), Job.objects.create(kind="roll_up", by=asker)
    browser.force_login(asker)
    assert (
        f'<form method="post" action="/jobs/{job.public_id}/cancel/">'
        in Page(browser.get(f"/jobs/{job.public_id}/")).html
    )

    browser.post(f"/jobs/{job.public_id}/cancel/")

    job.refresh_from_db()
    page = Page(browser.get(f"/jobs/{job.public_id}/"))
    assert job.state == "cancelled"
    assert "Somebody asked to stop this work." in page.text
    assert "/cancel/" not in page.html


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_strangers_find_no_job_to_stop_or_repeat_and_looking_acts_on_nothing(asker, signed_in, act):
    job = Job.objects.create(kind="roll_up", by=asker)
    address = f"/jobs/{job.public_id}/{act}/"

    assert signed_in(Role.PROGRAMME_OFFICER).post(address).status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 405
    assert Job.objects.get().state == "queued"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "cause", "remedy"),
    [
        ("There is no currency ZZZ.", "There is no currency ZZZ.", "Correct what was asked for"),
        ("The worker was lost.", "was stopped 5 times before it could finish", "Ask for it again."),
        ('OperationalError: SELECT "x"', "The database did not answer in time.", "Ask for it again."),
        ("ValueError: a figure of somebody", "did not expect (ValueError)", "tell your administrator its number"),
    ],
)
def test_a_failure_says_its_plain_cause_and_what_to_do(client, asker, error, cause, remedy):
    client.force_login(asker)
    job = Job.objects.create(kind="roll_up", by=asker, state="failed", attempt=5, error=error, ended_at=timezone.now())

    page = Page(client.get(f"/jobs/{job.public_id}/"))

    assert cause in page.text
    assert remedy in page.text
    assert "SELECT" not in page.html
    assert "a figure of somebody" not in page.html


# --- REST ---


@pytest.mark.django_db(transaction=True)
def test_over_rest_a_job_is_stopped_and_asked_for_again(asker, rest):
    job = Job.objects.create(kind="roll_up", by=asker)
    caller = Rest(asker, ["read", "jobs:create"])

    stopped = caller.post(f"jobs/{job.public_id}/cancel/", {})
    again = [caller.post(f"jobs/{job.public_id}/retry/", {}, headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert (stopped.status_code, stopped.json()["state"]) == (202, "cancelled")
    assert [answer.status_code for answer in again] == [202, 202]
    assert again[0].json() == again[1].json()
    assert again[0]["Location"] == again[0].json()["url"]
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "queued"]


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_over_rest_the_access_rule_holds(asker, rest, act):
    job = Job.objects.create(kind="roll_up", by=asker)

    assert rest(Role.PROGRAMME_OFFICER).post(f"jobs/{job.public_id}/{act}/", {}).status_code == 404
    assert Rest(asker, ["read"]).post(f"jobs/{job.public_id}/{act}/", {}).status_code == 403
    assert Job.objects.get().state == "queued"


@pytest.mark.django_db
def test_over_rest_what_did_not_fail_is_refused_with_a_code(asker):
    job = Job.objects.create(kind="roll_up", by=asker)

    refused = Rest(asker).post(f"jobs/{job.public_id}/retry/", {})

    assert (refused.status_code, refused.json()["code"]) == (409, "job_not_failed")


# --- Delivery ---


def test_a_message_delivered_five_times_at_once_has_one_effect(officer, in_threads):
    job_handler("effect")(note_effect)
    job = enqueue(kind="effect", args={}, by=officer)

    in_threads(5, lambda: tasks.wake() or True)

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("done", 1)
    assert effects() == [job.pk]


def test_killed_between_the_commit_and_the_message_the_sweep_delivers(officer, wakes):
    """The rows are all that a killed process leaves: nobody was woken, nothing was published."""
    heard = []
    job_handler("effect")(note_effect)
    hears("job.queued", consumer="test")(heard.append)
    Outbox.objects.create(topic="job.queued", payload={"job": "x"})
    job_id, _new = queue.enqueue("effect", {}, None, officer.pk)
    assert wakes == []

    tasks.sweep()

    assert Job.objects.get(pk=job_id).state == "done"
    assert effects() == [job_id]
    assert heard == [{"job": "x"}]
    assert not Outbox.objects.filter(sent_at=None).exists()
