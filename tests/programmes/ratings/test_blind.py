"""Until both sides are in nobody reads the other side's score, through whichever door; then everybody reads both."""

import csv
import io

import pytest

from programmes.models import SideRating
from programmes.services.ratings import change_rating
from ta_portal.access.permissions import Role
from tests.factories import CountryFactory, InstitutionFactory
from tests.programmes.ratings.conftest import ADVISER, MINISTRY
from tests.rest import Rest
from tests.web import Page

pytestmark = pytest.mark.django_db
BEGINNING = "1970-01-01T00:00:00Z"
SECRET = "Nobody came to any meeting."
HISTORY = "/history/?kind=side_rating"
ROLES = [role for role in Role if role not in (Role.LIAISON, Role.EXPERT)]


@pytest.fixture
def given(give):
    return give(MINISTRY, 2, reason=SECRET)


@pytest.fixture
def reader(request, member, expert):
    """Everybody else who sees the engagement: each role, and the other side."""
    return expert if request.param == "expert" else member(request.param)


OTHERS = pytest.mark.parametrize("reader", ["expert", *ROLES], indirect=True)


@OTHERS
def test_over_rest_there_is_no_such_rating(given, reader):
    rest = Rest(reader)
    before = rest.ask(f"ratings/{given.public_id}/")
    listed = rest.ask("ratings/")

    assert before.status_code == 404
    assert listed.json()["results"] == []
    for asked in ({"score": 2}, {"engagement": "RATED-1"}, {"search": "nobody"}, {"updated_since": BEGINNING}):
        assert rest.get("ratings/", **asked)["results"] == []
    tag = listed.headers["ETag"]
    SideRating.objects.filter(pk=given.pk).update(score=1)
    assert rest.etag("ratings/") == tag
    assert rest.patch(f"ratings/{given.public_id}/", {"score": 5}, {"If-Match": '"1"'}).status_code == 404


@OTHERS
@pytest.mark.parametrize("form", ["text/csv", "application/x-ndjson"])
def test_no_file_holds_it(given, reader, form):
    answer = Rest(reader).ask("ratings/", {"Accept": form})

    body = b"".join(answer) if answer.status_code == 200 else answer.content
    assert SECRET.encode() not in body
    assert str(given.public_id).encode() not in body


@OTHERS
def test_no_page_says_it(given, reader, client):
    client.force_login(reader)

    for page in ("ratings", "activity", "progress", "results", ""):
        shown = client.get(f"/engagements/RATED-1/{page}/".replace("//", "/")).content.decode()
        assert SECRET not in shown
        assert "Counterparts attend when they are asked" not in shown


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_history_says_that_it_was_given_and_not_what(given, role, member, client, liaison):
    change_rating(rating_id=given.pk, score=4, reason="It got better.", by=liaison)
    client.force_login(member(role))

    for address in (HISTORY, "/engagements/RATED-1/activity/"):
        rows = [" ".join(row) for row in Page(client.get(address)).table("Audit trail").rows[1:]]
        [given_act] = [row for row in rows if "One side’s rating given" in row]
        [changed_act] = [row for row in rows if "One side’s rating changed" in row]
        assert "The ministry" in given_act
        assert str(liaison) in given_act
        for row in (given_act, changed_act):
            assert "Score" not in row
            assert "Reason" not in row
    held = b"".join(client.get("/history/export.csv?kind=side_rating")).decode()
    assert "One side’s rating given" in held
    assert SECRET not in held
    assert "It got better." not in held
    assert not [line for line in csv.DictReader(io.StringIO(held)) if line["Field"] in ("Score", "Reason", "Language")]


def test_once_both_are_in_every_door_opens(given, give, member, client):
    officer, auditor = member(Role.PROGRAMME_OFFICER), member(Role.AUDITOR)
    mark = Rest(officer).get("ratings/", updated_since=BEGINNING)["results"]
    give(ADVISER, 5, reason="They led.")

    rows = {row["side"]: row for row in Rest(officer).get("ratings/", engagement="RATED-1")["results"]}
    assert mark == []
    assert {side: (row["score"], row["gap"], row["reason"]) for side, row in rows.items()} == {
        "ministry": (2, 3, SECRET),
        "adviser": (5, 3, "They led."),
    }
    client.force_login(auditor)
    said = " ".join(" ".join(row) for row in Page(client.get(HISTORY)).table("Audit trail").rows)
    assert SECRET in said
    assert "Ratings of both sides shown" in said
    held = b"".join(Rest(officer).ask("ratings/", {"Accept": "text/csv"})).decode()
    assert SECRET in held


