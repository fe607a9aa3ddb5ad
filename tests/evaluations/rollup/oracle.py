"""What a report on a made-up portfolio has to say, by loops and Fractions: written apart from the SQL, in other terms.

`expected_rows` gives {(level, key, metric): (value, reported, expected, weight_basis)}; None where nothing can be said.
"""

from collections import defaultdict
from fractions import Fraction

from tests.evaluations.rollup.portfolios import AS_OF, QUARTERS, RATES, SCALE

COST_METRICS = [f"{measure}_{what}" for what in ("cost", "charged") for measure in ("planned", "committed", "actual")]
DUE = [number for number, (_, end) in enumerate(QUARTERS) if end <= AS_OF]


def half_away(value, digits):
    scaled = abs(value) * 10**digits
    whole = int(scaled) + (1 if scaled - int(scaled) >= Fraction(1, 2) else 0)
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def ratio(num, den):
    return None if den in (None, 0) or num is None else Fraction(num) / Fraction(den)


def expected_rows(portfolio, currency, minor_units):
    rows = {}
    for engagement in portfolio:
        for outcome in engagement.outcomes:
            for sheet in outcome.indicators:
                rows |= indicator_rows(engagement, sheet)
            rows |= outcome_rows(engagement, outcome)
        rows |= engagement_rows(engagement, currency, minor_units)
    for (level, key), members in places(portfolio).items():
        rows |= upper_rows(level, key, members, currency, minor_units)
        rows |= pooled_rows(level, key, members)
    return rows


# --- Indicators and outcomes ---


def usable(sheet):
    return [sheet.observed[number] for number in DUE if sheet.observed[number] is not None]


def position(level):
    return Fraction(SCALE.index(level))


def latest_parts(sheet):
    """Numerator and denominator of the latest value; None and None where there is none."""
    seen = usable(sheet)
    if not seen:
        return None, None
    match sheet.method:
        case "ordinal_latest":
            return position(seen[-1]), Fraction(1)
        case "ratio_of_sums":
            factor = 100 if sheet.unit.startswith("percent") else 1
            bottom = sum(Fraction(denominator) for _, denominator in seen)
            top = factor * sum(Fraction(numerator) for numerator, _ in seen)
            return (top, bottom) if bottom else (None, None)
        case "simple_mean":
            return sum(map(Fraction, seen)), Fraction(len(seen))
        case "sum":
            return sum(map(Fraction, seen)), Fraction(1)
        case "max":
            return Fraction(max(seen)), Fraction(1)
        case "min":
            return Fraction(min(seen)), Fraction(1)
        case "latest":
            return Fraction(seen[-1]), Fraction(1)


def latest(sheet):
    return ratio(*latest_parts(sheet))


def progress(sheet):
    ordinal = sheet.method == "ordinal_latest"
    base, target = (position(x) if ordinal else Fraction(x) for x in (sheet.baseline, sheet.target))
    value = latest(sheet)
    if value is None:
        return None
    if target == base:
        return Fraction(100 if value >= target else 0)
    return (value - base) / (target - base) * 100


def capped(value):
    return min(max(value, Fraction(0)), Fraction(100))


def reported_periods(sheets):
    return sum(len(usable(sheet)) for sheet in sheets)


def indicator_rows(engagement, sheet):
    key, value, way = f"{engagement.ref}/{sheet.code}", latest(sheet), progress(sheet)
    seen = len(usable(sheet))
    found = {
        "latest": (value, seen, len(DUE), ""),
        "progress_pct": (way, int(way is not None), 1, ""),
        "coverage_pct": (Fraction(100 * seen, len(DUE)), seen, len(DUE), ""),
    }
    return {("indicator", key, metric): row for metric, row in found.items()}


def outcome_mean(outcome):
    """The mean over what is known, and with the missing at 0."""
    known = [
        (capped(progress(sheet)), Fraction(sheet.weight)) for sheet in outcome.indicators if progress(sheet) is not None
    ]
    total = sum((way * weight for way, weight in known), Fraction(0))
    asked = sum((Fraction(sheet.weight) for sheet in outcome.indicators), Fraction(0))
    return ratio(total, sum((w for _, w in known), Fraction(0))), ratio(total, asked)


def rating(outcome):
    mean, _ = outcome_mean(outcome)
    return None if mean is None else 1 + sum(mean >= cut for cut in (25, 60, 90))


def ordinals(outcomes):
    sheets = [sheet for outcome in outcomes for sheet in outcome.indicators]
    return sum(sheet.method == "ordinal_latest" and progress(sheet) is not None for sheet in sheets)


def coverage_and_low(rows, reported, expected, low):
    """Coverage always; the low bound only where less than 60 % of what was due came in."""
    rows["coverage_pct"] = (ratio(100 * reported, expected), reported, expected, "")
    if Fraction(100 * reported) < 60 * expected:
        rows |= low


