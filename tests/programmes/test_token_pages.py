"""Keys to the API on one's account: made, shown once, and ended."""

import datetime as dt
import logging

import pytest
from django.test import Client
from django.utils import timezone

from ta_portal.access.permissions import Role
from ta_portal.api.models import ApiToken
from ta_portal.api.services.tokens import create_token
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import NotPermitted
from tests.factories import EngagementFactory, UserFactory
from tests.web import Page

pytestmark = pytest.mark.django_db
NEW = "/account/tokens/new/"
GIVEN = {"name": "Nightly export", "days": "30", "scopes": ["read"], "cidrs": "192.0.2.0/24\n2001:db8::/32"}


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def client(officer):
    client = Client()
    client.force_login(officer)
    return client


def text_of(response) -> str:
    """The token as the page shows it."""
    shown = Page(response).shown_at("token-text")
    assert shown.startswith("tap_")
    return shown


def test_a_token_made_on_the_page_works_as_it_was_asked_for(officer, client):
    engagement = EngagementFactory()

    token = text_of(client.post(NEW, GIVEN))

    row = ApiToken.objects.get(user=officer)
    assert (row.name, row.scopes, row.cidrs) == ("Nightly export", ["read"], ["192.0.2.0/24", "2001:db8::/32"])
    assert row.expires_at.date() == (timezone.now() + dt.timedelta(days=30)).date()
    asked = {"headers": {"Authorization": f"Bearer {token}"}}
    from_there = Client().get("/api/v1/engagements/", REMOTE_ADDR="192.0.2.7", **asked)
    assert [found["ref"] for found in from_there.json()["results"]] == [engagement.ref]
    assert Client().get("/api/v1/engagements/", REMOTE_ADDR="198.51.100.7", **asked).status_code == 401
    event = AuditEvent.objects.get(verb="api_token.created")
    assert (event.by, event.target_id) == (officer, row.pk)


def test_its_text_is_in_one_answer_and_nowhere_else(officer, client, caplog):
    caplog.set_level(logging.DEBUG)

    made = client.post(NEW, GIVEN)

    token = text_of(made)
    secret = token.partition(".")[2]
    assert "no-store" in made.headers["Cache-Control"]
    assert made.headers["Referrer-Policy"] == "no-referrer"
    assert secret not in caplog.text
    assert secret not in str(made.headers)
    assert secret not in str(made.cookies)
    assert secret not in str(dict(client.session))
    assert secret not in str(list(AuditEvent.objects.values()))
    for address in ("/account/", NEW, f"/account/tokens/{token.partition('.')[0]}/revoke/"):
        assert secret not in client.get(address).content.decode()


def test_the_same_form_sent_again_makes_no_second_token_and_shows_no_text(officer, client):
    """As a reload of the answer does, or a second click."""
    once = client.get(NEW).context["form"]["once"].value()
    token = text_of(client.post(NEW, {**GIVEN, "once": once}))

    again = client.post(NEW, {**GIVEN, "once": once, "days": "31"}, follow=True)

    row = ApiToken.objects.get(user=officer)
    assert again.redirect_chain == [("/account/", 302)]
    assert "This form has made its token already" in Page(again).text
    assert token.partition(".")[2] not in Page(again).html
    assert f"/account/tokens/{row.prefix}/revoke/" in Page(again).links
    assert AuditEvent.objects.filter(verb="api_token.created").count() == 1


def test_a_form_opened_anew_makes_another_and_a_refused_one_may_be_mended(officer, client):
    for _time in range(2):
        once = client.get(NEW).context["form"]["once"].value()
        refused = client.post(NEW, {**GIVEN, "once": once, "days": "0"})
        assert refused.context["form"]["once"].value() == str(once)
        text_of(client.post(NEW, {**GIVEN, "once": once}))

    assert ApiToken.objects.filter(user=officer).count() == 2


def test_the_key_of_one_readers_form_is_nothing_to_another(client, member):
    once = client.get(NEW).context["form"]["once"].value()
    text_of(client.post(NEW, {**GIVEN, "once": once}))
    other = Client()
    other.force_login(member(Role.VIEWER))

    text_of(other.post(NEW, {**GIVEN, "once": once}))


