"""What a stranger may open: the sign-in pages, the choice of language, and whether the portal is well. Nothing else."""

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.urls import URLPattern, URLResolver, get_resolver

from ta_portal.embedded.broker import celery_settings

PUBLIC = {
    "/accounts/login/", "/accounts/inactive/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/", "/healthz", "/readyz", "/metrics", "/styleguide/",
    "/help/", "/accessibility/",
}  # fmt: skip
ACTS = {"/language/", "/accounts/logout/"}
API = "api/"
A_UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SAMPLES = {
    "ref": "FIN-TAX-2024",
    "code": "I01",
    "public_id": A_UUID,
    "uidb36": "1",
    "key": "none",
    "kind": "risks",
    "version": "1",
    "prefix": "tap_000000000000",
    "name": "engagements",
}


def addresses(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern) and not route.startswith(API):
            for name, converter in pattern.pattern.converters.items():
                kind = {
                    "StringConverter": "str",
                    "SlugConverter": "slug",
                    "UUIDConverter": "uuid",
                    "IntConverter": "int",
                }[type(converter).__name__]
                route = route.replace(f"<{kind}:{name}>", SAMPLES[name])
            yield f"/{route}"


@pytest.mark.parametrize("address", sorted(set(addresses()) - PUBLIC - ACTS))
def test_every_other_page_sends_a_stranger_to_sign_in(client, db, address):
    response = client.get(address)

    is_reset_link = address.startswith("/accounts/password/reset/key/")
    if is_reset_link:
        assert "link" in response.content.decode()
    else:
        assert response.status_code == 302
        assert response["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("address", sorted(PUBLIC - {"/styleguide/"}))
def test_public_pages_answer_without_signing_in(client, db, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/accounts/signup/", "/accounts/email/", "/admin/", "/demo/sign-in/"])
def test_what_the_portal_does_not_offer_has_no_address(client, db, address):
    assert client.get(address).status_code == 404


def test_readiness_names_the_missing_part_and_no_host(client, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    settings.CELERY = celery_settings(settings.REDIS_URL, settings.VAR_DIR)

    response = client.get("/readyz")

    # Pages go on without the broker, jobs wait: taking the server out would be worse.
    assert response.json() == {"ready": True, "missing": [], "degraded": ["broker"]}


def test_without_its_tables_the_portal_is_not_ready(client, db):
    MigrationRecorder.Migration.objects.filter(app="jobs").delete()

    response = client.get("/readyz")

    assert (response.status_code, response.json()["missing"]) == (503, ["tables"])
