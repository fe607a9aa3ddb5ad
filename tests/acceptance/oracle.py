"""What a scenario file should come to: computed from the file alone, with fractions and plain loops.

Written from the rules, apart from the portal's code and importing none of it. Slow and simple on purpose.
"""

import calendar
import datetime as dt
import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

MINOR_UNITS = {"JPY": 0, "KRW": 0, "KWD": 3, "TND": 3}
CATEGORIES = ["salaries", "travel_accommodation", "training_materials", "equipment", "logistics"]


def day(text):
    return dt.date.fromisoformat(text)


def digits_of(currency):
    return MINOR_UNITS.get(currency, 2)


def half_up(value, digits):
    """A fraction as text with `digits` decimals, a half going away from zero."""
    if value is None:
        return None
    scaled = abs(Fraction(value)) * 10**digits
    units = int(scaled + Fraction(1, 2))
    sign = "-" if value < 0 and units else ""
    text = str(units).rjust(digits + 1, "0")
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def pct(part, whole):
    return None if not whole else half_up(Fraction(part) / Fraction(whole) * 100, 2)


class Money:
    """The money of one scenario, in one target currency."""

    def __init__(self, scenario, target=None):
        self.scenario = scenario
        self.base = scenario["meta"]["base_currency"]
        self.target = target or self.base
        self.digits = digits_of(self.target)
        self.quotes = self._quotes()
        self.budget = self._budget_rates()
        self.lines = {line["code"]: line for line in scenario["cost_lines"]}
        self.planned = {code: self._planned(line) for code, line in self.lines.items()}
        self.payments = [
            (line, day(paid["date"]), Fraction(paid["amount"]), self._paid(line["currency"], paid))
            for line in scenario["cost_lines"]
            for paid in line["actuals"]
        ]

    def _quotes(self):
        """(currency, first day) -> value of one unit in the base currency."""
        found = {}
        for month in self.scenario["monthly_rates"]:
            start = day(f"{month['month']}-01")
            for key, text in month.items():
                named = re.fullmatch(r"([a-z]{3})_per_([a-z]{3})", key)
                if not named:
                    continue
                quote, unit = named[1].upper(), named[2].upper()
                if quote == self.base:
                    found[unit, start] = Fraction(text)
                elif unit == self.base:
                    found[quote, start] = 1 / Fraction(text)
        return found

    def _budget_rates(self):
        key = f"budget_rates_{self.base.lower()}_per_unit"
        return {currency: Fraction(rate) for currency, rate in self.scenario[key].items()} | {self.base: Fraction(1)}

    def rate(self, currency, on):
        """One unit in the base currency on that day: the last quote, while it serves."""
        if currency == self.base:
            return Fraction(1)
        starts = [start for unit, start in self.quotes if unit == currency and start <= on]
        if not starts:
            return None
        last = max(starts)
        end_of_month = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        return self.quotes[currency, last] if on <= end_of_month + dt.timedelta(days=31) else None

    def rounded(self, value):
        return None if value is None else Fraction(half_up(value, self.digits))

    def _planned(self, line):
        cost = Fraction(line["planned_quantity"]) * Fraction(line["unit_cost"])
        amount = Fraction(half_up(cost, digits_of(line["currency"])))
        if line["currency"] == self.target:
            return self.rounded(amount)
        native, target = self.budget.get(line["currency"]), self.budget.get(self.target)
        return None if native is None or target is None else self.rounded(amount * native / target)

    def _paid(self, currency, paid):
        return self.worth(Fraction(paid["amount"]), currency, day(paid["date"]))

    def worth(self, amount, currency, on):
        if currency == self.target:
            return self.rounded(amount)
        native, target = self.rate(currency, on), self.rate(self.target, on)
        return None if native is None or target is None else self.rounded(amount * native / target)

    def sums(self, basis, key, *, as_of=None, categorised=None):
        """What each key's lines, or payments, come to. `key` takes the line and the day."""
        total = defaultdict(Fraction)
        for line, on, value in self.items(basis, as_of):
            if value is not None and (categorised is None or bool(line["category"]) == categorised):
                total[key(line, on)] += value
        return dict(total)

    def items(self, basis, as_of=None):
        if basis == "planned":
            return [(line, day(line["planned_date"]), self.planned[code]) for code, line in self.lines.items()]
        return [(line, on, value) for line, on, _, value in self.payments if as_of is None or on <= as_of]

    def unconverted(self, basis, as_of=None):
        return sum(value is None for _, _, value in self.items(basis, as_of))

    def text(self, value):
        return half_up(value, self.digits)


