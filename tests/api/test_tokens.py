"""Tokens: what they open, for whom, from where and until when."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from ta_portal.access.permissions import Role
from ta_portal.api.models import ApiToken
from ta_portal.api.services.tokens import create_token, revoke_token
from ta_portal.audit.models import AuditEvent
from ta_portal.errors import InvalidInput, NotPermitted
from tests.factories import BudgetFactory, EngagementFactory, MilestoneFactory
from tests.rest import Rest

pytestmark = pytest.mark.django_db


def ask(text, path="engagements/", **request):
    return Client().get(f"/api/v1/{path}", headers={"Authorization": text}, **request)


def test_a_token_shows_what_its_user_sees(member):
    ours, _theirs = EngagementFactory(), EngagementFactory()

    assert Rest(member(Role.VIEWER, engagement=ours), ["read"]).codes("engagements/", "ref") == [ours.ref]


def test_only_a_hash_is_kept(member):
    token = create_token(user=member(), scopes=["read"], days=1, by=None)

    stored = ApiToken.objects.values().get(pk=token.row.pk)
    secret = token.text.partition(".")[2]
    assert len(secret) >= 40
    assert secret not in str(stored)
    assert AuditEvent.objects.filter(verb="api_token.created", target_id=token.row.pk).exists()


def spoilt(token, how):
    """The token as it is sent, after something happened to it."""
    prefix, _dot, secret = token.text.partition(".")
    if how == "revoked":
        ApiToken.objects.filter(pk=token.row.pk).update(revoked_at=timezone.now())
    if how == "ended":
        ApiToken.objects.filter(pk=token.row.pk).update(expires_at=timezone.now())
    if how == "of somebody who left":
        token.row.user.is_active = False
        token.row.user.save()
    return {
        "with another secret": f"{prefix}.{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}",
        "without a secret": prefix,
        "with another prefix": f"tap_000000000000.{secret}",
        "with odd characters": f"{prefix}é.{secret}",
    }.get(how, token.text)


@pytest.mark.parametrize(
    "how",
    [
        "revoked",
        "ended",
        "of somebody who left",
        "with another secret",
        "without a secret",
        "with another prefix",
        "with odd characters",
    ],
)
def test_a_token_that_does_not_hold_is_401_whatever_is_wrong_with_it(member, how):
    token = create_token(user=member(), scopes=["read"], days=1, by=None)
    assert ask(f"Bearer {token.text}").status_code == 200

    response = ask(f"Bearer {spoilt(token, how)}".encode().decode("latin-1"))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["code"] == "invalid_token"


def test_a_token_ends_on_its_day(member):
    token = create_token(user=member(), scopes=["read"], days=90, by=None)

    with time_machine.travel(timezone.now() + dt.timedelta(days=89, hours=23)):
        assert ask(f"Bearer {token.text}").status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=90, seconds=1)):
        assert ask(f"Bearer {token.text}").status_code == 401


@pytest.mark.parametrize(("address", "status"), [("192.0.2.7", 200), ("198.51.100.7", 401), ("not an address", 401)])
def test_a_token_may_be_held_to_a_network(member, address, status):
    token = create_token(user=member(), scopes=["read"], days=1, by=None, cidrs=["192.0.2.0/24", "2001:db8::/32"])

    assert ask(f"Bearer {token.text}", REMOTE_ADDR=address).status_code == status


def test_the_last_use_is_written_once_a_minute(member):
    token = create_token(user=member(), scopes=["read"], days=1, by=None)
    start = timezone.now()

    seen = []
    for seconds in (0, 30, 61):
        with time_machine.travel(start + dt.timedelta(seconds=seconds), tick=False):
            ask(f"Bearer {token.text}")
        seen.append(round((ApiToken.objects.get().last_used - start).total_seconds()))

    assert seen == [0, 0, 61]


def test_a_narrow_scope_opens_its_resource_only(member):
    milestone = MilestoneFactory()
    asked = Rest(member(Role.ADMINISTRATOR), ["milestones:read"])

    assert asked.codes("milestones/") == [milestone.code]
    refused = asked.ask("risks/")
    assert refused.status_code == 403
    assert refused.json()["code"] == "scope_missing"
    assert "risks:read" in refused.json()["detail"]


def test_each_door_of_an_engagement_has_a_scope_of_its_own(member):
    engagement = EngagementFactory()
    asked = Rest(member(Role.ADMINISTRATOR), ["engagements:read", "overlaps:read"])

    assert asked.get(f"engagements/{engagement.ref}/overlaps/")["overlaps"] == []
    assert asked.ask(f"engagements/{engagement.ref}/costs/").status_code == 403


def test_a_token_never_gives_more_than_its_user_has(member):
    budget = BudgetFactory()
    liaison = member(Role.LIAISON, engagement=budget.engagement)

    assert Rest(liaison, ["budgets:read"]).ask("budgets/").status_code == 403


def test_reading_does_not_include_acting(member):
    asked = Rest(member(Role.ADMINISTRATOR), ["read"])

    response = asked.post("impact-reports/", {})

    assert response.status_code == 403
    assert "impact-reports:create" in response.json()["detail"]


def test_a_scope_for_an_act_gives_that_act(member):
    EngagementFactory()
    asked = Rest(member(Role.PROGRAMME_OFFICER), ["impact-reports:create"])

    assert asked.post("impact-reports/", {}).status_code == 202
    assert asked.ask("impact-reports/").status_code == 403


def test_another_kind_of_authorization_is_no_token():
    assert ask("Basic YTpi").json()["code"] == "not_authenticated"


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("create_token", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_prints_the_token_and_only_it(member):
    user = member(Role.VIEWER)
    engagement = EngagementFactory()

    out, err = run(user.email.upper(), "--scope", "read", "--days", "90")

    assert out.count("\n") == 1
    assert ask(f"Bearer {out.strip()}").json()["results"][0]["ref"] == engagement.ref
    assert user.email in err
    assert out.strip() not in err


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (["nobody@nowhere.example"], "email"),
        (["{user}", "--scope", "everything"], "scope"),
        (["{user}", "--scope", "nonsense:read"], "scope"),
        (["{user}", "--scope", "milestones:destroy"], "scope"),
        (["{user}", "--days", "0"], "days"),
        (["{user}", "--days", "100000"], "days"),
        (["{user}", "--cidr", "here"], "cidr"),
    ],
)
def test_the_command_refuses_in_one_sentence_that_names_the_place(member, arguments, place):
    user = member()

    with pytest.raises(CommandError) as refusal:
        run(*(argument.format(user=user.email) for argument in arguments))

    assert refusal.value.returncode == 1
    assert str(refusal.value).startswith(place)
    assert "\n" not in str(refusal.value)
    assert not ApiToken.objects.exists()


def test_somebody_who_may_not_sign_in_gets_no_token(member):
    user = member()
    user.is_active = False

    with pytest.raises(InvalidInput):
        create_token(user=user, scopes=["read"], days=1, by=None)


def test_a_revoked_token_opens_nothing_and_stays_on_the_record(member):
    token = create_token(user=member(), scopes=["read"], days=1, by=None)

    for argument in (token.row.prefix, token.text):
        call_command("revoke_token", argument, stdout=io.StringIO(), stderr=io.StringIO())

    assert ask(f"Bearer {token.text}").status_code == 401
    assert AuditEvent.objects.filter(verb="api_token.revoked", target_id=token.row.pk).count() == 1


def test_an_unknown_token_cannot_be_revoked():
    with pytest.raises(CommandError, match="prefix"):
        call_command("revoke_token", "tap_000000000000", stdout=io.StringIO(), stderr=io.StringIO())


def test_only_its_user_or_who_manages_users_revokes_a_token(member):
    token = create_token(user=member(), scopes=["read"], days=1, by=None)

    with pytest.raises(NotPermitted):
        revoke_token(token_id=token.row.pk, by=member(Role.PROGRAMME_OFFICER))
    assert revoke_token(token_id=token.row.pk, by=token.row.user).revoked_at is not None
    first = ApiToken.objects.get().revoked_at
    assert revoke_token(token_id=token.row.pk, by=member(Role.ADMINISTRATOR)).revoked_at == first


@pytest.mark.parametrize("verb", ["read", "create", "update", "delete"])
def test_a_scope_names_any_verb(member, verb):
    user, out = member(), io.StringIO()

    call_command("create_token", user.email, "--scope", f"milestones:{verb}", stdout=out, stderr=io.StringIO())

    assert ApiToken.objects.get(prefix=out.getvalue().partition(".")[0]).scopes == [f"milestones:{verb}"]
