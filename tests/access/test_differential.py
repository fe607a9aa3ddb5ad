"""Nothing that somebody can see changes with what they may not see (traps 26): when an engagement is added, when the
other side rates otherwise, when the donor's people note something.

Not a total, not a count, not a choice, not a tag, not a byte.
"""

import logging

import pgtrigger
import pytest

from programmes.models import Engagement, SideRating
from programmes.services.notes import add_note, change_note, remove_note
from ta_portal.access.permissions import Permission
from tests.access.everything import everything
from tests.access.hidden import HIDDEN
from tests.access.readers import Reader, settled, undone

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
        rate_otherwise(world, besides=name)
        if not Engagement.objects.permitted(world.people[name], Permission.NOTE_VIEW).exists():
            note_all_sorts(world)
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


@pytest.mark.parametrize(("name", "other"), [("liaison", "expert"), ("expert", "liaison")])
def test_a_side_sees_its_own_rating_and_through_which_doors(world, name, other):
    reader = Reader(name, world)
    asked = ["/engagements/OURS-1/ratings/", "/api/v1/ratings/?page_size=500"]
    before = [settled(reader.ask("GET", path)) for path in asked]

    with undone():
        rate_otherwise(world, besides=other)
        after = [settled(reader.ask("GET", path)) for path in asked]

    assert [was != now for was, now in zip(before, after, strict=True)] == [True, True]


@pytest.mark.parametrize("name", ["administrator", "officer", "auditor"])
def test_who_may_read_notes_finds_them_on_pages_and_over_rest(world, name):
    reader = Reader(name, world)
    asked = ["/engagements/OURS-1/", "/engagements/OURS-1/risks/", "/api/v1/restricted-notes/"]
    before = [settled(reader.ask("GET", path)) for path in asked]

    with undone():
        note_all_sorts(world)
        after = [settled(reader.ask("GET", path)) for path in asked]

    assert [was != now for was, now in zip(before, after, strict=True)] == [True, True, True]


def note_all_sorts(world):
    """On the engagement, a risk and a rating: one is changed, one taken away again."""
    given = {"engagement_id": world.ours.pk, "text": "For the donor's eyes.", "by": world.people["officer"]}
    about = [{}, {"risk": world.ours.risks.get()}, {"rating": world.ours.side_ratings.exclude(shown_at=None).first()}]
    rows = [add_note(**given, **one) for one in [*about, {}]]
    change_note(note_id=rows[0].pk, text="Other words.", by=given["by"])
    remove_note(note_id=rows[-1].pk, reason="Not needed", by=given["by"])


def rate_otherwise(world, *, besides):
    """Other scores and reasons of what one side gave: as if they had been so from the start. Not those of `besides`."""
    unseen = SideRating.objects.filter(shown_at=None).exclude(given_by=world.people[besides])
    keys = list(unseen.values_list("pk", flat=True))
    stamps = ("SideRating:zz_stamp", "SideRating:update_update", "SideRatingEvent:append_only")
    with pgtrigger.ignore(*(f"programmes.{one}" for one in stamps)):
        told = {"score": 5, "reason": "Nothing of the kind.", "language": "fr"}
        assert SideRating.objects.filter(pk__in=keys).update(**told) > 0
        assert SideRating.pgh_event_model.objects.filter(pgh_obj__in=keys).update(**told) > 0
