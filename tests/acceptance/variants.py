"""Other scenarios of the same format: other numbers, dates, currencies, gaps. The same seed gives the same scenario."""

import copy
import datetime as dt
import random
import re
from decimal import Decimal

# A day, a month, a quarter, or two days with a stroke between.
DATE = re.compile(r"\d{4}-(\d\d|Q\d)")
DIGITS = {"JPY": 0, "KWD": 3}
# What the named currencies are worth against the dollar, roughly: enough to give rates of other sizes.
REPLACED = [{"EUR": "JPY"}, {"EUR": "KWD", "XCD": "JPY"}, {"XCD": "KWD"}, {}]
WORTH = {"JPY": Decimal("0.0067"), "KWD": Decimal("3.26")}


def variant(scenario, seed):
    """A scenario with other codes, years, amounts and currencies, gaps in its rates, and figures missing or falling."""
    chance = random.Random(seed)
    changed = copy.deepcopy(scenario)
    changed["engagement"]["code"] = f"VAR-{seed:03d}"
    _move_years(changed, chance.randint(-9, 3))
    _replace_currencies(changed, chance.choice(REPLACED), chance)
    _change_amounts(changed, chance)
    _drop_rates(changed, chance)
    _change_results(changed, chance)
    _rename(changed, seed)
    return changed


def _move_years(node, years):
    """Every date, month and quarter of the file, moved by whole years; 29 February does not occur in it."""
    for key, value in list(node.items()) if isinstance(node, dict) else list(enumerate(node)):
        if isinstance(value, dict | list):
            _move_years(value, years)
        elif isinstance(value, str) and DATE.match(value):
            node[key] = "/".join(f"{int(part[:4]) + years}{part[4:]}" for part in value.split("/"))


def _replace_currencies(scenario, replaced, chance):
    for old, new in replaced.items():
        for part in ("donors", "experts", "cost_lines", "engagements_of_others"):
            for row in scenario[part]:
                if row.get("currency") == old:
                    row["currency"] = new
        rates = scenario["budget_rates_usd_per_unit"]
        rates.pop(old, None)
        rates[new] = str(WORTH[new])
        for month in scenario["monthly_rates"]:
            month.pop(f"usd_per_{old.lower()}", None)
            month.pop(f"{old.lower()}_per_usd", None)
            wobble = 1 + Decimal(chance.randint(-500, 500)) / 10000
            if new == "JPY":
                month["jpy_per_usd"] = str((1 / WORTH[new] * wobble).quantize(Decimal("0.001")))
            else:
                month[f"usd_per_{new.lower()}"] = str((WORTH[new] * wobble).quantize(Decimal("0.00001")))


def _change_amounts(scenario, chance):
    for row in scenario["donors"]:
        row["committed"] = _in_units(row["committed"], row["currency"])
        for paid in row["received"]:
            paid["amount"] = _in_units(paid["amount"], row["currency"])
    for row in scenario["experts"]:
        row["daily_rate"] = _in_units(row["daily_rate"], row["currency"])
    for line in scenario["cost_lines"]:
        digits = DIGITS.get(line["currency"], 2)
        line["unit_cost"] = _in_units(Decimal(line["unit_cost"]) * chance.randint(80, 130) / 100, line["currency"])
        amount = Decimal(line["unit_cost"]) * Decimal(line["planned_quantity"])
        line["planned_amount"] = str(amount.quantize(Decimal(1).scaleb(-digits)))
        for paid in line["actuals"]:
            paid["amount"] = _in_units(Decimal(paid["amount"]) * chance.randint(70, 140) / 100, line["currency"])
        if line["actuals"] and chance.random() < 0.1:
            # A refund is an entry of its own, negative.
            paid = line["actuals"][-1]
            refund = -(Decimal(paid["amount"]) / 4).quantize(Decimal(1).scaleb(-digits))
            line["actuals"].append({"date": paid["date"], "amount": str(refund)})
        if chance.random() < 0.05:
            line["category"] = None


def _in_units(amount, currency):
    return str(Decimal(amount).quantize(Decimal(1).scaleb(-DIGITS.get(currency, 2))))


def _drop_rates(scenario, chance):
    """Some months go without a rate: one missing is bridged by the month before, several are not."""
    months = scenario["monthly_rates"]
    start = chance.randrange(max(len(months) - 4, 1))
    gap = chance.randint(0, 4)
    del months[start : start + gap]


def _change_results(scenario, chance):
    for indicator in scenario["indicators"]:
        ordinal = indicator["aggregation"] == "ordinal_latest"
        for observation in indicator["observations"]:
            if chance.random() < 0.2:
                for key in ("value", "numerator", "denominator"):
                    if key in observation:
                        observation[key] = None
                for part in ("female", "male", "weight"):
                    observation.pop(part, None)
            elif "numerator" in observation and chance.random() < 0.1:
                observation["numerator"] = observation["denominator"] = "0"
        if not ordinal and chance.random() < 0.3:
            # Falling: baseline and targets change places.
            last = indicator["targets"][-1]
            indicator["baseline"]["value"], last["value"] = last["value"], indicator["baseline"]["value"]
            indicator["direction"] = {"increase": "decrease", "decrease": "increase"}[indicator["direction"]]
        elif not ordinal and chance.random() < 0.15:
            indicator["targets"] = [{**indicator["targets"][-1], "value": indicator["baseline"]["value"]}]
        if indicator["aggregation"] in ("sum", "latest") and chance.random() < 0.3:
            indicator["aggregation"] = chance.choice(["simple_mean", "max", "min"])
            for observation in indicator["observations"]:
                observation.pop("female", None)
                observation.pop("male", None)


def _rename(scenario, seed):
    for part in ("donors", "engagements_of_others"):
        for row in scenario[part]:
            row["code"] = f"{row['code']}-{seed}"
            if "name" in row:
                row["name"] = f"{row['name']} {seed}"
    for line in scenario["cost_lines"]:
        if line["donor"]:
            line["donor"] = f"{line['donor']}-{seed}"
    for other in scenario["engagements_of_others"]:
        other["donor"] = f"{other['donor']} {seed}"


def end_of(scenario):
    """A day after everything in the scenario."""
    return dt.date(int(scenario["engagement"]["end"][:4]) + 12, 12, 31)