def outcome_rows(engagement, outcome):
    (mean, low), of = outcome_mean(outcome), len(outcome.indicators)
    known = sum(progress(sheet) is not None for sheet in outcome.indicators)
    rows = {"outcome_progress_pct": (mean, known, of, "indicator_weight"), "rating": (rating(outcome), known, of, "")}
    coverage_and_low(
        rows, reported_periods(outcome.indicators), len(DUE) * of, {"low_bound": (low, known, of, "indicator_weight")}
    )
    if outcome.assigned:
        rows["assigned_rating"] = (outcome.assigned, None, None, "")
    if count := ordinals([outcome]):
        rows["ordinals_in_mean"] = (count, None, None, "")
    return {("outcome", f"{engagement.ref}/{outcome.code}", metric): row for metric, row in rows.items()}


# --- Engagements ---


def engagement_mean(engagement):
    """The weighted mean of its outcomes, and with what is missing at 0."""
    known = top = low_known = low_top = Fraction(0)
    for outcome in engagement.outcomes:
        mean, low = outcome_mean(outcome)
        weight = Fraction(outcome.weight)
        if mean is not None:
            known, top = known + weight, top + weight * mean
        if low is not None:
            low_known, low_top = low_known + weight, low_top + weight * low
    return ratio(top, known), ratio(low_top, low_known)


def sheets_of(engagement):
    return [sheet for outcome in engagement.outcomes for sheet in outcome.indicators]


def milestones(engagement):
    """Planned, done by the day, and done by then in time."""
    done = [(due, on) for due, on in engagement.milestones if on and on <= AS_OF]
    return len(engagement.milestones), len(done), sum(on <= due for due, on in done)


def costs(engagement, currency, minor_units, donor="anybody"):
    """{metric: (amount, converted items, items)}; `donor` None for money that names none."""
    sums = {metric: [Fraction(0), 0, 0] for metric in COST_METRICS}
    for item in engagement.items:
        if item.measure != "planned" and item.on > AS_OF:
            continue
        if donor not in ("anybody", item.donor):
            continue
        rate = 1 if item.currency == currency else RATES.get(item.currency)
        names = [f"{item.measure}_charged"] + [f"{item.measure}_cost"] * (item.category is not None)
        for name in names:
            sums[name][2] += 1
            if rate is not None:
                sums[name][0] += half_away(Fraction(item.amount) * Fraction(rate), minor_units)
                sums[name][1] += 1
    return {metric: tuple(found) for metric, found in sums.items()}


def split(amount, shares, minor_units):
    """By largest remainder, ties to the earlier code."""
    units = abs(amount) * 10**minor_units
    exact = {code: units * Fraction(pct) / 100 for code, pct in sorted(shares.items())}
    given = {code: int(part) for code, part in exact.items()}
    left = units - sum(given.values())
    for code in sorted(exact, key=lambda code: (given[code] - exact[code], code))[: int(left)]:
        given[code] += 1
    return {code: Fraction(part if amount >= 0 else -part, 10**minor_units) for code, part in given.items()}


def money_rows(parts, *, is_split=False):
    """Rows of money from each member's {metric: (amount, converted, items)}."""
    rows = {}
    for metric in COST_METRICS:
        amount, converted, items = (sum(part[metric][place] for part in parts) for place in range(3))
        rows[metric] = (amount, converted, items, "recipient_pct" if is_split else "")
    charged = [rows[f"{measure}_charged"] for measure in ("planned", "committed", "actual")]
    converted, items = sum(row[1] for row in charged), sum(row[2] for row in charged)
    rows["unconverted"] = (items - converted, converted, items, "")
    rows["spent_pct"] = (ratio(100 * rows["actual_charged"][0], rows["planned_charged"][0]), None, None, "")
    return rows


def work_rows(members):
    planned, done, on_time = (sum(milestones(e)[place] for e in members) for place in range(3))
    rows = {"milestones_done": (done, done, planned, ""), "milestones_on_time": (on_time, on_time, done, "")}
    if count := ordinals([outcome for e in members for outcome in e.outcomes]):
        rows["ordinals_in_mean"] = (count, None, None, "")
    return rows


def price_rows(members, spent):
    rated = [(spent[e.ref], sum(rating(o) or 0 for o in e.outcomes)) for e in members]
    rated = [(amount, points) for amount, points in rated if points]
    done = [(spent[e.ref], milestones(e)[1]) for e in members if milestones(e)[1]]
    return {
        metric: (ratio(sum(a for a, _ in pairs), sum(n for _, n in pairs)), None, None, "")
        for metric, pairs in (("cost_per_rating_point", rated), ("cost_per_milestone", done))
    }


