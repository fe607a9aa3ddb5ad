"""One funding agreement in facts and tables."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from costing.domain.conversion import Unit
from costing.domain.vocabulary import Measure
from costing.selectors.costs import ExplainedItem
from costing.tables.explain import ItemRow, item_table
from costing.words import MEASURES
from programmes.models import FundingAgreement, Organisation, Tranche
from programmes.words import INSTRUMENTS
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def agreement_facts(row: FundingAgreement) -> list[tuple[str, object]]:
    """Who pays, through whom, how much, on which terms."""
    facts = [
        (_("Contributor"), _donor(row.contributor)),
        (_("Administered by"), formats.bdi(row.administrator.name) if row.administrator else ""),
        (_("Carried out by"), formats.bdi(row.provider.name) if row.provider else ""),
        (_("Instrument"), INSTRUMENTS[row.instrument]),
        (_("Amount"), formats.money(row.amount, row.currency_id, row.currency.minor_units)),
        (_("From"), formats.day(row.during.lower) if row.during and row.during.lower else ""),
        (_("Fee"), formats.pct(row.fee_pct) if row.fee_pct is not None else ""),
    ]
    return [(name, value) for name, value in facts if value]


def tranche_table(row: FundingAgreement) -> Table[Tranche]:
    """The instalments: due when, received when."""
    return Table(
        name="tranches",
        caption=_("Instalments"),
        columns=[
            Column(_("Due"), lambda one: formats.day(one.due)),
            Column(_("Received"), lambda one: formats.day(one.received_on)),
            Column(
                _("Amount"),
                lambda one: formats.money(one.amount, row.currency_id, row.currency.minor_units),
                numeric=True,
            ),
        ],
        rows=sorted(row.tranches.all(), key=lambda one: (one.due, one.pk)),
        empty=_("No instalments are recorded."),
    )


def money_table(items: Sequence[ExplainedItem], measure: Measure, unit: Unit, *, with_rates: bool) -> Table[ItemRow]:
    """The entries of one figure of the agreement, down to their sum in the programme's currency."""
    own = [one for one in items if one.item.basis == measure]
    return item_table(own, unit, name=measure, caption=MEASURES[measure], with_rates=with_rates)


def _donor(row: Organisation) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("donor", args=[row.code]), formats.bdi(row.name))
