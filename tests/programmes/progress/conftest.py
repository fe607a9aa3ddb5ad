"""An engagement, whoever reports on it, and whoever decides."""

import pytest

from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory


@pytest.fixture
def engagement():
    return EngagementFactory(ref="TSA-1", title="Treasury single account")


@pytest.fixture
def officer(member):
    return member(Role.PROGRAMME_OFFICER)


@pytest.fixture
def liaison(member, engagement):
    return member(Role.LIAISON, institution=engagement.institution)


@pytest.fixture
def browse(client):
    def make(user):
        client.force_login(user)
        return client

    return make
