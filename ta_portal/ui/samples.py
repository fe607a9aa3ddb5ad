"""Invented figures for the styleguide: each component in each of its states, the empty and the missing included."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from ta_portal.ui import formats
from ta_portal.ui.charts import Bar, Mark, TimeBar, bullet, place
from ta_portal.ui.explanations import Explanation, Withheld
from ta_portal.ui.forms import Difference
from ta_portal.ui.statuses import LOOKS, status
from ta_portal.ui.tables import Column, Table


class Cost(NamedTuple):
    category: str
    planned: Decimal
    committed: Decimal
    paid: Decimal
    forecast: Decimal


COSTS = [
    Cost("Expert salaries", Decimal("2650000.00"), Decimal("1480000.00"), Decimal("690000.00"), Decimal("2610000.00")),
    Cost(
        "Travel and accommodation",
        Decimal("820000.00"),
        Decimal("455000.00"),
        Decimal("388000.00"),
        Decimal("985000.00"),
    ),
    Cost("Training materials", Decimal("390000.00"), Decimal("160000.00"), Decimal("96000.00"), Decimal("380000.00")),
]


class SampleForm(forms.Form):
    title = forms.CharField(label="Title", help_text="As in the terms of reference.")
    amount = forms.DecimalField(label="Amount", required=False, min_value=10)
    area = forms.ChoiceField(label="Practice area", choices=[("", "Choose one"), ("DEB", "Debt management")])
    agreed = forms.BooleanField(label="The ministry has agreed", required=False)


def all_components() -> dict[str, Any]:
    """The context of ui/styleguide.html."""
    return {
        "figures": [Decimal("1234567.5"), Decimal(-165), 0, None],
        "day": date(2026, 10, 5),
        "statuses": list(LOOKS),
        "tones": ["none", "good", "warn", "bad"],
        "bars": [
            Bar("Time", 25, tone="v2"),
            Bar("Spend", Decimal("34.2"), tick=25, tone="v-warn"),
            Bar("Results", 22, tick=25),
            Bar("Training", None, tick=25),
        ],
        "explanation": explanation(),
        "table": cost_table(COSTS),
        "stacked_table": status_table(),
        "loading_table": cost_table(COSTS[:2], "loading"),
        "ways": ways(),
        "paths": [([12, 14, 19, 25, 31], 85), ([28, None, 26, 23, 21], 10), ([9], None), ([None, None], 40)],
        "dumbbells": [
            {"label": "Leadership and ownership", "was": 1, "now": 2, "target": 3},
            {"label": "Skills and staffing", "was": 2, "now": 2, "target": 3},
            {"label": "Budget and financing", "was": None, "now": None, "target": 2},
        ],
        "workstreams": workplan(today=date(2026, 10, 6)),
        "page": sample_page(),
        "form": SampleForm({"title": "", "amount": "7", "area": "DEB"}),
        "clean_form": SampleForm(prefix="clean"),
        "difference": Difference("amount", "Amount", "1,250.00", "1,240.00"),
    }


def explanation() -> Explanation:
    """One that does not add up, and of which a part is withheld: the two states that are rarely seen."""
    costs = COSTS[:2]
    return Explanation(
        what="Actual, USD",
        figure=formats.number(Decimal("1078001.00")),
        rule="Every entry, at the rate stored with it; each is rounded, then added.",
        tables=[
            Table(
                name="sample-entries",
                caption="Entries",
                columns=[
                    Column("What", lambda cost: cost.category, total=_("Sum")),
                    Column("USD", lambda cost: formats.number(cost.paid), numeric=True),
                ],
                rows=costs,
            )
        ],
        foot=formats.number(sum((cost.paid for cost in costs), start=Decimal(0))),
        working="690,000.00 + 388,000.00 =",
        notes=["2 items are left out of this figure: there is no rate on or before its date."],
        withheld=Withheld("What leads to a named person's rate is withheld.", "An administrator can give you a role."),
    )


def ways() -> list[dict[str, Any]]:
    """The same in each density, and in a script that runs from right to left."""
    words: dict[str, Any] = {
        "save": "Save",
        "leave": "Cancel",
        "bars": [Bar("Spend", Decimal("34.2"), tick=25, tone="v-warn")],
    }
    densities: list[dict[str, Any]] = [
        {"name": "usual", "heading": "Usual", "note": "Where the page asks for none."},
        {"name": "compact", "density": "compact", "heading": "Compact", "note": "More on a screen."},
        {"name": "roomy", "density": "roomy", "heading": "Roomy", "note": "Targets of 44 pixels."},
    ]
    arabic: dict[str, Any] = {
        "name": "arabic",
        "language": "ar",
        "heading": "من اليمين إلى اليسار",
        "note": "الأرقام تبقى من اليسار إلى اليمين.",
        "save": "حفظ",
        "leave": "إلغاء",
        "bars": [Bar("الإنفاق", Decimal("34.2"), tick=25, tone="v-warn")],
    }
    return [
        {
            **words,
            **way,
            "table": cost_table(COSTS, way["name"]),
            "form": SampleForm(prefix=way["name"]),
        }
        for way in (*densities, arabic)
    ]


def cost_table(costs: list[Cost], shown: str = "") -> Table[Cost]:
    """`shown` says for what the table stands there once more."""
    return Table(
        name=f"sample-costs{shown}",
        caption=f"Costs by category, USD {shown}",
        columns=[
            Column("USD", lambda cost: cost.category, total=_("Total")),
            _amounts("Planned", costs, "planned"),
            _amounts("Committed", costs, "committed"),
            _amounts("Actual", costs, "paid"),
            _amounts("Forecast", costs, "forecast"),
            Column("Share of plan", _against_plan),
        ],
        rows=costs,
        empty="No costs are recorded. Add the first line.",
    )


def status_table() -> Table[tuple[str, Decimal | None, Decimal, str]]:
    return Table(
        name="sample-indicators",
        caption="Indicators, latest value",
        columns=[
            Column("Indicator", lambda row: formats.bdi(row[0])),
            Column("Latest", lambda row: formats.number(row[1]), numeric=True),
            Column("Target", lambda row: formats.number(row[2]), numeric=True),
            Column("Status", lambda row: status(row[3])),
        ],
        rows=[
            ("Government balances held in the single account", Decimal(31), Decimal(85), "on_track"),
            ("30-day cash forecast error", Decimal("21.4"), Decimal(10), "at_risk"),
            ("Treasury staff certified", None, Decimal(60), "no_data"),
        ],
        stacked=True,
    )


def workplan(*, today: date) -> list[dict[str, Any]]:
    first, last = date(2026, 1, 1), date(2028, 12, 31)
    streams = [
        ("Legal and institutional framework", date(2026, 1, 1), date(2027, 6, 30), 58, False),
        ("Cash forecasting model", date(2026, 7, 1), date(2027, 9, 30), 8, True),
        ("Handover and exit", date(2028, 1, 1), date(2028, 12, 31), 0, False),
    ]
    return [
        {
            "title": title,
            "url": "#workplan",
            "starts": starts,
            "ends": ends,
            "bar": TimeBar(
                start=place(starts, first, last),
                end=place(ends, first, last),
                done_pct=done,
                today=place(today, first, last),
                marks=[Mark(at=place(starts, first, last) + 12, reached=done > 50)],
                late=late,
            ),
        }
        for title, starts, ends, done, late in streams
    ]


def sample_page() -> Page[int]:
    return Paginator(range(45), per_page=20).page(2)


def _amounts(heading: str, costs: list[Cost], field: str) -> Column[Cost]:
    total = sum((getattr(cost, field) for cost in costs), start=Decimal(0))
    return Column(heading, lambda cost: formats.number(getattr(cost, field)), numeric=True, total=formats.number(total))


def _against_plan(cost: Cost) -> str:
    top = cost.planned * Decimal("1.3")
    return bullet(plan=cost.planned, held=cost.committed, paid=cost.paid, forecast=cost.forecast, top=top)
