"""Where a job's result can be looked at: apps say it when they are ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class ResultLink:
    """The page of what a job made: what its link says, and its address by the id that the job left."""

    label: str | Promise
    url_name: str


_links: dict[str, ResultLink] = {}


def register_result(key: str, link: ResultLink) -> None:
    """`register_result("impact_report", ResultLink(_("Open the report"), "evaluations:report"))`"""
    _links[key] = link


def result_links(result: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What is made, as words and address; nothing while the job has no result."""
    made = [(_links[key], value) for key, value in (result or {}).items() if key in _links]
    return [(str(link.label), reverse(link.url_name, args=[value])) for link, value in made]
