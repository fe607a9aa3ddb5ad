"""Accepted with changes: both figures stay, the changed one counts at once, and the ministry has its say."""

import datetime as dt
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from programmes.domain.figure_changes import state_at
from programmes.domain.vocabulary import ChangeReason, ChangeState
from programmes.models import FigureChange
from programmes.selectors.results import EVER, indicator_answers
from programmes.services.figure_changes import (
    NewFigure,
    accept_with_changes,
    confirm_changes,
    dispute_changes,
    settle_unanswered,
)
from programmes.services.progress import accept_report, record_observations, submit_report
from programmes.services.progress_exceptions import reopen_report
from programmes.services.progress_refusals import OwnSubmission, ReportClosed
from programmes.services.readings import Reading
from programmes.tasks import settle_unanswered_changes
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotPermitted
from tests.factories import IndicatorFactory
from tests.programmes.progress.conftest import ADDRESS, Q2
from tests.racing import race
from tests.rest import fields_at_fault
from tests.web import Page

D = Decimal
CHANGES, ANSWER = ADDRESS + "review/changes/", ADDRESS + "changes/"
WHY = {"reason": ChangeReason.DECIMAL_MARK, "note": "The comma is missing."}
NOON = dt.datetime(2024, 7, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def ratio(accounts):
    """Filed on time, in parts by sex: 30 of 40 women and 20 of 60 men are 50 of 100."""
    given = {"code": "I02", "title": "Filed on time", "unit": "percent", "method": "ratio_of_sums"}
    return IndicatorFactory(outcome=accounts.outcome, frequency="quarterly", baseline=D(10), **given)


@pytest.fixture
def sent(report, accounts, ratio, liaison):
    """The second quarter is sent: 3410 accounts where 341.0 was meant; 50 of 100 in time."""
    readings = [
        Reading(indicator=accounts, value=D(3410)),
        Reading(indicator=ratio, numerator=D(50), denominator=D(100)),
        Reading(indicator=ratio, numerator=D(30), denominator=D(40), disagg="sex=f"),
        Reading(indicator=ratio, numerator=D(20), denominator=D(60), disagg="sex=m"),
    ]
    record_observations(report_id=report.pk, readings=readings, by=liaison)
    submit_report(report_id=report.pk, by=liaison)
    report.refresh_from_db()
    return report


def figure(report, code="I01", disagg=""):
    return report.observations.get(indicator__code=code, disagg=disagg)


def put_right(report, code="I01", disagg="", **figures):
    return NewFigure(figure(report, code, disagg), figures or {"value": D(341)}, **WHY)


@pytest.fixture
def changed(sent, officer):
    with time_machine.travel(NOON, tick=False):
        accept_with_changes(report_id=sent.pk, changes=[put_right(sent)], by=officer)
    sent.refresh_from_db()
    return sent


def latest(engagement, code="I01"):
    answers = indicator_answers([engagement.pk], as_of=Q2[1], cut_off=EVER)[engagement.pk]
    return next(one for one in answers if one.code == code).result.latest.value


def states():
    return list(FigureChange.objects.order_by("pk").values_list("state", flat=True))


# --- the rule ---


moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2025, 1, 1), timezones=st.just(dt.UTC))


@given(st.sampled_from(ChangeState), st.none() | moments, moments)
def test_an_answer_is_known_from_the_instant_at_which_it_was_given(state, answered_at, cut_off):
    told = state_at(state, answered_at, cut_off)

    answered = answered_at is not None and answered_at <= cut_off
    assert told == (state if answered else ChangeState.WAITING)


# --- accepted with changes ---


@pytest.mark.django_db
def test_the_changed_figure_counts_at_once_and_both_stay_with_who_why_and_when(changed, engagement, officer):
    one = FigureChange.objects.get()

    assert (changed.state, changed.period.state, changed.decided_by) == ("accepted", "locked", officer)
    assert latest(engagement) == 341
    assert latest(engagement, "I02") == 50
    assert (one.original.value, one.original.status) == (D(3410), "submitted")
    assert (one.changed.value, one.changed.status, one.changed.by) == (D(341), "accepted", officer)
    assert (one.reason, one.note, one.by) == ("decimal_mark", "The comma is missing.", officer)
    assert (one.made_at, one.confirm_by, one.state) == (NOON, dt.date(2024, 7, 20), "waiting")
    event = AuditEvent.objects.get(verb="progress_report.accepted_with_changes")
    assert event.data["changes"] == {"I01": {"was": "3410", "now": "341"}}


