"""What every test may ask for: people with roles, and where the project's shared data lies."""

import gc
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models.signals import post_migrate
from django.test import Client

from costing.reference import load_cost_headings
from evaluations.reference import load_judging
from programmes.services.reference import load_rating_anchors, load_reference
from ta_portal.access.permissions import Role, Scope
from ta_portal.accounts.models import User
from tests import left_over
from tests.factories import MembershipFactory, UserFactory
from tests.rest import Rest

PROJECT = Path(__file__).resolve().parent.parent
SHARED_DATA = PROJECT.parent / "shared" / "data"


# What takes longest, and cannot be shared out between workers, begins first: else one works alone in the end.
LONGEST = ("browser", "access", "evaluations/rollup", "demo", "embedded", "acceptance")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(left_over)


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: to look through it for garbage again and again took 6 % of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


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


@pytest.fixture(autouse=True, scope="session")
def _reference_data_outlives_a_flush():
    """A test on real connections ends with a flush of all tables; Django says so as it does after migrations."""

    def load_again(**kwargs) -> None:
        load_reference()
        load_rating_anchors()
        load_cost_headings()
        load_judging()

    # The last app of those that hold reference data.
    post_migrate.connect(load_again, sender=apps.get_app_config("evaluations"), weak=False, dispatch_uid="reference")


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


@pytest.fixture(scope="module")
def scenarios(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Financia and the real engagement of Moldova, loaded once for the tests of a module and gone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ("financia", "moldova"):
            path = SHARED_DATA / name / f"{name}.json"
            call_command("load_scenario", str(path), stdout=io.StringIO(), stderr=io.StringIO())
        yield
        transaction.set_rollback(True)
