"""What people are reminded of by the clock: on which days, whom, once; and that a date that moves is told anew."""

import datetime as dt

import pytest

from programmes.models import Membership
from programmes.services.days import days
from programmes.services.progress import return_report, submit_report
from programmes.tasks import remind, remind_of
from ta_portal.access.permissions import Role
from ta_portal.mail.models import Letter, Message
from tests.factories import (
    EngagementFactory,
    FundingAgreementFactory,
    OrganisationFactory,
    ProgressReportFactory,
    ReportingPeriodFactory,
    RiskFactory,
)
from tests.racing import race

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 2)
HOSTILE = "Bank <script>\r\nBcc: all@ministry.example"


def in_days(count):
    return DAY + dt.timedelta(days=count)


def told(kind):
    return set(Message.objects.filter(kind=kind).values_list("recipient", flat=True))


def count(kind):
    return Message.objects.filter(kind=kind).count()


@pytest.fixture
def running():
    """An engagement that goes on for long."""
    return EngagementFactory(
        ref="RUN-1", title="Cash management", planned=days(dt.date(2024, 1, 1), dt.date(2030, 1, 1))
    )


@pytest.fixture
def team(running, member):
    """One of each role on the engagement, and an administrator of everything."""
    roles = {role: member(role, engagement=running) for role in Role if role is not Role.ADMINISTRATOR}
    return roles | {Role.ADMINISTRATOR: member(Role.ADMINISTRATOR)}


@pytest.fixture
def due_report(running):
    def make(due, **given):
        period = ReportingPeriodFactory(
            engagement=running, starts=dt.date(2025, 10, 1), ends=dt.date(2025, 12, 31), due=due
        )
        return ProgressReportFactory(period=period, **given)

    return make


# --- reports ---


@pytest.mark.parametrize(("due", "kind"), [(14, "due"), (0, "due"), (-1, "overdue"), (-400, "overdue")])
def test_those_who_write_are_told_and_those_who_decide_are_not(due, kind, due_report, team):
    due_report(in_days(due))
    remind_of(DAY)

    assert told(f"progress.{kind}") == {team[Role.LIAISON].pk, team[Role.EXPERT].pk}
    assert Message.objects.count() == 2


def test_nothing_is_due_before_its_time_nor_where_nothing_runs(due_report, team, running):
    due_report(in_days(15))
    remind_of(DAY)
    running.status = "completed"
    running.save()
    remind_of(in_days(5))

    assert Message.objects.count() == 0


def test_who_was_told_is_not_told_again_until_it_is_late_and_then_twice(due_report, team):
    due_report(in_days(10))
    days_told = []
    for number in (0, 1, 10, 11, 12, 39, 40, 41, 60):
        before = Message.objects.filter(recipient=team[Role.LIAISON]).count()
        remind_of(in_days(number))
        if Message.objects.filter(recipient=team[Role.LIAISON]).count() > before:
            days_told.append(number)

    # Due on the tenth day: at first, the day after it, and thirty days after it.
    assert days_told == [0, 11, 40]


def test_a_new_due_date_is_told_anew(due_report, team):
    report = due_report(in_days(3))
    remind_of(DAY)
    report.period.due = in_days(9)
    report.period.save()
    remind_of(DAY)

    assert Message.objects.filter(recipient=team[Role.LIAISON]).count() == 2


def test_a_report_that_was_sent_is_not_asked_for(due_report, team):
    report = due_report(in_days(-3))
    submit_report(report_id=report.pk, by=team[Role.LIAISON])
    remind_of(DAY)
    assert told("progress.overdue") == set()

    return_report(report_id=report.pk, note="Say more.", by=team[Role.PROGRAMME_OFFICER])
    remind_of(DAY)
    (message, *_rest) = Message.objects.filter(kind="progress.overdue", recipient=team[Role.LIAISON])
    assert ["The reviewer’s note", "Say more."] in message.content["quotes"]


def test_who_lost_their_role_is_told_nothing(due_report, team):
    due_report(in_days(3))
    Membership.objects.filter(user=team[Role.LIAISON]).delete()
    remind_of(DAY)

    assert told("progress.due") == {team[Role.EXPERT].pk}


def test_the_letter_says_what_by_when_and_where(due_report, team, wake, mailoutbox):
    due_report(in_days(3))
    remind_of(DAY)
    wake()

    (mail,) = [mail for mail in mailoutbox if mail.to == [team[Role.LIAISON].email]]
    assert "Due on 5 Mar 2026: progress of October to December 2025, RUN-1" in mail.subject
    for said in ("Cash management (RUN-1)", "Figures given: 0 of 0", "send it for review", "/RUN-1/progress/2025-Q4/"):
        assert said in mail.body


# --- risks ---


def test_a_risk_is_its_owners(running, team):
    RiskFactory(engagement=running, owner=team[Role.EXPERT], review_on=DAY)
    RiskFactory(engagement=running, owner=team[Role.EXPERT], review_on=in_days(1))
    RiskFactory(engagement=running, owner=team[Role.EXPERT], review_on=in_days(-5), status="closed")
    remind_of(DAY)

    assert told("risk.review") == {team[Role.EXPERT].pk}
    assert count("risk.review") == 1