@pytest.mark.django_db
def test_how_long_the_ministry_has_is_a_setting_and_does_not_move_what_was_changed_before(sent, officer, settings):
    settings.PROGRESS_CONFIRM_DAYS = 3
    with time_machine.travel(NOON, tick=False):
        accept_with_changes(report_id=sent.pk, changes=[put_right(sent)], by=officer)
    settings.PROGRESS_CONFIRM_DAYS = 30

    assert FigureChange.objects.get().confirm_by == dt.date(2024, 7, 13)


@pytest.mark.django_db
def test_a_part_is_changed_with_its_total(sent, officer, engagement):
    changes = [
        put_right(sent, "I02", numerator=D(25)),
        put_right(sent, "I02", "sex=f", numerator=D(5)),
    ]

    accept_with_changes(report_id=sent.pk, changes=changes, by=officer)

    assert latest(engagement, "I02") == 25
    assert FigureChange.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "places"),
    [
        (lambda r: [], ["changes"]),
        (lambda r: [put_right(r, value=D(3410))], ["changes[0].value"]),
        (lambda r: [put_right(r, value=None)], ["changes[0].value"]),
        (lambda r: [put_right(r, level="B")], ["changes[0].level"]),
        (lambda r: [put_right(r), put_right(r, value=D(1))], ["changes[1].observation"]),
        (lambda r: [NewFigure(figure(r), {"value": D(341)}, ChangeReason.UNIT, "  ")], ["changes[0].note"]),
        (lambda r: [put_right(r, "I02", numerator=D(25))], ["I02 2024-04-01"]),
    ],
)
def test_what_is_no_change_or_does_not_fit_is_refused_at_its_place_and_nothing_is_decided(
    sent, officer, changes, places
):
    with pytest.raises(InvalidInput) as refusal:
        accept_with_changes(report_id=sent.pk, changes=changes(sent), by=officer)

    assert [fault.place for fault in refusal.value.faults] == places
    sent.refresh_from_db()
    assert (sent.state, figure(sent).value, FigureChange.objects.count()) == ("submitted", D(3410), 0)


@pytest.mark.django_db
def test_what_was_not_reported_and_what_is_of_another_report_is_not_changed(report, accounts, ratio, liaison, officer):
    missing = Reading(indicator=ratio, not_reported_reason="The register is down.")
    record_observations(report_id=report.pk, readings=[missing], by=liaison)
    submit_report(report_id=report.pk, by=liaison)
    other = NewFigure(accounts.observations.get(), {"value": D(1)}, **WHY)

    with pytest.raises(InvalidInput) as refusal:
        accept_with_changes(report_id=report.pk, changes=[put_right(report, "I02", numerator=D(1)), other], by=officer)

    said = [fault.message for fault in refusal.value.faults]
    assert said == ["This figure was not reported: return the report.", "This figure belongs to another report."]


@pytest.mark.django_db
def test_nobody_changes_what_they_sent_and_whoever_only_writes_changes_nothing(report, accounts, member, liaison):
    chief = member(Role.ADMINISTRATOR)
    record_observations(report_id=report.pk, readings=[Reading(indicator=accounts, value=D(3410))], by=chief)
    submit_report(report_id=report.pk, by=chief)

    with pytest.raises(OwnSubmission):
        accept_with_changes(report_id=report.pk, changes=[put_right(report)], by=chief)
    with pytest.raises(NotPermitted):
        accept_with_changes(report_id=report.pk, changes=[put_right(report)], by=liaison)


# --- the ministry's answer ---


@pytest.mark.django_db
def test_the_ministry_confirms_and_nothing_waits_any_more(changed, liaison, engagement):
    confirm_changes(report_id=changed.pk, by=liaison)

    one = FigureChange.objects.get()
    assert (one.state, one.answered_by, changed.state) == ("confirmed", liaison, "accepted")
    assert latest(engagement) == 341
    with pytest.raises(ReportClosed):
        confirm_changes(report_id=changed.pk, by=liaison)


