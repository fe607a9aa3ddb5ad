"""Strong ETags: the same until something that is shown changes, and different as soon as it does."""

import pytest

from programmes.models import Milestone
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory, EvaluationFactory, MilestoneFactory, WorkstreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone():
    engagement = EngagementFactory()
    return MilestoneFactory(engagement=engagement, workstream=WorkstreamFactory(engagement=engagement))


def addresses(milestone):
    return ["milestones/", f"milestones/{milestone.public_id}/", f"engagements/{milestone.engagement.ref}/results/"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_the_caller_has_is_not_sent_again(rest, milestone, number):
    asked, path = rest(), addresses(milestone)[number]
    first = asked.ask(path)

    again = asked.ask(path, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert not first.headers["ETag"].startswith("W/")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_change_makes_another_tag(rest, milestone, number):
    asked, path = rest(), addresses(milestone)[number]
    before = asked.ask(path).headers["ETag"]

    milestone.done = "2024-06-01"
    milestone.save()

    after = asked.ask(path, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_a_change_of_a_joined_row_makes_another_tag_too(rest, milestone):
    # A tag from the row's version alone would answer 304 with a workstream's old code.
    asked, path = rest(), f"milestones/{milestone.public_id}/"
    before = asked.ask(path).headers["ETag"]

    milestone.workstream.code = "RENAMED"
    milestone.workstream.save()

    after = asked.ask(path, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.json()["workstream"] == "RENAMED"


def test_a_row_that_left_a_list_makes_another_tag(rest, milestone):
    MilestoneFactory(engagement=milestone.engagement)
    asked = rest()
    before = asked.ask("milestones/").headers["ETag"]

    Milestone.objects.latest("pk").delete()

    assert asked.ask("milestones/", headers={"If-None-Match": before}).status_code == 200


def test_an_objects_tag_begins_with_its_version(rest, milestone):
    milestone.title = "Another"
    milestone.save()
    milestone.refresh_from_db()

    whole = rest().ask(f"milestones/{milestone.public_id}/").headers["ETag"]
    part = rest().ask(f"milestones/{milestone.public_id}/", fields="code").headers["ETag"]

    assert milestone.row_version == 2
    assert whole.startswith('"2-')
    assert part.startswith('"2-')
    assert whole != part


@pytest.mark.parametrize("spoilt", ["W/{tag}", '"other", {tag}', "*", "{gzip}", 'W/{gzip} , "x"'])
def test_what_proxies_make_of_a_tag_is_recognised(rest, milestone, spoilt):
    asked = rest()
    tag = asked.ask("milestones/").headers["ETag"]
    given = spoilt.format(tag=tag, gzip=tag[:-1] + '-gzip"')

    assert asked.ask("milestones/", headers={"If-None-Match": given}).status_code == 304


def test_another_caller_with_another_view_gets_another_answer(rest, milestone):
    everything = rest().ask("milestones/").headers["ETag"]

    nothing = rest(Role.VIEWER, engagement=EngagementFactory()).ask(
        "milestones/", headers={"If-None-Match": everything}
    )

    assert nothing.status_code == 200
    assert nothing.json()["results"] == []


def test_answers_vary_by_who_asks(rest, milestone):
    assert {"Authorization", "Cookie", "Accept"} <= set(rest().ask("milestones/").headers["Vary"].split(", "))


def test_a_childs_change_reaches_what_shows_it(rest):
    evaluation = EvaluationFactory()
    asked, path = rest(), f"evaluations/{evaluation.public_id}/"
    before = asked.ask(path).headers["ETag"]

    evaluation.ratings.create(criterion="impact", value=4)

    after = asked.ask(path, headers={"If-None-Match": before})
    assert after.json()["mean"] == "4.00"
