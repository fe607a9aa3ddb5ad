"""Changes of a generated portfolio, each of which takes some rule to its edge; and rules that are not ours."""

from tests.bench.conftest import TODAY

# Lines of an approved budget are closed to everybody: its trigger is put aside for the sake of a rule that reads them.
_UNGUARDED = "SET LOCAL session_replication_role = replica; "
_REVISE = """
    INSERT INTO observation_revision (
        observation_id, seq, status, reported, value, numerator, denominator, weight, level, text, by_id, known_at)
    SELECT r.observation_id, r.seq + 1, {status}, {reported}, {value}, {numerator}, {denominator}, {weight}, {level},
           '', r.by_id, {known_at}
    FROM observation_revision r JOIN observation o ON o.id = r.observation_id
    WHERE r.reported AND NOT EXISTS (
        SELECT FROM observation_revision later WHERE later.observation_id = r.observation_id AND later.seq > r.seq)
      AND {where}
"""
_POST = """
    INSERT INTO ledger_entry (
        kind, on_date, amount, currency_id, category, outside, is_advance, booked_amount, description, source,
        external_ref, posted_at, agreement_id, by_id, engagement_id, line_key_id, workstream_id)
    SELECT {kind}, {on_date}, {amount}, {currency_id}, {category}, {outside}, {is_advance}, {booked_amount},
           description, source, 'again ' || id, {posted_at}, {agreement_id}, by_id, engagement_id, line_key_id,
           workstream_id
    FROM ledger_entry WHERE {where}
"""


def _revised(where="o.id % 3 = 0", **columns):
    names = ("status", "reported", "value", "numerator", "denominator", "weight", "level", "known_at")
    return _REVISE.format(**{**{name: f"r.{name}" for name in names}, **columns}, where=where)


def _posted(where="id % 7 = 0", **columns):
    names = ("kind", "on_date", "amount", "currency_id", "category", "outside", "is_advance", "booked_amount",
             "posted_at", "agreement_id")  # fmt: skip
    return _POST.format(**{**{name: name for name in names}, **columns}, where=where)


