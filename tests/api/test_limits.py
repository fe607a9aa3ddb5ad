"""Limits on asking: for each token and each user, stricter on what costs more, and nobody else is held up."""

import time

import pytest
import time_machine

from ta_portal.access.permissions import Role
from ta_portal.api.services.limits import Asked, seconds_to_wait
from tests.factories import UserFactory
from tests.racing import race
from tests.rest import Rest
from tests.web import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def _tight(settings):
    settings.API_CALLS_PER_MINUTE = {"anything": 5, "search": 2, "export": 1}


@pytest.fixture(autouse=True)
def _same_minute():
    with time_machine.travel(1_750_000_000 - 1_750_000_000 % 60 + 10, tick=False):
        yield


@pytest.mark.usefixtures("_tight")
@pytest.mark.parametrize(
    ("times", "parameters", "headers"),
    [
        (5, {}, {}),
        (2, {"search": "a"}, {}),
        (2, {"title__icontains": "a"}, {}),
        (1, {}, {"Accept": "text/csv"}),
    ],
)
def test_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is(rest, times, parameters, headers):
    busy, other = rest(), rest()
    for _time in range(times):
        assert busy.ask("milestones/", headers=headers, **parameters).status_code == 200

    refused = busy.ask("milestones/", headers=headers, **parameters)

    assert refused.status_code == 429
    assert refused.json()["code"] == "throttled"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) == 50
    assert other.ask("milestones/", headers=headers, **parameters).status_code == 200


@pytest.mark.usefixtures("_tight")
def test_what_is_cheap_goes_on_when_what_is_dear_does_not(rest):
    asked = rest()
    for _time in range(2):
        asked.ask("milestones/", headers={"Accept": "text/csv"})

    assert asked.ask("milestones/").status_code == 200


@pytest.mark.usefixtures("_tight")
def test_the_next_minute_begins_anew(rest):
    asked = rest()
    for _time in range(6):
        last = asked.ask("milestones/")
    assert last.status_code == 429

    with time_machine.travel(time.time() + 50, tick=False):
        assert asked.ask("milestones/").status_code == 200


@pytest.mark.usefixtures("_tight")
def test_many_tokens_of_one_user_are_no_way_round(member):
    user = member(Role.VIEWER)
    answers = [Rest(user, ["read"]).ask("milestones/").status_code for _token in range(6)]

    assert answers == [200] * 5 + [429]


@pytest.mark.usefixtures("_tight")
def test_a_stranger_is_sent_away_and_not_counted():
    assert [Rest().ask("milestones/").status_code for _time in range(7)] == [401] * 7


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_are_each_counted(settings):
    settings.API_CALLS_PER_MINUTE = {"anything": 10, "search": 10, "export": 10}
    caller = f"user:{UserFactory().pk}"

    waits = race([lambda: seconds_to_wait([caller, "token:1"], [Asked.ANYTHING, Asked.SEARCH])] * 16)

    assert sorted(waits, key=str) == [50] * 6 + [None] * 10


@pytest.mark.usefixtures("_tight")
@pytest.mark.parametrize("address", ["/engagements/export.csv", "/history/export.csv"])
def test_a_file_from_a_page_counts_with_those_of_rest_and_the_page_says_when_to_come_back(address, rest, signed_in):
    asked = rest(Role.ADMINISTRATOR)
    assert asked.ask("milestones/", headers={"Accept": "text/csv"}).status_code == 200

    refused = asked.client.get(address)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "50"
    said = "You have taken more files than one may in a minute: try again in 50 seconds."
    assert said in Page(refused).text
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 200
    with time_machine.travel(time.time() + 50, tick=False):
        assert asked.client.get(address).status_code == 200
        assert asked.ask("milestones/", headers={"Accept": "text/csv"}).status_code == 429
