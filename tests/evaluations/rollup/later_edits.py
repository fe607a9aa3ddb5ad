"""What becomes known after a report, through the services.

Each kind of fact that a report counts as of its cut-off: figures of indicators, payments, rates, budgets, engagements.
"""

import datetime as dt
from decimal import Decimal

from costing.domain.vocabulary import Category, EntryKind
from costing.services.budgets import approve_budget
from costing.services.cost_lines import change_cost_line
from costing.services.drafts import open_draft
from costing.services.ledger import post_entry, revalue_entry, reverse_entry
from costing.services.rates import GivenQuote, record_rates
from programmes.models import Engagement, Observation, ObservationRevision
from programmes.services.engagements import set_up_engagement
from programmes.services.service_accounts import system_approver, system_author


def a_payment_and_one_taken_back(engagement: Engagement) -> None:
    post_entry(
        engagement=engagement,
        kind=EntryKind.EXPENDITURE,
        on_date=dt.date(2025, 6, 30),
        amount=Decimal("1234.56"),
        currency="USD",
        source="later",
        external_ref="1",
        category=Category.EQUIPMENT,
        by=system_author(),
    )
    first = engagement.ledger_entries.filter(category=Category.LOGISTICS.value).earliest("on_date", "amount")
    reverse_entry(entry=first, reason="Paid by somebody else.", by=system_author())


def a_rate_corrected(engagement: Engagement) -> None:
    entry = engagement.ledger_entries.filter(currency="EUR").earliest("on_date", "amount")
    source = engagement.programme.rate_source
    quote = GivenQuote(base="EUR", quote="USD", on_date=entry.on_date, value=Decimal("1.5"))
    record_rates(source=source, quotes=[quote], by=system_author())
    revalue_entry(entry=entry, reason="The bank corrected its rate.", by=system_author())


def a_budget_replaced(engagement: Engagement) -> None:
    draft = open_draft(engagement=engagement, by=system_author())
    line = draft.lines.filter(deployment=None).earliest("key__code")
    change_cost_line(line=line, quantity=line.quantity + 7, by=system_author())
    approve_budget(budget=draft, by=system_approver())


def a_figure_corrected(engagement: Engagement) -> None:
    """As an accepted report that somebody sent a better figure for."""
    row = Observation.objects.filter(indicator__engagement=engagement, value__isnull=False).latest("period_end", "pk")
    last = row.revisions.latest("seq")
    ObservationRevision.objects.create(
        observation=row, seq=last.seq + 1, status="accepted", reported=True, value=row.value + 9, by=system_author()
    )


def an_engagement_more(engagement: Engagement) -> None:
    set_up_engagement(
        ref="LATER-1",
        title="Set up later",
        programme=engagement.programme,
        recipients={engagement.institution.country: Decimal(100)},
        sectors={},
        planned_from=dt.date(2025, 1, 1),
        planned_to=None,
        by=system_author(),
    )


EDITS = (a_payment_and_one_taken_back, a_rate_corrected, a_budget_replaced, a_figure_corrected, an_engagement_more)


def make_all() -> None:
    for edit in EDITS:
        edit(Engagement.objects.get(ref="FIN-TAX-2024"))
