"""What an officer may allow: another due date, and an accepted report opened again, with a trace."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.domain.vocabulary import PeriodState, ReviewState
from programmes.selectors.results import EVER, indicator_answers
from programmes.services.progress import (
    accept_report,
    change_observation,
    open_period,
    record_observations,
    submit_report,
)
from programmes.services.progress_exceptions import move_due_date, reopen_report
from programmes.services.progress_refusals import ReportClosed
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotPermitted
from tests.programmes.progress.conftest import ADDRESS, Q2
from tests.rest import fields_at_fault
from tests.web import Page

pytestmark = pytest.mark.django_db

LATER = dt.date(2024, 9, 30)


@pytest.fixture
def report(engagement, accounts, officer, liaison):
    """Sent, with one figure: 350."""
    period = open_period(engagement_id=engagement.pk, starts=Q2[0], ends=Q2[1], by=officer)
    row = period.report
    record_observations(report_id=row.pk, readings=[Reading(indicator=accounts, value=Decimal(350))], by=liaison)
    return submit_report(report_id=row.pk, by=liaison)


@pytest.fixture
def accepted(report, officer):
    return accept_report(report_id=report.pk, by=officer)


def last_event(verb):
    return AuditEvent.objects.filter(verb=verb).latest("pk")


def latest(engagement):
    (answer,) = indicator_answers([engagement.pk], as_of=Q2[1], cut_off=EVER)[engagement.pk]
    return answer.result.latest.value


# --- more time ---


def test_a_report_is_asked_for_by_another_day_and_why_stays_on_record(report, officer):
    move_due_date(report_id=report.pk, due=LATER, reason="The registry was moved.", by=officer)

    report.period.refresh_from_db()
    event = last_event("progress_report.due_moved")
    assert report.period.due == LATER
    assert (event.data["reason"], event.data["changes"]["due"]) == (
        "The registry was moved.",
        {"was": "2024-07-30", "now": "2024-09-30"},
    )


@pytest.mark.parametrize(("due", "reason", "place"), [(Q2[1], "Holidays", "due"), (LATER, "  ", "reason")])
def test_a_day_within_the_period_or_no_reason_is_refused(report, officer, due, reason, place):
    with pytest.raises(InvalidInput) as refusal:
        move_due_date(report_id=report.pk, due=due, reason=reason, by=officer)

    assert [fault.place for fault in refusal.value.faults] == [place]
    report.period.refresh_from_db()
    assert report.period.due == dt.date(2024, 7, 30)


def test_of_an_accepted_report_nothing_is_due(accepted, officer):
    with pytest.raises(ReportClosed, match="nothing is due"):
        move_due_date(report_id=accepted.pk, due=LATER, reason="Holidays", by=officer)


# --- opened again ---


def test_an_accepted_report_is_opened_again_and_what_was_accepted_counts_until_it_is_corrected(
    accepted, engagement, officer, liaison
):
    reopen_report(report_id=accepted.pk, reason="The branches were left out.", by=officer)

    accepted.refresh_from_db()
    accepted.period.refresh_from_db()
    assert (accepted.state, accepted.return_note) == (ReviewState.RETURNED, "The branches were left out.")
    assert accepted.period.state == PeriodState.OPEN
    assert last_event("progress_report.reopened").data["return_note"] == "The branches were left out."
    assert latest(engagement) == 350

    figure = accepted.observations.get()
    change_observation(observation_id=figure.pk, value=Decimal(340), by=liaison)
    assert latest(engagement) == 350
    submit_report(report_id=accepted.pk, by=liaison)
    accept_report(report_id=accepted.pk, by=officer)
    assert latest(engagement) == 340
    assert [one.value for one in figure.revisions.order_by("seq") if one.status == "accepted"] == [350, 340]


def test_only_an_accepted_report_is_opened_again_and_only_with_a_reason(report, officer):
    with pytest.raises(ReportClosed, match="only an accepted one"):
        reopen_report(report_id=report.pk, reason="Wrong", by=officer)
    accept_report(report_id=report.pk, by=officer)
    with pytest.raises(InvalidInput):
        reopen_report(report_id=report.pk, reason=" ", by=officer)


def test_whoever_reports_makes_no_exceptions(report, liaison):
    with pytest.raises(NotPermitted):
        move_due_date(report_id=report.pk, due=LATER, reason="Later, please.", by=liaison)
    with pytest.raises(NotPermitted):
        reopen_report(report_id=report.pk, reason="Mine", by=liaison)


# --- pages ---


def sent(client, page, **typed):
    version = client.get(page).context["form"].initial["row_version"]
    return client.post(page, {"row_version": version, **typed})


def test_the_reports_page_leads_to_what_an_officer_may_do(report, browse, officer, liaison):
    due, reopen = ADDRESS + "due/", ADDRESS + "reopen/"

    links = Page(browse(officer).get(ADDRESS)).links
    assert (due in links, reopen in links) == (True, False)
    assert due not in Page(browse(liaison).get(ADDRESS)).links
    accept_report(report_id=report.pk, by=officer)
    links = Page(browse(officer).get(ADDRESS)).links
    assert (due in links, reopen in links) == (False, True)


def test_a_due_date_is_moved_on_its_page(report, browse, officer):
    client, page = browse(officer), ADDRESS + "due/"

    early = sent(client, page, due="2024-06-30", reason="Holidays")
    assert (early.status_code, list(early.context["form"].errors)) == (422, ["due"])
    assert sent(client, page, due="2024-09-30", reason="Holidays").status_code == 302

    report.period.refresh_from_db()
    assert report.period.due == LATER


def test_an_accepted_report_is_opened_again_on_its_page(accepted, browse, officer, liaison):
    client, page = browse(officer), ADDRESS + "reopen/"
    assert client.get(ADDRESS + "due/").status_code == 302

    assert sent(client, page, reason="The branches were left out.").status_code == 302

    assert client.get(page).status_code == 302
    assert "The branches were left out." in Page(browse(liaison).get(ADDRESS)).text

    submit_report(report_id=accepted.pk, by=liaison)
    accept_report(report_id=accepted.pk, by=officer)
    assert "The branches were left out." not in Page(browse(liaison).get(ADDRESS)).text


def test_over_rest_both_are_acts_of_the_report(report, engagement, rest):
    asked, path = rest(Role.PROGRAMME_OFFICER, engagement=engagement), f"progress-reports/{report.public_id}/"

    moved = asked.post(f"{path}due/", {"due": "2024-09-30", "reason": "Holidays"}, etag=asked.etag(path))
    bare = asked.post(f"{path}due/", {"due": "2024-09-30"}, etag=asked.etag(path))
    closed = asked.post(f"{path}reopen/", {"reason": "Wrong"}, etag=asked.etag(path))

    assert (moved.status_code, moved.json()["due"]) == (200, "2024-09-30")
    assert (bare.status_code, fields_at_fault(bare)) == (400, ["reason"])
    assert closed.status_code == 409
