"""What the browser's tests stand on."""

import socket

import pytest

from ta_portal.embedded.readiness import wait_until
from tests.browser.conftest import answers_nobody

pytestmark = pytest.mark.browser


def test_a_server_that_still_talks_to_somebody_is_known_by_its_threads(server):
    host, port = server.removeprefix("http://").split(":")
    assert wait_until(answers_nobody, 5)
    with socket.create_connection((host, int(port))) as talking:
        talking.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert wait_until(lambda: not answers_nobody(), 5)
    assert wait_until(answers_nobody, 5)
