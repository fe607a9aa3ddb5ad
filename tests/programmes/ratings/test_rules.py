"""Who rates what, once, from 1 to 5 and for one side; how far two scores lie apart."""

import datetime as dt
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from programmes.domain.periods import Days
from programmes.domain.ratings import Pair, is_asked_now, mean, mean_gap, years_begun
from programmes.domain.vocabulary import RatingKind
from programmes.models import SideRating
from programmes.services.ratings import OneSideOnly, RatingSettled, change_rating
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotFound, NotPermitted, StaleVersion
from tests.programmes.ratings.conftest import ADVISER, MINISTRY, Q1, YEAR

SCORES = st.integers(1, 5)
SAID = st.none() | SCORES


class TestGapAndMean:
    @given(SCORES, SCORES)
    def test_a_gap_is_the_same_from_both_sides_and_0_only_where_they_agree(self, one, other):
        gap = Pair(one, other).gap

        assert gap == Pair(other, one).gap == max(one, other) - min(one, other)
        assert (gap == 0) == (one == other)
        assert 0 <= gap <= 4

    @given(SAID, SAID)
    def test_there_is_a_gap_only_where_both_are_in(self, one, other):
        assert (Pair(one, other).gap is None) == (one is None or other is None)

    @given(st.lists(SAID))
    def test_what_is_not_rated_moves_no_mean(self, scores):
        rated = [score for score in scores if score is not None]

        assert mean(scores) == mean(rated) == (Fraction(sum(rated), len(rated)) if rated else None)
        assert mean([*scores, None]) == mean(scores)

    def test_nothing_rated_is_no_0(self):
        assert mean([]) is mean([None]) is mean_gap([Pair(3, None)]) is None
        assert mean_gap([Pair(1, 4), Pair(2, 2), Pair(None, 5)]) == Fraction(3, 2)


@pytest.mark.parametrize(
    ("first", "last", "today", "expected"),
    [
        ("2024-06-01", "2026-02-28", "2025-03-01", [2024, 2025]),
        ("2024-06-01", "2025-02-28", "2030-01-01", [2024, 2025]),
        ("2024-06-01", None, "2024-12-31", [2024]),
        ("2024-06-01", "2025-02-28", "2024-05-31", []),
    ],
)
def test_the_years_of_an_engagement_are_those_that_have_begun(first, last, today, expected):
    day = dt.date.fromisoformat
    assert years_begun(Days(day(first), day(last) if last else None), today=day(today)) == expected


def test_one_is_asked_to_rate_what_was_over_within_a_year():
    days = Days(dt.date(2024, 1, 1), dt.date(2024, 3, 31))

    asked = [dt.date(2024, 3, 31), dt.date(2024, 4, 1), dt.date(2025, 3, 31), dt.date(2025, 4, 1)]

    assert [is_asked_now(days, today=day) for day in asked] == [False, True, True, False]


