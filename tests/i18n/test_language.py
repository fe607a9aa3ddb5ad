import re

import pytest
from django.urls import reverse
from django.utils import translation

from tests.factories import UserFactory

SIGN_IN = "/accounts/login/"


def language_of(response) -> str:
    return response["Content-Language"]


def test_a_visitor_is_answered_in_the_browsers_language(client):
    response = client.get(SIGN_IN, headers={"Accept-Language": "ar-EG,ar;q=0.9,en;q=0.5"})

    assert '<html lang="ar" dir="rtl"' in response.content.decode()
    assert "Accept-Language" in response["Vary"]


def test_a_browser_that_asks_for_what_we_do_not_speak_gets_english(client):
    assert language_of(client.get(SIGN_IN, headers={"Accept-Language": "tlh"})) == "en"


def test_a_visitors_choice_comes_before_the_browsers(client):
    response = client.post(reverse("i18n:language"), {"language": "ar", "next": SIGN_IN})

    assert response.headers["Location"] == SIGN_IN
    assert language_of(client.get(SIGN_IN, headers={"Accept-Language": "en"})) == "ar"


def test_the_profile_of_whoever_is_signed_in_comes_first(client, db):
    client.cookies["language"] = "en"
    client.force_login(UserFactory(language="ar"))

    assert language_of(client.get("/closed/")) == "ar"


def test_a_choice_is_kept_in_the_profile(client, db):
    user = UserFactory(language="en")
    client.force_login(user)

    client.post(reverse("i18n:language"), {"language": "ar"})

    user.refresh_from_db()
    assert user.language == "ar"
    assert language_of(client.get("/closed/")) == "ar"


@pytest.mark.parametrize("unknown", ["", "xx", "../ar", "de"])
def test_a_language_that_the_portal_does_not_speak_changes_nothing(client, db, unknown):
    user = UserFactory(language="en")
    client.force_login(user)

    response = client.post(reverse("i18n:language"), {"language": unknown})

    user.refresh_from_db()
    assert response.status_code == 302
    assert user.language == "en"
    assert "language" not in response.cookies


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_choosing_a_language_never_leads_to_another_site(client, elsewhere):
    response = client.post(reverse("i18n:language"), {"language": "ar", "next": elsewhere})

    assert response.headers["Location"] == "/"


def test_looking_at_the_address_changes_nothing(client):
    assert client.get(reverse("i18n:language"), {"language": "ar"}).status_code == 405


NAMES = {"en": "English", "fr": "français", "es": "español", "pt": "Português", "ar": "العربيّة"}


@pytest.mark.parametrize("address", [SIGN_IN, "/accounts/password/reset/", "/nowhere/"])
def test_each_language_is_offered_by_its_own_name_on_pages_and_on_errors(client, address):
    page = client.get(address).content.decode()

    for language, name in NAMES.items():
        assert re.search(
            rf'<button type="submit" name="language" value="{language}" lang="{language}" [^>]*>{name}</button>', page
        )


@pytest.mark.parametrize("language", NAMES)
def test_whoever_is_signed_in_reads_the_portal_in_each_language(client, db, settings, language):
    settings.ROOT_URLCONF = "ta_portal.urls"
    client.force_login(UserFactory(language=""))

    client.post(reverse("i18n:language"), {"language": language, "next": "/engagements/"})

    page = client.get("/engagements/").content.decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in page
    with translation.override(language):
        assert f"<h1>{translation.gettext('Engagements')}</h1>" in page


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("fr-CA,fr;q=0.9", "fr"),
        ("es-419,es;q=0.9", "es"),
        ("pt-BR,pt;q=0.9,en;q=0.5", "pt"),
        ("ar-SA", "ar"),
        ("de,pt;q=0.4,fr;q=0.7", "fr"),
    ],
)
def test_regional_kinds_of_a_language_are_answered_in_it(client, asked, answered):
    assert language_of(client.get(SIGN_IN, headers={"Accept-Language": asked})) == answered


def test_the_language_of_one_request_does_not_reach_the_next(client):
    client.get(SIGN_IN, headers={"Accept-Language": "ar"})

    assert translation.get_language() == "en"
