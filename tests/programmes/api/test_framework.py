"""Outcomes over REST: what engagements are for."""

import pytest

from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory, IndicatorFactory, OutcomeFactory
from tests.rest import fields_at_fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory(ref="MDA-TAX-1")


def test_an_outcome_is_shown_with_its_weight_and_what_a_person_thinks_of_it(engagement, rest):
    OutcomeFactory(engagement=engagement, code="O1", weight="2.50", assigned_rating=3, assigned_reason="The law helps")

    (shown,) = rest(Role.LIAISON, engagement=engagement).get("outcomes/", search="o1")["results"]

    assert (shown["engagement"], shown["code"], shown["weight"]) == ("MDA-TAX-1", "O1", "2.5")
    assert (shown["assigned_rating"], shown["assigned_reason"]) == (3, "The law helps")


def test_outcomes_are_filtered_and_ordered_by_what_they_weigh(engagement, rest):
    for code, weight in (("O1", 1), ("O2", 3), ("O3", 2)):
        OutcomeFactory(engagement=engagement, code=code, weight=weight)

    assert rest().codes("outcomes/", weight__gte="2", ordering="-weight") == ["O2", "O3"]


def test_a_rating_that_is_assigned_says_why(engagement, rest):
    outcome, asked = OutcomeFactory(engagement=engagement), rest(Role.PROGRAMME_OFFICER)
    path = f"outcomes/{outcome.public_id}/"

    refused = asked.patch(path, {"assigned_rating": 2}, etag=asked.etag(path))
    off = asked.patch(path, {"assigned_rating": 5, "assigned_reason": "Great"}, etag=asked.etag(path))

    assert (refused.status_code, fields_at_fault(refused)) == (400, ["assigned_reason"])
    assert (off.status_code, fields_at_fault(off)) == (400, ["assigned_rating"])


def test_an_outcome_that_an_indicator_shows_stays(engagement, rest):
    indicator, asked = IndicatorFactory(outcome=OutcomeFactory(engagement=engagement)), rest(Role.PROGRAMME_OFFICER)
    path = f"outcomes/{indicator.outcome.public_id}/"

    response = asked.delete(path, etag=asked.etag(path), reason="Merged")

    assert (response.status_code, response.json()["code"]) == (409, "still_in_use")


def test_an_engagement_is_set_up_like_another_over_rest(engagement, rest):
    IndicatorFactory(outcome=OutcomeFactory(engagement=engagement, code="O1"), code="I1")
    asked, path = rest(Role.PROGRAMME_OFFICER), f"engagements/{engagement.ref}/"
    body = {"ref": "MDA-TAX-2", "title": "Second phase", "planned_first_day": "2027-01-01"}

    response = asked.post(f"{path}copy/", body, etag=asked.etag(path))

    assert (response.status_code, response.headers["Location"][-10:]) == (201, "MDA-TAX-2/")
    assert (response.json()["status"], response.json()["planned_first_day"]) == ("pipeline", "2027-01-01")
    assert asked.codes("outcomes/", engagement="MDA-TAX-2") == ["O1"]
    assert asked.codes("indicators/", engagement="MDA-TAX-2") == ["I1"]
