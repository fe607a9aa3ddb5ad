"""Signing in with one click: there in the demo, nowhere else."""

import pytest
from django.test import Client
from django.urls import include, path

from ta_portal import urls
from ta_portal.demo.personas import PERSONAS
from tests.factories import UserFactory

urlpatterns = [*urls.urlpatterns, path("demo/", include("ta_portal.demo.urls"))]

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_the_demo(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def officer():
    return UserFactory(email="officer@demo.example")


def test_outside_the_demo_there_is_no_such_address(officer):
    assert Client().post("/demo/sign-in/", {"persona": "officer"}).status_code == 404


def test_outside_the_demo_pages_offer_no_personas(settings):
    [engine] = settings.TEMPLATES

    assert not any("demo" in processor for processor in engine["OPTIONS"]["context_processors"])


@pytest.mark.usefixtures("in_the_demo")
def test_a_click_signs_the_persona_in(officer):
    client = Client()

    response = client.post("/demo/sign-in/", {"persona": "officer"})

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(officer.pk)


@pytest.mark.usefixtures("in_the_demo")
@pytest.mark.parametrize("persona", ["", "stranger", "officer@demo.example"])
def test_nobody_else_is_signed_in(officer, persona):
    client = Client()

    assert client.post("/demo/sign-in/", {"persona": persona}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("in_the_demo", "officer")
@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/engagements/?page=2", "/engagements/?page=2"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
    ],
)
def test_it_leads_to_the_page_that_was_wanted_but_to_no_other_site(wanted, reached):
    response = Client().post("/demo/sign-in/", {"persona": "officer", "next": wanted})

    assert response["Location"] == reached


@pytest.mark.usefixtures("in_the_demo", "officer")
def test_another_site_cannot_make_a_browser_sign_in():
    client = Client(enforce_csrf_checks=True)

    assert client.post("/demo/sign-in/", {"persona": "officer"}).status_code == 403


@pytest.mark.usefixtures("in_the_demo", "officer")
def test_a_link_signs_nobody_in():
    assert Client().get("/demo/sign-in/?persona=officer").status_code == 405


def test_the_demo_has_the_people_of_the_design():
    names = "admin officer finance evaluator liaison expert viewer auditor liaison.elsewhere"  # design.md 5.1

    assert [persona.email for persona in PERSONAS] == [f"{name}@demo.example" for name in names.split()]
