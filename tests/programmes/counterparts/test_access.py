"""A liaison's access follows the post: right on the very day, for whoever holds it and whoever is their deputy."""

import datetime as dt

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from programmes.models import CounterpartPost, Membership, PostHolder
from programmes.services.post_holders import change_holder, hand_over, name_deputy, remove_holding
from programmes.services.posts import add_post, change_post, remove_post
from ta_portal.access.permissions import Permission, Role
from ta_portal.access.querysets import require
from ta_portal.errors import DomainError, InvalidInput, NotFound, NotPermitted
from tests.factories import (
    CounterpartPostFactory,
    EngagementFactory,
    InstitutionFactory,
    MembershipFactory,
    PostHolderFactory,
    UserFactory,
    days,
)
from tests.racing import race

DAY = dt.date(2026, 6, 1)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def noon(day):
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def status(user, engagement, day, page="", method="get"):
    """What the person gets at the engagement's page on a day."""
    with time_machine.travel(noon(day), tick=False):
        client = Client()
        client.force_login(user)
        return getattr(client, method)(f"/engagements/{engagement.ref}/{page}").status_code


@pytest.fixture
def engagement(db):
    return EngagementFactory()


@pytest.fixture
def post(engagement):
    return CounterpartPostFactory(institution=engagement.institution, gives_access=True)


@pytest.fixture
def old(post):
    """Holds the post since 2024, and was a liaison before there were posts."""
    user = UserFactory(email="old@ministry.example")
    given = {"role": Role.LIAISON.value, "scope_kind": "institution", "institution": post.institution}
    MembershipFactory(user=user, **given)
    PostHolderFactory(post=post, user=user, name="Old")
    return user


@pytest.fixture
def new(db):
    return UserFactory(email="new@ministry.example")


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