def test_the_form_asks_for_an_end_a_scope_and_networks_that_are_some(client):
    for wrong, place in (
        ({"days": ""}, "days"),
        ({"days": "367"}, "days"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["nothing:read"]}, "scopes"),
        ({"cidrs": "not a network"}, "cidrs"),
        ({"name": ""}, "name"),
    ):
        answer = client.post(NEW, {**GIVEN, **wrong})

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [place]
        assert Page(answer).html.count("Error: ") >= 1
        assert 'value="192.0.2' not in Page(answer).html
        assert answer.context["form"]["days"].value() == {**GIVEN, **wrong}["days"]
    assert not ApiToken.objects.exists()


def test_only_what_the_reader_holds_is_offered(member):
    offered = {}
    for role in (Role.VIEWER, Role.PROGRAMME_OFFICER, Role.LIAISON, Role.FINANCE_OFFICER):
        client = Client()
        client.force_login(member(role))
        form = client.get(NEW).context["form"]
        offered[role] = {scope for scope, _word in form.fields["scopes"].choices}
    officer, liaison = offered[Role.PROGRAMME_OFFICER], offered[Role.LIAISON]

    assert {scope for scope in offered[Role.VIEWER] if not scope.endswith("read")} == set()
    assert {"risks:create", "risks:delete", "engagements:update", "impact-reports:create"} <= officer
    assert "ledger-entries:create" not in officer
    assert "ledger-entries:create" in offered[Role.FINANCE_OFFICER]
    assert "observations:create" in liaison
    assert not {"ledger-entries:read", "risks:create"} & liaison


def test_a_scope_that_is_not_offered_is_refused(member):
    client = Client()
    client.force_login(member(Role.VIEWER))

    assert client.post(NEW, {**GIVEN, "scopes": ["risks:create"]}).status_code == 422
    assert not ApiToken.objects.exists()


def test_whoever_holds_no_role_is_told_why_there_is_nothing_to_make():
    client = Client()
    client.force_login(UserFactory())

    answer = client.get(NEW)

    assert answer.status_code == 403
    assert "You hold no role yet" in Page(answer).text


def test_a_token_is_revoked_after_a_page_that_asks_once_more(officer, client):
    token = create_token(user=officer, scopes=["read"], days=1, by=None, name="Old")
    page = Page(client.get("/account/"))
    address = f"/account/tokens/{token.row.prefix}/revoke/"
    assert address in page.links

    asked = client.get(address)
    token.row.refresh_from_db()
    assert "stops working at once" in Page(asked).text
    assert token.row.revoked_at is None
    said = Page(client.post(address, follow=True))

    assert "The token was revoked." in said.text
    assert address not in said.links
    assert Client().get("/api/v1/", headers={"Authorization": f"Bearer {token.text}"}).status_code == 401
    assert AuditEvent.objects.get(verb="api_token.revoked").by == officer
    assert client.get(address).status_code == 404


def test_nobody_revokes_or_sees_somebody_elses_here(client, member):
    theirs = create_token(user=member(Role.PROGRAMME_OFFICER), scopes=["read"], days=1, by=None, name="Theirs")
    address = f"/account/tokens/{theirs.row.prefix}/revoke/"
    administrator = Client()
    administrator.force_login(member(Role.ADMINISTRATOR))

    for somebody in (client, administrator):
        assert somebody.get(address).status_code == somebody.post(address).status_code == 404
        assert "Theirs" not in Page(somebody.get("/account/")).text
    theirs.row.refresh_from_db()
    assert theirs.row.revoked_at is None


def test_the_service_lets_nobody_make_a_token_for_somebody_else_but_an_administrator(officer, member):
    with pytest.raises(NotPermitted):
        create_token(user=member(Role.VIEWER), scopes=["read"], days=1, by=officer)

    assert create_token(user=officer, scopes=["read"], days=1, by=member(Role.ADMINISTRATOR)).row.user == officer