_INDICATORS = {
    "no baseline": "UPDATE indicator SET baseline = NULL, baseline_level = NULL WHERE id % 3 = 0",
    "a baseline without a date": "UPDATE indicator SET baseline_on = NULL WHERE id % 3 = 0",
    "a baseline of a day to come": f"UPDATE indicator SET baseline_on = date '{TODAY}' + 900 WHERE id % 3 = 0",
    "a baseline off the scale": "UPDATE indicator SET baseline_level = 'unheard of' WHERE scale IS NOT NULL",
    "the other direction": """
        UPDATE indicator SET direction = CASE direction WHEN 'increase' THEN 'decrease' ELSE 'increase' END""",
    "a single period": "UPDATE indicator SET time_window = 'period'",
    "twelve months": "UPDATE indicator SET time_window = '12_months'",
    "since the start": "UPDATE indicator SET time_window = 'since_start'",
    "twice a year": "UPDATE indicator SET frequency = 'half_yearly'",
    "every month": "UPDATE indicator SET frequency = 'monthly'",
    "measured once": "UPDATE indicator SET frequency = 'once' WHERE id % 2 = 0",
    "another method": "UPDATE indicator SET method = 'simple_mean' WHERE method IN ('latest', 'sum', 'max')",
    "units of ratios": """
        UPDATE indicator SET unit = (ARRAY['Percent', '% of staff', 'per 1,000 adults', 'per 100,000', 'per head',
                                           'percentage'])[1 + id % 6]
        WHERE method = 'ratio_of_sums'""",
    "units that differ": "UPDATE indicator SET unit = unit || ' each' WHERE method <> 'ratio_of_sums' AND id % 2 = 0",
    "weights of indicators": "UPDATE indicator SET weight = (id % 4) * 0.7",
    "weights of outcomes": "UPDATE outcome SET weight = (id % 3) * 1.3",
    "nothing weighs": "UPDATE indicator SET weight = 0",
    "no outcome": "UPDATE indicator SET outcome_id = NULL WHERE id % 3 = 0",
    "an outcome rated by hand": """
        UPDATE outcome SET assigned_rating = 2, assigned_reason = 'Agreed.' WHERE id % 2 = 0""",
}
_TARGETS = {
    "no targets": "DELETE FROM indicator_target WHERE indicator_id % 3 = 0",
    "only targets to come": f"DELETE FROM indicator_target WHERE due < '{TODAY}'",
    "only targets of the past": f"DELETE FROM indicator_target WHERE due > '{TODAY}'",
    "a target due on the day": f"""
        UPDATE indicator_target SET due = '{TODAY}'
        WHERE id IN (SELECT max(id) FROM indicator_target GROUP BY indicator_id)""",
    "a target that is the baseline": """
        UPDATE indicator_target t SET value = i.baseline, level = i.baseline_level
        FROM indicator i WHERE i.id = t.indicator_id AND i.id % 2 = 0""",
    "a dip that was planned": f"""
        UPDATE indicator_target t SET value = greatest(0, 2 * i.baseline - t.value)
        FROM indicator i WHERE i.id = t.indicator_id AND t.value IS NOT NULL AND t.due < '{TODAY}'""",
    "a target off the scale": """
        UPDATE indicator_target SET level = 'unheard of' WHERE level IS NOT NULL AND id % 2 = 0""",
    "targets that were revised": """
        INSERT INTO indicator_target (indicator_id, due, value, level, is_original)
        SELECT indicator_id, due, value * 1.37, level, false
        FROM indicator_target WHERE value IS NOT NULL AND is_original AND id % 2 = 0
        ON CONFLICT DO NOTHING""",
}
_FIGURES = {
    "withdrawn": _revised(
        reported="false", value="NULL", numerator="NULL", denominator="NULL", weight="NULL", level="NULL"
    ),
    "not accepted yet": _revised(status="'submitted'", value="r.value + 1"),
    "not known yet": _revised(known_at="now() + interval '1 day'", value="r.value + 1"),
    "corrected": _revised(value="r.value * 1.3333", numerator="r.numerator + 1"),
    "a denominator of nothing": _revised("r.denominator IS NOT NULL", denominator="0"),
    "a denominator below nothing": _revised("r.denominator IS NOT NULL", denominator="-r.denominator"),
    "means of no weight": _revised("r.weight IS NOT NULL", weight="0"),
    "half of a ratio": _revised("r.denominator IS NOT NULL AND o.id % 2 = 0", denominator="NULL"),
    "a level off the scale": _revised("r.level IS NOT NULL", level="'unheard of'"),
}
_ENGAGEMENTS = {
    "a start in the middle of a month": """
        UPDATE engagement SET actual = daterange(lower(actual) + 16, upper(actual)) WHERE actual IS NOT NULL""",
    "a start on the last of a month": """
        UPDATE engagement SET actual = daterange(lower(actual) + 30, upper(actual)) WHERE actual IS NOT NULL""",
    "longer than planned": """
        UPDATE engagement SET planned = daterange(lower(planned), lower(planned) + 200)
        WHERE actual IS NOT NULL AND upper(actual) IS NULL""",
    "no practice area": "UPDATE engagement SET practice_area_id = NULL WHERE id % 2 = 0",
    "no recipients": "DELETE FROM engagement_recipient WHERE engagement_id % 2 = 0",
    "several recipients, a region among them": """
        WITH gone AS (DELETE FROM engagement_recipient RETURNING engagement_id)
        INSERT INTO engagement_recipient (engagement_id, country_id, region_id, pct)
        SELECT DISTINCT g.engagement_id, r.country, r.region, r.pct FROM gone g
        CROSS JOIN (VALUES ('KE', NULL, 33.3333), ('FJ', NULL, 33.3333), (NULL, (SELECT min(code) FROM region), 33.3334)
                   ) r(country, region, pct)""",
    "milestones done later": f"""
        UPDATE milestone SET done = date '{TODAY}' + 1 WHERE done IS NOT NULL AND id % 2 = 0""",
    "milestones done late": "UPDATE milestone SET due = done - 1 WHERE done IS NOT NULL AND id % 2 = 0",
}
_MONEY = {
    "lines of no category": _UNGUARDED + "UPDATE cost_line SET category = NULL, outside = NULL WHERE id % 3 = 0",
    "lines outside the formula": _UNGUARDED
    + "UPDATE cost_line SET category = NULL, outside = 'contingency' WHERE id % 3 = 0",
    "lines in dollars": _UNGUARDED
    + "UPDATE cost_line SET currency_id = 'USD', amount = amount + 0.005 WHERE id % 3 = 0",
    "lines without a rate": _UNGUARDED
    + """UPDATE cost_line SET currency_id = (
            SELECT min(code) FROM currency WHERE code NOT IN (SELECT currency_id FROM rate_set_rate))
         WHERE id % 3 = 0""",
    "budgets without rates": _UNGUARDED + "UPDATE budget SET rate_set_id = NULL WHERE id % 2 = 0",
    "budgets approved later": _UNGUARDED + "UPDATE budget SET approved_at = now() + interval '1 day' WHERE version = 2",
    "entries of no category": _posted(category="NULL", outside="NULL"),
    "entries in dollars": _posted(currency_id="'USD'", booked_amount="NULL", amount="amount + 0.005"),
    "entries without a valuation": _posted(currency_id="'JPY'", booked_amount="NULL"),
    "costs below nothing": _posted("kind = 'expenditure'", amount="-40 * amount"),
    "entries of no agreement": _posted(agreement_id="NULL", booked_amount="NULL", currency_id="'USD'"),
    "entries after the day": _posted(on_date=f"date '{TODAY}' + 1", currency_id="'USD'"),
    "entries not posted yet": _posted(posted_at="now() + interval '1 day'", currency_id="'USD'"),
    "advances": _posted(is_advance="true", kind="'disbursement'", currency_id="'USD'"),
    "commitments": _posted(kind="'commitment'", currency_id="'USD'"),
}
CHANGES = {
    "nothing": "SELECT 1",
    **_INDICATORS,
    **_TARGETS,
    **{f"figures: {name}": statement for name, statement in _FIGURES.items()},
    **_ENGAGEMENTS,
    **_MONEY,
}

# By what a function of ours says: another that says something else, and the case that must notice.
OTHER_RULES = {
    "units of ratios": (
        "ta_ratio_factor(unit text) RETURNS numeric LANGUAGE sql AS $$ SELECT 1::numeric $$",
        "indicator results",
    ),
    "frequencies": ("ta_months_of(frequency text) RETURNS int LANGUAGE sql AS $$ SELECT 12 $$", "indicator results"),
    "cut-offs of ratings": (
        """ta_rating(num numeric, den numeric, cut_offs numeric[] DEFAULT '{25,60,90}') RETURNS int LANGUAGE sql AS $$
           SELECT CASE WHEN den IS NOT NULL THEN (num >= 35 * den)::int + (num >= 60 * den)::int + 1 END $$""",
        "roll-up",
    ),
    "exact quotients": (
        "ta_ratio_30(num numeric, den numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT num / nullif(den, 0) $$",
        "roll-up",
    ),
    "what an entry counts as": (
        "ta_entry_measure(kind text, is_advance boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'actual' $$",
        "cost summary",
    ),
}
