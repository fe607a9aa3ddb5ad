"""A report that is sent, returned or accepted: who is told, in which words and language, and once."""

from decimal import Decimal

import pytest

from programmes.domain.vocabulary import ChangeReason
from programmes.models import Membership
from programmes.services.figure_changes import NewFigure, accept_with_changes, dispute_changes
from programmes.services.progress import accept_report, return_report, send_report, submit_report
from programmes.services.progress_exceptions import reopen_report
from programmes.services.readings import Reading
from programmes.services.reviewing import arrange_reviewing, replace_reviewer
from programmes.services.visas import give_visa, refuse_visa
from ta_portal.access.permissions import Role
from ta_portal.jobs.models import Outbox
from ta_portal.mail.models import Letter, Message
from tests.factories import EngagementFactory, InstitutionFactory
from tests.racing import race

pytestmark = pytest.mark.django_db

WORDS = {"done": "Twelve accounts closed.", "obstacles": "The bank <waits>.", "next_steps": "Close the rest."}
SENT = {"en": "To review", "fr": "À examiner", "es": "Por revisar", "pt": "Por rever", "ar": "للمراجعة"}


@pytest.fixture
def send(report, accounts, liaison):
    def act(by=None):
        return send_report(
            report_id=report.pk,
            words=WORDS,
            readings=[Reading(indicator=accounts, value=Decimal(341))],
            by=by or liaison,
        )

    return act


def told(kind):
    return set(Message.objects.filter(kind=f"progress.{kind}").values_list("recipient", flat=True))


def accepted_of_the_second_quarter():
    """The first one was accepted before the test begins."""
    return Message.objects.filter(kind="progress.accepted", subject__contains="April to June")


def letters(mailoutbox, to):
    return [mail for mail in mailoutbox if mail.to == [to.email]]


def test_a_report_that_was_sent_is_told_to_all_who_may_decide_and_nobody_else(send, wake, officer, member, engagement):
    donor = engagement.programme.lead
    deciding = {
        officer.pk,
        member(Role.ADMINISTRATOR).pk,
        member(Role.PROGRAMME_OFFICER, programme=engagement.programme).pk,
        member(Role.PROGRAMME_OFFICER, organisation=donor).pk,
    }
    elsewhere = EngagementFactory(institution=InstitutionFactory())
    member(Role.PROGRAMME_OFFICER, engagement=elsewhere)
    for role in (Role.FINANCE_OFFICER, Role.EVALUATOR, Role.VIEWER, Role.AUDITOR, Role.LIAISON, Role.EXPERT):
        member(role)

    send()
    wake()

    assert told("submitted") == deciding


def test_a_figure_that_was_changed_is_told_to_the_sender_with_both_values_and_a_dispute_to_the_reviewer(
    send, wake, officer, liaison, member
):
    member(Role.ADMINISTRATOR)
    report = send()
    figure = report.observations.get()
    change = NewFigure(figure, {"value": Decimal("34.1")}, ChangeReason.DECIMAL_MARK, "Per thousand.")
    accept_with_changes(report_id=report.pk, changes=[change], by=officer)
    wake()

    assert told("changed") == {liaison.pk}
    assert not accepted_of_the_second_quarter()
    content = str(Message.objects.get(kind="progress.changed").content)
    assert "341 was reported, 34.10 was accepted" in content
    assert "Per thousand." in content

    dispute_changes(report_id=report.pk, objections={"I01": "Not per thousand."}, by=liaison)
    wake()
    assert told("disputed") == {officer.pk}
    assert "Not per thousand." in str(Message.objects.get(kind="progress.disputed").content)


def test_where_the_sender_has_left_all_who_write_for_the_ministry_are_told_of_the_change(
    send, wake, officer, liaison, member, engagement
):
    colleague = member(Role.LIAISON, institution=engagement.institution)
    report = send()
    liaison.memberships.all().delete()
    change = NewFigure(report.observations.get(), {"value": Decimal(34)}, ChangeReason.UNIT, "Tens.")
    accept_with_changes(report_id=report.pk, changes=[change], by=officer)
    wake()

    assert told("changed") == {colleague.pk}


def test_only_whose_turn_it_is_is_told_the_director_first_and_each_reviewer_after_the_other(
    send, wake, officer, member, engagement, liaison
):
    director, chief = member(Role.LIAISON, institution=engagement.institution), member(Role.PROGRAMME_OFFICER)
    member(Role.ADMINISTRATOR)
    arrange_reviewing(engagement_id=engagement.pk, visa_by=director, first=officer, second=chief, by=officer)

    report = send()
    wake()
    assert (told("visa"), told("submitted")) == ({director.pk}, set())
    give_visa(report_id=report.pk, by=director)
    wake()
    assert told("submitted") == {officer.pk}
    accept_report(report_id=report.pk, by=officer)
    wake()
    assert told("submitted") == {officer.pk, chief.pk}
    assert not accepted_of_the_second_quarter()


