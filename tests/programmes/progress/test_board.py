"""Who has reported and who has not: for any scope and period, with how long each waits."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from programmes.domain.reporting import quarter_of, quarters_back
from programmes.models import ProgressReport, ReportingPeriod
from ta_portal.access.permissions import Role
from tests.factories import CountryFactory, EngagementFactory, UserFactory, days
from tests.web import Page

pytestmark = pytest.mark.django_db

Q2 = (dt.date(2024, 4, 1), dt.date(2024, 6, 30))
SENT_ON = dt.datetime(2024, 7, 10, tzinfo=dt.UTC)
TODAY = dt.datetime(2024, 8, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def first_of_august():
    with time_machine.travel(TODAY, tick=False):
        yield


def running(ref, **facts):
    return EngagementFactory(ref=ref, status="active", planned=days("2024-01-01", "2026-12-31"), **facts)


def asked(engagement, state="draft", *, quarter=Q2, due=dt.date(2024, 7, 30), sent=SENT_ON):
    period = ReportingPeriod.objects.create(engagement=engagement, starts=quarter[0], ends=quarter[1], due=due)
    facts = {}
    if state != "draft":
        facts = {"submitted_by": UserFactory(), "submitted_at": sent}
    if state in {"returned", "accepted"}:
        facts |= {"decided_by": UserFactory(), "decided_at": sent}
    return ProgressReport.objects.create(period=period, state=state, **facts)


def board(client, **query):
    return Page(client.get(reverse("reporting"), query))


def refs(page, caption="Reports"):
    return [row[0].split(")")[-1][-3:] for row in page.table(caption).rows[1:]]


def test_it_begins_with_the_quarter_that_is_over_and_the_worst_of_it(signed_in):
    asked(running("R-1"), "accepted")
    asked(running("R-2"), "submitted", sent=SENT_ON + dt.timedelta(days=5))
    asked(running("R-3"), "submitted")
    asked(running("R-4"), "returned", due=dt.date(2024, 8, 9))
    asked(running("R-5"))
    asked(running("R-6"), quarter=(dt.date(2024, 1, 1), dt.date(2024, 3, 31)))

    page = board(signed_in(Role.VIEWER))

    assert refs(page) == ["R-5", "R-3", "R-2", "R-4", "R-1"]
    assert "1 report is overdue." in page.text
    row = page.table("Reports").row("R-3")
    assert (row["Waits"], row["Period"]) == ("22 days", "April to June 2024")
    assert "Overdue by 2 days" in page.table("Reports").row("R-5")["Due on"]
    facts = "Asked for 5 Sent 3 Accepted 1 Wait for a decision 2 Overdue 1 Longest wait 22 days"
    assert facts in page.text


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ([], "No report is asked for here."),
        (["accepted"], "Every report is in and accepted."),
        (["accepted", "submitted"], "Every report is in; 1 waits for a decision."),
        (["submitted", "draft"], "Nothing is overdue; 1 report is still to come."),
        (["draft", "returned"], "Nothing is overdue; 2 reports are still to come."),
    ],
)
def test_its_sentence_is_true_at_each_edge(signed_in, states, sentence):
    for number, state in enumerate(states):
        asked(running(f"R-{number}"), state, due=dt.date(2024, 8, 1))

    assert sentence in board(signed_in(Role.VIEWER)).text


def test_whoever_was_asked_for_nothing_is_named(signed_in):
    running("R-1")
    asked(running("R-2"))
    EngagementFactory(ref="R-3", status="pipeline", planned=days("2024-01-01", "2026-12-31"))
    EngagementFactory(ref="R-4", status="active", planned=days("2024-07-01", "2026-12-31"))

    page = board(signed_in(Role.VIEWER))

    assert refs(page, "Not asked") == ["R-1"]


def test_all_that_is_still_open_goes_over_all_quarters(signed_in):
    asked(running("R-1"), quarter=(dt.date(2023, 1, 1), dt.date(2023, 3, 31)), due=dt.date(2023, 4, 30))
    asked(running("R-2"), "accepted")

    page = board(signed_in(Role.VIEWER), period="open")

    assert refs(page) == ["R-1"]
    assert "Not asked" not in page.text


def test_it_is_narrowed_down_to_a_country_and_a_quarter_and_what_cannot_be_used_is_ignored(signed_in):
    georgia = CountryFactory(iso2="GE")
    asked(running("R-1", country=georgia))
    asked(running("R-2"))
    client = signed_in(Role.VIEWER)

    assert refs(board(client, country="GE")) == ["R-1"]
    assert "No report is asked for here." in board(client, country="GE", period="2024-Q1").text
    assert len(refs(board(client, period="nonsense"))) == 2


def test_nobody_is_told_of_engagements_that_they_may_not_see(signed_in):
    ours, theirs = running("R-1"), running("R-2")
    asked(ours)
    asked(theirs)
    running("R-3")

    page = board(signed_in(Role.LIAISON, institution=ours.institution))

    assert refs(page) == ["R-1"]
    assert "Asked for 1 " in page.text
    assert "Not asked" not in page.text


def test_it_costs_the_same_queries_for_5_reports_as_for_500(signed_in, django_assert_max_num_queries):
    client = signed_in(Role.PROGRAMME_OFFICER)

    def several(first, last):
        for number in range(first, last):
            asked(running(f"N-{number}"), "submitted")

    several(0, 5)
    client.get(reverse("reporting"))
    with django_assert_max_num_queries(20) as few:
        client.get(reverse("reporting"))
    several(5, 500)
    with django_assert_max_num_queries(20) as many:
        response = client.get(reverse("reporting"))

    assert len(few) == len(many)
    assert response.context["page"].paginator.count == 500


def test_quarters_begin_and_end_with_the_calendars():
    assert quarter_of(dt.date(2024, 2, 29)) == (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
    assert quarter_of(dt.date(2024, 12, 31)) == (dt.date(2024, 10, 1), dt.date(2024, 12, 31))
    back = quarters_back(dt.date(2024, 5, 1), 3)
    assert [first for first, _last in back] == [dt.date(2024, 4, 1), dt.date(2024, 1, 1), dt.date(2023, 10, 1)]
