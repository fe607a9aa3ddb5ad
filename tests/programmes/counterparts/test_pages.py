"""An institution's posts on its page: handed over in one form, with deputies, and who held them before."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import CounterpartPost, PostHolder
from ta_portal.access.permissions import Role
from ta_portal.audit.models import AuditEvent
from tests.factories import CounterpartPostFactory, EngagementFactory, PostHolderFactory, UserFactory, days
from tests.web import Page

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def post():
    institution = EngagementFactory().institution
    return CounterpartPostFactory(institution=institution, code="AUD-1", title="Head of audit", gives_access=True)


@pytest.fixture
def page(post):
    return f"/institutions/{post.institution.code}/"


def text(response):
    return Page(response).text


def test_who_holds_a_post_since_when_and_how_long_others_stayed(post, page, signed_in):
    PostHolderFactory(post=post, name="Ion Rusu", during=days("2023-01-01", "2023-12-31"))
    PostHolderFactory(post=post, name="Ana Popa", during=days("2024-01-01", None))
    PostHolderFactory(post=post, name="Vlad Ceban", deputy=True, during=days("2026-05-01", "2026-06-30"))
    said = text(signed_in().get(page))

    assert "Ana Popa since 1 Jan 2024" in said
    assert "Vlad Ceban until 30 Jun 2026" in said
    assert "2 stayed 365 days on average" in said
    assert "Liaison, without an account" in said
    assert "Hand over" not in said


def test_an_institution_without_posts_says_what_belongs_there(page, post, signed_in):
    post.delete()
    officer, reader = signed_in(Role.PROGRAMME_OFFICER), signed_in()
    assert "No posts are recorded" in text(reader.get(page))
    assert "Add a post" not in text(reader.get(page))
    assert f"{page}posts/new/" in officer.get(page).content.decode()


def test_one_form_hands_a_post_over(post, page, signed_in):
    old = PostHolderFactory(post=post, name="Ion Rusu", user=UserFactory())
    new = UserFactory(email="ana@ministry.example")
    officer, address = signed_in(Role.PROGRAMME_OFFICER), f"{page}posts/AUD-1/hand-over/"
    version = CounterpartPost.objects.get(pk=post.pk).row_version
    sent = {"name": "Ana Popa", "email": new.email, "on": "2026-06-01", "row_version": version}
    assert "No account is made here" in text(officer.get(address))

    assert officer.post(address, sent).headers["Location"] == page
    old.refresh_from_db()
    assert old.last_day == dt.date(2026, 5, 31)
    assert PostHolder.objects.get(name="Ana Popa").user == new
    assert {"post_holder.left", "post_holder.named"} <= set(AuditEvent.objects.values_list("verb", flat=True))


def test_a_name_without_an_account_is_refused_at_its_field_with_all_that_was_typed(post, page, signed_in):
    sent = {"name": "Ana Popa", "email": "nobody@ministry.example", "on": "2026-06-01"}
    answer = signed_in(Role.PROGRAMME_OFFICER).post(f"{page}posts/AUD-1/hand-over/", sent)

    assert answer.status_code in (409, 422)
    assert "Ana Popa" in answer.content.decode()
    assert not PostHolder.objects.exists()


def test_who_holds_the_post_is_offered_a_deputy_and_nothing_else(post, page, signed_in):
    liaison = UserFactory()
    PostHolderFactory(post=post, user=liaison)
    client = signed_in()
    client.force_login(liaison)
    said = client.get(page).content.decode()

    assert f"{page}posts/AUD-1/deputy/" in said
    assert "hand-over/" not in said
    assert client.get(f"{page}posts/AUD-1/hand-over/").status_code == 403
    version = CounterpartPost.objects.get(pk=post.pk).row_version
    sent = {"name": "Vlad", "first_day": "2026-06-01", "last_day": "2026-06-30", "row_version": version}
    client.post(f"{page}posts/AUD-1/deputy/", sent)
    assert PostHolder.objects.get(deputy=True).name == "Vlad"


def test_who_saves_second_sees_both_versions(post, page, signed_in):
    officer = signed_in(Role.PROGRAMME_OFFICER)
    sent = {"name": "Ana Popa", "on": "2026-06-01", "row_version": 0}
    assert officer.post(f"{page}posts/AUD-1/hand-over/", sent).status_code == 409
    assert not PostHolder.objects.exists()


def test_the_queries_do_not_grow_with_the_posts(post, page, signed_in):
    officer = signed_in(Role.PROGRAMME_OFFICER)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(page).status_code == 200
        return len(queries)

    PostHolderFactory(post=post, user=UserFactory())
    asked()
    before = asked()
    for _n in range(3):
        PostHolderFactory(post=CounterpartPostFactory(institution=post.institution), user=UserFactory())
    assert asked() == before
