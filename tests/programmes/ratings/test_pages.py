"""The pages of ratings: each side its own, both once both are in."""

import datetime as dt

import pytest
from django.utils import timezone

from programmes.domain.vocabulary import RatingKind
from programmes.models import SideRating
from programmes.services.ratings import change_rating
from ta_portal.access.permissions import Role
from tests.factories import ReportingPeriodFactory
from tests.programmes.ratings.conftest import ADVISER, MINISTRY, YEAR
from tests.web import Page

pytestmark = pytest.mark.django_db
PAGE = "/engagements/RATED-1/ratings/"
NEW = "/engagements/RATED-1/traction-by-ministry/new/"
EDIT = "/engagements/RATED-1/traction-by-{}/2024-Q1/edit/"


@pytest.fixture
def browse(client):
    def make(user):
        client.force_login(user)
        return client

    return make


def cells(response, caption="Traction"):
    """Each period or year in a line, without the means at the foot."""
    lines = [" ".join(row).replace("\xa0", " ") for row in Page(response).table(caption).rows[1:]]
    return [line for line in lines if not line.startswith("Mean")]


def test_before_anybody_rated_the_page_says_so(browse, engagement, member):
    page = browse(member(Role.VIEWER)).get(PAGE)

    assert ["Not rated" in line for line in cells(page)] == [True]
    assert len(cells(page, "Impact on the institution")) == 2


def test_a_side_reads_its_own_in_words_and_others_read_that_it_is_in(browse, give, liaison, expert, member):
    give(MINISTRY, 2, reason="Nobody came.")

    [own] = cells(browse(liaison).get(PAGE))
    assert "2 Counterparts attend when they are asked" in own
    assert "Nobody came." in own
    assert "Waits for the adviser" in own
    for other in (expert, member(Role.PROGRAMME_OFFICER), member(Role.ADMINISTRATOR)):
        page = browse(other).get(PAGE)
        [line] = cells(page)
        assert "Given; shown once both sides are in" in line
        assert "Waits for the adviser" in line
        assert "Nobody came." not in page.content.decode()


def test_once_both_are_in_everybody_reads_both_with_the_gap_and_the_means(browse, give, member, liaison):
    give(MINISTRY, 2)
    give(ADVISER, 5, reason="They led it all.")

    for reader in (member(Role.VIEWER), liaison):
        page = browse(reader).get(PAGE)
        [line] = cells(page)
        assert "Counterparts drive the work" in line
        assert "They led it all." in line
        assert "3 points" in line
        assert "Both are in" in line
        assert "2.0 5.0 3.0 points on the mean" in Page(page).text
        assert EDIT.format("ministry") not in page.content.decode()


def test_a_rating_that_only_one_side_gave_moves_no_mean(browse, give, engagement, member):
    ReportingPeriodFactory(
        engagement=engagement, starts=dt.date(2024, 4, 1), ends=dt.date(2024, 6, 30), due=dt.date(2024, 7, 15)
    )
    give(MINISTRY, 2)
    give(ADVISER, 5)
    give(MINISTRY, 4, starts=dt.date(2024, 4, 1))

    said = Page(browse(member(Role.VIEWER)).get(PAGE)).text

    assert "2.0 5.0 3.0 points on the mean" in said


def test_the_form_offers_what_is_open_with_each_score_in_words(browse, liaison, engagement):
    page = browse(liaison).get(NEW).content.decode()

    assert '<option value="2024-Q1"' in page
    assert "5 – Counterparts drive the work and call on the adviser only where they need advice" in page


def test_a_rating_is_given_and_changed_by_its_form(browse, liaison, engagement):
    client = browse(liaison)

    sent = client.post(NEW, {"which": "2024-Q1", "score": "4", "reason": "They lead.", "language": "en"})
    assert (sent.status_code, sent["Location"]) == (302, PAGE)
    sent = client.post(EDIT.format("ministry"), {"score": "3", "reason": "They did.", "row_version": "1"})
    assert sent.status_code == 302

    rating = SideRating.objects.get()
    assert (rating.score, rating.reason, rating.given_by) == (3, "They did.", liaison)
    assert "Nothing can be rated now" in client.get(NEW).content.decode()


@pytest.mark.parametrize(
    ("typed", "place"),
    [({"score": ""}, "score"), ({"score": "6"}, "score"), ({"reason": ""}, "reason"), ({"which": "2024-Q2"}, "which")],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browse, liaison, engagement, typed, place):
    given = {"which": "2024-Q1", "score": "4", "reason": "They lead the way.", "language": "en"}

    response = browse(liaison).post(NEW, given | typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [place]
    assert "They lead the way." in response.content.decode() or place == "reason"
    assert not SideRating.objects.exists()


def test_whoever_saves_second_sees_both_versions(browse, give, liaison, member, engagement):
    rating = give(MINISTRY, 2)
    change_rating(rating_id=rating.pk, score=3, by=member(Role.LIAISON, institution=engagement.institution))

    response = browse(liaison).post(EDIT.format("ministry"), {"score": "5", "reason": "Mine.", "row_version": "1"})

    assert response.status_code == 409
    assert SideRating.objects.get().score == 3


def test_a_form_that_is_open_when_the_other_side_comes_in_is_refused_in_a_sentence(browse, give, liaison):
    give(MINISTRY, 2)
    give(ADVISER, 5)

    response = browse(liaison).post(EDIT.format("ministry"), {"score": "5", "reason": "Mine.", "row_version": "1"})

    assert response.status_code == 409
    assert "the ratings stay as they are" in response.content.decode()
    assert "Mine." in response.content.decode()


def test_the_other_sides_form_is_closed_and_that_of_one_who_holds_both_shows_only_their_own(
    browse, give, liaison, expert, member
):
    administrator = member(Role.ADMINISTRATOR)
    give(MINISTRY, 2)

    assert browse(expert).get(EDIT.format("ministry")).status_code == 403
    assert browse(administrator).get(EDIT.format("ministry")).status_code == 404
    listed = browse(administrator).get("/engagements/RATED-1/traction-by-ministry/edit/").content.decode()
    assert "2024-Q1" not in listed
    give(ADVISER, 4, by=administrator)
    assert browse(administrator).get(EDIT.format("adviser")).status_code == 200


class TestDue:
    @pytest.fixture(autouse=True)
    def _today(self, monkeypatch):
        monkeypatch.setattr(timezone, "localdate", lambda *_of: dt.date(2025, 1, 31))

    def test_each_side_is_asked_for_what_was_over_within_a_year(self, browse, give, liaison, expert):
        give(MINISTRY, 2)

        ours, theirs = (Page(browse(one).get("/due/")).text for one in (liaison, expert))

        # The year 2024, and the expert the first quarter of it as well.
        assert "1 rating to give" in ours
        assert "2 ratings to give" in theirs
        give(MINISTRY, 3, kind=RatingKind.IMPACT, starts=YEAR)
        assert "to give" not in Page(browse(liaison).get("/due/")).text

    def test_who_belongs_to_neither_side_is_not_asked(self, browse, engagement, member):
        assert "to give" not in Page(browse(member(Role.ADMINISTRATOR)).get("/due/")).text