@pytest.mark.django_db
def test_a_dispute_opens_the_report_again_at_that_figure_with_the_ministrys_own_in_it(
    sent, officer, liaison, engagement
):
    changes = [
        put_right(sent),
        put_right(sent, "I02", numerator=D(25)),
        put_right(sent, "I02", "sex=f", numerator=D(5)),
    ]
    accept_with_changes(report_id=sent.pk, changes=changes, by=officer)

    dispute_changes(report_id=sent.pk, objections={"I01": "There are 3,410."}, by=liaison)

    sent.refresh_from_db()
    sent.period.refresh_from_db()
    assert (sent.state, sent.return_reason, sent.questions) == ("returned", "disputed", {"I01": "There are 3,410."})
    assert sent.period.state == "open"
    assert states() == ["disputed", "confirmed", "confirmed"]
    assert FigureChange.objects.first().answer == "There are 3,410."
    assert (figure(sent).value, figure(sent, "I02").numerator) == (D(3410), D(25))
    # What was accepted counts until something else is.
    assert (latest(engagement), latest(engagement, "I02")) == (341, 25)

    submit_report(report_id=sent.pk, by=liaison)
    accept_report(report_id=sent.pk, by=officer)
    assert latest(engagement) == 3410


@pytest.mark.django_db
@pytest.mark.parametrize("objections", [{}, {"I01": "  "}, {"I02": "Wrong"}])
def test_a_dispute_says_why_at_a_figure_that_was_changed(changed, liaison, objections):
    with pytest.raises(InvalidInput) as refusal:
        dispute_changes(report_id=changed.pk, objections=objections, by=liaison)

    assert [fault.place for fault in refusal.value.faults] == ["objections"]
    assert states() == ["waiting"]


@pytest.mark.django_db
def test_whoever_changed_a_figure_or_only_reviews_does_not_answer_for_the_ministry(sent, member):
    chief, colleague = member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR)
    accept_with_changes(report_id=sent.pk, changes=[put_right(sent)], by=chief)

    with pytest.raises(OwnSubmission):
        confirm_changes(report_id=sent.pk, by=chief)
    with pytest.raises(NotPermitted):
        confirm_changes(report_id=sent.pk, by=colleague)
    with pytest.raises(NotPermitted):
        confirm_changes(report_id=sent.pk, by=member(Role.PROGRAMME_OFFICER))


@pytest.mark.django_db
def test_without_an_answer_it_counts_as_confirmed_after_its_day_and_once(changed):
    with time_machine.travel(dt.datetime(2024, 7, 20, 23, tzinfo=dt.UTC)):
        settle_unanswered_changes()
        assert states() == ["waiting"]
    with time_machine.travel(dt.datetime(2024, 7, 21, 4, tzinfo=dt.UTC)):
        settle_unanswered_changes()
        settle_unanswered_changes()

    changed.refresh_from_db()
    assert (states(), changed.state) == (["lapsed"], "accepted")
    assert AuditEvent.objects.filter(verb="progress_report.changes_lapsed").count() == 1


@pytest.mark.django_db
def test_a_report_that_is_opened_again_asks_nobody_to_confirm(changed, officer, liaison):
    reopen_report(report_id=changed.pk, reason="A branch was left out.", by=officer)

    assert states() == ["withdrawn"]
    with pytest.raises(ReportClosed):
        confirm_changes(report_id=changed.pk, by=liaison)


@pytest.mark.django_db(transaction=True)
def test_of_a_confirmation_and_a_dispute_at_once_one_wins_and_the_other_is_told(changed, liaison):
    acts = [
        lambda: confirm_changes(report_id=changed.pk, by=liaison),
        lambda: dispute_changes(report_id=changed.pk, objections={"I01": "No"}, by=liaison),
        lambda: settle_unanswered(dt.date(2024, 12, 1)),
    ]

    came_to = race(acts)

    refused = [one for one in came_to if isinstance(one, ReportClosed)]
    changes_settled = came_to[2]
    assert len(refused) == (2 if changes_settled == 1 else 1)
    assert len(set(states()) - {"waiting"}) == 1


# --- pages ---