def test_a_risk_without_an_owner_who_can_see_it_is_the_lead_officers(running, team, member):
    running.lead_officer = team[Role.PROGRAMME_OFFICER]
    running.save()
    RiskFactory(engagement=running, review_on=in_days(-1))
    RiskFactory(engagement=running, owner=member(Role.LIAISON, engagement=EngagementFactory()), review_on=in_days(-1))
    remind_of(DAY)

    assert told("risk.review") == {team[Role.PROGRAMME_OFFICER].pk}
    assert count("risk.review") == 2


def test_a_title_with_a_script_and_a_header_in_it_is_only_text(running, team, wake, mailoutbox):
    RiskFactory(engagement=running, code="R7", title=HOSTILE, owner=team[Role.EXPERT], review_on=DAY)
    remind_of(DAY)
    wake()

    (mail,) = mailoutbox
    assert mail.subject.endswith("Risk to review: R7 Bank <script> Bcc: all@ministry.example, RUN-1")
    assert mail.message()["Bcc"] is None
    assert "<script" not in mail.alternatives[0].content
    assert "12 (likelihood 3, impact 4)" in mail.body


# --- ends ---


@pytest.mark.parametrize(
    ("left", "times"),
    [(181, 0), (180, 1), (179, 1), (91, 1), (90, 1), (31, 1), (30, 1), (0, 1), (-1, 0)],
)
def test_an_engagement_that_ends_is_told_to_whoever_leads_it(left, times, running, team):
    running.lead_officer = team[Role.PROGRAMME_OFFICER]
    running.planned = days(dt.date(2024, 1, 1), in_days(left))
    running.save()
    remind_of(DAY)

    assert count("engagement.ends") == times
    assert told("engagement.ends") <= {team[Role.PROGRAMME_OFFICER].pk}


def test_it_is_told_at_180_90_and_30_days_and_again_where_the_end_moves(running, team):
    running.lead_officer = team[Role.PROGRAMME_OFFICER]
    running.planned = days(dt.date(2024, 1, 1), in_days(200))
    running.save()
    days_told, before = [], 0
    for number in (0, 19, 20, 21, 109, 110, 111, 169, 170, 171, 200):
        remind_of(in_days(number))
        if count("engagement.ends") > before:
            before = count("engagement.ends")
            days_told.append(200 - number)
    assert days_told == [180, 90, 30]

    running.planned = days(dt.date(2024, 1, 1), in_days(370))
    running.save()
    remind_of(in_days(200))
    assert count("engagement.ends") == 4


def test_without_a_lead_officer_all_who_may_change_it_are_told(running, team):
    running.planned = days(dt.date(2024, 1, 1), in_days(10))
    running.save()
    remind_of(DAY)

    assert told("engagement.ends") == {team[Role.PROGRAMME_OFFICER].pk, team[Role.ADMINISTRATOR].pk}


def test_a_lead_officer_who_left_is_told_nothing(running, team):
    running.lead_officer = team[Role.PROGRAMME_OFFICER]
    running.planned = days(dt.date(2024, 1, 1), in_days(10))
    running.save()
    Membership.objects.filter(user=team[Role.PROGRAMME_OFFICER]).delete()
    remind_of(DAY)

    assert told("engagement.ends") == {team[Role.ADMINISTRATOR].pk}


def test_an_agreement_that_ends_is_told_to_the_lead_officer_and_the_finance_officer(running, team, wake, mailoutbox):
    running.lead_officer = team[Role.PROGRAMME_OFFICER]
    running.save()
    donor = OrganisationFactory(name="Meridian Fund")
    FundingAgreementFactory(
        engagement=running, contributor=donor, code="AG-1", amount=987654, during=days(dt.date(2024, 1, 1), in_days(90))
    )
    FundingAgreementFactory(engagement=running, during=days(dt.date(2024, 1, 1), in_days(181)))
    FundingAgreementFactory(engagement=running)
    remind_of(DAY)
    wake()

    assert told("agreement.ends") == {team[Role.PROGRAMME_OFFICER].pk, team[Role.FINANCE_OFFICER].pk}
    assert count("agreement.ends") == 2
    for mail in mailoutbox:
        assert "Agreement AG-1 ends on 31 May 2026, RUN-1" in mail.subject
        assert "Meridian Fund" in mail.body
        assert "Time left: 90 days" in mail.body
        assert "/funding/RUN-1/AG-1/" in mail.body
        assert "987" not in mail.body


# --- once ---


def test_the_task_of_the_day_run_twice_tells_once(due_report, team, wake, mailoutbox):
    due_report(dt.datetime.now(tz=dt.UTC).date())
    remind()
    remind()
    wake()
    wake()

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([team[Role.LIAISON].email, team[Role.EXPERT].email])


def test_what_was_told_costs_the_same_queries_however_much_it_is(running, team, django_assert_max_num_queries):
    for number in range(40):
        RiskFactory(engagement=running, owner=team[Role.EXPERT], review_on=in_days(-number))
    remind_of(DAY)

    with django_assert_max_num_queries(12):
        assert remind_of(DAY) == 0


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_tell_once(due_report, team):
    due_report(in_days(3))

    race([lambda: remind_of(DAY)] * 4)

    assert (Message.objects.count(), Letter.objects.count()) == (2, 2)
