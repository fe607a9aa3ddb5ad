"""Celery's settings with Redis, and without: a folder as the broker where `REDIS_URL` is unset.

    app.conf.update(celery_settings(REDIS_URL, VAR_DIR / "broker"))

With both, a task may be delivered twice, and on the folder a message that a killed worker had already taken is lost.
So tasks stand being repeated, and rows in the database, not messages, say what remains to be done.
"""

from pathlib import Path
from typing import Any

# Longer than the longest task and the farthest countdown: Redis hands a message out again after it.
VISIBILITY_SECONDS = 3600
FOLDER_POLL_SECONDS = 0.1

_SHARED = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "timezone": "UTC",
    "broker_connection_retry_on_startup": True,
    # Acknowledged when done, so that a task cut short by an orderly stop is handed out again.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    # A worker never holds messages that another could run, or that a kill would lose.
    "worker_prefetch_multiplier": 1,
    # A request that publishes must not hang on a broker that is down.
    "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
}


def celery_settings(redis_url: str, folder: Path) -> dict[str, Any]:
    """What both brokers share, and what belongs to the one in use: Redis, or the folder where `redis_url` is empty.

    Touches neither: the folder is made when somebody connects.
    """
    return _SHARED | (_redis(redis_url) if redis_url else _folder(folder.resolve()))


def _redis(url: str) -> dict[str, Any]:
    return {
        "broker_url": url,
        "broker_transport": "ta_portal.embedded.redis_transport:SteadyTransport",
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_SECONDS,
            # Look for the messages of dead workers every 10 s; kombu's own pace is every 100 s.
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "unacked_restore_limit": 100,
            # A worker killed while it restores keeps the others from it for no longer than this.
            "unacked_mutex_expire": 60,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 30,
        },
    }


def _folder(folder: Path) -> dict[str, Any]:
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "ta_portal.embedded.folder_transport:FolderTransport",
        "broker_transport_options": {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "processed_folder": str(folder / "taken"),
            "control_folder": str(folder / "control"),
            "store_processed": False,
            "polling_interval": FOLDER_POLL_SECONDS,
        },
    }
