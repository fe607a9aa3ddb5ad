"""The liaison's pages: what is due, an engagement's periods, and a report from a blank form to a sent one."""

import datetime as dt
import gzip
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from programmes.domain.vocabulary import ReturnReason
from programmes.models import Engagement, Indicator, Observation, ProgressReport, ReportingPeriod
from programmes.services.days import days
from programmes.services.progress import (
    draft_report,
    open_period,
    return_report,
)
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory, IndicatorFactory, OutcomeFactory
from tests.programmes.progress.conftest import ADDRESS, Q1, Q2
from tests.web import Page

pytestmark = pytest.mark.django_db

D = Decimal


def figure(report, indicator):
    return Observation.objects.filter(report=report, indicator=indicator).first()


# --- the form ---


def test_the_form_says_what_was_last_and_what_is_expected(browse, liaison, report, accounts):
    response = browse(liaison).get(ADDRESS)

    assert "Progress, April to June 2024" in Page(response).text
    hint = response.context["form"].fields[f"value_{accounts.pk}"].help_text
    assert Page.words_of(hint) == "Last: 366 (January to March 2024). Expected now: 316."


def test_of_what_adds_up_the_form_says_what_all_periods_come_to(browse, liaison, engagement, officer, accounts, report):
    third = open_period(
        engagement_id=engagement.pk, starts=dt.date(2024, 7, 1), ends=dt.date(2024, 9, 30), by=officer
    ).report
    audits = IndicatorFactory(outcome=accounts.outcome, code="I02", method="sum", frequency="quarterly")
    for (first, last), value in ((Q1, 4), (Q2, 7)):
        given = {"period_start": first, "period_end": last, "status": "accepted", "reported": True}
        row = Observation.objects.create(indicator=audits, value=D(value), **given)
        row.revisions.create(seq=1, status="accepted", reported=True, value=D(value), by=officer)

    form = browse(liaison).get("/engagements/TSA-1/progress/2024-Q3/").context["form"]

    assert third.state == "draft"
    hint = Page.words_of(form.fields[f"value_{audits.pk}"].help_text)
    assert hint.startswith("Last: 7 (April to June 2024). Together so far: 11.")
    assert "Together" not in form.fields[f"value_{accounts.pk}"].help_text


def test_a_draft_is_saved_with_as_little_as_there_is(fill, report, accounts):
    response = fill(**{f"value_{accounts.pk}": "341", "done": ""})

    assert (response.status_code, response["Location"]) == (302, reverse("due"))
    assert figure(report, accounts).value == D(341)
    report.refresh_from_db()
    assert report.state == "draft"


def test_no_change_takes_the_last_value_over(fill, report, accounts):
    fill(**{f"same_{accounts.pk}": "on"})

    assert figure(report, accounts).value == D(366)


def test_no_change_and_another_figure_are_two_things(fill, report, accounts):
    response = fill(**{f"same_{accounts.pk}": "on", f"value_{accounts.pk}": "341"})

    assert response.status_code == 422
    assert "leave one of the two" in Page(response).text
    assert figure(report, accounts) is None


def test_what_is_sent_is_whole_and_each_lack_is_said_at_its_field(fill, report, accounts):
    response = fill("send", done=" ")

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {f"value_{accounts.pk}", "done"}
    report.refresh_from_db()
    assert report.state == "draft"


def test_a_figure_that_is_not_there_is_explained_instead(fill, report, accounts):
    response = fill("send", done="Little", **{f"not_reported_reason_{accounts.pk}": "The bank was closed"})

    assert response.status_code == 302
    row = figure(report, accounts)
    assert (row.reported, row.not_reported_reason, row.status) == (False, "The bank was closed", "submitted")


def test_zero_is_a_figure(fill, report, accounts):
    typed = {f"value_{accounts.pk}": "0", f"sure_{accounts.pk}": "0"}
    assert fill("send", done="All closed", **typed).status_code == 302

    assert figure(report, accounts).value == D(0)


def test_a_number_with_two_readings_is_asked_about(fill, report, accounts):
    name = f"value_{accounts.pk}"
    response = fill(**{name: "12,345"})
    assert response.status_code == 422
    assert "can be read two ways" in Page(response).text
    assert figure(report, accounts) is None

    response = fill(**{name: "12,345", f"{name}__asked": "12,345", f"{name}__meant": "12345"})
    assert response.status_code == 302
    assert figure(report, accounts).value == D(12345)