class TestHandOver:
    def test_on_the_day_the_old_one_is_out_and_the_new_one_is_in(self, engagement, post, old, new, officer):
        hand_over(post_id=post.pk, name="New", email="New@Ministry.example", on=DAY, by=officer)

        assert [status(old, engagement, day) for day in (BEFORE, DAY, AFTER)] == [200, 404, 404]
        assert [status(new, engagement, day) for day in (BEFORE, DAY, AFTER)] == [404, 200, 200]

    def test_a_session_that_goes_on_over_midnight_is_out_as_well(self, engagement, post, old, new, officer):
        hand_over(post_id=post.pk, name="New", email=new.email, on=DAY, by=officer)
        client, address = Client(), f"/engagements/{engagement.ref}/progress/"
        with time_machine.travel(noon(BEFORE), tick=False) as clock:
            client.force_login(old)
            assert client.get(address).status_code == 200
            clock.move_to(dt.datetime.combine(DAY, dt.time(0, 0, 1), dt.UTC))
            assert client.get(address).status_code == 404

    def test_a_role_that_the_old_one_was_given_besides_ends_with_the_post(self, post, old, new, officer):
        on_engagement = MembershipFactory(
            user=old,
            role=Role.LIAISON.value,
            scope_kind="engagement",
            engagement=EngagementFactory(institution=post.institution),
        )
        elsewhere = MembershipFactory(
            user=old, role=Role.LIAISON.value, scope_kind="institution", institution=InstitutionFactory()
        )
        hand_over(post_id=post.pk, name="New", on=DAY, by=officer)

        ended = Membership.objects.filter(user=old, valid=DateRange(None, DAY, "[)"))
        assert set(ended) == {Membership.objects.get(institution=post.institution), on_engagement}
        elsewhere.refresh_from_db()
        assert elsewhere.valid is None

    def test_the_old_one_leaves_the_day_before(self, post, old, new, officer):
        hand_over(post_id=post.pk, name="New", email=new.email, on=DAY, by=officer)

        held = list(post.holders.order_by("during").values_list("name", "during", "user"))
        assert held == [("Old", days("2024-01-01", str(BEFORE)), old.pk), ("New", days(str(DAY), None), new.pk)]

    def test_it_is_also_how_the_first_holder_is_named_and_one_without_an_account(self, engagement, post, officer):
        hand_over(post_id=post.pk, name="Ana", on=DAY, by=officer)
        assert post.holders.get().user is None

    def test_deputies_of_the_old_one_leave_too_and_those_to_come_never_do(self, post, old, new, officer):
        PostHolderFactory(post=post, name="Now", deputy=True, during=days("2026-05-01", "2026-07-31"))
        PostHolderFactory(post=post, name="Later", deputy=True, during=days("2026-08-01", "2026-08-31"))
        PostHolderFactory(post=post, name="Once", deputy=True, during=days("2025-08-01", "2025-08-31"))
        hand_over(post_id=post.pk, name="New", email=new.email, on=DAY, by=officer)

        deputies = post.holders.filter(deputy=True).order_by("during").values_list("name", "during")
        assert list(deputies) == [
            ("Once", days("2025-08-01", "2025-08-31")),
            ("Now", days("2026-05-01", str(BEFORE))),
        ]

    def test_a_post_without_access_gives_and_takes_none(self, engagement, old, new, officer):
        quiet = CounterpartPostFactory(institution=engagement.institution)
        PostHolderFactory(post=quiet, user=old)
        hand_over(post_id=quiet.pk, name="New", email=new.email, on=DAY, by=officer)

        assert status(new, engagement, AFTER) == 404
        assert status(old, engagement, AFTER) == 200

    @pytest.mark.parametrize(
        ("given", "place"),
        [
            ({"email": "nobody@ministry.example"}, "email"),
            ({"email": "old@ministry.example"}, "email"),
            ({"name": " "}, "name"),
            ({"on": dt.date(2024, 1, 1)}, "on"),
            ({"on": dt.date(2023, 1, 1)}, "on"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field_and_nothing_changes(self, given, place, post, old, officer):
        with pytest.raises(InvalidInput) as refusal:
            hand_over(**{"post_id": post.pk, "name": "New", "on": DAY, **given}, by=officer)
        assert [fault.place for fault in refusal.value.faults] == [place]
        assert post.holders.get().during == days("2024-01-01", None)

    def test_nobody_puts_themselves_into_a_post(self, post, officer):
        with pytest.raises(InvalidInput):
            hand_over(post_id=post.pk, name="Me", email=officer.email, on=DAY, by=officer)


class TestDeputies:
    @pytest.fixture
    def deputy(self, db):
        return UserFactory(email="deputy@ministry.example")

    def test_access_begins_and_ends_by_itself_with_the_days(self, engagement, post, old, deputy):
        with time_machine.travel(noon(BEFORE), tick=False):
            name_deputy(post_id=post.pk, name="Deputy", email=deputy.email, first_day=DAY, last_day=AFTER, by=old)
        seen = [status(deputy, engagement, DAY + dt.timedelta(days=n)) for n in (-1, 0, 1, 2)]
        assert seen == [404, 200, 200, 404]
        assert status(old, engagement, DAY) == 200

    @pytest.mark.parametrize("holds", ["nothing", "the deputy", "no more", "not yet"])
    def test_only_who_holds_the_post_today_names_one(self, holds, engagement, post, deputy):
        during = {
            "nothing": None,
            "the deputy": days("2026-01-01", "2026-12-31"),
            "no more": days("2026-01-01", "2026-05-01"),
            "not yet": days("2026-07-01", None),
        }[holds]
        person = UserFactory()
        MembershipFactory(user=person, role=Role.LIAISON.value, scope_kind="institution", institution=post.institution)
        if during:
            PostHolderFactory(post=post, user=person, during=during, deputy=holds == "the deputy")
        with time_machine.travel(noon(DAY), tick=False), pytest.raises(NotPermitted):
            name_deputy(post_id=post.pk, name="D", first_day=AFTER, last_day=AFTER, by=person)

    def test_not_beyond_the_holders_own_time(self, engagement, post, old):
        PostHolder.objects.update(during=days("2024-01-01", str(AFTER)))
        with time_machine.travel(noon(DAY), tick=False), pytest.raises(InvalidInput):
            name_deputy(post_id=post.pk, name="D", first_day=DAY, last_day=AFTER + dt.timedelta(days=1), by=old)

    def test_one_at_a_time(self, post, officer):
        given = {"post_id": post.pk, "name": "D", "by": officer}
        name_deputy(first_day=DAY, last_day=AFTER, **given)
        with pytest.raises(InvalidInput) as refusal:
            name_deputy(first_day=AFTER, last_day=AFTER, **given)
        assert [fault.place for fault in refusal.value.faults] == ["first_day"]

    def test_the_holder_ends_a_deputy_but_not_themselves(self, engagement, post, old, deputy):
        given = {"post": post, "user": deputy, "during": days(str(BEFORE), "2026-12-31")}
        one = PostHolderFactory(deputy=True, **given)
        with time_machine.travel(noon(DAY), tick=False):
            change_holder(holder_id=one.pk, last_day=BEFORE, by=old)
            with pytest.raises(NotPermitted):
                change_holder(holder_id=PostHolder.objects.get(user=old).pk, last_day=DAY, by=old)
        assert status(deputy, engagement, DAY) == 404

    def test_a_deputy_cannot_do_without_a_last_day(self, post, officer):
        one = PostHolderFactory(post=post, deputy=True, during=days(str(BEFORE), "2026-12-31"))
        with pytest.raises(InvalidInput):
            change_holder(holder_id=one.pk, last_day=None, by=officer)


class TestChanges:
    def test_who_leaves_without_a_successor_is_out_the_day_after(self, engagement, post, old, officer):
        change_holder(holder_id=post.holders.get().pk, last_day=DAY, by=officer)
        assert [status(old, engagement, day) for day in (DAY, AFTER)] == [200, 404]

    def test_a_holder_who_got_an_account_has_access_once_their_address_is_given(self, engagement, post, new, officer):
        holder = PostHolderFactory(post=post, name="New")
        assert status(new, engagement, DAY) == 404
        change_holder(holder_id=holder.pk, name="New", email=new.email, last_day=None, by=officer)
        assert status(new, engagement, DAY) == 200

    def test_a_post_that_no_longer_gives_access_takes_it_at_once(self, engagement, post, new, officer):
        PostHolderFactory(post=post, user=new)
        assert status(new, engagement, DAY) == 200
        change_post(post_id=post.pk, gives_access=False, by=officer)
        assert status(new, engagement, DAY) == 404

    def test_who_was_named_by_mistake_is_removed_with_a_reason(self, engagement, post, new, officer):
        holder = PostHolderFactory(post=post, user=new)
        remove_holding(holder_id=holder.pk, reason="Another person", by=officer)
        assert status(new, engagement, DAY) == 404

    def test_a_post_that_somebody_held_stays(self, post, old, officer):
        with pytest.raises(DomainError):
            remove_post(post_id=post.pk, reason="Not needed", by=officer)


class TestWhoMay:
    """An officer of some engagements would give away what they do not see: access is for who holds the whole."""

    @pytest.fixture
    def of_programme(self, member, engagement):
        return member(Role.PROGRAMME_OFFICER, programme=engagement.programme)

    def test_an_officer_of_one_programme_keeps_posts_without_access(self, engagement, of_programme, new):
        given = {"institution": engagement.institution, "title": "Head"}
        post = add_post(code="A", by=of_programme, **given)
        hand_over(post_id=post.pk, name="New", email=new.email, on=DAY, by=of_programme)
        with pytest.raises(InvalidInput) as refusal:
            add_post(code="B", gives_access=True, by=of_programme, **given)
        assert [fault.place for fault in refusal.value.faults] == ["gives_access"]
        with pytest.raises(InvalidInput):
            change_post(post_id=post.pk, gives_access=True, by=of_programme)

    def test_nor_says_who_holds_a_post_with_access(self, post, old, of_programme):
        holder = post.holders.get()
        acts = [
            lambda: hand_over(post_id=post.pk, name="New", on=DAY, by=of_programme),
            lambda: name_deputy(post_id=post.pk, name="D", first_day=DAY, last_day=DAY, by=of_programme),
            lambda: change_holder(holder_id=holder.pk, last_day=DAY, by=of_programme),
            lambda: remove_holding(holder_id=holder.pk, reason="Why", by=of_programme),
            lambda: remove_post(post_id=post.pk, reason="Why", by=of_programme),
        ]
        for act in acts:
            with pytest.raises(NotPermitted):
                act()

    @pytest.mark.parametrize("scope", ["institution", "country"])
    def test_an_officer_of_the_institution_or_its_country_does(self, scope, member, post, new):
        whole = {"institution": post.institution, "country": post.institution.country}[scope]
        by = member(Role.PROGRAMME_OFFICER, **{scope: whole})
        hand_over(post_id=post.pk, name="New", email=new.email, on=DAY, by=by)
        assert post.holders.get().user == new

    def test_who_does_not_see_the_institution_finds_nothing(self, member, post):
        elsewhere = member(Role.PROGRAMME_OFFICER, institution=InstitutionFactory())
        with pytest.raises(NotFound):
            hand_over(post_id=post.pk, name="New", on=DAY, by=elsewhere)

    def test_the_liaison_does_not_hand_over(self, post, old):
        with pytest.raises(NotPermitted):
            hand_over(post_id=post.pk, name="New", on=DAY, by=old)

    def test_holders_are_seen_by_who_sees_the_institutions_engagements(self, member, engagement, post, old):
        stranger = member(Role.VIEWER, engagement=EngagementFactory())
        reader = member(Role.VIEWER, engagement=engagement)
        assert PostHolder.objects.permitted(reader).count() == 1
        assert not PostHolder.objects.permitted(stranger).exists()
        require(reader, Permission.ENGAGEMENT_VIEW, post)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_it_over_at_once_one_wins_and_the_other_is_told(member):
    post = CounterpartPostFactory(gives_access=True)
    PostHolderFactory(post=post)
    version = CounterpartPost.objects.get(pk=post.pk).row_version
    officers = [member(Role.PROGRAMME_OFFICER) for _n in range(2)]

    came_to = race(
        [
            lambda by=by, number=number: hand_over(
                post_id=post.pk, name=f"New {number}", on=DAY, expected_version=version, by=by
            )
            for number, by in enumerate(officers)
        ]
    )

    assert sorted(type(one).__name__ for one in came_to) == ["CounterpartPost", "StaleVersion"]
    assert post.holders.count() == 2
    assert post.holders.filter(during__contains=DAY).count() == 1
