"""Who decides on a report: the ministry's visa, reviewers in turn as fixed at submission, another in their place."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from programmes.domain.reviewing import turn
from programmes.domain.vocabulary import StepState
from programmes.models import ReviewPlan, ReviewStep
from programmes.selectors.reminders import reminders
from programmes.services.figure_changes import accept_with_changes
from programmes.services.progress import accept_report, return_report, submit_report
from programmes.services.progress_refusals import NotYourTurn, OwnSubmission, ReportClosed
from programmes.services.reviewing import arrange_reviewing, replace_reviewer
from programmes.services.visas import give_visa, refuse_visa
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotPermitted
from tests.programmes.progress.conftest import ADDRESS
from tests.racing import race
from tests.rest import Rest, fields_at_fault
from tests.web import Page

VISA, REPLACE, PLAN = ADDRESS + "visa/", ADDRESS + "reviewer/", "/engagements/TSA-1/reviewing/"


@pytest.fixture
def director(member, engagement):
    return member(Role.LIAISON, institution=engagement.institution)


@pytest.fixture
def chief(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def arrange(engagement, officer):
    def make(**people):
        return arrange_reviewing(engagement_id=engagement.pk, by=officer, **people)

    return make


@pytest.fixture
def in_turn(arrange, report, officer, chief, liaison):
    """The officer reviews first, then the chief; sent."""
    arrange(first=officer, second=chief)
    submit_report(report_id=report.pk, by=liaison)
    report.refresh_from_db()
    return report


@pytest.fixture
def awaiting(arrange, report, director, liaison):
    arrange(visa_by=director)
    submit_report(report_id=report.pk, by=liaison)
    report.refresh_from_db()
    return report


def states(report):
    report.refresh_from_db()
    steps = report.steps.filter(round=report.round).order_by("nth")
    return report.state, [step.state for step in steps]


def leave(user):
    user.memberships.all().delete()


# --- the rule ---


@given(st.lists(st.sampled_from(StepState), max_size=3))
def test_the_turn_is_of_the_first_that_waits_after_all_before_it_have_accepted(chain):
    found = turn(chain)

    candidates = [
        place
        for place, state in enumerate(chain)
        if state == "waiting" and all(before == "accepted" for before in chain[:place])
    ]
    assert found == (candidates[0] if candidates else None)
    assert len(candidates) <= 1


# --- what is arranged ---


@pytest.mark.django_db
def test_what_is_arranged_is_on_record_and_a_place_left_open_between_two_is_closed_up(
    arrange, officer, chief, director
):
    plan = arrange(visa_by=director, first=officer, third=chief)

    assert (plan.visa_by, plan.first, plan.second, plan.third) == (director, officer, chief, None)
    assert set(AuditEvent.objects.get(verb="review_plan.changed").data["changes"]) == {"visa_by", "first", "second"}


@pytest.mark.django_db
def test_only_who_may_do_it_is_named_and_each_once(arrange, officer, liaison, engagement, director):
    wrong = [{"visa_by": officer}, {"first": liaison}, {"first": officer, "second": officer}]

    places = []
    for people in wrong:
        with pytest.raises(InvalidInput) as refusal:
            arrange(**people)
        places += [fault.place for fault in refusal.value.faults]

    assert places == ["visa_by", "first", "second"]
    with pytest.raises(NotPermitted):
        arrange_reviewing(engagement_id=engagement.pk, visa_by=director, by=liaison)


@pytest.mark.django_db
def test_it_is_arranged_on_a_page_that_the_officer_finds_from_the_periods(browse, officer, chief, director, liaison):
    client = browse(officer)
    assert PLAN in Page(client.get("/engagements/TSA-1/progress/")).links

    client.post(PLAN, {"visa_by": director.pk, "first": chief.pk})
    twice = client.post(PLAN, {"row_version": 1, "first": chief.pk, "second": chief.pk})

    plan = ReviewPlan.objects.get()
    assert (plan.visa_by, plan.first) == (director, chief)
    assert twice.status_code in (409, 422)
    assert PLAN not in Page(browse(liaison).get("/engagements/TSA-1/progress/")).links


# --- the visa ---


@pytest.mark.django_db
def test_what_is_sent_waits_for_the_visa_and_then_for_review(awaiting, director, officer):
    assert (awaiting.state, awaiting.visa_by, awaiting.visa_at) == ("awaiting", director, None)
    assert set(awaiting.observations.values_list("status", flat=True)) <= {"awaiting"}
    with pytest.raises(ReportClosed):
        accept_report(report_id=awaiting.pk, by=officer)

    give_visa(report_id=awaiting.pk, by=director)

    awaiting.refresh_from_db()
    assert (awaiting.state, awaiting.visa_at is not None) == ("submitted", True)
    accept_report(report_id=awaiting.pk, by=officer)
    with pytest.raises(ReportClosed):
        give_visa(report_id=awaiting.pk, by=director)


@pytest.mark.django_db
def test_the_director_sends_back_with_a_note_and_it_is_sent_anew(awaiting, director, liaison):
    with pytest.raises(InvalidInput):
        refuse_visa(report_id=awaiting.pk, note=" ", by=director)

    refuse_visa(report_id=awaiting.pk, note="The branches are missing.", by=director)

    awaiting.refresh_from_db()
    assert (awaiting.state, awaiting.return_note, awaiting.decided_by) == (
        "returned",
        "The branches are missing.",
        director,
    )
    submit_report(report_id=awaiting.pk, by=liaison)
    awaiting.refresh_from_db()
    assert (awaiting.state, awaiting.round) == ("awaiting", 2)


@pytest.mark.django_db
def test_nobody_gives_their_own_visa_nor_anothers(director, liaison, awaiting, member, engagement):
    with pytest.raises(OwnSubmission):
        give_visa(report_id=awaiting.pk, by=liaison)
    with pytest.raises(NotYourTurn):
        give_visa(report_id=awaiting.pk, by=member(Role.LIAISON, institution=engagement.institution))
    refuse_visa(report_id=awaiting.pk, note="Later.", by=director)
    with pytest.raises(OwnSubmission):
        submit_report(report_id=awaiting.pk, by=director)
    awaiting.refresh_from_db()
    assert awaiting.state == "returned"


@pytest.mark.django_db
def test_the_director_finds_it_among_what_is_due_and_gives_the_visa_there(browse, awaiting, director, liaison):
    client = browse(director)
    assert f"Waits for the visa of {director}" in Page(client.get(reverse("due"))).text
    assert VISA in Page(client.get(ADDRESS)).links
    assert VISA not in Page(browse(liaison).get(ADDRESS)).links
    assert "This report waits for the visa of" in Page(browse(liaison).get(VISA)).text
    assert browse(liaison).post(VISA, {"row_version": awaiting.row_version, "act": "give"}).status_code == 403
    client = browse(director)
    both = client.post(VISA, {"row_version": awaiting.row_version, "act": "give", "note": "Hm"})
    bare = client.post(VISA, {"row_version": awaiting.row_version, "act": "back"})
    assert [list(one.context["form"].errors) for one in (both, bare)] == [["note"], ["note"]]

    given = client.post(VISA, {"row_version": awaiting.row_version, "act": "give"}, follow=True)

    assert "the report was sent for review" in Page(given).text
    awaiting.refresh_from_db()
    assert awaiting.state == "submitted"
    assert client.get(VISA)["Location"] == ADDRESS


@pytest.mark.django_db
def test_until_the_visa_it_is_the_ministrys_to_send_on_the_board_and_the_director_is_reminded(
    browse, awaiting, officer, director, engagement
):
    engagement.status = "active"
    engagement.save()

    page = Page(browse(officer).get(reverse("reporting") + "?period=open"))
    (told,) = [one for one in reminders(today=awaiting.period.due) if one.row == awaiting]

    assert "Waits for the visa of" in page.text
    assert told.to == {director.pk}


# --- in turn ---


@pytest.mark.django_db
def test_reviewers_accept_in_their_order_and_it_counts_with_the_last(in_turn, officer, chief):
    with pytest.raises(NotYourTurn):
        accept_report(report_id=in_turn.pk, by=chief)

    accept_report(report_id=in_turn.pk, by=officer)
    assert states(in_turn) == ("submitted", ["accepted", "waiting"])
    with pytest.raises(NotYourTurn):
        accept_report(report_id=in_turn.pk, by=officer)
    accept_report(report_id=in_turn.pk, by=chief)

    assert states(in_turn) == ("accepted", ["accepted", "accepted"])
    assert in_turn.decided_by == chief


@pytest.mark.django_db
def test_any_of_them_returns_it_and_the_next_submission_begins_anew(in_turn, officer, chief, liaison):
    accept_report(report_id=in_turn.pk, by=officer)
    return_report(report_id=in_turn.pk, note="Say how many.", by=chief)
    assert states(in_turn) == ("returned", ["accepted", "returned"])

    submit_report(report_id=in_turn.pk, by=liaison)
    assert states(in_turn) == ("submitted", ["waiting", "waiting"])
    return_report(report_id=in_turn.pk, note="Still.", by=officer)
    assert states(in_turn) == ("returned", ["returned", "dropped"])
    assert ReviewStep.objects.filter(report=in_turn).count() == 4


@pytest.mark.django_db
def test_a_later_arrangement_moves_nothing_that_is_on_its_way(in_turn, arrange, chief, officer, director):
    arrange(visa_by=director, first=chief, second=None)

    accept_report(report_id=in_turn.pk, by=officer)

    assert states(in_turn) == ("submitted", ["accepted", "waiting"])
    assert in_turn.visa_by is None


@pytest.mark.django_db
def test_only_the_last_accepts_with_changes(in_turn, officer):
    with pytest.raises(NotYourTurn, match="last reviewer"):
        accept_with_changes(report_id=in_turn.pk, changes=[], by=officer)


@pytest.mark.django_db
def test_others_see_whose_turn_it_is_and_find_no_button(browse, in_turn, officer, chief):
    row = Page(browse(chief).get(reverse("reviews"))).table("Reports that wait").row("Progress, April to June")
    assert row["Whose turn"] == str(officer)
    page = Page(browse(chief).get(ADDRESS + "review/"))
    assert f"It is the turn of {officer}" in page.text
    assert 'value="accept"' not in page.html
    mine = browse(officer)
    assert Page(mine.get(reverse("reviews"))).table("Reports that wait").row("Progress, April")["Whose turn"] == "yours"

    sent = mine.post(ADDRESS + "review/", {"row_version": in_turn.row_version, "act": "accept"}, follow=True)

    assert "goes on to the next reviewer" in Page(sent).text
    assert Page(mine.get(ADDRESS)).table("Reviewers in turn").row("2.")["Status"] == "Not yet decided"


@pytest.mark.django_db(transaction=True)
def test_of_an_acceptance_and_a_return_at_once_one_wins_and_the_other_is_told(in_turn, officer):
    came_to = race(
        [
            lambda: accept_report(report_id=in_turn.pk, by=officer),
            lambda: return_report(report_id=in_turn.pk, note="No", by=officer),
        ]
    )

    assert [type(one) for one in came_to if isinstance(one, Exception)] in ([NotYourTurn], [ReportClosed])
    assert states(in_turn) in (("submitted", ["accepted", "waiting"]), ("returned", ["returned", "dropped"]))


# --- another in somebody's place ---


@pytest.mark.django_db
def test_who_has_left_is_replaced_for_a_reason_and_who_may_still_decide_is_not(
    in_turn, officer, chief, member, engagement
):
    other = member(Role.PROGRAMME_OFFICER)
    with pytest.raises(NotPermitted, match="still may decide"):
        replace_reviewer(report_id=in_turn.pk, person=other, reason="Leave", by=chief)
    leave(officer)
    with pytest.raises(InvalidInput) as no_reason:
        replace_reviewer(report_id=in_turn.pk, person=other, reason=" ", by=chief)
    with pytest.raises(InvalidInput) as taken:
        replace_reviewer(report_id=in_turn.pk, person=chief, reason="Left", by=chief)
    assert [one.value.faults[0].place for one in (no_reason, taken)] == ["reason", "person"]

    replace_reviewer(report_id=in_turn.pk, person=other, reason="She left.", by=chief)

    accept_report(report_id=in_turn.pk, by=other)
    assert states(in_turn) == ("submitted", ["accepted", "waiting"])
    event = AuditEvent.objects.get(verb="progress_report.reviewer_replaced")
    assert event.data["reason"] == "She left."
    assert event.data["changes"]["reviewer"] == {"was": str(officer), "now": str(other)}


@pytest.mark.django_db
def test_a_director_who_has_left_is_replaced_on_the_page(
    browse, awaiting, director, officer, member, engagement, liaison
):
    deputy = member(Role.LIAISON, institution=engagement.institution)
    leave(director)
    client = browse(officer)
    assert REPLACE in Page(client.get(ADDRESS)).links
    choices = client.get(REPLACE).context["form"].fields["person"].queryset
    assert set(choices) == {deputy}

    client.post(REPLACE, {"person": deputy.pk, "reason": "He left.", "row_version": awaiting.row_version})

    awaiting.refresh_from_db()
    assert awaiting.visa_by == deputy
    with pytest.raises(NotPermitted):
        replace_reviewer(report_id=awaiting.pk, person=director, reason="Back", by=liaison)


@pytest.mark.django_db
def test_where_nobody_in_particular_is_asked_there_is_nobody_to_replace(browse, report, officer, liaison):
    submit_report(report_id=report.pk, by=liaison)

    with pytest.raises(ReportClosed):
        replace_reviewer(report_id=report.pk, person=officer, reason="Left", by=officer)
    assert browse(officer).get(REPLACE)["Location"] == ADDRESS


# --- REST ---


@pytest.mark.django_db
def test_over_rest_visa_and_turns_go_the_same_way(awaiting, director):
    path = f"progress-reports/{awaiting.public_id}/"
    asked = Rest(director, None)
    bare = asked.post(f"{path}refuse-visa/", {"note": ""}, etag=asked.etag(path))
    done = asked.post(f"{path}visa/", {}, etag=asked.etag(path))
    again = asked.post(f"{path}visa/", {}, etag=asked.etag(path))

    assert (bare.status_code, fields_at_fault(bare)) == (400, ["note"])
    assert (done.status_code, done.json()["state"], done.json()["visa_by"]) == (200, "submitted", director.full_name)
    assert again.status_code == 409


@pytest.mark.django_db
def test_over_rest_a_report_tells_its_steps_and_who_is_not_in_turn_is_refused(in_turn, officer, chief):
    path, first, second = f"progress-reports/{in_turn.public_id}/", Rest(officer, None), Rest(chief, None)

    early = second.post(f"{path}accept/", {}, etag=second.etag(path))
    done = first.post(f"{path}accept/", {}, etag=first.etag(path))

    assert (early.status_code, early.json()["code"]) == (409, "not_your_turn")
    assert [(one["nth"], one["reviewer"], one["state"]) for one in done.json()["steps"]] == [
        (1, officer.full_name, "accepted"),
        (2, chief.full_name, "waiting"),
    ]
    nobody = second.post(
        f"{path}replace-reviewer/", {"person": "x@nowhere.example", "reason": "Left"}, etag=second.etag(path)
    )
    assert (nobody.status_code, fields_at_fault(nobody)) == (400, ["person"])
