"""Writes engagements as an IATI 2.03 file: whole or not at all, one activity in memory at a time."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from lxml import etree

from programmes.domain.vocabulary import Publication
from ta_portal.accounts.models import User
from ta_portal.errors import InvalidInput
from ta_portal.exchange.iati.markup import ROOT
from ta_portal.exchange.iati.writing.activity import activity_of
from ta_portal.exchange.iati.writing.rules import Breach, breaches, cannot_go_out
from ta_portal.exchange.iati.writing.selection import engagements_to_export, whole

VERSION = "2.03"


@dataclass(frozen=True, slots=True)
class Exported:
    """`internal` counts those that the portal does not show the public: think before the file is published."""

    activities: int
    internal: int
    breaches: tuple[Breach, ...]


@transaction.atomic
def export_activities(*, scope: str, path: Path, by: User, strict: bool = False) -> Exported:
    """Write what `by` may export of the scope, with every rule that it breaks told.

    With `strict` a broken rule refuses the whole file. One instant for all of it: what changes meanwhile is not seen.
    """
    engagements = engagements_to_export(scope, by=by)
    counts: Counter[str] = Counter()
    found: list[Breach] = []
    now = timezone.now()
    with _replacing(path) as file, etree.xmlfile(file, encoding="utf-8") as out:
        out.write_declaration()
        generated = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        with out.element(ROOT, {"version": VERSION, "generated-datetime": generated}):
            for engagement in whole(engagements):
                activity = activity_of(engagement)
                found += breaches(activity, engagement, today=timezone.localdate())
                if cannot_go_out(activity):
                    continue
                counts["activities"] += 1
                counts["internal"] += engagement.publication == Publication.INTERNAL
                out.write("\n", activity)
        # Without an activity it would be no valid file.
        if (strict and found) or not counts["activities"]:
            raise InvalidInput([breach.as_fault() for breach in found])
    return Exported(counts["activities"], counts["internal"], tuple(found))


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """The file takes its name once it is whole: nobody ever reads half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
