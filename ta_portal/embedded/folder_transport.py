"""A folder as the message broker: kombu's own, with two repairs.

kombu's writes a message under its final name before the text is in it: a worker that reads it at that moment loses it
and ends. And it takes messages by way of the system's temporary folder, a copy where that is another file system.
Here a message appears by one rename and is taken by one rename.
"""

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

# kombu empties an exchange's small file for a moment while it makes it.
_EXCHANGE_ATTEMPTS = 50
_EXCHANGE_PAUSE_SECONDS = 0.01


class FolderChannel(filesystem.Channel):
    """Messages as files that appear, and are taken, in one step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_in, self.processed_folder, self.control_folder):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    # kombu's own two classes differ in the second argument's name.
    def _put(self, queue: str, payload: Any, **options: Any) -> None:  # type: ignore[override]
        # Wall clock time, padded, so that names sort by age even after a restart of the machine.
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        unfinished = Path(self.data_folder_out, f"{name}.part")
        try:
            unfinished.write_text(dumps(payload), encoding="utf-8")
            unfinished.replace(unfinished.with_suffix(""))
        except OSError as problem:
            raise ChannelError(f"Cannot add a message to {self.data_folder_out}") from problem

    def _get(self, queue: str, timeout: Any = None) -> Any:
        for waiting in sorted(Path(self.data_folder_in).glob("*.msg")):
            if waiting.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = Path(self.processed_folder, waiting.name)
            try:
                waiting.rename(taken)
            except OSError:
                continue  # another worker was quicker
            text = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(text)
        raise Empty

    def get_table(self, exchange: str) -> Any:
        for _ in range(_EXCHANGE_ATTEMPTS):
            try:
                return super().get_table(exchange)
            except ValueError:
                time.sleep(_EXCHANGE_PAUSE_SECONDS)
        return super().get_table(exchange)


class FolderTransport(filesystem.Transport):
    Channel = FolderChannel
