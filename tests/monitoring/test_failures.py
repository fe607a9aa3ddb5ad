"""A database that is away or too slow: 503 in bound, for pages and for programs, and the next request works."""

import time
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from programmes.models import Engagement
from ta_portal.access.permissions import Role
from tests.factories import EngagementFactory
from tests.rest import Rest

pytestmark = pytest.mark.django_db(transaction=True)
BOUND_SECONDS = 5


@contextmanager
def locked():
    """Somebody else holds the table of engagements."""
    of = connection.settings_dict
    other = psycopg2.connect(
        dbname=of["NAME"], user=of["USER"], password=of["PASSWORD"], host=of["HOST"], port=of["PORT"]
    )
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Engagement._meta.db_table} IN ACCESS EXCLUSIVE MODE")
    yield other
    other.close()


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
@pytest.mark.parametrize("door", ["page", "api"])
def test_a_slow_lock_ends_in_503_and_the_next_request_works(member, limit, door):
    user = member(Role.ADMINISTRATOR)
    page = Client(raise_request_exception=False)
    page.force_login(user)
    asked = {"page": lambda: page.get("/engagements/"), "api": lambda: Rest(user).client.get("/api/v1/engagements/")}
    EngagementFactory()
    assert asked[door]().status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = '400ms'")
    begun = time.monotonic()

    with locked():
        response = asked[door]()

    assert time.monotonic() - begun < BOUND_SECONDS
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "canceling" not in response.content.decode()
    assert asked[door]().status_code == 200
    connection.close()


def test_readiness_names_a_database_that_does_not_answer(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    response = client.get("/readyz")
    told = client.get("/metrics").text

    assert (response.status_code, response.json()["missing"]) == (503, ["database"])
    assert "portal_database_up 0.0" in told
    monkeypatch.undo()
    assert client.get("/readyz").json() == {"ready": True, "missing": [], "degraded": []}


def test_being_alive_asks_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"alive": True}
