"""The lines of a budget as a table."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from costing.models import CostLine
from costing.words import CATEGORIES, OUTSIDE
from ta_portal.ui import formats
from ta_portal.ui.tables import Column, Table


def line_table(lines: Sequence[CostLine]) -> Table[CostLine]:
    """What each line is, and how its amount comes about: quantity times the cost of one, in its own currency."""
    return Table(
        name="lines",
        caption=_("Budget lines"),
        columns=[
            Column(_("Line"), _line),
            Column(_("Category"), _heading),
            Column(_("Quantity"), lambda line: formats.number(line.quantity.normalize()), numeric=True),
            Column(_("Unit"), lambda line: formats.bdi(line.unit)),
            Column(_("Cost of one"), lambda line: formats.money(line.unit_cost, line.currency_id, 2), numeric=True),
            Column(_("Amount"), lambda line: formats.money(line.amount, line.currency_id, 2), numeric=True),
        ],
        rows=lines,
        empty=_("This version has no lines yet."),
        stacked=True,
    )


def _line(line: CostLine) -> SafeString:
    return format_html(
        "{}<small>{}</small>", formats.bdi(line.description or line.key.code), formats.bdi(line.key.code, "ltr")
    )


def _heading(line: CostLine) -> object:
    if line.category:
        return CATEGORIES[line.category]
    return OUTSIDE[line.outside] if line.outside else formats.missing(_("not categorised"))
