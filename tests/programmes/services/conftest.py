"""Four people who try every act, and an engagement that two of them may change."""

import pytest

from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory, UserFactory


@pytest.fixture
def people(member):
    """A stranger, a viewer, a programme officer and an administrator, each on the whole portfolio but the first."""
    return {
        "stranger": UserFactory(),
        "viewer": member(Role.VIEWER),
        "officer": member(Role.PROGRAMME_OFFICER),
        "administrator": member(Role.ADMINISTRATOR),
    }


@pytest.fixture
def administrator(people):
    return people["administrator"]


@pytest.fixture
def officer(people):
    return people["officer"]


@pytest.fixture
def engagement(db):
    return EngagementFactory()
