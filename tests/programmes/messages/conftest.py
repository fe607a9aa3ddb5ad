"""The engagement TSA-1 with its report, as tests/programmes/progress has it, and a worker that is woken by hand."""

import pytest

from ta_portal.jobs import outbox, tasks
from ta_portal.mail import services
from tests.programmes.progress.conftest import (  # noqa: F401 - fixtures
    accounts,
    browse,
    engagement,
    fill,
    liaison,
    officer,
    report,
)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    for module in (outbox, services):
        monkeypatch.setattr(module, "wake_workers", lambda: None)


@pytest.fixture
def wake():
    return tasks.wake
