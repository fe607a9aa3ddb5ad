"""One world for the tests of a module: nobody writes to it for good."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from programmes.services.file_store import keep
from tests.access.world import World, make_world
from tests.factories import EVIDENCE


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once, in a transaction that is rolled back when the module's tests are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _files(_own_files, db):
    """What is in the world's files."""
    keep(EVIDENCE)
