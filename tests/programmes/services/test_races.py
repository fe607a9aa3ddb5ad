"""What holds when two sessions meet."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from programmes.models import Country, EngagementRecipient, ObservationRevision, ProgressReport
from programmes.services.progress import accept_report, open_period, record_observations, submit_report
from programmes.services.readings import Reading
from ta_portal.access.permissions import Role
from ta_portal.errors import InvalidInput
from tests.factories import CountryFactory, EngagementFactory, IndicatorFactory, OutcomeFactory
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def share(engagement, country, pct):
    def write():
        with transaction.atomic():
            return EngagementRecipient.objects.create(engagement=engagement, country=country, pct=pct)

    return write


def test_of_two_sessions_that_each_give_the_whole_one_is_refused():
    engagement = EngagementFactory(country=False)
    there, here = CountryFactory(iso2="KE"), CountryFactory(iso2="MD")

    outcomes = race([share(engagement, there, 100), share(engagement, here, 100)])

    refused = [found for found in outcomes if isinstance(found, IntegrityError)]
    assert len(refused) == 1
    assert "add up to 200" in str(refused[0])
    assert engagement.recipients.get().pct == 100


def test_two_halves_in_one_transaction_pass_and_one_half_alone_does_not():
    engagement = EngagementFactory(country=False)
    countries = [CountryFactory(iso2="KE"), CountryFactory(iso2="MD")]

    with pytest.raises(IntegrityError, match="add up to 50"):
        share(engagement, countries[0], 50)()
    with transaction.atomic():
        for country in countries:
            EngagementRecipient.objects.create(engagement=engagement, country=country, pct=50)
    with pytest.raises(IntegrityError, match="add up to 40"), transaction.atomic():
        engagement.recipients.filter(country="KE").delete()
        engagement.recipients.update(pct=40)

    assert engagement.recipients.count() == 2
    assert Country.objects.filter(pk="KE").exists()


def test_of_two_periods_opened_over_the_same_days_one_is_refused(member):
    engagement, officer = EngagementFactory(), member(Role.PROGRAMME_OFFICER)

    def open_one(first, last):
        return lambda: open_period(
            engagement_id=engagement.pk, starts=dt.date(2024, first, 1), ends=dt.date(2024, last, 28), by=officer
        )

    outcomes = race([open_one(1, 3), open_one(2, 4)])

    assert sum(isinstance(found, InvalidInput) for found in outcomes) == 1
    assert engagement.periods.count() == 1


def test_two_who_record_the_same_figure_at_once_leave_one_observation_and_every_revision(member):
    engagement, author = EngagementFactory(), member(Role.ADMINISTRATOR)
    indicator = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement), method="sum")
    period = open_period(engagement_id=engagement.pk, starts=dt.date(2024, 1, 1), ends=dt.date(2024, 3, 31), by=author)

    def record(value):
        reading = Reading(indicator=indicator, value=Decimal(value))
        return lambda: record_observations(report_id=period.report.pk, readings=[reading], by=author)

    outcomes = race([record(value) for value in (1, 2, 3, 4)])

    assert not [found for found in outcomes if isinstance(found, Exception)]
    assert indicator.observations.count() == 1
    revisions = ObservationRevision.objects.order_by("seq").values_list("seq", "value")
    assert [seq for seq, _value in revisions] == [1, 2, 3, 4]
    assert indicator.observations.get().value == revisions[3][1]


def test_of_two_who_accept_at_once_one_is_told_that_it_is_done(member):
    engagement, author = EngagementFactory(), member(Role.ADMINISTRATOR)
    period = open_period(engagement_id=engagement.pk, starts=dt.date(2024, 1, 1), ends=dt.date(2024, 3, 31), by=author)
    submit_report(report_id=period.report.pk, by=author)
    reviewers = [member(Role.PROGRAMME_OFFICER), member(Role.PROGRAMME_OFFICER)]

    def accept(reviewer):
        return lambda: accept_report(report_id=period.report.pk, by=reviewer)

    outcomes = race([accept(reviewer) for reviewer in reviewers])

    assert sum(isinstance(found, ProgressReport) for found in outcomes) == 1
    assert ProgressReport.objects.get().decided_by in reviewers