def engagement_rows(engagement, currency, minor_units):
    mean, low = engagement_mean(engagement)
    known = sum(outcome_mean(o)[0] is not None for o in engagement.outcomes)
    of = sum(bool(o.indicators) for o in engagement.outcomes)
    money = costs(engagement, currency, minor_units)
    rows = {"progress_pct": (mean, known, of, "outcome_weight")}
    sheets = sheets_of(engagement)
    coverage_and_low(
        rows, reported_periods(sheets), len(DUE) * len(sheets), {"low_bound": (low, known, of, "outcome_weight")}
    )
    rows |= money_rows([money]) | work_rows([engagement])
    rows |= price_rows([engagement], {engagement.ref: money["actual_charged"][0]})
    return {("engagement", engagement.ref, metric): row for metric, row in rows.items()}


# --- Above the engagement ---


def places(portfolio):
    found = defaultdict(list)
    for engagement in portfolio:
        keys = {
            ("programme", engagement.programme),
            ("area", engagement.area or "unassigned"),
            ("portfolio", "portfolio"),
        }
        keys |= {("country", code) for code in engagement.recipients or ["unassigned"]}
        keys |= {("donor", code) for code in engagement.donors}
        counted = [item for item in engagement.items if item.measure == "planned" or item.on <= AS_OF]
        if not engagement.donors or any(item.donor is None for item in counted):
            keys.add(("donor", "unassigned"))
        for key in keys:
            found[key].append(engagement)
    return found


def part_of(engagement, level, key, currency, minor_units):
    """Its money in one place."""
    whole = costs(engagement, currency, minor_units)
    if level == "donor":
        return costs(engagement, currency, minor_units, donor=None if key == "unassigned" else key)
    if level == "country" and len(engagement.recipients) > 1:
        return {
            metric: (split(amount, engagement.recipients, minor_units)[key], converted, items)
            for metric, (amount, converted, items) in whole.items()
        }
    return whole


def upper_rows(level, key, members, currency, minor_units):
    parts = {e.ref: part_of(e, level, key, currency, minor_units) for e in members}
    spent = {ref: part["actual_charged"][0] for ref, part in parts.items()}
    basis = "share_of_spending" if level in ("country", "donor") else "spending"
    known = [(engagement_mean(e)[0], max(spent[e.ref], 0)) for e in members if engagement_mean(e)[0] is not None]
    low = [(engagement_mean(e)[1], max(spent[e.ref], 0)) for e in members if engagement_mean(e)[1] is not None]
    rows = {
        "engagements": (len(members), None, None, ""),
        "progress_pct_mean": (plain(known), len(known), len(members), "equal"),
        "progress_pct_weighted": (weighted(known), len(known), len(members), basis),
    }
    sheets = [sheet for e in members for sheet in sheets_of(e)]
    coverage_and_low(
        rows,
        reported_periods(sheets),
        len(DUE) * len(sheets),
        {
            "low_bound": (plain(low), len(known), len(low), "equal"),
            "low_bound_weighted": (weighted(low), len(known), len(low), basis),
        },
    )
    is_split = level == "country" and any(len(e.recipients) > 1 for e in members)
    rows |= money_rows(list(parts.values()), is_split=is_split) | work_rows(members)
    if level not in ("country", "donor"):
        rows |= price_rows(members, spent)
    return {(level, key, metric): row for metric, row in rows.items()}


def plain(pairs):
    return ratio(sum(value for value, _ in pairs), len(pairs))


def weighted(pairs):
    return ratio(sum(value * weight for value, weight in pairs), sum(weight for _, weight in pairs))


def pooled_rows(level, key, members):
    by_code = defaultdict(list)
    for sheet in (sheet for e in members for sheet in sheets_of(e) if sheet.catalogue):
        by_code[sheet.catalogue].append(sheet)
    rows = {}
    for code, sheets in by_code.items():
        name, seen = f"{key}/{code}", [sheet for sheet in sheets if latest(sheet) is not None]
        alike, counts = len({sheet.unit for sheet in sheets}) == 1, (len(seen), len(sheets))
        rows[level, name, "pooled_indicators"] = (len(seen) if alike else 0, *counts, "")
        if not alike:
            continue
        values = [latest(sheet) for sheet in seen]
        match code:
            case "CAT-SUM":
                rows[level, name, "pooled_sum"] = (sum(values) if values else None, *counts, "")
            case "CAT-RATIO":
                tops, bottoms = ([latest_parts(sheet)[place] for sheet in seen] for place in (0, 1))
                rows[level, name, "pooled_ratio"] = (ratio(sum(tops), sum(bottoms)), *counts, "")
            case "CAT-MEAN":
                rows[level, name, "pooled_mean"] = (ratio(sum(values), len(values)), *counts, "equal")
                rows[level, name, "pooled_least"] = (min(values, default=None), *counts, "")
                rows[level, name, "pooled_most"] = (max(values, default=None), *counts, "")
            case "CAT-ORD":
                for place in set(values):
                    count = values.count(place)
                    rows[level, f"{name}/{place}", "pooled_at_level"] = (count, count, len(seen), "")
    return rows
