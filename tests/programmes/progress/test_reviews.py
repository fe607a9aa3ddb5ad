"""The officer's pages: what waits for a decision, and a report that is accepted, or returned with questions."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from programmes.models import IndicatorTarget, Observation, ProgressReport, ReportingPeriod
from programmes.services.progress import accept_report, open_period, record_observations, submit_report, write_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory, IndicatorFactory, OutcomeFactory
from tests.web import Page

pytestmark = pytest.mark.django_db

D = Decimal
ADDRESS = "/engagements/TSA-1/progress/2024-Q2/review/"
QUARTERS = ((dt.date(2024, 1, 1), dt.date(2024, 3, 31)), (dt.date(2024, 4, 1), dt.date(2024, 6, 30)))


@pytest.fixture
def report(engagement, liaison, officer, member):
    """Two quarters: 400 was accepted, 300 is sent; a rating went from D to C."""
    outcome = OutcomeFactory(engagement=engagement)
    accounts = IndicatorFactory(outcome=outcome, code="I01", title="Bank accounts", frequency="quarterly")
    scale = {"method": "ordinal_latest", "scale": ["D", "C", "B"], "baseline": None, "baseline_level": "D"}
    rating = IndicatorFactory(outcome=outcome, code="I02", title="Rating", frequency="quarterly", **scale)
    chief = member(Role.PROGRAMME_OFFICER)
    for (first, last), value, level in zip(QUARTERS, (400, 300), "DC", strict=True):
        found = open_period(engagement_id=engagement.pk, starts=first, ends=last, by=officer).report
        readings = [Reading(indicator=accounts, value=D(value)), Reading(indicator=rating, level=level)]
        record_observations(report_id=found.pk, readings=readings, by=liaison)
        write_report(report_id=found.pk, done="The census is done", by=liaison)
        submit_report(report_id=found.pk, by=liaison)
        if value == 400:
            accept_report(report_id=found.pk, by=chief)
    found.refresh_from_db()
    return found


def decided(report, act, **more):
    return {"row_version": report.row_version, "act": act, **more}


def test_each_figure_is_shown_as_it_was_and_as_it_is_with_the_change(browse, officer, report):
    page = Page(browse(officer).get(ADDRESS))

    assert "400 → 300 (expected" in page.text
    assert "−25.0%" in page.text
    assert "D → C (expected" in page.text
    assert "The census is done" in page.text


def test_of_what_adds_up_the_expected_stands_beside_all_periods_together(browse, officer, report, engagement):
    outcome = OutcomeFactory(engagement=engagement)
    audits = IndicatorFactory(outcome=outcome, code="I03", method="sum", frequency="quarterly")
    IndicatorTarget.objects.create(indicator=audits, due=QUARTERS[1][1], value=D(20))
    given = {"indicator": audits, "reported": True}
    for (first, last), value, status in zip(QUARTERS, (4, 7), ("accepted", "submitted"), strict=True):
        of = report if status == "submitted" else ProgressReport.objects.get(state="accepted")
        row = Observation.objects.create(
            **given, period_start=first, period_end=last, value=D(value), status=status, report=of
        )
        row.revisions.create(seq=1, status=status, reported=True, value=D(value), by=officer)

    page = Page(browse(officer).get(ADDRESS))

    assert "4 → 7 , together 11 (expected 20 )" in page.text


def test_a_figure_of_a_later_month_and_of_a_part_says_of_what_it_is(browse, officer, report, engagement):
    trained = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement), code="I03", frequency="monthly")
    months = ((dt.date(2024, 4, 1), dt.date(2024, 4, 30)), (dt.date(2024, 5, 1), dt.date(2024, 5, 31)))
    given = {"indicator": trained, "reported": True, "status": "submitted", "report": report}
    for (first, last), whole, women in zip(months, (11, 23), (5, 7), strict=True):
        for part, value in (("", whole), ("sex=f", women)):
            Observation.objects.create(**given, period_start=first, period_end=last, disagg=part, value=D(value))

    text = Page(browse(officer).get(ADDRESS)).text

    assert "Women: 5 May 2024: 23 May 2024, Women: 7" in text


def test_what_is_accepted_counts_and_the_officer_is_back_at_the_queue(browse, officer, report):
    response = browse(officer).post(ADDRESS, decided(report, "accept"), follow=True)

    assert response.redirect_chain == [(reverse("reviews"), 302)]
    assert "the figures count from now on" in Page(response).text
    assert set(Observation.objects.values_list("status", flat=True)) == {"accepted"}


def test_a_report_is_returned_with_a_reason_a_note_and_questions(browse, officer, report):
    given = {"reason": "figure_looks_wrong", "note": "Two things", "question_I01": "Really?", "question_done": "Who?"}

    response = browse(officer).post(ADDRESS, decided(report, "return", **given))

    assert response["Location"] == reverse("reviews")
    report.refresh_from_db()
    assert (report.state, report.return_reason, report.return_note) == ("returned", "figure_looks_wrong", "Two things")
    assert report.questions == {"I01": "Really?", "done": "Who?"}


@pytest.mark.parametrize(
    ("act", "given", "place"),
    [
        ("return", {"note": "Two things"}, "reason"),
        ("return", {"reason": "unclear"}, "note"),
        ("accept", {"question_I01": "Really?"}, "note"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_decided(browse, officer, report, act, given, place):
    response = browse(officer).post(ADDRESS, decided(report, act, **given))

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {place}
    report.refresh_from_db()
    assert report.state == "submitted"


def test_of_two_reviewers_the_second_is_told(browse, member, officer, report):
    accept_report(report_id=report.pk, by=member(Role.ADMINISTRATOR))

    response = browse(officer).post(ADDRESS, decided(report, "return", reason="unclear", note="Hm"))

    assert response.status_code == 409
    assert "only a submitted one is decided on" in Page(response).text
    report.refresh_from_db()
    assert report.state == "accepted"


def test_what_was_changed_since_it_was_read_is_read_again_first(browse, officer, report):
    version = report.row_version
    report.save(update_fields=["done"])

    response = browse(officer).post(ADDRESS, {"row_version": version, "act": "accept"})

    assert response.status_code == 409
    report.refresh_from_db()
    assert report.state == "submitted"


def test_nobody_reviews_their_own(browse, member, engagement, officer):
    administrator = member(Role.ADMINISTRATOR)
    own = open_period(engagement_id=engagement.pk, starts=QUARTERS[1][0], ends=QUARTERS[1][1], by=officer).report
    submit_report(report_id=own.pk, by=administrator)
    own.refresh_from_db()
    client = browse(administrator)

    assert "Sent by you: somebody else decides" in Page(client.get(reverse("reviews"))).text
    page = Page(client.get(ADDRESS))
    assert "You sent this report: somebody else decides on it." in page.text
    assert 'value="accept"' not in page.html
    response = client.post(ADDRESS, decided(own, "accept"))
    assert response.status_code == 409
    own.refresh_from_db()
    assert own.state == "submitted"


def test_a_report_that_does_not_wait_is_shown_as_it_is(browse, officer, report, member):
    accept_report(report_id=report.pk, by=member(Role.ADMINISTRATOR))

    assert browse(officer).get(ADDRESS)["Location"] == "/engagements/TSA-1/progress/2024-Q2/"


def test_the_queue_says_how_long_each_has_waited_and_from_whom(browse, officer, liaison, report):
    with time_machine.travel(report.submitted_at + dt.timedelta(days=12)):
        row = Page(browse(officer).get(reverse("reviews"))).table("Reports that wait").row("Progress, April to June")

    assert (row["Waits"], row["Sent by"], row["Due on"]) == ("12 days", str(liaison), "30 Jul 2024")


def test_an_empty_queue_says_so_and_who_may_not_review_is_refused(browse, officer, liaison, engagement):
    assert "Nothing waits for a decision" in Page(browse(officer).get(reverse("reviews"))).text
    assert browse(liaison).get(reverse("reviews")).status_code == 403


def test_the_queue_costs_the_same_queries_for_5_reports_as_for_500(
    browse, officer, liaison, django_assert_max_num_queries
):
    def several(count):
        for _nth in range(count):
            period = ReportingPeriod.objects.create(
                engagement=EngagementFactory(), starts=QUARTERS[0][0], ends=QUARTERS[0][1], due=QUARTERS[1][0]
            )
            sent = {"submitted_by": liaison, "submitted_at": dt.datetime.now(dt.UTC)}
            ProgressReport.objects.create(period=period, state="submitted", **sent)

    client = browse(officer)
    several(5)
    client.get(reverse("reviews"))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("reviews"))
    several(495)

    with django_assert_max_num_queries(30) as many:
        response = client.get(reverse("reviews"))

    assert len(few) == len(many)
    assert response.context["page"].paginator.count == 500
