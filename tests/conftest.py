"""What every test may ask for: people with roles, and where the project's shared data lies."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.test import Client, TransactionTestCase
from pytest_django.plugin import blocking_manager_key

from ta_portal.access.permissions import Role, Scope
from ta_portal.accounts.models import User
from ta_portal.monitoring.garbage import keep_what_is_loaded
from tests import kept_database, left_over
from tests.factories import MembershipFactory, UserFactory
from tests.rest import Rest

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"


# What takes longest, and cannot be shared out between workers, begins first: else one works alone in the end.
LONGEST = ("browser", "access", "evaluations/rollup", "demo", "embedded", "acceptance")

# What a hash costs outside of tests is 0.2 s of a core; it is the same algorithm.
A_QUICK_HASH = (1, 8, 1)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(left_over)
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = A_QUICK_HASH


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """While the workers collect all tests, the process that waits for them makes the database that they will copy."""
    config = session.config
    if config.args_source is not pytest.Config.ArgsSource.ARGS and config.getoption("numprocesses", None):
        with config.stash[blocking_manager_key].unblock():
            kept_database.make_template()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if kept_database.FIRST_PROCESS:
        # Where nothing answers, none was made.
        with session.config.stash[blocking_manager_key].unblock(), suppress(OperationalError):
            kept_database.drop_template()


def pytest_collection_finish() -> None:
    keep_what_is_loaded()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folders = [PROJECT / "tests" / name for name in LONGEST]

    def turn(item: pytest.Item) -> int:
        return next((nth for nth, folder in enumerate(folders) if folder in item.path.parents), len(folders))

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def _quiet_storage(settings):
    """Pages name static files without a collected manifest."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """What is added goes to a folder of the test's own."""
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """In place of pytest-django's: a copy, and what it held at first comes back after a test on real connections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: kept_database.put_back())
        with django_db_blocker.unblock(), kept_database.own_database(), django_db_blocker.block():
            yield


@pytest.fixture
def member(db) -> Callable[..., User]:
    """A user with one role on one scope: `member(Role.VIEWER)`, `member(Role.LIAISON, institution=ministry)`."""

    def make(role: Role = Role.VIEWER, **scope) -> User:
        user = UserFactory()
        kind = next(iter(scope), Scope.PORTFOLIO.value)
        MembershipFactory(user=user, role=role.value, scope_kind=kind, **scope)
        return user

    return make


@pytest.fixture
def signed_in(member) -> Callable[..., Client]:
    """A browser in which such a member is signed in."""

    def make(role: Role = Role.VIEWER, **scope) -> Client:
        client = Client()
        client.force_login(member(role, **scope))
        return client

    return make


@pytest.fixture
def rest(member) -> Callable[..., Rest]:
    """A REST client of somebody with such a role: by session, or by a token where `scopes` are given."""

    def make(role: Role = Role.VIEWER, *, scopes: list[str] | None = None, **scope) -> Rest:
        return Rest(member(role, **scope), scopes)

    return make


@cache
def financia_and_moldova() -> kept_database.Rows:
    """All rows of a database into which both are loaded, once a worker. For tests on real connections: they are put."""
    kept_database.put_back()
    load_scenarios()
    return kept_database.rows_now()


def load_scenarios() -> None:
    for name in ("financia", "moldova"):
        path = SHARED_DATA / name / f"{name}.json"
        call_command("load_scenario", str(path), stdout=io.StringIO(), stderr=io.StringIO())


@pytest.fixture(scope="module")
def scenarios(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Financia and the real engagement of Moldova, loaded once for the tests of a module and gone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_scenarios()
        yield
        transaction.set_rollback(True)