@pytest.mark.django_db
class TestService:
    def test_each_side_gives_its_own_and_both_are_shown_at_once(self, give, engagement, liaison, expert):
        first = give(MINISTRY, 2, language="fr")
        assert first.shown_at is None
        second = give(ADVISER, 5)

        first.refresh_from_db()
        assert first.shown_at == second.shown_at is not None
        assert (first.period.starts, first.ends, first.language, first.given_by) == (
            Q1,
            dt.date(2024, 3, 31),
            "fr",
            liaison,
        )
        acts = AuditEvent.objects.filter(target_kind="side_rating").order_by("pk")
        assert [(act.verb, act.by, act.target_id) for act in acts] == [
            ("side_rating.given", liaison, first.pk),
            ("side_rating.given", expert, second.pk),
            ("side_rating.shown", expert, first.pk),
        ]
        assert all(act.data == {"kind": "traction", "side": act.data["side"], "starts": "2024-01-01"} for act in acts)

    def test_impact_is_rated_by_year(self, give):
        rating = give(MINISTRY, kind=RatingKind.IMPACT, starts=YEAR)

        assert (rating.period, rating.starts, rating.ends) == (None, dt.date(2024, 1, 1), dt.date(2024, 12, 31))

    @pytest.mark.parametrize(
        ("kind", "starts"),
        [
            (RatingKind.TRACTION, dt.date(2024, 1, 2)),
            (RatingKind.TRACTION, dt.date(2024, 4, 1)),
            (RatingKind.IMPACT, dt.date(2024, 2, 1)),
            (RatingKind.IMPACT, dt.date(2023, 1, 1)),
            (RatingKind.IMPACT, dt.date(2026, 1, 1)),
        ],
    )
    def test_what_is_no_period_or_year_of_the_engagement_is_refused(self, give, kind, starts):
        with pytest.raises(InvalidInput) as refusal:
            give(MINISTRY, kind=kind, starts=starts)

        assert [fault.place for fault in refusal.value.faults] == ["starts"]

    @pytest.mark.parametrize(
        ("given", "place"),
        [
            ({"score": 0}, "score"),
            ({"score": 6}, "score"),
            ({"reason": "  "}, "reason"),
            ({"language": "xx"}, "language"),
        ],
    )
    def test_what_cannot_be_a_rating_is_said_at_its_place(self, give, given, place):
        with pytest.raises(InvalidInput) as refusal:
            give(MINISTRY, **given)

        assert [fault.place for fault in refusal.value.faults] == [place]
        assert not SideRating.objects.exists()

    def test_a_side_rates_once_and_changes_what_it_gave(self, give, liaison):
        rating = give(MINISTRY, 2)
        with pytest.raises(InvalidInput, match="This side has rated it already"):
            give(MINISTRY, 4)

        change_rating(rating_id=rating.pk, score=4, by=liaison)
        change_rating(rating_id=rating.pk, score=4, by=liaison)

        rating.refresh_from_db()
        assert (rating.score, rating.row_version) == (4, 2)
        [act] = AuditEvent.objects.filter(verb="side_rating.changed")
        assert set(act.data) == {"kind", "side", "starts"}

    def test_a_colleague_of_the_same_side_may_change_it(self, give, member, engagement):
        rating = give(MINISTRY, 2)
        colleague = member(Role.LIAISON, institution=engagement.institution)

        assert change_rating(rating_id=rating.pk, score=4, by=colleague).given_by == colleague

    def test_whoever_saves_over_another_version_is_told(self, give, liaison):
        rating = give(MINISTRY, 2)
        change_rating(rating_id=rating.pk, score=4, by=liaison)

        with pytest.raises(StaleVersion):
            change_rating(rating_id=rating.pk, score=1, expected_version=1, by=liaison)

    def test_once_both_are_in_neither_is_changed_by_a_service_nor_by_a_statement(self, give, liaison, expert):
        ours, theirs = give(MINISTRY, 2), give(ADVISER, 5)

        for rating, by in ((ours, liaison), (theirs, expert)):
            with pytest.raises(RatingSettled):
                change_rating(rating_id=rating.pk, score=3, by=by)
            with pytest.raises(DatabaseError), transaction.atomic():
                SideRating.objects.filter(pk=rating.pk).update(score=3)
            with pytest.raises(DatabaseError), transaction.atomic():
                SideRating.objects.filter(pk=rating.pk).delete()
        assert list(SideRating.objects.order_by("score").values_list("score", flat=True)) == [2, 5]

    def test_one_side_neither_gives_nor_changes_for_the_other(self, give, liaison, expert):
        with pytest.raises(NotPermitted):
            give(ADVISER, by=liaison)
        with pytest.raises(NotPermitted):
            give(MINISTRY, by=expert)
        rating = give(MINISTRY)
        with pytest.raises(NotFound):
            change_rating(rating_id=rating.pk, score=1, by=expert)

    @pytest.mark.parametrize(
        "role", [Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.EVALUATOR, Role.VIEWER, Role.AUDITOR]
    )
    def test_nobody_else_rates(self, give, member, role):
        for side in (MINISTRY, ADVISER):
            with pytest.raises(NotPermitted):
                give(side, by=member(role))

    def test_one_person_never_scores_both_sides(self, give, member):
        administrator = member(Role.ADMINISTRATOR)
        give(MINISTRY, by=administrator)

        with pytest.raises(OneSideOnly):
            give(ADVISER, by=administrator)

    def test_nor_does_one_who_scored_for_the_other_side_before_a_colleague_did(self, give, member, engagement):
        both, liaison = member(Role.ADMINISTRATOR), member(Role.LIAISON, institution=engagement.institution)
        rating = give(MINISTRY, by=both)
        change_rating(rating_id=rating.pk, score=5, by=liaison)

        with pytest.raises(OneSideOnly):
            give(ADVISER, by=both)

    def test_whoever_holds_both_sides_changes_only_what_they_gave(self, give, member):
        rating = give(MINISTRY)

        with pytest.raises(NotFound):
            change_rating(rating_id=rating.pk, score=1, by=member(Role.ADMINISTRATOR))
