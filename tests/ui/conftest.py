import pytest
from django.template import engines
from django.test import Client
from django.utils import translation

from ta_portal.ui import navigation


@pytest.fixture(autouse=True)
def _kit_addresses(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.ui.urls"
    settings.DEBUG = False
    # The links that the apps registered when they started lead to addresses that this kit's tests do not have.
    monkeypatch.setattr(navigation, "_items", {})


@pytest.fixture
def render(rf):
    """Render a template's text with the ui tags loaded, as if for a visitor's request."""

    def render(source: str, **context) -> str:
        template = engines["django"].from_string("{% load ui %}" + source)
        return template.render(context, rf.get("/list/?status=active&page=2"))

    return render


@pytest.fixture
def arabic():
    with translation.override("ar"):
        yield


@pytest.fixture
def failing_client():
    """A client that shows what the reader sees instead of raising."""
    return Client(raise_request_exception=False)
