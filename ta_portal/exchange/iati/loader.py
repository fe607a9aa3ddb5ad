"""Loads an IATI file: a batch of activities at a time, as the two system users, all of it or nothing.

Rows go in by COPY and not through the services of one row each: a file has thousands of activities. What the services
check is checked here, by the same functions where there are any; who may is asked once; the audit trail has the same
acts, and triggers keep the same history. A second time the same file changes nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from costing.services import value_new_entries
from programmes.models import Engagement
from programmes.services.checks import constraint_of
from programmes.services.service_accounts import system_approver, system_author
from ta_portal.access.permissions import Permission
from ta_portal.access.querysets import require_anywhere
from ta_portal.errors import DomainError, Fault, InvalidInput
from ta_portal.exchange.iati.content import Activity
from ta_portal.exchange.iati.loading.costs import (
    StandingRates,
    approve_budgets,
    bring_in_costs,
    look_up_rates,
    tell_without_rates,
)
from ta_portal.exchange.iati.loading.places import bring_in_engagement, bring_in_organisations, bring_in_programme
from ta_portal.exchange.iati.loading.results import bring_in_results
from ta_portal.exchange.iati.loading.rows import Rows
from ta_portal.exchange.iati.loading.state import Load, look_up
from ta_portal.exchange.iati.reader import read_file
from ta_portal.exchange.iati.references import ref_of
from ta_portal.exchange.models import LoadedActivity
from ta_portal.exchange.scenario.differences import as_plain, differences, digest
from ta_portal.exchange.scenario.loader import LoadedDifferently


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts of one kind in one currency."""

    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Loaded:
    """What comes of one activity. `is_new` is False where it was here already, the same."""

    identifier: str
    ref: str
    is_new: bool
    counts: Mapping[str, int]
    money: Mapping[tuple[str, str], Money]
    notes: tuple[str, ...]
    not_mapped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Imported:
    """What comes of a file. With faults, or without `committed`, the database is as it was."""

    activities: tuple[Loaded, ...]
    faults: tuple[Fault, ...]
    committed: bool

    @property
    def not_mapped(self) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        for loaded in self.activities:
            total.update(loaded.not_mapped)
        return dict(total)


class ImportUnderWay(DomainError):
    """One file is imported at a time."""

    code = "import_under_way"


# What the author does and the approver decides, on the whole portfolio: asked once, not for each row.
_OF_AUTHOR = (
    Permission.REFERENCE_CHANGE,
    Permission.ENGAGEMENT_CHANGE,
    Permission.ENGAGEMENT_CLOSE,
    Permission.RATE_CHANGE,
    Permission.BUDGET_CHANGE,
    Permission.LEDGER_POST,
    Permission.RESULTS_CHANGE,
    Permission.PROGRESS_LOG,
)
_OF_APPROVER = (Permission.BUDGET_APPROVE, Permission.PROGRESS_REVIEW)
# As many are stored at once, and are held in memory.
AT_ONCE = 100


