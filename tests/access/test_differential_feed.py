"""The feeds of changes tell nobody of an engagement that they may not see: not its rows, not their end, not even that
something happened. On real connections: a feed shows only what other transactions have committed.
"""

import logging

import pytest
from django.db import transaction

from programmes.models import Engagement
from ta_portal.api_urls import RESOURCES
from ta_portal.changes.models import Tombstone
from tests.access.hidden import HIDDEN
from tests.access.readers import Reader
from tests.access.world import make_world
from tests.factories import EngagementFactory, FundingAgreementFactory, MilestoneFactory, RiskFactory

NAMES = ("administrator", "officer", "liaison", "expert", "viewer", "auditor", "elsewhere", "read")
FEEDS = sorted(viewset.resource for viewset in RESOURCES if viewset.has_feed())
BEGINNING = "1970-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Follower:
    """A reader that follows every feed they may, from a first reading on."""

    def __init__(self, name, world):
        self.user = world.people["officer" if name == "read" else name]
        self.reader = Reader(name, world, keeps=True)
        self.marks = {}
        self.told = {}
        for resource in FEEDS:
            status, rows, mark = self._ask(resource, BEGINNING)
            assert status in (200, 403)
            if status == 200:
                self.marks[resource] = mark
                self.told[resource] = rows

    def _ask(self, resource, mark):
        response = self.reader.ask("GET", f"/api/v1/{resource}/?page_size=500&updated_since={mark}")
        answer = response.json()
        assert answer.get("next") is None
        return response.status_code, answer.get("results"), answer.get("watermark")

    def news(self):
        """The feeds that told something, or came to another place, since they were last asked."""
        told = {}
        for resource, mark in self.marks.items():
            _status, rows, self.marks[resource] = self._ask(resource, mark)
            if rows or self.marks[resource] != mark:
                told[resource] = rows
        return told

    def is_told_all_as_before(self):
        """Whether a reading from the beginning gives what the last such reading gave."""
        before, self.told = self.told, {resource: self._ask(resource, BEGINNING)[1] for resource in self.marks}
        return self.told == before

    def sees(self, engagement):
        return Engagement.objects.permitted(self.user).filter(pk=engagement.pk).exists()


def an_engagement_to_remove(near):
    """Beside the hidden one, with nothing that is kept for ever below it."""
    spare = EngagementFactory(ref=f"{near.ref}-SPARE", programme=near.programme, institution=near.institution)
    FundingAgreementFactory(engagement=spare, contributor=near.agreements.get().contributor, code="S")
    MilestoneFactory(engagement=spare, code="M1")
    RiskFactory(engagement=spare, code="R1")
    return spare


def add(make, world):
    with transaction.atomic():
        made = make(world)
        return made, an_engagement_to_remove(made)


def change(made):
    made.milestones.update(title="Renamed")
    made.risks.update(title="Renamed")
    Engagement.objects.filter(pk=made.pk).update(title="Renamed")


@transaction.atomic
def remove(spare):
    for below in (spare.agreements, spare.milestones, spare.risks):
        below.all().delete()
    spare.delete()


@pytest.mark.django_db(transaction=True)
def test_what_is_added_changed_and_gone_out_of_sight_is_no_news():
    world = make_world()
    followers = {name: Follower(name, world) for name in NAMES}
    assert sum(len(one.marks) for one in followers.values()) > len(NAMES) * len(FEEDS) * 0.6
    for make in HIDDEN:
        made, spare = add(make, world)
        blind = [name for name in NAMES if not followers[name].sees(made)]
        assert blind, make.__name__
        seen_added = {name: one.news() for name, one in followers.items()}
        change(made)
        buried = Tombstone.objects.count()
        remove(spare)
        assert Tombstone.objects.count() >= buried + 4
        seen_later = {name: one.news() for name, one in followers.items()}

        for name in blind:
            assert (seen_added[name], seen_later[name]) == ({}, {}), (make.__name__, name)
            assert followers[name].is_told_all_as_before(), (make.__name__, name)
        # Who may see it is told of all three: this test is not blind.
        for name in set(NAMES) - set(blind):
            assert not followers[name].is_told_all_as_before(), (make.__name__, name)
            assert {"engagements", "milestones", "risks"} <= set(seen_added[name]), (make.__name__, name)
            assert {"engagements", "milestones", "risks"} <= set(seen_later[name]), (make.__name__, name)
            later = {row.get("ref", row["id"]): row for row in seen_later[name]["engagements"]}
            assert later[made.ref]["title"] == "Renamed"
            assert later[spare.ref]["deleted"] is True
