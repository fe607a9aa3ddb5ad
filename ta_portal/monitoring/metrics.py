"""`/metrics` in Prometheus' text: requests as this server counted them, jobs and the feed as the database has them.

A web server of several processes shares its counts through the folder that PROMETHEUS_MULTIPROC_DIR names; without it
each process counts its own requests, and a scrape sees those of the one that answers. What comes from the database is
the same whoever is asked.
"""

import os
import tomllib
from collections.abc import Iterator
from functools import cache
from hmac import compare_digest
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.utils import Error as DatabaseFailed
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from ta_portal.jobs.checks import outbox_backlog
from ta_portal.monitoring.database import oldest_writer

COUNTED = CollectorRegistry()
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATES = ("queued", "running", "done", "failed", "cancelled")
_requests = Histogram(
    "portal_http_request_seconds",
    "Seconds until a request was answered, by its route.",
    ["method", "route", "status"],
    registry=COUNTED,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Routes are patterns and methods a list of our own: a caller cannot make up new series."""
    _requests.labels(method if method in METHODS else "other", route, str(status)).observe(seconds)


def forget() -> None:
    """Begin anew, as a server that was just started."""
    _requests.clear()


@require_GET
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or for who shows the token; to anybody else there is nothing here."""
    if not (_shows_token(request) or _comes_from_this_machine(request)):
        raise Http404
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _shows_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())


def _comes_from_this_machine(request: HttpRequest) -> bool:
    """In production never: behind a proxy on this machine, everybody would."""
    if settings.PRODUCTION or "Forwarded" in request.headers or "X-Forwarded-For" in request.headers:
        return False
    return ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0").is_loopback  # noqa: S104


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Counted())
    registry.register(_Portal())
    return registry


class _Counted:
    def collect(self) -> Iterator[Any]:
        return iter(COUNTED.collect())


class _Portal:
    """What the database knows, asked for at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        build = GaugeMetricFamily("portal_build_info", "The release that runs.", labels=["version"])
        build.add_metric([version()], 1)
        yield build
        try:
            found = [*_jobs(), *_outbox(), _feed_horizon(), _pulses()]
        except DatabaseFailed:
            found = []
        yield GaugeMetricFamily("portal_database_up", "1 while the database answers.", value=bool(found))
        yield from found


@cache
def version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _jobs() -> Iterator[GaugeMetricFamily]:
    count = GaugeMetricFamily("portal_jobs", "Jobs by state.", labels=["state"])
    oldest = GaugeMetricFamily("portal_oldest_job_seconds", "Age of the oldest job in a state.", labels=["state"])
    asked = "SELECT state, count(*), extract(epoch FROM clock_timestamp() - min(created_at)) FROM job GROUP BY state"
    found = {state: (number, float(age)) for state, number, age in _rows(asked)}
    for state in STATES:
        number, age = found.get(state, (0, 0.0))
        count.add_metric([state], number)
        if state in ("queued", "running"):
            oldest.add_metric([state], age)
    return iter((count, oldest))


def _outbox() -> Iterator[GaugeMetricFamily]:
    facts, age = outbox_backlog()
    yield GaugeMetricFamily("portal_outbox_facts", "Facts that have not been told yet.", value=facts)
    yield GaugeMetricFamily("portal_outbox_oldest_seconds", "Age of the oldest of them.", value=age)


def _feed_horizon() -> GaugeMetricFamily:
    oldest = oldest_writer()
    age = oldest[1] if oldest else 0.0
    return GaugeMetricFamily("portal_feed_horizon_seconds", "How far the feed of changes is held back.", value=age)


def _pulses() -> GaugeMetricFamily:
    family = GaugeMetricFamily("portal_pulse_age_seconds", "Since the last sign of life.", labels=["part"])
    for part, age in _rows("SELECT part, extract(epoch FROM clock_timestamp() - at) FROM job_pulse"):
        family.add_metric([part], float(age))
    return family


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
