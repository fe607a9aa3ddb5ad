"""A test on real connections leaves the database as it found it, whatever it did there."""

import pytest
from django.contrib.auth.models import Permission

from programmes.models import Currency
from tests import kept_database
from tests.conftest import financia_and_moldova
from tests.factories import EngagementFactory

pytestmark = pytest.mark.django_db(transaction=True)


def rows(tables):
    return {table: sorted(lines.splitlines()) for table, lines in tables.items()}


def test_what_was_added_changed_and_taken_away_is_put_back():
    engagement = EngagementFactory()
    Currency.objects.filter(code="USD").update(name="Dollars of another kind")
    Permission.objects.first().delete()

    kept_database.put_back()

    assert not type(engagement).objects.exists()
    assert rows(kept_database.rows_now()) == rows(kept_database.as_migrated)
    assert "currency" in kept_database.as_migrated


def test_rows_that_were_kept_are_put_as_they_were_loaded():
    wanted = financia_and_moldova()
    EngagementFactory()

    for _ in range(2):
        kept_database.put_back(wanted)

        assert rows(kept_database.rows_now()) == rows(wanted)
        assert "engagement" in wanted