def test_ratios_means_and_levels_ask_for_what_they_are_made_of(fill, engagement, report, accounts):
    outcome = accounts.outcome
    ratio = IndicatorFactory(outcome=outcome, method="ratio_of_sums", unit="percent", frequency="quarterly")
    mean = IndicatorFactory(outcome=outcome, method="weighted_mean", frequency="monthly")
    rating = IndicatorFactory(
        outcome=outcome, method="ordinal_latest", scale=["D", "C", "B"], baseline=None, baseline_level="D"
    )
    IndicatorFactory(outcome=outcome, frequency="yearly", code="I99")

    response = fill(
        "send",
        done="Much",
        **{
            f"value_{accounts.pk}": "341",
            f"numerator_{ratio.pk}": "30",
            f"denominator_{ratio.pk}": "40",
            f"value_{mean.pk}": "2.5",
            f"weight_{mean.pk}": "12",
            f"level_{rating.pk}": "C",
        },
    )

    assert response.status_code == 302, response.context["form"].errors
    assert figure(report, ratio).denominator == D(40)
    assert figure(report, mean).weight == D(12)
    assert figure(report, rating).level == "C"
    assert not Observation.objects.filter(indicator__code="I99").exists()


def test_half_a_ratio_is_said_at_its_field(fill, accounts, report):
    ratio = IndicatorFactory(outcome=accounts.outcome, method="ratio_of_sums", frequency="quarterly")

    response = fill(**{f"numerator_{ratio.pk}": "30"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {f"numerator_{ratio.pk}"}


def test_who_saves_second_sees_both_versions_of_a_figure(fill, report, accounts, liaison):
    version = report.row_version
    draft_report(report_id=report.pk, words={}, readings=[Reading(indicator=accounts, value=D(350))], by=liaison)

    response = fill("send", version=version, done="Done", **{f"value_{accounts.pk}": "341"})

    assert response.status_code == 409
    said = {one.name: (one.yours, one.theirs) for one in response.context["differences"]}
    assert said == {f"value_{accounts.pk}": ("341", "350"), "done": ("Done", "nothing")}
    kept = {f"keep_value_{accounts.pk}": "theirs", "keep_done": "mine"}
    response = fill("send", done="Done", **{f"value_{accounts.pk}": "341"}, **kept)
    assert response.status_code == 302
    assert figure(report, accounts).value == D(350)


def test_a_returned_report_says_why_and_each_question_stands_at_its_field(
    fill, browse, report, accounts, liaison, officer
):
    fill("send", done="Much", **{f"value_{accounts.pk}": "341"})
    questions = {"I01": "Lower than the register?", "done": "Who?"}
    return_report(
        report_id=report.pk, reason=ReturnReason.FIGURE_LOOKS_WRONG, note="Two things", questions=questions, by=officer
    )

    response = browse(liaison).get(ADDRESS)
    page, form = Page(response), response.context["form"]

    assert "A figure looks wrong" in page.text
    assert "Two things" in page.text
    assert "Lower than the register?" in form.fields[f"value_{accounts.pk}"].help_text
    assert "Who?" in form.fields["done"].help_text
    assert fill("send", done="Ana", **{f"value_{accounts.pk}": "343"}).status_code == 302


def test_what_was_sent_is_only_read(fill, browse, report, accounts, liaison):
    fill("send", done="Much was done", **{f"value_{accounts.pk}": "341"})

    page = Page(browse(liaison).get(ADDRESS))
    row = page.table("Figures of the period").row("Bank accounts")

    assert (row["Last"], row["New"], row["Expected"]) == ("366", "341", "316")
    assert "Much was done" in page.text
    assert "<textarea" not in page.html
    response = fill(done="More")
    assert response.status_code == 409
    report.refresh_from_db()
    assert report.done == "Much was done"


def test_the_engagements_own_people_read_what_they_may_not_write(signed_in, report):
    client = signed_in(Role.VIEWER)

    assert "<textarea" not in client.get(ADDRESS).content.decode()
    assert client.post(ADDRESS, {"row_version": report.row_version, "done": "x"}).status_code == 403
    assert client.get("/engagements/TSA-1/progress/2023-Q1/").status_code == 404


# --- periods ---


def test_a_period_opens_after_the_last_one(signed_in, engagement, report):
    client = signed_in(Role.PROGRAMME_OFFICER)
    address = reverse("programmes:add", args=[engagement.ref, "periods"])

    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in ("starts", "ends", "due")}
    assert shown == {"starts": dt.date(2024, 7, 1), "ends": dt.date(2024, 9, 30), "due": dt.date(2024, 10, 30)}

    response = client.post(address, {"starts": "2024-07-01", "ends": "2024-09-30"}, follow=True)
    page = Page(response)
    assert response.redirect_chain[-1][0] == reverse("programmes:progress", args=[engagement.ref])
    assert page.table("Reporting periods").row("July to September 2024")["Due on"] == "30 Oct 2024"


def test_the_first_period_begins_with_the_engagement_and_none_overlaps(signed_in, engagement):
    client = signed_in(Role.PROGRAMME_OFFICER)
    address = reverse("programmes:add", args=[engagement.ref, "periods"])
    assert client.get(address).context["form"]["starts"].value() == dt.date(2024, 1, 1)
    client.post(address, {"starts": "2024-01-01", "ends": "2024-03-31"})

    response = client.post(address, {"starts": "2024-03-31", "ends": "2024-06-30"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"starts"}


# --- what is due ---


@time_machine.travel("2024-07-21")
def test_what_is_due_says_how_long_there_is_and_how_far_it_is(fill, browse, liaison, report, accounts):
    page = Page(browse(liaison).get(reverse("due")))
    assert "Progress, April to June 2024" in page.text
    assert "Not started Due in 9 days" in page.text

    fill(**{f"value_{accounts.pk}": "341"})
    assert "Draft, 1 of 1 done" in Page(browse(liaison).get(reverse("due"))).text


@time_machine.travel("2024-08-02")
def test_what_is_late_is_said_to_be_and_what_is_over_stands_below(browse, liaison, officer, report):
    ProgressReport.objects.filter(state="accepted").update(decided_at=dt.datetime(2024, 5, 2, tzinfo=dt.UTC))

    page = Page(browse(liaison).get(reverse("due")))

    assert "Overdue by 3 days" in page.text
    assert page.text.index("April to June") < page.text.index("Accepted in the last year")
    assert page.text.index("Accepted in the last year") < page.text.index("January to March")
    # The day beside “Accepted” is the one on which it was, not the one by which it was due.
    assert "Accepted 2 May 2024" in page.text


def test_a_liaison_begins_with_what_is_due_and_sees_nobody_elses(browse, member, liaison, report):
    assert browse(liaison).get("/")["Location"] == reverse("due")
    stranger = member(Role.LIAISON, institution=EngagementFactory().institution)

    page = Page(browse(stranger).get(reverse("due")))

    assert "Nothing is due" in page.text
    assert "TSA-1" not in page.text


def test_who_reports_nowhere_is_told_who_does(signed_in):
    assert signed_in(Role.VIEWER).get(reverse("due")).status_code == 403


def several(engagement, count, state="draft", **given):
    """So many reports, each of an engagement of its own at the same institution."""
    for _nth in range(count):
        other = EngagementFactory(institution=engagement.institution)
        IndicatorFactory(outcome=OutcomeFactory(engagement=other), frequency="quarterly")
        period = ReportingPeriod.objects.create(engagement=other, starts=Q1[0], ends=Q1[1], due=Q2[0])
        ProgressReport.objects.create(period=period, state=state, **given)


def test_due_costs_the_same_queries_for_5_reports_as_for_500(
    browse, liaison, engagement, django_assert_max_num_queries
):
    several(engagement, 5)
    client = browse(liaison)
    client.get(reverse("due"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("due"))
    several(engagement, 495)

    with django_assert_max_num_queries(40) as many:
        response = client.get(reverse("due"))

    assert len(few) == len(many)
    assert response.context["page"].paginator.count == 500


# --- Financia ---


def test_the_form_of_financias_quarter_is_light(scenarios, client, member):
    """What a browser gets again once it has the style sheet: the page alone, compressed."""
    engagement = Engagement.objects.get(ref="FIN-TAX-2024")
    Engagement.objects.filter(pk=engagement.pk).update(
        planned=days(dt.date(2024, 1, 1), dt.date(2026, 12, 31)), actual=None
    )
    open_period(
        engagement_id=engagement.pk,
        starts=dt.date(2026, 10, 1),
        ends=dt.date(2026, 12, 31),
        by=member(Role.ADMINISTRATOR),
    )
    client.force_login(member(Role.LIAISON, institution=engagement.institution))

    response = client.get(f"/engagements/{engagement.ref}/progress/2026-Q4/")

    figures = response.context["form"].figures()
    assert len(figures) == Indicator.objects.filter(engagement=engagement).count() == 12
    assert len(gzip.compress(response.content)) <= 8 * 1024