def by_category(line, on):
    return line["category"] or ""


def by_workstream(line, on):
    return line["workstream"] or "unassigned"


def by_donor(line, on):
    return line["donor"] or "unassigned"


def by_currency(line, on):
    return line["currency"]


def by_line(line, on):
    return line["code"]


def by_year(line, on):
    return str(on.year)


def by_quarter(line, on):
    return f"{on.year}-Q{(on.month + 2) // 3}"


GROUPINGS = {
    "workstream": by_workstream,
    "donor": by_donor,
    "currency": by_currency,
    "line": by_line,
    "year": by_year,
    "quarter": by_quarter,
}


def funding(money, as_of=None):
    spent = money.sums("actual", by_donor, as_of=as_of)
    found = {}
    for donor in money.scenario["donors"]:
        currency = donor["currency"]
        received = [r for r in donor["received"] if as_of is None or day(r["date"]) <= as_of]
        rate = money.budget[currency] / money.budget[money.target]
        committed = money.rounded(Fraction(donor["committed"]) * rate)
        worth = [money.worth(Fraction(r["amount"]), currency, day(r["date"])) for r in received]
        paid = spent.get(donor["code"], Fraction(0))
        native = sum((Fraction(r["amount"]) for r in received), Fraction(0))
        found[donor["code"]] = {
            "currency": currency,
            "committed": half_up(Fraction(donor["committed"]), digits_of(currency)),
            "received": half_up(native, digits_of(currency)),
            "undrawn": half_up(Fraction(donor["committed"]) - native, digits_of(currency)),
            "committed_base": money.text(committed),
            "received_base": money.text(sum((w for w in worth if w is not None), Fraction(0))),
            "spent_base": money.text(paid),
            "spent_pct": pct(paid, committed),
        }
    return found


# --- Results ------------------------------------------------------------------------------------------


def period(text):
    if "/" in text:
        first, last = text.split("/")
        return day(first), day(last)
    year, quarter = int(text[:4]), int(text[-1])
    last_month = 3 * quarter
    return dt.date(year, last_month - 2, 1), dt.date(year, last_month, calendar.monthrange(year, last_month)[1])


def given(indicator, observation):
    method = indicator["aggregation"]
    if method == "ratio_of_sums":
        return observation.get("numerator") is not None and observation.get("denominator") is not None
    if method == "weighted_mean":
        return observation.get("value") is not None and observation.get("weight") is not None
    if method == "ordinal_latest":
        return observation.get("value") in indicator["scale"]
    return observation.get("value") is not None


def latest(indicator, as_of, year=None):
    """The latest value, None where it is undefined or nothing is reported."""
    rows = sorted(
        ((*period(o["period"]), index, o) for index, o in enumerate(indicator["observations"]) if given(indicator, o)),
        key=lambda row: row[:3],
    )
    rows = [row for row in rows if row[1] <= as_of and (year is None or row[0].year == year == row[1].year)]
    if not rows:
        return None
    method = indicator["aggregation"]
    last = rows[-1]
    if method == "ratio_of_sums":
        if year is None:
            after = last[1] + dt.timedelta(days=1)
            first = after.replace(year=after.year - 1)
            rows = [row for row in rows if row[0] >= first]
        num = sum(Fraction(row[3]["numerator"]) for row in rows)
        den = sum(Fraction(row[3]["denominator"]) for row in rows)
        return None if den == 0 else num / den * (100 if indicator["unit"] == "percent" else 1)
    if method == "ordinal_latest":
        return Fraction(indicator["scale"].index(last[3]["value"]))
    values = [Fraction(row[3]["value"]) for row in rows]
    if method == "weighted_mean":
        weights = [Fraction(row[3]["weight"]) for row in rows]
        return None if sum(weights) == 0 else sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    return {
        "sum": sum(values),
        "simple_mean": sum(values) / len(values),
        "max": max(values),
        "min": min(values),
        "latest": values[-1],
    }[method]


def position(indicator, value):
    if value is None:
        return None
    if indicator["aggregation"] == "ordinal_latest":
        return Fraction(indicator["scale"].index(value))
    return Fraction(value)


