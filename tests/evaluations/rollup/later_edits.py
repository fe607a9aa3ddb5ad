"""What becomes known after a report, through the services.

Each kind of fact that a report counts as of its cut-off: figures of indicators, payments, rates, budgets, engagements,
and all that these are made of: dates, places, milestones, weights, baselines, targets, agreements.
"""

import datetime as dt
from decimal import Decimal

from costing.domain.vocabulary import Category, EntryKind
from costing.services.budgets import approve_budget
from costing.services.cost_lines import change_cost_line
from costing.services.drafts import open_draft
from costing.services.ledger import post_entry, revalue_entry, reverse_entry
from costing.services.rates import GivenQuote, record_rates
from programmes.domain.vocabulary import Instrument
from programmes.models import Country, Engagement, Observation, ObservationRevision, Organisation, PracticeArea
from programmes.services.agreements import add_agreement
from programmes.services.amendments import change_engagement
from programmes.services.engagements import set_up_engagement
from programmes.services.framework import change_indicator, change_outcome
from programmes.services.results import Target, add_milestone
from programmes.services.service_accounts import system_approver, system_author
from programmes.services.workplan import complete_milestone, remove_milestone


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


def _change(engagement: Engagement, **changes: object) -> None:
    change_engagement(engagement_id=engagement.pk, reason="The ministry asked.", by=system_author(), **changes)


def dates_and_an_area_amended(engagement: Engagement) -> None:
    area = PracticeArea.objects.exclude(pk=engagement.practice_area_id).earliest("pk")
    _change(engagement, practice_area=area, planned_to=dt.date(2031, 12, 31))


def a_second_country(engagement: Engagement) -> None:
    (first,) = engagement.recipients.all()
    other = Country.objects.exclude(pk=first.country_id).earliest("pk")
    _change(engagement, recipients={first.country: Decimal(60), other: Decimal(40)})


def milestones_done_removed_and_added(engagement: Engagement) -> None:
    done = engagement.milestones.get(done=None)
    removed = engagement.milestones.exclude(done=None).earliest("code")
    complete_milestone(milestone_id=done.pk, done=dt.date(2025, 12, 1), by=system_author())
    remove_milestone(milestone_id=removed.pk, reason="Set up twice.", by=system_author())
    add_milestone(
        engagement_id=engagement.pk, code="M-LATER", title="Added", due=dt.date(2025, 6, 30), by=system_author()
    )


def an_outcome_weighted_and_rated(engagement: Engagement) -> None:
    outcome = engagement.outcomes.earliest("code")
    given = {"weight": outcome.weight + 3, "assigned_rating": 1, "assigned_reason": "An audit found otherwise."}
    change_outcome(outcome_id=outcome.pk, by=system_author(), **given)


def an_indicator_weighted_and_its_target_raised(engagement: Engagement) -> None:
    indicator = engagement.indicators.exclude(baseline=None).earliest("code")
    targets = [Target(row.due, row.value + 10, None) for row in indicator.targets.filter(is_original=True)]
    given = {"weight": indicator.weight + 2, "baseline": indicator.baseline - 1, "targets": targets}
    change_indicator(indicator_id=indicator.pk, reason="Too easy.", by=system_author(), **given)


def an_agreement_more(engagement: Engagement) -> None:
    add_agreement(
        engagement_id=engagement.pk,
        code="LATER",
        contributor=Organisation.objects.create(code="LATER-DONOR", name="Later", kind="10"),
        instrument=Instrument.GRANT,
        amount=Decimal(1000),
        currency=engagement.programme.currency,
        by=system_author(),
    )


EDITS = (
    a_payment_and_one_taken_back,
    a_rate_corrected,
    a_budget_replaced,
    a_figure_corrected,
    an_engagement_more,
    dates_and_an_area_amended,
    a_second_country,
    milestones_done_removed_and_added,
    an_outcome_weighted_and_rated,
    an_indicator_weighted_and_its_target_raised,
    an_agreement_more,
)


def make_all() -> None:
    for edit in EDITS:
        edit(Engagement.objects.get(ref="FIN-TAX-2024"))
