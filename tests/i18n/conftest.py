import pytest


@pytest.fixture(autouse=True)
def _kit_addresses(settings):
    settings.ROOT_URLCONF = "tests.ui.urls"
    settings.DEBUG = False
