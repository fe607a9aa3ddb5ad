"""Redis as the message broker: kombu's own, with one repair.

A worker that loses Redis while it has a message in hand ends with kombu's: to hand the message back, or to acknowledge
it, kombu asks a connection that it has closed itself for its address. Here that is what it is, a lost connection, which
the worker gets over. The message comes again once it has been invisible for long enough; nobody waits for it.
"""

from typing import Any

from kombu.transport import redis


class SteadyChannel(redis.Channel):
    """Takes the end of a connection for a lost connection."""

    # Over a connection that is gone there is no handing back.
    do_restore = False

    def _connparams(self, *args: Any, **options: Any) -> Any:
        # Closed: first the connection forgets its address, then the channel its connection.
        if self.connection is None or self.connection.client is None:
            raise ConnectionResetError("The connection to Redis was lost.")
        return super()._connparams(*args, **options)  # type: ignore[misc]  # kombu has no types


class SteadyTransport(redis.Transport):
    Channel = SteadyChannel
