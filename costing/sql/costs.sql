-- costs.sql: planned, committed and actual cost of many engagements in one statement, in any currency; and who paid for it.
-- Needs exact.sql and as_of_rate.sql. Its twin is costing/domain (conversion.py, summary.py, funding.py).
--
-- Each engagement is converted by the rate source of its own programme; p_target NULL asks for its programme's own currency.

-- What an entry of the ledger counts as. Advances are settled by later expenditure and count as nothing; incoming kinds are never cost.
CREATE FUNCTION ta_entry_measure(kind text, is_advance boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'commitment' THEN 'committed'
        WHEN 'expenditure' THEN 'actual'
        WHEN 'disbursement' THEN CASE WHEN NOT is_advance THEN 'actual' END
        WHEN 'incoming_commitment' THEN 'pledged'
        WHEN 'incoming' THEN 'received'
    END
$$;

-- The kinds that can count as one of the measures: a plain list, of which the planner knows how many entries it leaves.
CREATE FUNCTION ta_measured_kinds(measures text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(kind ORDER BY kind)
    FROM unnest('{commitment,disbursement,expenditure,incoming,incoming_commitment}'::text[]) kind
    WHERE ta_entry_measure(kind, false) = ANY (measures)
$$;

-- What turns an amount of a currency into the target at a budget's own rates, across the base of its set; NULLs where the set lacks
-- one of the two. A budget without a set has no row.
CREATE FUNCTION ta_budget_factor(p_rate_set bigint, p_currency text, p_target text) RETURNS TABLE (num numeric, den numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_currency = s.base THEN 1 ELSE own.num END * CASE WHEN p_target = s.base THEN 1 ELSE wanted.den END,
           CASE WHEN p_currency = s.base THEN 1 ELSE own.den END * CASE WHEN p_target = s.base THEN 1 ELSE wanted.num END
    FROM rate_set s
    LEFT JOIN rate_set_rate own ON own.rate_set_id = s.id AND own.currency_id = p_currency
    LEFT JOIN rate_set_rate wanted ON wanted.rate_set_id = s.id AND wanted.currency_id = p_target
    WHERE s.id = p_rate_set
$$;

-- What was the approved version of a budget at the cut-off: no row while there was none; a draft has no such instant.
CREATE FUNCTION ta_approved_budget(p_engagement bigint, p_cut_off timestamptz) RETURNS TABLE (id bigint, rate_set_id bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT b.id, b.rate_set_id FROM budget b WHERE b.engagement_id = p_engagement AND b.approved_at <= p_cut_off
    ORDER BY b.version DESC LIMIT 1
$$;

-- The valuation of an entry as known at the cut-off: the highest seq.
CREATE FUNCTION ta_valuation(p_entry bigint, p_cut_off timestamptz)
RETURNS TABLE (id bigint, num numeric, den numeric, base_amount numeric, rate_id bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT v.id, v.num, v.den, v.base_amount, v.rate_id FROM ledger_valuation v WHERE v.entry_id = p_entry AND v.known_at <= p_cut_off
    ORDER BY v.seq DESC LIMIT 1
$$;

-- ta_converted_items: one row per planned line and per entry of the wanted measures, converted; by keys, as the tables hold them.
--   planned    every line of the last version approved at the cut-off, whatever the line's status, by the first day of its range;
--              `as_of` does not limit it.
--   committed, actual, pledged, received   entries with on_date <= as_of and posted_at <= cut_off, as ta_entry_measure says.
--   Rates      same currency: the amount itself. Booked in the agreement's currency: that figure, when it is the target.
--              Planned and pledged: the budget's own rate set, across its base; never a market rate.
--              Else the stored valuation (highest seq known at the cut-off) to the source's pivot, times the target's rate as of the
--              entry's date, known at the cut-off: one chain, ONE rounding, half away from zero, to the target's minor units.
--   reason     NULL when converted; else not_in_rate_set, no_valuation, no_rate or stale_rate, and `converted` is NULL.
--   in_agreement   the amount in its agreement's currency, where known without a rate.
-- One lookup in an index for each row rather than a join of its table: that stays in proportion to the rows even where the tables'
-- statistics are those of empty ones, as after a first import. A caller pays for the columns it reads alone.
CREATE FUNCTION ta_converted_items(
    p_engagements bigint[], p_measures text[], p_target text, p_as_of date, p_cut_off timestamptz
) RETURNS TABLE (
    engagement_id bigint, measure text, item_kind text, item_id uuid, line_key_id bigint, category text, outside text, workstream_id bigint,
    agreement_id bigint, on_date date, amount numeric, currency text, in_agreement numeric, converted numeric, reason text
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH target_rate AS MATERIALIZED (   -- once per source, target and day, however many entries; none where the target is the pivot
    SELECT d.rate_source, d.target, d.on_date, r.num, r.den, r.reason
    FROM (SELECT DISTINCT p.rate_source, coalesce(p_target, p.currency_id) AS target, x.on_date
          FROM ledger_entry x JOIN engagement e ON e.id = x.engagement_id JOIN programme p ON p.id = e.programme_id
          LEFT JOIN rate_source s ON s.code = p.rate_source
          WHERE x.engagement_id = ANY (p_engagements) AND x.on_date <= p_as_of AND p_measures <> '{planned}'
            AND coalesce(p_target, p.currency_id) IS DISTINCT FROM s.pivot_id) d
    CROSS JOIN LATERAL ta_rate_as_of(d.rate_source, d.target, d.on_date, p_cut_off) r
)
SELECT item.* FROM (
    SELECT e.id, 'planned', 'cost_line', l.public_id, l.key_id, l.category::text, l.outside::text, l.workstream_id, l.agreement_id,
           lower(l.planned), l.amount, l.currency_id::text, NULL::numeric,
           CASE WHEN l.currency_id = t.code THEN round(l.amount, t.minor_units)
                ELSE ta_convert_finite(l.amount, f.num, f.den, t.minor_units) END,
           CASE WHEN l.currency_id <> t.code AND f.num IS NULL THEN 'not_in_rate_set' END
    FROM engagement e
    JOIN programme p ON p.id = e.programme_id
    JOIN currency t ON t.code = coalesce(p_target, p.currency_id)
    CROSS JOIN LATERAL ta_approved_budget(e.id, p_cut_off) b
    JOIN cost_line l ON l.budget_id = b.id
    LEFT JOIN LATERAL ta_budget_factor(b.rate_set_id, l.currency_id, t.code) f ON true
    WHERE e.id = ANY (p_engagements) AND 'planned' = ANY (p_measures)
    UNION ALL
    SELECT x.engagement_id, 'pledged', 'ledger_entry', x.public_id, x.line_key_id, x.category::text, x.outside::text, x.workstream_id,
           x.agreement_id, x.on_date, x.amount, x.currency_id::text,
           coalesce(x.booked_amount, CASE WHEN x.currency_id = g.currency_id THEN x.amount END),
           CASE WHEN x.booked_amount IS NOT NULL AND g.currency_id = t.code THEN round(x.booked_amount, t.minor_units)
                WHEN x.currency_id = t.code THEN round(x.amount, t.minor_units)
                ELSE ta_convert_finite(x.amount, f.num, f.den, t.minor_units) END,
           CASE WHEN x.currency_id = t.code OR (x.booked_amount IS NOT NULL AND g.currency_id = t.code) THEN NULL
                WHEN f.num IS NULL THEN 'not_in_rate_set' END
    FROM ledger_entry x
    JOIN engagement e ON e.id = x.engagement_id
    JOIN programme p ON p.id = e.programme_id
    JOIN currency t ON t.code = coalesce(p_target, p.currency_id)
    LEFT JOIN funding_agreement g ON g.id = x.agreement_id
    LEFT JOIN LATERAL ta_approved_budget(x.engagement_id, p_cut_off) b ON true
    LEFT JOIN LATERAL ta_budget_factor(b.rate_set_id, x.currency_id, t.code) f ON true
    WHERE x.engagement_id = ANY (p_engagements) AND x.kind = 'incoming_commitment' AND 'pledged' = ANY (p_measures)
      AND x.on_date <= p_as_of AND x.posted_at <= p_cut_off
    UNION ALL
    SELECT x.engagement_id, ta_entry_measure(x.kind, x.is_advance), 'ledger_entry', x.public_id, x.line_key_id, x.category::text,
           x.outside::text, x.workstream_id, x.agreement_id, x.on_date, x.amount, x.currency_id::text,
           coalesce(x.booked_amount, CASE WHEN x.currency_id = g.currency_id THEN x.amount END),
           CASE WHEN x.booked_amount IS NOT NULL AND g.currency_id = t.code THEN round(x.booked_amount, t.minor_units)
                WHEN x.currency_id = t.code THEN round(x.amount, t.minor_units)
                WHEN v.num IS NULL THEN CASE WHEN r.on_date IS NULL THEN round(v.base_amount, t.minor_units)
                                             ELSE ta_convert_finite(v.base_amount, r.den, r.num, t.minor_units) END
                WHEN r.on_date IS NULL THEN ta_convert_finite(x.amount, v.num, v.den, t.minor_units)
                ELSE ta_convert_finite(x.amount, v.num * r.den, v.den * r.num, t.minor_units) END,
           CASE WHEN x.currency_id = t.code OR (x.booked_amount IS NOT NULL AND g.currency_id = t.code) THEN NULL
                WHEN v.id IS NULL THEN 'no_valuation'
                ELSE r.reason END
    FROM ledger_entry x
    JOIN engagement e ON e.id = x.engagement_id
    JOIN programme p ON p.id = e.programme_id
    JOIN currency t ON t.code = coalesce(p_target, p.currency_id)
    LEFT JOIN funding_agreement g ON g.id = x.agreement_id
    LEFT JOIN LATERAL ta_valuation(   -- none asked for where none decides: to look it up takes half of all the time
        CASE WHEN x.currency_id <> t.code AND (x.booked_amount IS NULL OR g.currency_id IS DISTINCT FROM t.code) THEN x.id END, p_cut_off
    ) v ON true
    LEFT JOIN target_rate r ON r.rate_source = p.rate_source AND r.target = t.code AND r.on_date = x.on_date
    WHERE x.engagement_id = ANY (p_engagements) AND x.kind = ANY (ta_measured_kinds(p_measures)) AND x.kind <> 'incoming_commitment'
      AND NOT (x.is_advance AND x.kind = 'disbursement') AND x.on_date <= p_as_of AND x.posted_at <= p_cut_off
) item
$$;

-- An amount as it stands, with at least the minor units of its currency. Of a few amounts: it asks for each.
CREATE FUNCTION ta_as_it_stands(amount numeric, p_currency text) RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT round(amount, greatest(min_scale(amount), (SELECT c.minor_units FROM currency c WHERE c.code = p_currency)))
$$;

-- ta_money_items: the same, in words: codes for keys.
--   amount     as it stands, with at least the minor units of its currency.
CREATE FUNCTION ta_money_items(
    p_engagements bigint[], p_measures text[], p_target text, p_as_of date, p_cut_off timestamptz
) RETURNS TABLE (
    engagement_id bigint, measure text, item_kind text, item_id uuid, line text, category text, outside text, workstream text,
    agreement_id bigint, donor text, on_date date, amount numeric, currency text, in_agreement numeric, converted numeric, reason text
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT i.engagement_id, i.measure, i.item_kind, i.item_id, k.code::text, i.category, i.outside, w.code::text,
       i.agreement_id, c.code::text, i.on_date, round(i.amount, greatest(min_scale(i.amount), u.minor_units)), i.currency,
       i.in_agreement, i.converted, i.reason
FROM ta_converted_items(p_engagements, p_measures, p_target, p_as_of, p_cut_off) i
LEFT JOIN currency u ON u.code = i.currency
LEFT JOIN cost_line_key k ON k.id = i.line_key_id
LEFT JOIN workstream w ON w.id = i.workstream_id
LEFT JOIN funding_agreement g ON g.id = i.agreement_id
LEFT JOIN organisation c ON c.id = g.contributor_id
$$;

-- What is left out of a total and why, as the services answer it.
CREATE FUNCTION ta_unconverted_item(
    item_kind text, item_id uuid, category text, amount numeric, currency text, on_date date, reason text
) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('kind', item_kind, 'id', item_id, 'category', category, 'amount', amount::text, 'currency', currency,
                              'date', to_char(on_date, 'YYYY-MM-DD'), 'reason', reason)
$$;

-- A list of what is left out; its state lets the planner add up by hashing, which jsonb_agg's does not.
CREATE AGGREGATE ta_collected(jsonb) (SFUNC = array_append, STYPE = jsonb[]);

-- ta_cost_sums: sums of the items by bucket and key. Each item is rounded before it is added, so every column adds up to its total in
-- every grouping. Never more than one of category and outside; neither = uncategorised.
--   key        by p_by: the category or kind itself, the code of workstream, donor (the agreement's contributor) or line, the
--              currency, the year, the quarter; NULL for items without one.
--   amount     in the target; `native` in the items' own currency for p_by = 'currency', else 0.
--   items      how many, those left out included; `unconverted` lists these.
CREATE FUNCTION ta_cost_sums(
    p_engagements bigint[], p_measures text[], p_by text, p_target text, p_as_of date, p_cut_off timestamptz
) RETURNS TABLE (
    engagement_id bigint, measure text, category text, outside text, key text, amount numeric, native numeric, items bigint,
    unconverted jsonb
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH summed AS (   -- left-out items in any order: sorting all for the sake of a few would take longer than adding up
SELECT i.engagement_id, i.measure, i.category, i.outside,
       CASE p_by WHEN 'category' THEN coalesce(i.category, i.outside) WHEN 'workstream' THEN w.code WHEN 'donor' THEN c.code
                 WHEN 'currency' THEN i.currency WHEN 'line' THEN k.code WHEN 'year' THEN to_char(i.on_date, 'YYYY')
                 WHEN 'quarter' THEN to_char(i.on_date, 'YYYY-"Q"Q') END AS key,
       coalesce(sum(i.converted), 0) AS amount, CASE WHEN p_by = 'currency' THEN sum(i.amount) ELSE 0 END AS native, count(*) AS items,
       ta_collected(ta_unconverted_item(i.item_kind, i.item_id, i.category, ta_as_it_stands(i.amount, i.currency), i.currency,
                                        i.on_date, i.reason))
           FILTER (WHERE i.reason IS NOT NULL) AS unconverted
FROM ta_converted_items(p_engagements, p_measures, p_target, p_as_of, p_cut_off) i
LEFT JOIN cost_line_key k ON k.id = i.line_key_id
LEFT JOIN workstream w ON w.id = i.workstream_id
LEFT JOIN funding_agreement g ON g.id = i.agreement_id
LEFT JOIN organisation c ON c.id = g.contributor_id
GROUP BY 1, 2, 3, 4, 5
)
SELECT s.engagement_id, s.measure, s.category, s.outside, s.key, s.amount,
       CASE WHEN p_by = 'currency' THEN ta_as_it_stands(s.native, s.key) ELSE 0 END, s.items,
       CASE WHEN s.unconverted IS NOT NULL THEN (
           SELECT jsonb_agg(item ORDER BY item ->> 'date' COLLATE "C", item ->> 'kind' COLLATE "C", item ->> 'id' COLLATE "C")
           FROM unnest(s.unconverted) item) END
FROM summed s
$$;

-- ta_funding_sums: what each agreement promised, brought in and paid for; a row without an agreement for money that names none.
-- Base figures are in the programme's currency. Native ones are NULL where an item is not known in the agreement's currency.
CREATE FUNCTION ta_funding_sums(p_engagements bigint[], p_as_of date, p_cut_off timestamptz)
RETURNS TABLE (
    engagement_id bigint, donor text, instrument text, currency text, digits int, pledged numeric, received numeric,
    pledged_base numeric, received_base numeric, spent_base numeric, unconverted jsonb
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH item AS (
    SELECT * FROM ta_money_items(p_engagements, ARRAY['actual', 'pledged', 'received'], NULL, p_as_of, p_cut_off)
), summed AS (
    SELECT i.engagement_id, i.agreement_id,
           CASE WHEN bool_and(i.in_agreement IS NOT NULL OR i.measure <> 'pledged')
                THEN coalesce(sum(i.in_agreement) FILTER (WHERE i.measure = 'pledged'), 0) END AS pledged,
           CASE WHEN bool_and(i.in_agreement IS NOT NULL OR i.measure <> 'received')
                THEN coalesce(sum(i.in_agreement) FILTER (WHERE i.measure = 'received'), 0) END AS received,
           coalesce(sum(i.converted) FILTER (WHERE i.measure = 'pledged'), 0) AS pledged_base,
           coalesce(sum(i.converted) FILTER (WHERE i.measure = 'received'), 0) AS received_base,
           coalesce(sum(i.converted) FILTER (WHERE i.measure = 'actual'), 0) AS spent_base,
           jsonb_agg(ta_unconverted_item(i.item_kind, i.item_id, i.category, i.amount, i.currency, i.on_date, i.reason)
                     ORDER BY i.on_date, i.item_kind, i.item_id) FILTER (WHERE i.reason IS NOT NULL) AS unconverted
    FROM item i
    GROUP BY i.engagement_id, i.agreement_id
), agreement AS (
    SELECT g.engagement_id, g.id, o.code AS donor, g.instrument, c.code AS currency, c.minor_units AS digits
    FROM funding_agreement g
    JOIN organisation o ON o.id = g.contributor_id
    JOIN currency c ON c.code = g.currency_id
    WHERE g.engagement_id = ANY (p_engagements)
)
SELECT coalesce(a.engagement_id, s.engagement_id), a.donor::text, a.instrument::text, a.currency::text, a.digits::int,
       CASE WHEN s.engagement_id IS NULL THEN 0 ELSE s.pledged END, CASE WHEN s.engagement_id IS NULL THEN 0 ELSE s.received END,
       coalesce(s.pledged_base, 0), coalesce(s.received_base, 0), coalesce(s.spent_base, 0), s.unconverted
FROM agreement a FULL JOIN summed s ON s.agreement_id = a.id
$$;

-- ta_entries_to_revalue: entries whose source, as known at the cut-off, says another rate for their date than they are valued at,
-- or has one where they are valued at none: what a correction would change, if a finance officer revalues. What was valued by an
-- amount that the books gave stays out: no rate made it.
CREATE FUNCTION ta_entries_to_revalue(p_engagements bigint[], p_cut_off timestamptz)
RETURNS TABLE (entry_id bigint, rate_id bigint, num numeric, den numeric, valued_num numeric, valued_den numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH entry AS MATERIALIZED (
    SELECT e.id, e.currency_id, e.on_date, p.rate_source
    FROM ledger_entry e JOIN engagement g ON g.id = e.engagement_id JOIN programme p ON p.id = g.programme_id
    WHERE e.engagement_id = ANY (p_engagements) AND e.posted_at <= p_cut_off
      AND e.kind <> 'incoming_commitment'   -- converted at the budget's rates, whatever its valuation
), known AS MATERIALIZED (
    SELECT d.rate_source, d.currency_id, d.on_date, r.rate_id, r.num, r.den
    FROM (SELECT DISTINCT e.rate_source, e.currency_id, e.on_date FROM entry e) d
    CROSS JOIN LATERAL ta_rate_as_of(d.rate_source, d.currency_id, d.on_date, p_cut_off) r
    WHERE r.num IS NOT NULL
)
SELECT e.id, k.rate_id, k.num, k.den, v.num, v.den
FROM entry e
JOIN known k ON k.rate_source = e.rate_source AND k.currency_id = e.currency_id AND k.on_date = e.on_date
LEFT JOIN LATERAL ta_valuation(e.id, p_cut_off) v ON true
WHERE v.id IS NULL OR v.num * k.den <> k.num * v.den
$$;