class TestOwnSide:
    def test_it_reads_its_own_by_session_and_by_token_whoever_of_it_gave_it(self, given, member, engagement):
        colleague = member(Role.LIAISON, institution=engagement.institution)

        for rest in (Rest(colleague), Rest(colleague, ["read"]), Rest(colleague, ["ratings:read"])):
            row = rest.get(f"ratings/{given.public_id}/")
            assert (row["score"], row["gap"], row["shown_at"]) == (2, None, None)

    def test_one_who_could_score_for_both_sides_reads_what_they_gave(self, given, give, member):
        administrator = member(Role.ADMINISTRATOR)
        own = give(ADVISER, 4, by=administrator)

        rows = Rest(administrator, ["read"]).get("ratings/")["results"]

        # Both are in now.
        assert {row["score"] for row in rows} == {2, 4}
        assert own.shown_at is not None

    def test_a_token_that_may_rate_for_one_side_gives_an_administrator_no_look_at_it(self, given, member):
        token = Rest(member(Role.ADMINISTRATOR), ["ratings:read", "ratings:create", "ratings:update"])

        assert token.get("ratings/")["results"] == []
        assert token.patch(f"ratings/{given.public_id}/", {"score": 5}, {"If-Match": '"1"'}).status_code == 404

    def test_a_liaison_of_another_ministry_reads_nothing(self, given, member):
        elsewhere = member(Role.LIAISON, institution=InstitutionFactory(country=CountryFactory(iso2="KE")))

        assert Rest(elsewhere).get("ratings/")["results"] == []


class TestRest:
    BODY = {"engagement": "RATED-1", "kind": "traction", "period_start": "2024-01-01", "side": "ministry"}
    SAID = {"score": 4, "reason": "They lead part of it.", "language": "en"}

    @pytest.fixture
    def asked(self, liaison, engagement):
        return Rest(liaison, ["read", "ratings:create", "ratings:update"])

    def test_a_side_rates_and_changes_its_own(self, asked, liaison):
        added = asked.post("ratings/", {**self.BODY, **self.SAID})
        assert added.status_code == 201
        row = added.json()
        assert {name: row[name] for name in ("kind", "period_end", "side", "score", "gap", "given_by")} == {
            "kind": "traction",
            "period_end": "2024-03-31",
            "side": "ministry",
            "score": 4,
            "gap": None,
            "given_by": liaison.full_name,
        }

        path = f"ratings/{row['id']}/"
        assert asked.patch(path, {"score": 5}).status_code == 428
        changed = asked.patch(path, {"score": 5}, {"If-Match": added.headers["ETag"]})
        assert (changed.status_code, changed.json()["score"]) == (200, 5)
        assert asked.patch(path, {"score": 1}, {"If-Match": added.headers["ETag"]}).status_code == 412

    @pytest.mark.parametrize(
        ("given", "place"),
        [
            ({"score": 6}, "score"),
            ({"period_start": "2024-04-01"}, "period_start"),
            ({"reason": ""}, "reason"),
            ({"language": "xx"}, "language"),
            ({"kind": "charm"}, "kind"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, asked, given, place):
        answer = asked.post("ratings/", {**self.BODY, **self.SAID, **given})

        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == [place]

    def test_the_other_side_is_not_rated_for(self, asked):
        assert asked.post("ratings/", {**self.BODY, **self.SAID, "side": "adviser"}).status_code == 403

    def test_what_both_gave_is_changed_no_more(self, asked, give):
        rating = give(MINISTRY, 2)
        give(ADVISER, 3)
        tag = asked.etag(f"ratings/{rating.public_id}/")

        answer = asked.patch(f"ratings/{rating.public_id}/", {"score": 5}, {"If-Match": tag})

        assert (answer.status_code, answer.json()["code"]) == (409, "rating_settled")