def import_activities(path: Path, *, commit: bool) -> Imported:
    """Load the file; without `commit` do all of it and take it back, so that what is told is what would be.

    Raises InvalidInput for what is no IATI 2 activity file; faults of activities are listed, and nothing is loaded.
    The queries of a hundred activities are as many as those of one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_turn(cursor)
        # Triggers and keys plan their look-ups once, while tables may be small, and keep to that while they fill.
        cursor.execute("SET LOCAL enable_seqscan = off")
        importing = _Importing(cursor)
        given = importing.read(path)
        while batch := list(islice(given, AT_ONCE)):
            importing.store(batch)
        committed = commit and not importing.faults
        if not committed:
            transaction.set_rollback(True)
    return Imported(tuple(importing.loaded), tuple(importing.faults), committed)


def _wait_for_turn(cursor: CursorWrapper) -> None:
    """Two imports at once: the second finds what the first did, or is refused if that takes long."""
    try:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('iati'))")
    except OperationalError as refusal:
        raise ImportUnderWay(_("Another file is being imported: try again when that is done.")) from refusal


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """An activity with what is kept of it, to know it again."""

    activity: Activity
    content: dict[str, Any]
    digest: str


class _Importing:
    """A file half-way: what was loaded of it, and what is wrong with it. After the first fault nothing is stored."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self._author, self._approver = system_author(), system_approver()
        for user, permissions in ((self._author, _OF_AUTHOR), (self._approver, _OF_APPROVER)):
            for permission in permissions:
                require_anywhere(user, permission)
        self._cursor = cursor
        self._rows = Rows(cursor, self._author, self._approver)
        self._known = look_up()
        self._seen: dict[str, tuple[str, str]] = {}
        self.loaded: list[Loaded] = []
        self.faults: list[Fault] = []

    def read(self, path: Path) -> Iterator[_Given]:
        """Each activity of the file once; what says the same a second time is nothing, other content is a fault."""
        for read in read_file(path):
            self.faults += read.faults
            activity = read.activity
            if activity is None:
                continue
            content = as_plain(activity)
            given = _Given(activity, content, digest(content))
            place, known = self._seen.setdefault(activity.identifier, (activity.place, given.digest))
            if place == activity.place:
                yield given
            elif known != given.digest:
                sentence = _("The identifier stands at {place} too, with other content.").format(place=place)
                self.faults.append(Fault(activity.place, "identifier_twice", sentence))

    def store(self, batch: Sequence[_Given]) -> None:
        """Bring in what is new. Where the database refuses the batch, one by one tells which activity it is."""
        try:
            with transaction.atomic():
                loaded, faults = self._bring_in(batch)
        except (IntegrityError, DataError) as refusal:
            self._forget()
            if len(batch) == 1:
                self.faults.append(_refused(batch[0].activity, refusal))
            else:
                for one in batch:
                    self.store([one])
        else:
            self.loaded += loaded
            self.faults += faults

    def _forget(self) -> None:
        """What was made for a batch that is taken back."""
        self._rows.forget()
        self._known = look_up()

    def _bring_in(self, batch: Sequence[_Given]) -> tuple[list[Loaded], list[Fault]]:
        """All of the batch, or what is wrong with it."""
        standing = _look_up_standing(batch)
        new = [given for given in batch if given.activity.identifier not in standing]
        refs = {given: self._known.refs.free(ref_of(given.activity.identifier)) for given in new}
        rates = look_up_rates([f"iati:{ref}" for ref in refs.values()])
        brought: list[Loaded | Load] = []
        faults: list[Fault] = []
        for given in batch:
            try:
                if given in refs:
                    brought.append(self._new(given, refs[given], rates))
                else:
                    ref = _must_be_the_same(standing[given.activity.identifier], given)
                    brought.append(_outcome(given.activity, ref, is_new=False))
            except InvalidInput as refusal:
                faults.extend(refusal.faults)
            except DomainError as refusal:
                faults.append(Fault(given.activity.place, refusal.code, refusal.message))
        loads = [part for part in brought if isinstance(part, Load)]
        if faults or self.faults:
            self._rows.forget()
        elif loads:
            self._flush(loads)
        return [_outcome_of(part) if isinstance(part, Load) else part for part in brought], faults

    def _new(self, given: _Given, ref: str, rates: StandingRates) -> Load:
        load = Load(given.activity, ref, self._author, self._approver, self._known, self._rows)
        bring_in_organisations(load)
        bring_in_programme(load)
        bring_in_engagement(load)
        bring_in_costs(load, rates)
        bring_in_results(load)
        content = json.dumps(given.content, ensure_ascii=False)
        self._rows.loaded.add(engagement_id=load.engagement_id, digest=given.digest, content=content)
        return load

    def _flush(self, loads: Sequence[Load]) -> None:
        """Into the tables, with what only holds for what is in them."""
        with _held_at_once(self._cursor):
            self._rows.flush()
            approve_budgets(loads, by=self._approver)
            value_new_entries(engagement_ids=[load.engagement_id for load in loads], by=self._author)
            tell_without_rates(loads)


