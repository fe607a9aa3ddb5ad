"""Looking changes nothing: every address is read by everybody, and the database is as it was."""

import logging
from http import HTTPStatus

import pytest

from tests.access.addresses import addresses, concrete
from tests.access.readers import READERS, Reader
from tests.access.test_sign_in import fingerprint

pytestmark = pytest.mark.django_db


def test_reading_every_address_leaves_the_database_as_it_was(world):
    logging.disable(logging.CRITICAL)
    paths = [concrete(address, world) for address in addresses()]
    readers = [Reader(name, world, keeps=True) for name in READERS if name in ("stranger", "administrator", "read")]
    before = fingerprint()

    answers = [
        reader.ask(method, path) for reader in readers for path in paths for method in ("GET", "HEAD", "OPTIONS")
    ]

    logging.disable(logging.NOTSET)
    assert sum(answer.status_code == 200 for answer in answers) > len(paths)
    assert fingerprint() == before


# New in each answer, whatever is asked.
OF_THE_REQUEST = {"X-Request-ID", "Set-Cookie", "Expires", "Date"}


@pytest.mark.parametrize("name", ["stranger", "administrator", "liaison", "read"])
def test_head_is_answered_at_every_address_as_get_is_without_the_body(name, world):
    logging.disable(logging.CRITICAL)
    reader, wrong, answered = Reader(name, world), [], 0

    for address in addresses():
        path = concrete(address, world)
        # What is measured is longer each time that it is asked for.
        new = OF_THE_REQUEST | ({"Content-Length"} if path == "/metrics" else set())
        got, head = reader.ask("GET", path), reader.ask("HEAD", path)
        told = [{k: v for k, v in one.headers.items() if k not in new} for one in (got, head)]
        answered += got.status_code == HTTPStatus.OK
        if (head.status_code, told[1], b"".join(head)) != (got.status_code, told[0], b""):
            wrong.append((path, got.status_code, head.status_code, dict(told[0].items() ^ told[1].items())))

    logging.disable(logging.NOTSET)
    assert wrong == []
    assert answered >= (100 if name == "administrator" else 1)