def test_what_the_director_sends_back_is_told_to_the_sender_and_a_replacement_to_who_takes_the_turn(
    send, wake, officer, member, engagement, liaison
):
    director, deputy = (member(Role.LIAISON, institution=engagement.institution) for _nth in "12")
    arrange_reviewing(engagement_id=engagement.pk, visa_by=director, by=officer)
    report = send()
    refuse_visa(report_id=report.pk, note="Not yet.", by=director)
    wake()
    assert (told("visa"), told("returned")) == (set(), {liaison.pk})
    assert "Not yet." in str(Message.objects.get(kind="progress.returned").content)

    submit_report(report_id=report.pk, by=liaison)
    director.memberships.all().delete()
    replace_reviewer(report_id=report.pk, person=deputy, reason="He left.", by=officer)
    wake()
    assert told("visa") == {deputy.pk}


def test_whoever_sent_it_is_not_asked_to_decide(send, wake, officer, member):
    chief = member(Role.ADMINISTRATOR)
    send(by=chief)
    wake()

    assert told("submitted") == {officer.pk}


def test_all_that_was_said_stands_in_the_letter(send, wake, officer, liaison, engagement, mailoutbox):
    send()
    wake()

    (mail,) = letters(mailoutbox, officer)
    html = mail.alternatives[0].content
    reference = Message.objects.get(recipient=officer, kind="progress.submitted").reference
    assert mail.subject == f"[{reference}] To review: progress of April to June 2024, TSA-1"
    for said in (
        f"Treasury single account ({engagement.ref})",
        "April to June 2024",
        str(liaison),
        "I01 Bank accounts outside the TSA",
        "341 accounts (last: 366)",
        "Twelve accounts closed.",
        "Close the rest.",
        "/engagements/TSA-1/progress/2024-Q2/review/",
    ):
        assert said in mail.body
        assert said in html
    assert "The bank <waits>." in mail.body
    assert "The bank &lt;waits&gt;." in html


@pytest.mark.parametrize("language", SENT)
def test_each_is_told_in_their_own_language(language, send, wake, officer, mailoutbox):
    officer.language = language
    officer.save()
    send()
    wake()

    (mail,) = letters(mailoutbox, officer)
    assert SENT[language] in mail.subject
    assert Message.objects.get(recipient=officer, kind="progress.submitted").language == language


def test_what_was_decided_before_it_was_told_asks_nobody_any_more(send, wake, officer, report):
    send()
    accept_report(report_id=report.pk, by=officer)
    wake()

    assert told("submitted") == set()


def test_a_report_that_came_back_says_why_to_who_sent_it(send, wake, report, officer, liaison, member, mailoutbox):
    member(Role.LIAISON)
    send()
    asked = {"I01": "Is it 341?", "done": "Which ones?"}
    return_report(report_id=report.pk, note="Nearly\nthere.", questions=asked, by=officer)
    wake()

    assert told("returned") == {liaison.pk}
    mail = letters(mailoutbox, liaison)[-1]
    for said in (
        "Returned: progress of April to June 2024, TSA-1",
        "I01 Bank accounts outside the TSA:\nIs it 341?",
        "Which ones?",
        "Nearly\nthere.",
        str(officer),
        "Another reason",
        "/engagements/TSA-1/progress/2024-Q2/",
    ):
        assert said in f"{mail.subject}\n{mail.body}"


def test_what_is_told_is_what_was_said_then(send, wake, report, officer, liaison):
    send()
    return_report(report_id=report.pk, note="The first time.", by=officer)
    send()
    return_report(report_id=report.pk, note="The second time.", by=officer)
    wake()

    said = [one.content["quotes"] for one in Message.objects.filter(kind="progress.returned").order_by("pk")]
    assert [[text for _heading, text in quotes] for quotes in said] == [["The first time."], ["The second time."]]


def test_a_report_that_was_accepted_is_told_to_who_sent_it(send, wake, report, officer, liaison, mailoutbox):
    send()
    accept_report(report_id=report.pk, by=officer)
    wake()

    # The first quarter's, of the fixture, and this one.
    assert told("accepted") == {liaison.pk}
    (_first, mail) = letters(mailoutbox, liaison)
    assert "Accepted: progress of April to June 2024, TSA-1" in mail.subject
    assert "341 accounts" in mail.body


def test_a_report_that_was_opened_again_is_told_to_who_sent_it_with_what_is_to_be_corrected(
    send, wake, report, officer, liaison, mailoutbox
):
    send()
    accept_report(report_id=report.pk, by=officer)
    wake()
    mailoutbox.clear()

    reopen_report(report_id=report.pk, reason="The branches were left out.", by=officer)
    wake()

    (letter,) = letters(mailoutbox, liaison)
    assert "The branches were left out." in letter.body
    assert told("returned") == {liaison.pk}


def test_who_may_not_write_there_any_more_is_not_told(send, wake, report, officer, liaison):
    send()
    Membership.objects.filter(user=liaison).delete()
    return_report(report_id=report.pk, note="Mend it.", by=officer)
    wake()

    assert told("returned") == set()


def test_a_fact_that_is_told_twice_makes_one_message(send, wake, officer, mailoutbox):
    send()
    wake()
    Outbox.objects.update(sent_at=None, claimed_until=None)
    wake()
    wake()

    assert Message.objects.filter(recipient=officer, kind="progress.submitted").count() == 1
    assert len(letters(mailoutbox, officer)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_and_send_once(send, wake, officer, mailoutbox):
    send()

    assert race([wake] * 4) == [None] * 4
    wake()

    assert Message.objects.filter(kind="progress.submitted").count() == 1
    assert len(letters(mailoutbox, officer)) == 1
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
