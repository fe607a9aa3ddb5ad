"""Figures as REST takes them, one or many, brought to the reports that they are for."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from programmes.models import Observation, ProgressReport
from programmes.services.progress import record_observations
from programmes.services.readings import Reading
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput

_OF_THE_ONE = re.compile(r"observations(\[0\])?\.?")


def record_one(*, progress_report: ProgressReport, by: User, **given: Any) -> Observation:
    """Record one new figure; a fault is told at its own field."""
    try:
        return record_many(progress_report=progress_report, readings=[given], by=by)[0]
    except InvalidInput as refusal:
        refusal.faults = tuple(replace(f, place=_OF_THE_ONE.sub("", f.place, count=1)) for f in refusal.faults)
        raise


def record_many(*, progress_report: ProgressReport, readings: Sequence[dict[str, Any]], by: User) -> list[Observation]:
    """Record new figures in one report."""
    rows = [Reading(**values) for values in readings]
    return record_observations(report_id=progress_report.pk, readings=rows, only_new=True, by=by)
