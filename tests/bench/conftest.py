"""A small portfolio, generated once for the tests of a module."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction

from ta_portal.bench.portfolio.generating import generate_portfolio
from ta_portal.bench.subject import Subject, subject_here

TODAY = dt.date(2026, 6, 30)
ENGAGEMENTS = 20


@pytest.fixture(scope="module")
def portfolio(django_db_setup, django_db_blocker) -> Iterator[dict[str, int]]:
    """How many rows of each kind there are."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield generate_portfolio(engagements=ENGAGEMENTS, seed=7, today=TODAY, say=lambda line: None).counts
        transaction.set_rollback(True)


@pytest.fixture
def subject(portfolio, db) -> Subject:
    return subject_here()
