"""Nothing that somebody can see changes when an engagement is added that they may not see (traps 26).

Not a total, not a count, not a choice, not a tag, not a byte.
"""

import logging

import pytest

from programmes.models import Engagement
from tests.access.everything import everything
from tests.access.hidden import HIDDEN
from tests.access.readers import Reader, undone

pytestmark = pytest.mark.django_db
# Every kind of scope; the administrator holds every permission on one engagement.
NAMES = ("administrator", "officer", "liaison", "expert", "viewer", "auditor", "elsewhere")


@pytest.fixture(scope="module", autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def hidden_from(world, django_db_blocker):
    """For each reader the makers of engagements that they may not see."""
    found = {name: [] for name in NAMES}
    with django_db_blocker.unblock():
        for make in HIDDEN:
            with undone():
                key = make(world).pk
                for name in NAMES:
                    if not Engagement.objects.permitted(world.people[name]).filter(pk=key).exists():
                        found[name].append(make)
    return found


def test_every_kind_of_hidden_engagement_is_hidden_from_somebody_and_seen_by_somebody(hidden_from):
    for make in HIDDEN:
        assert 0 < sum(make in makers for makers in hidden_from.values()) < len(NAMES), make.__name__


@pytest.mark.parametrize("name", NAMES)
def test_what_one_sees_does_not_tell_of_what_one_may_not_see(name, world, hidden_from):
    reader = Reader(name, world)
    before = everything(reader, world)

    with undone():
        for make in hidden_from[name]:
            make(world)
        after = everything(reader, world)

    assert len(before) > 100
    assert sum(status == 200 for status, _body, _headers in before.values()) > len(before) * 0.6
    assert set(after) == set(before)
    assert [path for path in before if before[path] != after[path]] == []


def test_who_may_see_what_was_added_sees_it(world):
    """The recording does notice: without this the test above could be blind."""
    reader = Reader("officer", world)
    before = everything(reader, world)

    with undone():
        next(make for make in HIDDEN if make.__name__ == "same_programme")(world)
        after = everything(reader, world)

    changed = {path for path in before if before[path] != after.get(path)}
    assert {
        "/engagements/",
        "/reports/",
        "/portfolio/",
        "/institutions/",
        "/search/?q=audit",
        "/api/v1/milestones/ text/csv",
        "/api/v1/milestones/ application/x-ndjson",
        "export_iati portfolio",
        *(f"/api/v1/{name}/?page_size=500" for name in ("experts", "risks")),
    } <= changed
    assert len(after) > len(before)
