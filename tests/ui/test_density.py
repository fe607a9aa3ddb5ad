"""How close rows and buttons stand: the reader's own choice, kept with the account, in plain forms."""

import re

import pytest
from django.urls import reverse

from ta_portal.accounts.models import Density
from tests.factories import UserFactory
from tests.ui.test_assets import CSS

ADDRESS = "/account/density/"


@pytest.fixture
def user(client, db):
    user = UserFactory()
    client.force_login(user)
    return user


def density_of(page) -> str:
    found = re.search(r'<html [^>]*data-density="(\w+)"', page.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize("density", Density.values)
def test_a_choice_is_kept_with_the_account_and_holds_on_every_page(client, user, density):
    response = client.post(ADDRESS, {"density": density, "next": "/help/"}, follow=True)

    user.refresh_from_db()
    assert user.density == density
    assert response.redirect_chain == [("/help/", 302)]
    assert "Pages are shown as you chose." in response.content.decode()
    assert [density_of(client.get(address)) for address in ("/help/", "/account/", "/nowhere/")] == [density] * 3


def test_whoever_chose_none_has_what_each_page_suits(client, user):
    logout = reverse("account_logout")
    assert [density_of(client.get(address)) for address in ("/help/", logout)] == ["", "roomy"]

    client.post(ADDRESS, {"density": "compact"})
    assert density_of(client.get(logout)) == "compact"

    client.post(ADDRESS, {"density": ""})
    assert [density_of(client.get(address)) for address in ("/help/", logout)] == ["", "roomy"]


@pytest.mark.parametrize("sent", [{"density": "huge"}, {"density": "Compact"}, {}])
def test_what_is_no_density_changes_nothing(client, user, sent):
    client.post(ADDRESS, {"density": "roomy"})

    assert client.post(ADDRESS, sent).status_code == 302

    user.refresh_from_db()
    assert user.density == "roomy"


def test_a_choice_is_ones_own_and_leads_to_no_other_site(client, user):
    other = UserFactory()

    assert client.post(ADDRESS, {"density": "roomy", "next": "https://evil.example/"}).headers["Location"] == "/"

    other.refresh_from_db()
    assert other.density == ""


def test_looking_at_the_address_changes_nothing(client, user):
    assert client.get(ADDRESS, {"density": "roomy"}).status_code == 405


def test_the_account_and_the_menu_of_ones_name_offer_each_and_mark_what_holds(client, user):
    client.post(ADDRESS, {"density": "compact"})

    page = client.get("/account/").content.decode()

    assert page.count(f'action="{ADDRESS}"') == 2
    assert re.findall(r'<input type="radio" name="density" value="(\w*)" checked>', page) == ["compact"]
    assert re.findall(r'name="density" value="(\w*)" aria-current="true"', page) == ["compact"]
    assert set(re.findall(r'name="density" value="(\w*)"', page)) == {"", *Density.values}


@pytest.mark.parametrize("density", Density.values)
def test_a_density_is_said_in_tokens_alone(density):
    rules = re.findall(rf'\[data-density="{density}"\] {{([^}}]*)}}', CSS)

    assert len(rules) == 1
    assert all(rule.strip().startswith("--") for rule in rules[0].split(";") if rule.strip())


def test_the_styleguide_shows_both(client, settings):
    settings.DEMO = True
    page = client.get("/styleguide/").content.decode()

    assert set(re.findall(r'<section [^>]*data-density="(\w+)"', page)) == set(Density.values)
