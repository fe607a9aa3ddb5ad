"""A container's question to its own web server, without Django: `python -m ta_portal.monitoring.probe readyz`.

It comes as the proxy would: for a host that the portal answers to, over what counts as HTTPS.
"""

import http.client
import os
import sys

TIMEOUT_SECONDS = 5


def answers(path: str, port: int) -> bool:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"/{path}", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1], int(os.environ.get("PORT", "8000"))) else 1)