@contextmanager
def _held_at_once(cursor: CursorWrapper) -> Iterator[None]:
    """What the database holds at the end of a transaction it holds with each statement: a dry run tells of it as well.

    Checks that wait are looked through whenever a history trigger takes a step back: with a whole file of them each
    row would cost more than the one before.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    yield
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _refused(activity: Activity, refusal: IntegrityError | DataError) -> Fault:
    """The safety net: what no check before has foreseen, by the name of the rule."""
    rule = constraint_of(refusal) if isinstance(refusal, IntegrityError) else type(refusal).__name__
    return Fault(activity.place, "refused", _("The database refuses it: {rule}.").format(rule=rule))


@dataclass(frozen=True, slots=True)
class _Standing:
    """An engagement that has the identifier of an activity already. No digest: no IATI file made it."""

    ref: str
    engagement_id: int
    digest: str | None


def _look_up_standing(batch: Sequence[_Given]) -> dict[str, _Standing]:
    """Two queries."""
    engagements = Engagement.objects.filter(iati_id__in=[given.activity.identifier for given in batch])
    rows = list(engagements.values_list("iati_id", "ref", "pk"))
    digests = dict(
        LoadedActivity.objects.filter(engagement__in=[pk for _id, _ref, pk in rows]).values_list("engagement", "digest")
    )
    return {str(identifier): _Standing(ref, pk, digests.get(pk)) for identifier, ref, pk in rows}


def _must_be_the_same(standing: _Standing, given: _Given) -> str:
    """The reference under which it is here. Raises LoadedDifferently, with the differences."""
    if standing.digest is None:
        raise LoadedDifferently(_("It is here already as {ref}, and not from an IATI file.").format(ref=standing.ref))
    if standing.digest != given.digest:
        loaded = LoadedActivity.objects.get(engagement=standing.engagement_id)
        raise LoadedDifferently(
            _("It was loaded as {ref} with other content: {differences}.").format(
                ref=standing.ref, differences="; ".join(differences(loaded.content, given.content))
            )
        )
    return standing.ref


def _outcome(activity: Activity, ref: str, *, is_new: bool, notes: list[str] | None = None) -> Loaded:
    return Loaded(
        identifier=activity.identifier,
        ref=ref,
        is_new=is_new,
        counts=_counts(activity),
        money=_money(activity),
        notes=(*activity.notes, *(notes or ())),
        not_mapped=activity.left_out,
    )


def _outcome_of(load: Load) -> Loaded:
    return _outcome(load.activity, load.ref, is_new=True, notes=load.notes)


def _counts(activity: Activity) -> dict[str, int]:
    indicators = [indicator for result in activity.results for indicator in result.indicators]
    return {
        "organisations": len(activity.organisations),
        "countries": len(activity.countries),
        "regions": len(activity.regions),
        "sectors": len(activity.sectors),
        "transactions": len(activity.transactions),
        "budgets": len(activity.budgets),
        "results": len(activity.results),
        "indicators": len(indicators),
        "targets": sum(len(indicator.targets) for indicator in indicators),
        "observations": sum(len(indicator.actuals) for indicator in indicators),
    }


def _money(activity: Activity) -> dict[tuple[str, str], Money]:
    """Each kind of entry and the budgets, by currency: how many, and what they come to."""
    amounts: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for part in activity.transactions:
        amounts[part.kind.value, part.currency].append(part.amount)
    for budget in activity.budgets:
        amounts["revised budget" if budget.revised else "budget", budget.currency].append(budget.amount)
    return {key: Money(len(found), sum(found, Decimal(0))) for key, found in sorted(amounts.items())}