def indicator_figures(indicator, as_of):
    now = latest(indicator, as_of)
    baseline = position(indicator, indicator["baseline"]["value"])
    goal = max(indicator["targets"], key=lambda t: t["date"]) if indicator["targets"] else None
    target = position(indicator, goal["value"]) if goal else None
    met = progress = None
    if now is not None and target is not None:
        met = now >= target if indicator["direction"] == "increase" else now <= target
        if target == baseline:
            progress = Fraction(100 if met else 0)
        elif baseline is not None:
            progress = (now - baseline) / (target - baseline) * 100
    years = sorted({period(o["period"])[1].year for o in indicator["observations"]})
    return {
        "latest": now,
        "progress": progress,
        "target_met": met,
        "baseline": baseline,
        "target": target,
        "annual": {str(y): v for y in years if (v := latest(indicator, as_of, y)) is not None},
    }


def outcome_figures(scenario, as_of):
    found = {}
    for outcome in scenario["results_framework"]["outcomes"]:
        own = [i for i in scenario["indicators"] if i["outcome"] == outcome["code"]]
        progress = [p for i in own if (p := indicator_figures(i, as_of)["progress"]) is not None]
        capped = [min(max(p, Fraction(0)), Fraction(100)) for p in progress]
        mean = sum(capped) / len(capped) if capped else None
        found[outcome["code"]] = {
            "mean": half_up(mean, 2),
            "reported": len(capped),
            "expected": len(own),
            "rating": None if mean is None else 1 + sum(mean >= cut for cut in (25, 60, 90)),
        }
    return found


def milestone_figures(scenario, as_of):
    done = [m for m in scenario["milestones"] if m["done"] and day(m["done"]) <= as_of]
    late = {m["code"]: (day(m["done"]) - day(m["due"])).days for m in done if m["done"] > m["due"]}
    ratings = [m["rating"] for m in scenario["milestones"] if m["rating"] is not None]
    return {
        "total": len(scenario["milestones"]),
        "done": len(done),
        "late": len(late),
        "on_time": len(done) - len(late),
        "days_late": late,
        "not_done": [m["code"] for m in scenario["milestones"] if m not in done],
        "mean_rating": half_up(Fraction(sum(ratings), len(ratings)), 2) if ratings else None,
    }


def readiness_figures(scenario):
    """label -> score_pct, any_zero, ready; empty where the scenario has no assessment."""
    rated = scenario.get("exit_readiness")
    found = {}
    for label in ("start", "mid", "final") if rated else ():
        dimensions = [(Fraction(str(d["weight"])), d[label]) for d in rated["dimensions"]]
        score = sum(w * s for w, s in dimensions) / (3 * sum(w for w, _ in dimensions)) * 100
        any_zero = any(s == 0 for _, s in dimensions)
        found[label] = {"score_pct": half_up(score, 2), "any_zero": any_zero, "ready": score >= 70 and not any_zero}
    return found


def overlap_figures(scenario):
    own = scenario["engagement"]
    sectors = {s["code"] for s in own["sectors"]}
    country = (scenario.get("country") or scenario["meta"]["country"])["alpha2"]
    found = {}
    for other in scenario["engagements_of_others"]:
        shared = sorted(sectors & set(other["sectors"]))
        first, last = max(day(own["start"]), day(other["start"])), min(day(own["end"]), day(other["end"]))
        if other["country"] == country and shared and first <= last:
            found[other["code"]] = {
                "strength": "strong" if other["counterpart"] == own["counterpart"] else "weak",
                "shared_sectors": shared,
                "shared_days": (last - first).days + 1,
                "first_day": str(first),
                "last_day": str(last),
            }
    return found


def deployment_figures(scenario):
    found = {}
    for expert in scenario["experts"]:
        own = [d for d in scenario["deployments"] if d["expert"] == expert["code"]]
        if own:
            planned = sum(Decimal(str(d["planned_days"])) for d in own)
            actual = sum(Decimal(str(d["actual_days"])) for d in own)
            digits = digits_of(expert["currency"])
            found[expert["code"]] = {
                "deployments": len(own),
                "planned_days": planned,
                "actual_days": actual,
                "person_months": half_up(Fraction(actual) / 21, 2),
                "planned_cost": half_up(Fraction(planned) * Fraction(expert["daily_rate"]), digits),
                "actual_cost": half_up(Fraction(actual) * Fraction(expert["daily_rate"]), digits),
            }
    return found