def typed(report, **more):
    pk, ratio = (figure(report, code).indicator_id for code in ("I01", "I02"))
    given = {
        f"value_{pk}": "3410",
        f"numerator_{ratio}": "50",
        f"denominator_{ratio}": "100",
        f"numerator_{ratio}__sex=f": "30",
        f"denominator_{ratio}__sex=f": "40",
        f"numerator_{ratio}__sex=m": "20",
        f"denominator_{ratio}__sex=m": "60",
    }
    named = {name.replace("I01", str(pk)).replace("I02", str(ratio)): value for name, value in more.items()}
    return {"row_version": report.row_version, **given, **named}


@pytest.mark.django_db
def test_the_review_leads_to_a_form_with_each_figure_as_reported_in_a_field(browse, officer, sent):
    assert CHANGES in Page(browse(officer).get(ADDRESS + "review/")).links
    form = browse(officer).get(CHANGES).context["form"]

    shown = [[field.value() for field in one.fields] for one in form.corrections()]
    assert shown == [[D(3410)], [D(50), D(100), D(30), D(40), D(20), D(60)]]


@pytest.mark.django_db
def test_a_figure_is_put_right_on_the_page_and_the_report_is_accepted(browse, officer, sent):
    given = {"value_I01": "341", "reason_I01": "decimal_mark", "note_I01": "The comma is missing."}

    response = browse(officer).post(CHANGES, typed(sent, **given), follow=True)

    assert "the ministry is asked about them" in Page(response).text
    sent.refresh_from_db()
    assert (sent.state, figure(sent).value, states()) == ("accepted", D(341), ["waiting"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"value_I01": "341"}, {"reason_I01", "note_I01"}),
        ({"reason_I01": "unit", "note_I01": "Thousands"}, {"value_I01"}),
        ({"value_I01": "many", "reason_I01": "unit", "note_I01": "Thousands"}, {"value_I01"}),
        ({"numerator_I02": "25", "reason_I02": "mistyped", "note_I02": "Half"}, {"numerator_I02"}),
        ({"value_I01": "", "reason_I01": "unit", "note_I01": "None"}, {"value_I01"}),
        ({}, {"__all__"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(browse, officer, sent, given, at):
    response = browse(officer).post(CHANGES, typed(sent, **given))

    codes = {str(figure(sent, code).indicator_id): code for code in ("I01", "I02")}
    faults = {"_".join([*name.split("_")[:-1], codes.get(name.split("_")[-1], name)]) for name in
              response.context["form"].errors if name != "__all__"}  # fmt: skip
    faults |= {"__all__"} & set(response.context["form"].errors)
    assert (response.status_code, faults) == (422, at)
    sent.refresh_from_db()
    assert (sent.state, FigureChange.objects.count()) == ("submitted", 0)
    assert "Thousands" not in given.values() or 'value="Thousands"' in response.content.decode()


@pytest.mark.django_db
def test_of_two_reviewers_the_second_is_told(browse, officer, member, sent):
    given = typed(sent, value_I01="341", reason_I01="unit", note_I01="Tens")
    accept_report(report_id=sent.pk, by=member(Role.ADMINISTRATOR))

    response = browse(officer).post(CHANGES, given)

    assert response.status_code == 409
    assert "only a submitted one is decided on" in Page(response).text
    assert browse(officer).get(CHANGES)["Location"] == ADDRESS + "review/"


@pytest.mark.django_db
def test_the_liaison_is_asked_among_what_is_due_and_confirms_there(browse, changed, liaison):
    client = browse(liaison)
    due = Page(client.get(reverse("due")))
    assert "Changed by the reviewer: confirm or dispute" in due.text
    assert ANSWER in due.links
    page = Page(client.get(ANSWER))
    assert "You reported 3,410 ; accepted was 341" in page.text
    assert "The comma is missing." in page.text
    assert "by 20 Jul 2024" in page.text

    response = client.post(ANSWER, {"row_version": changed.row_version, "act": "confirm"}, follow=True)

    assert "Confirmed: nothing is left to do." in Page(response).text
    assert states() == ["confirmed"]
    assert "confirm or dispute" not in Page(client.get(reverse("due"))).text
    assert client.get(ANSWER)["Location"] == ADDRESS


@pytest.mark.django_db
def test_the_liaison_disputes_there_and_finds_the_own_figure_in_the_open_report(browse, changed, liaison):
    client = browse(liaison)
    bare = client.post(ANSWER, {"row_version": changed.row_version, "act": "dispute"})
    both = client.post(ANSWER, {"row_version": changed.row_version, "act": "confirm", "objection_I01": "No"})
    assert (bare.status_code, list(bare.context["form"].errors)) == (422, ["objection_I01"])
    assert (both.status_code, list(both.context["form"].errors)) == (422, ["objection_I01"])

    client.post(ANSWER, {"row_version": changed.row_version, "act": "dispute", "objection_I01": "There are 3,410."})

    page = client.get(ADDRESS)
    assert page.context["form"].initial[f"value_{figure(changed).indicator_id}"] == D(3410)
    assert "You dispute: There are 3,410." in Page(page).text


@pytest.mark.django_db
def test_who_does_not_speak_for_the_ministry_reads_that_and_finds_no_button(browse, changed, member):
    client = browse(member(Role.ADMINISTRATOR))

    page = Page(client.get(ANSWER))

    assert "The ministry answers here" in page.text
    assert 'value="confirm"' not in page.html
    assert client.post(ANSWER, {"row_version": changed.row_version, "act": "confirm"}).status_code == 403
    assert "Figures changed by the reviewer" not in Page(client.get(reverse("due"))).text


# --- wherever the figure is explained ---


@pytest.mark.django_db
def test_the_figure_is_marked_on_its_report_its_indicator_and_the_mean_that_it_is_in(browse, changed, officer):
    client = browse(officer)
    mark = "Changed by the reviewer, not yet confirmed"
    pages = [ADDRESS, "/engagements/TSA-1/results/I01/?as_of=2024-06-30"]
    means = [f"/engagements/TSA-1/results/explain/?as_of=2024-06-30{more}" for more in ("", "&outcome=")]
    means[1] += figure(changed).indicator.outcome.code

    assert [mark in Page(client.get(page)).text for page in (*pages, *means)] == [True] * 4
    assert mark not in Page(client.get("/engagements/TSA-1/results/I02/?as_of=2024-06-30")).text
    assert mark not in Page(client.get(f"{means[0]}&as_of=2024-03-31")).text


@pytest.mark.django_db
def test_a_confirmed_figure_is_no_longer_in_doubt_but_was_at_an_earlier_cut_off(browse, changed, officer, liaison):
    before = timezone.now()
    confirm_changes(report_id=changed.pk, by=liaison)
    client, mark = browse(officer), "not yet confirmed"

    page = "/engagements/TSA-1/results/explain/?as_of=2024-06-30"
    assert mark not in Page(client.get(page)).text
    assert mark in Page(client.get(f"{page}&{urlencode({'known_at': before.isoformat()})}")).text
    assert "confirmed by the ministry" in Page(client.get("/engagements/TSA-1/results/I01/?as_of=2024-06-30")).text


# --- REST ---


@pytest.mark.django_db
def test_over_rest_figures_are_put_right_and_answered_for(sent, engagement, rest):
    officer, path = rest(Role.PROGRAMME_OFFICER, engagement=engagement), f"progress-reports/{sent.public_id}/"
    change = {"observation": str(figure(sent).public_id), "value": "341", "reason": "decimal_mark", "note": "Comma"}

    bare = officer.post(f"{path}accept-with-changes/", {"changes": []}, etag=officer.etag(path))
    done = officer.post(f"{path}accept-with-changes/", {"changes": [change]}, etag=officer.etag(path))

    assert (bare.status_code, fields_at_fault(bare)) == (400, ["changes"])
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    (told,) = done.json()["changes"]
    assert (told["indicator"], told["reported_value"], told["value"]) == ("I01", "3410", "341")
    assert (told["state"], told["reason"], told["answered_by"]) == ("waiting", "decimal_mark", None)

    liaison = rest(Role.LIAISON, institution=engagement.institution)
    disputed = liaison.post(f"{path}dispute/", {"objections": {"I01": "No"}}, etag=liaison.etag(path))
    assert (disputed.status_code, disputed.json()["state"]) == (200, "returned")
    assert disputed.json()["changes"][0]["answer"] == "No"
    again = liaison.post(f"{path}confirm/", {}, etag=liaison.etag(path))
    assert again.status_code == 409
