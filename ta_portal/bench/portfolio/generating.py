"""`generate_portfolio`: the whole synthetic portfolio in one transaction, by COPY, a chunk of engagements at a time."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from experts.services import last_code_number
from programmes.models import Engagement
from programmes.services.service_accounts import system_approver, system_author
from ta_portal.accounts.models import User
from ta_portal.audit.bulk import bulk_load
from ta_portal.audit.copying import Tables
from ta_portal.bench.portfolio.costs import Costs
from ta_portal.bench.portfolio.course import STATUSES, course_of
from ta_portal.bench.portfolio.engagements import Engagements
from ta_portal.bench.portfolio.people import People
from ta_portal.bench.portfolio.places import (
    ENGAGEMENTS_IN_PROGRAMME,
    Donor,
    Plan,
    countries_for,
    write_donors,
    write_programmes,
)
from ta_portal.bench.portfolio.rates import write_rates
from ta_portal.bench.portfolio.results import Results
from ta_portal.bench.portfolio.words import AREAS
from ta_portal.errors import DomainError

# What one chunk holds in memory: some 40,000 rows as text.
CHUNK = 100
_LOADED = ("programmes", "experts", "costing")

Say = Callable[[str], None]


class OtherPortfolioThere(DomainError):
    """A portfolio of this seed, but of another size, is in the database."""

    code = "other_portfolio_there"


@dataclass(frozen=True, slots=True)
class Generated:
    """`is_new` is false where the portfolio was there already and nothing was done."""

    is_new: bool
    counts: dict[str, int]


def generate_portfolio(*, engagements: int, seed: int, today: dt.date, say: Say) -> Generated:
    """Fill the database with `engagements` made-up engagements and all that belongs to them, around the day `today`.

    The same seed, size and day make the same content. All of it or nothing; marked as sample; one audit event. Raises
    OtherPortfolioThere where the seed was used for another size.
    """
    prefix = f"G{seed}"
    there = Engagement.objects.filter(programme__code__startswith=f"{prefix}-P").count()
    if there == engagements:
        return Generated(is_new=False, counts={"engagement": there})
    if there:
        raise OtherPortfolioThere(
            _("Seed {seed} has made {number} engagements here already: choose another seed.").format(
                seed=seed, number=there
            )
        )
    author, approver = system_author(), system_approver()
    loaded = [model for label in _LOADED for model in apps.get_app_config(label).get_models()]
    asked = {"engagements": engagements, "seed": seed, "today": today.isoformat()}
    with bulk_load("portfolio.generated", *loaded, by=author, **asked) as cursor:
        # Checked with each chunk: held back to the end, ten million checks would wait in memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL statement_timeout = 0")
        writing = _Writing(cursor, prefix, engagements, today, author, approver)
        for first in range(1, engagements + 1, CHUNK):
            writing.chunk(first)
            say(_("{done} of {total} engagements").format(done=min(first + CHUNK - 1, engagements), total=engagements))
    say(_("Gathering statistics for the planner"))
    _analyze(loaded)
    return Generated(is_new=True, counts=writing.tables.counts())


class _Writing:
    """The portfolio half-way: what its engagements share, and a table for each kind of row."""

    def __init__(
        self, cursor: CursorWrapper, prefix: str, engagements: int, today: dt.date, author: User, approver: User
    ) -> None:
        self._cursor, self._prefix, self._engagements, self._today = cursor, prefix, engagements, today
        self._approver = approver
        self.tables = Tables(cursor, author)
        self._statuses = [
            status for block in range(engagements // len(STATUSES) + 1) for status in _statuses(prefix, block)
        ]
        self._donors, self._plans = self._surroundings()
        self._subjects = Engagements(self.tables, prefix, author)
        self._people = People(self.tables, prefix, last_code_number() + 1, today)
        self._results = Results(self.tables, author, approver)
        self._costs = Costs(self.tables, f"generated:{prefix}", self._rates, author, approver)

    def _surroundings(self) -> tuple[list[Donor], list[Plan]]:
        countries = countries_for(self._engagements)
        donors, self._centres = write_donors(self.tables, self._prefix)
        currencies = {place.currency for place in countries}
        self._rates = write_rates(self.tables, f"generated:{self._prefix}", currencies, self._today)
        number = min(self._engagements, max(len(AREAS), self._engagements // ENGAGEMENTS_IN_PROGRAMME))
        plans = write_programmes(self.tables, self._prefix, number, countries, donors, self._rates, self._today)
        return donors, plans

    def chunk(self, first: int) -> None:
        for nth in range(first, min(first + CHUNK, self._engagements + 1)):
            self._engagement(nth)
        self.tables.flush()
        self._approve()

    def _engagement(self, nth: int) -> None:
        dice = random.Random(f"{self._prefix}/{nth}")
        plan = self._plans[nth % len(self._plans)]
        course = course_of(dice, self._statuses[nth - 1], self._today)
        subject = self._subjects.write(dice, nth, plan, course)
        postings = self._people.deploy(dice, subject.id, subject.area, course, subject.workstreams)
        self._results.write(dice, subject)
        self._costs.write(dice, subject, plan, postings, self._donors, self._centres)

    def _approve(self) -> None:
        """By somebody else than the author, and after the lines: an approved budget takes none."""
        ids, states, instants = zip(*self._costs.approvals, strict=True) if self._costs.approvals else ((), (), ())
        self._cursor.execute(
            """UPDATE budget SET state = given.state, approved_at = given.at, approved_by_id = %s, updated_by_id = %s
               FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS given(id, state, at)
               WHERE budget.id = given.id""",
            [self._approver.pk, self._approver.pk, list(ids), list(states), list(instants)],
        )
        self._costs.approvals.clear()


def _statuses(prefix: str, block: int) -> list:  # type: ignore[type-arg]
    return random.Random(f"{prefix}/statuses/{block}").sample(STATUSES, len(STATUSES))


def _analyze(loaded: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(model._meta.db_table for model in loaded))
