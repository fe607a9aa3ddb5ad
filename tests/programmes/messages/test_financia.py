"""Financia's people: who is told of what, worked out by hand from the table of roles (design.md, 2)."""

import datetime as dt
from decimal import Decimal

import pytest

from programmes.domain.vocabulary import ChangeReason
from programmes.models import Engagement, ReportingPeriod, Risk
from programmes.services.days import days
from programmes.services.figure_changes import NewFigure, accept_with_changes, dispute_changes
from programmes.services.progress import (
    accept_report,
    open_period,
    record_observations,
    return_report,
    submit_report,
)
from programmes.services.readings import Reading
from programmes.services.reviewing import arrange_reviewing
from programmes.tasks import remind_of
from ta_portal.accounts.models import User
from ta_portal.demo.personas import PERSONAS, make_people
from ta_portal.mail.models import Message
from tests.factories import IndicatorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scenarios")]

DAY = dt.date(2026, 3, 2)
SOON = DAY + dt.timedelta(days=20)
# The liaison is of Financia's ministry and the expert its team leader: both write. The officer and the administrator
# see the portfolio and decide; the finance officer keeps the money. Nobody else has a move to make.
TOLD = {
    "progress.visa": {"liaison"},
    "progress.submitted": {"admin", "officer"},
    "progress.returned": {"liaison"},
    "progress.accepted": {"liaison"},
    "progress.changed": {"liaison"},
    "progress.disputed": {"officer"},
    "progress.due": {"liaison", "expert"},
    "progress.overdue": {"liaison", "expert"},
    "risk.review": {"officer"},
    "engagement.ends": {"officer"},
    "agreement.ends": {"officer", "finance"},
}

FIGURE = "I99"
# Words of the English messages.
ENGLISH = ("review", "report", "ends on", "Due on", "Overdue", "Returned", "Accepted", "Open the", "Decide", "Give the")


@pytest.fixture
def people(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    make_people()
    return {persona.key: User.objects.get(email=persona.email) for persona in PERSONAS}


@pytest.fixture
def everything_happens(people, wake):
    """Financia goes on until soon, led by the officer; one report of each sort, a risk and an agreement."""
    wake()
    engagement = Engagement.objects.get(ref="FIN-TAX-2024")
    engagement.status, engagement.lead_officer = "active", people["officer"]
    engagement.planned, engagement.actual = days(dt.date(2024, 1, 1), SOON), None
    engagement.save()
    engagement.agreements.exclude(pk=engagement.agreements.first().pk).update(during=None)
    engagement.agreements.filter(during__isnull=False).update(during=days(dt.date(2024, 1, 1), SOON))
    Risk.objects.exclude(code="R1").update(review_on=None)
    Risk.objects.filter(engagement=engagement, code="R1").update(review_on=DAY, status="open")
    ReportingPeriod.objects.filter(engagement=engagement).update(state="locked")
    made = {}
    for month, due in (
        (1, SOON),
        (2, DAY - dt.timedelta(days=1)),
        (3, SOON),
        (4, SOON),
        (5, DAY),
        (6, SOON),
        (7, SOON),
        (8, SOON),
    ):
        starts = dt.date(2027, month, 1)
        period = open_period(
            engagement_id=engagement.pk,
            starts=starts,
            ends=starts + dt.timedelta(days=27),
            due=due,
            by=people["officer"],
        )
        made[month] = period.report.pk
    for month in (1, 3, 4):
        submit_report(report_id=made[month], by=people["liaison"])
    return_report(report_id=made[3], note="Say more.", by=people["officer"])
    accept_report(report_id=made[4], by=people["officer"])
    for month in (6, 7):
        put_right(engagement, made[month], people)
    dispute_changes(report_id=made[7], objections={FIGURE: "It is right."}, by=people["liaison"])
    arrange_reviewing(engagement_id=engagement.pk, visa_by=people["liaison"], by=people["officer"])
    submit_report(report_id=made[8], by=people["expert"])
    remind_of(DAY)
    wake()
    return made


def put_right(engagement, report, people):
    """The liaison sends a figure, and the officer accepts another in its place."""
    indicator = engagement.indicators.filter(code=FIGURE).first() or IndicatorFactory(
        outcome=engagement.outcomes.first(), code=FIGURE
    )
    (figure,) = record_observations(
        report_id=report, readings=[Reading(indicator=indicator, value=Decimal(4))], by=people["liaison"]
    )
    submit_report(report_id=report, by=people["liaison"])
    changes = [NewFigure(figure, {"value": Decimal(5)}, ChangeReason.MISTYPED, "Five, says the annex.")]
    accept_with_changes(report_id=report, changes=changes, by=people["officer"])


def test_each_is_told_what_their_role_is_for_and_nobody_else_is(everything_happens, people):
    names = {user.pk: key for key, user in people.items()}
    told = {kind: set() for kind in TOLD}
    for kind, recipient in Message.objects.values_list("kind", "recipient"):
        told[kind].add(names[recipient])

    assert told == TOLD
    untold = set(people) - set().union(*told.values())
    assert untold == {"evaluator", "viewer", "auditor", "liaison.elsewhere"}


def test_what_was_loaded_long_ago_is_told_to_nobody(people, wake):
    wake()

    assert not Message.objects.exists()


@pytest.mark.parametrize("language", ["fr", "es", "pt", "ar"])
def test_every_kind_speaks_each_language(language, people, request):
    everybody = list(people.values())
    User.objects.filter(pk__in=[user.pk for user in everybody]).update(language=language)
    request.getfixturevalue("everything_happens")

    written = list(Message.objects.order_by("pk"))
    assert {message.kind for message in written} == set(TOLD)
    for message in written:
        assert message.language == language
        said = [message.subject, *(message.content[part] for part in ("lead", "todo", "action"))]
        for english in ENGLISH:
            assert english not in " ".join(said), (message.kind, said)
