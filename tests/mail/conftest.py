"""A kind of message of the tests' own, and a worker that looks at the table when it is told to."""

import pytest

from ta_portal.access.permissions import Permission
from ta_portal.jobs import outbox, tasks
from ta_portal.mail import kinds, services
from ta_portal.mail.kinds import MessageKind
from ta_portal.mail.services import News, tell
from ta_portal.mail.wording import Content

KIND = MessageKind("test.news", 1, "News", Permission.ENGAGEMENT_VIEW)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    for module in (outbox, services):
        monkeypatch.setattr(module, "wake_workers", lambda: None)


@pytest.fixture(autouse=True)
def lost_sight(monkeypatch):
    """The one kind there is; those in this set may not know any more what messages are about."""
    lost = set()
    monkeypatch.setattr(kinds, "_kinds", {KIND.key: KIND})
    monkeypatch.setattr(kinds, "_rules", [lambda user, permission, about: user.pk not in lost])
    return lost


@pytest.fixture
def wake():
    return tasks.wake


@pytest.fixture
def news():
    """Tell these people of one event."""

    def send(*people, event="1", **words):
        said = {"subject": "A subject", "lead": "It happened.", "todo": "Do it.", "action": "Open", **words}
        return tell(
            News(KIND, event, [one.pk for one in people], 7, "/engagements/?q=1", content=lambda: Content(**said))
        )

    return send
