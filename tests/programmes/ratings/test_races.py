"""Both sides at the same instant: both are in, and both are shown."""

import pytest

from programmes.models import SideRating
from programmes.services.ratings import RatingSettled, change_rating
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput
from tests.programmes.ratings.conftest import ADVISER, MINISTRY
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_sides_at_once_are_both_in_and_shown_once(give):
    came_to = race([lambda: give(MINISTRY, 2), lambda: give(ADVISER, 4)])

    assert not [one for one in came_to if isinstance(one, Exception)]
    assert SideRating.objects.filter(shown_at__isnull=False).count() == 2
    assert SideRating.objects.values("shown_at").distinct().count() == 1
    assert AuditEvent.objects.filter(verb="side_rating.shown").count() == 1


def test_one_side_five_times_at_once_rates_once(give):
    came_to = race([lambda: give(MINISTRY, 2)] * 5)

    assert [type(one) for one in came_to if isinstance(one, Exception)] == [InvalidInput] * 4
    assert SideRating.objects.get().shown_at is None


def test_a_change_that_meets_the_other_side_comes_before_it_or_not_at_all(give, liaison):
    rating = give(MINISTRY, 2)

    changed, given = race([lambda: change_rating(rating_id=rating.pk, score=5, by=liaison), lambda: give(ADVISER, 4)])

    rating.refresh_from_db()
    assert given.shown_at == rating.shown_at is not None
    assert rating.score == (2 if isinstance(changed, RatingSettled) else 5)
