"""The frame of every page, the sign-in pages and the styleguide."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories import UserFactory


class Outline(HTMLParser):
    """The headings, ids and landmarks of a page, and its labels' targets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        self.targets += [*given.get("aria-labelledby", "").split(), *given.get("aria-describedby", "").split()]
        if tag == "label" and "for" in given:
            self.targets.append(given["for"])


@pytest.fixture
def styleguide(client, settings):
    settings.DEMO = True
    return client.get("/styleguide/").content.decode()


def test_a_page_has_one_of_each_landmark_and_a_way_past_the_frame(styleguide):
    outline = Outline(styleguide)

    assert [outline.tags.count(tag) for tag in ("main", "h1")] == [1, 1]
    assert '<a class="skip" href="#main">' in styleguide
    assert '<html lang="en" dir="ltr"' in styleguide


def test_no_heading_skips_a_level_and_every_reference_has_its_target_once(styleguide):
    outline = Outline(styleguide)

    assert all(below - above <= 1 for above, below in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)


@pytest.mark.parametrize(("demo", "debug", "status"), [(False, False, 404), (True, False, 200), (False, True, 200)])
def test_the_styleguide_exists_only_in_development_and_in_the_demo(client, settings, demo, debug, status):
    settings.DEMO, settings.DEBUG = demo, debug

    assert client.get("/styleguide/").status_code == status


def test_the_demo_says_on_every_page_that_its_data_is_invented(client, settings):
    settings.DEMO = True
    assert b"Sample data" in client.get(reverse("account_login")).content
    settings.DEMO = False
    assert b"Sample data" not in client.get(reverse("account_login")).content


def test_whoever_is_signed_in_sees_their_name_and_signs_out_by_post(client, db, settings):
    settings.DEMO = True
    client.force_login(UserFactory(full_name="Nadia Osei"))

    page = client.get("/styleguide/").content.decode()

    assert "<bdi>Nadia Osei</bdi>" in page
    assert f'<form method="post" action="{reverse("account_logout")}">' in page


def test_an_administrator_gives_accounts_and_nobody_signs_up(client, db):
    address = reverse("account_signup")

    assert b"there is no sign-up" in client.get(address).content
    client.post(address, {"email": "x@demo.example", "password1": "a-long-enough-word-7"})
    assert not UserFactory._meta.model.objects.filter(email="x@demo.example").exists()


def test_a_wrong_password_is_told_above_the_form_and_in_the_title(client, db):
    page = client.post(reverse("account_login"), {"login": "who@demo.example", "password": "wrong"}).content.decode()

    assert "There is a problem" in page
    assert "<title>Error: Sign in" in page


def test_signing_in_keeps_where_one_was_going(client):
    page = client.get(reverse("account_login"), {"next": "/engagements/"}).content.decode()

    assert '<input type="hidden" name="next" value="/engagements/">' in page


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_inactive"],
)
def test_the_pages_before_signing_in_stand_in_the_portals_frame(client, name):
    page = client.get(reverse(name)).content.decode()

    assert '<main id="main"' in page
    assert 'action="/language/"' in page


def test_a_page_of_allauth_without_a_template_of_ours_stands_in_the_frame_too(client, db):
    client.force_login(UserFactory())

    page = client.get(reverse("account_change_password"), follow=True).content.decode()

    assert '<main id="main"' in page
    assert page.count("<h1") == 1


def test_a_forgotten_password_is_replaced_by_way_of_a_mail(client, db, mailoutbox):
    UserFactory(email="liaison@ministry.example")
    client.post(reverse("account_reset_password"), {"email": "liaison@ministry.example"})
    address = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body)[1]

    page = client.get(address, follow=True)
    word = "a-word-that-nobody-guesses"
    done = client.post(page.request["PATH_INFO"], {"password1": word, "password2": word}, follow=True)

    assert "Choose a new password" in page.content.decode()
    assert "Password saved" in done.content.decode()
    assert client.login(username="liaison@ministry.example", password=word)


def test_a_link_from_an_old_mail_says_so_and_offers_a_new_one(client, db):
    page = client.get(reverse("account_reset_password_from_key", args=["1", "set-passwort-0"]), follow=True)

    assert "used already or is too old" in page.content.decode()


def test_personas_are_offered_only_where_the_demo_gives_them(client, rf):
    assert b"persona" not in client.get(reverse("account_login")).content

    persona = SimpleNamespace(key="officer", name="Nadia <Osei>", role="Programme officer")
    page = render_to_string("demo/_personas.html", {"demo_personas": [persona]}, rf.get("/"))
    assert 'action="/demo/sign-in/"' in page
    assert 'name="persona" value="officer"' in page
    assert "Nadia &lt;Osei&gt;" in page
    assert "csrfmiddlewaretoken" in page
