-- rollup.sql: all figures of an impact report, at every level, in one pass over all engagements in its scope. The levels and
-- metrics are the closed lists of evaluations/domain/rollup.py, which says what each figure means. Needs programmes/sql/results.sql
-- and costing/sql/costs.sql: each rule is asked of the app that owns it; here figures are only brought together.
--
-- Steps      indicators, then money, then what they add up to. What one step finds waits in a table of this session with statistics of
--            its own: a planner that had to guess how many rows a step yields would compare each row with each.
-- Exact      fractions up to the engagement; above it numerics with 30 decimals. Rounded to two decimals only at output.
-- num, den   where a figure is a ratio or a mean, value = num / den; both are rounded to 20 decimals for the reader's eye, value is not
--            computed from them. NULL where a figure is a count or a sum.
-- Known      what figures are made of is read as it was on record at the cut-off (programmes/sql/known.sql). What an agreement is in and
--            who gives it, a programme's currency and source of rates, and a reference never change.
-- Missing    what cannot be said is NULL, never 0. A mean leaves out members without a figure: reported of expected says how many.
-- Low bound  only where fewer than p_provisional percent of the periods due were reported: the same mean with what is missing at 0.
-- Shares     money of an engagement of several countries is split by their percentages, by largest remainder, so that the countries
--            add up to the engagement; a donor has what its own agreements paid. Counts, and the engagement in a plain mean, count
--            whole in each. What belongs nowhere is 'unassigned'.
-- Weights    an engagement's weight in a weighted mean is what was spent on it (the country's or donor's share of that), never below 0.

-- num / den to 30 decimals, half away from zero; NULL where den is 0 or either is NULL.
CREATE FUNCTION ta_ratio_30(num numeric, den numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN den <> 0 THEN sign(num) * sign(den) * div(2 * abs(num) * 1e30 + abs(den), 2 * abs(den)) * 1e-30 END
$$;

-- Where engagements count above themselves, as was on record: programme, practice area, countries, donors (of the agreements; money
-- without one counts at 'unassigned' too, which the books say). `nth` of `shares`: the part of one of several recipients, in the order
-- of their codes, which is the order in which a split gives away its last units.
CREATE FUNCTION ta_engagement_places(p_engagements bigint[], p_known_at timestamptz)
RETURNS TABLE (level text, key text, engagement_id bigint, nth bigint, shares numeric[]) LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH e AS MATERIALIZED (
    SELECT id, ref, programme_id, practice_area_id FROM ta_known_engagements(p_known_at) WHERE id = ANY (p_engagements)
), recipients AS (
    SELECT engagement_id, array_agg(coalesce(country_id, region_id)::text ORDER BY coalesce(country_id, region_id) COLLATE "C") AS codes,
           array_agg(pct ORDER BY coalesce(country_id, region_id) COLLATE "C") AS shares
    FROM ta_known_recipients(p_known_at) WHERE engagement_id = ANY (p_engagements) GROUP BY 1
), agreements AS MATERIALIZED (
    SELECT DISTINCT g.engagement_id, o.code
    FROM ta_known_agreements(p_known_at) g JOIN organisation o ON o.id = g.contributor_id WHERE g.engagement_id = ANY (p_engagements)
)
SELECT 'engagement', e.ref::text, e.id, NULL::bigint, NULL::numeric[] FROM e
UNION ALL
SELECT 'programme', p.code, e.id, NULL, NULL FROM e JOIN programme p ON p.id = e.programme_id
UNION ALL
SELECT 'area', coalesce(e.practice_area_id, 'unassigned'), e.id, NULL, NULL FROM e
UNION ALL
SELECT 'country', coalesce(c.code, 'unassigned'), e.id, CASE WHEN cardinality(r.codes) > 1 THEN c.nth END,
       CASE WHEN cardinality(r.codes) > 1 THEN r.shares END
FROM e LEFT JOIN recipients r ON r.engagement_id = e.id
LEFT JOIN LATERAL unnest(r.codes) WITH ORDINALITY c(code, nth) ON true
UNION ALL
SELECT 'donor', coalesce(g.code, 'unassigned'), e.id, NULL, NULL FROM e LEFT JOIN agreements g ON g.engagement_id = e.id
$$;

-- The engagements that a report is about, as was on record. A donor's: those with an agreement in which it has a part, and those of
-- programmes that it leads, whole (schema.md, decision 7).
CREATE FUNCTION ta_scope_engagements(p_kind text, p_code text, p_known_at timestamptz) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT e.id
FROM ta_known_engagements(p_known_at) e
WHERE CASE p_kind
    WHEN 'portfolio' THEN true
    WHEN 'engagement' THEN e.ref = p_code
    WHEN 'programme' THEN e.programme_id IN (SELECT p.id FROM programme p WHERE p.code = p_code)
    WHEN 'area' THEN e.practice_area_id = p_code
    WHEN 'country' THEN e.id IN (SELECT r.engagement_id FROM ta_known_recipients(p_known_at) r WHERE r.country_id = p_code)
    WHEN 'donor' THEN e.id IN (
            SELECT g.engagement_id FROM ta_known_agreements(p_known_at) g JOIN organisation o
                ON o.id IN (g.contributor_id, g.administrator_id, g.provider_id) WHERE o.code = p_code)
        OR e.programme_id IN (
            SELECT p.id FROM ta_known_programmes(p_known_at) p JOIN organisation o ON o.id = p.lead_id WHERE o.code = p_code)
END
ORDER BY e.id
$$;

CREATE FUNCTION ta_roll_up(
    p_engagements bigint[], p_scope text, p_currency text, p_as_of date, p_cut_off timestamptz, p_least_status text, p_provisional numeric
) RETURNS TABLE (
    level text, key text, metric text, value numeric, num numeric, den numeric, reported bigint, expected bigint, weight_basis text
) LANGUAGE plpgsql VOLATILE
  SET work_mem = '64MB' SET jit = off SET plan_cache_mode = force_custom_plan SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
-- What the lower apps say ----------------------------------------------------------------------------------------------------
CREATE TEMPORARY TABLE rollup_indicator ON COMMIT DROP AS
    SELECT r.*, e.ref || '/' || r.code AS key, i.catalogue_id, i.method, i.unit, i.scale
    FROM ta_indicator_results(p_engagements, p_as_of, p_cut_off, p_least_status) r
    JOIN ta_known_indicators(p_cut_off) i ON i.id = r.indicator_id JOIN engagement e ON e.id = r.engagement_id;
CREATE TEMPORARY TABLE rollup_cost ON COMMIT DROP AS   -- the formula (a category of the five), and all that was charged
    SELECT i.engagement_id, coalesce(o.code, 'unassigned')::text AS donor, i.measure || m.suffix AS metric,
           coalesce(sum(i.amount) FILTER (WHERE i.in_formula OR m.counts_all), 0) AS amount,
           coalesce(sum(i.converted) FILTER (WHERE i.in_formula OR m.counts_all), 0)::bigint AS converted,
           sum(i.items) FILTER (WHERE i.in_formula OR m.counts_all)::bigint AS items
    FROM (SELECT engagement_id, agreement_id, measure, category IS NOT NULL AS in_formula, sum(converted) AS amount,
                 count(converted) AS converted, count(*) AS items
          FROM ta_converted_items(p_engagements, ARRAY['planned', 'committed', 'actual'], p_currency, p_as_of, p_cut_off)
          GROUP BY 1, 2, 3, 4) i
    CROSS JOIN (VALUES ('_cost', false), ('_charged', true)) m(suffix, counts_all)
    LEFT JOIN funding_agreement g ON g.id = i.agreement_id
    LEFT JOIN organisation o ON o.id = g.contributor_id
    WHERE i.in_formula OR m.counts_all
    GROUP BY 1, 2, 3;
ANALYZE rollup_indicator, rollup_cost;

RETURN QUERY WITH
outcome_result AS MATERIALIZED (
    SELECT o.engagement_id, e.ref || '/' || o.code AS key, o.weight, o.assigned_rating,
           coalesce(r.indicators, 0) AS indicators, coalesce(r.with_progress, 0) AS with_progress,
           r.mean[1] AS mean_num, r.mean[2] AS mean_den, ta_rating(r.mean[1], r.mean[2]) AS rating,
           coalesce(r.reported_periods, 0) AS reported_periods, coalesce(r.expected_periods, 0) AS expected_periods,
           r.known, coalesce(r.ordinals, 0) AS ordinals,
           CASE WHEN r.asked > 0 THEN coalesce(r.mean[1] * r.known, 0) END AS low_num,
           CASE WHEN r.asked > 0 THEN coalesce(r.mean[2], 1) * r.asked END AS low_den
    FROM ta_known_outcomes(p_cut_off) o JOIN engagement e ON e.id = o.engagement_id
    LEFT JOIN (
        SELECT outcome_id, count(*) AS indicators, count(progress_num) AS with_progress,
               ta_mean_capped(progress_num, progress_den, weight) AS mean,
               sum(weight) AS asked, sum(weight) FILTER (WHERE progress_num IS NOT NULL) AS known,
               count(*) FILTER (WHERE method = 'ordinal_latest' AND progress_num IS NOT NULL) AS ordinals,
               sum(reported_periods)::bigint AS reported_periods, sum(expected_periods)::bigint AS expected_periods
        FROM rollup_indicator GROUP BY outcome_id) r ON r.outcome_id = o.id
    WHERE o.engagement_id = ANY (p_engagements)
), engagement_cost AS MATERIALIZED (
    SELECT e.engagement_id, m.metric, coalesce(sum(d.amount), 0) AS amount,
           coalesce(sum(d.converted), 0)::bigint AS converted, coalesce(sum(d.items), 0)::bigint AS items
    FROM unnest(p_engagements) e(engagement_id)
    CROSS JOIN unnest(ARRAY['planned_cost', 'committed_cost', 'actual_cost', 'planned_charged', 'committed_charged', 'actual_charged']) m(metric)
    LEFT JOIN rollup_cost d ON d.engagement_id = e.engagement_id AND d.metric = m.metric
    GROUP BY 1, 2
), milestones AS (
    SELECT engagement_id, count(*) AS planned, count(*) FILTER (WHERE done <= p_as_of) AS done,
           count(*) FILTER (WHERE done <= p_as_of AND done <= due) AS on_time
    FROM ta_known_milestones(p_cut_off) WHERE engagement_id = ANY (p_engagements) GROUP BY 1
),
-- One row for each engagement --------------------------------------------------------------------------------------------------
periods AS (
    SELECT engagement_id, sum(reported_periods)::bigint AS reported, sum(expected_periods)::bigint AS expected
    FROM rollup_indicator GROUP BY 1
), outcomes AS (
    SELECT engagement_id, count(*) FILTER (WHERE indicators > 0) AS expected, count(mean_num) AS reported,
           ta_fraction_sum(weight * mean_num, mean_den) AS total, sum(weight) FILTER (WHERE mean_num IS NOT NULL) AS weights,
           ta_fraction_sum(weight * low_num, low_den) AS low_total, sum(weight) FILTER (WHERE low_num IS NOT NULL) AS low_weights,
           sum(rating) AS rating_points, sum(ordinals)::bigint AS ordinals
    FROM outcome_result GROUP BY 1
), engagement_figure AS MATERIALIZED (
    SELECT e.id AS engagement_id, e.ref,
           ta_ratio_30(o.total[1], o.total[2] * o.weights) AS progress, ta_ratio_30(o.total[1], o.total[2]) AS progress_num,
           o.weights AS progress_den, ta_ratio_30(o.low_total[1], o.low_total[2] * o.low_weights) AS low,
           coalesce(o.reported, 0) AS outcomes_reported, coalesce(o.expected, 0) AS outcomes_expected,
           coalesce(p.reported, 0) AS periods_reported, coalesce(p.expected, 0) AS periods_expected,
           o.rating_points, coalesce(o.ordinals, 0) AS ordinals,
           coalesce(m.planned, 0) AS milestones, coalesce(m.done, 0) AS milestones_done, coalesce(m.on_time, 0) AS milestones_on_time
    FROM engagement e
    LEFT JOIN outcomes o ON o.engagement_id = e.id
    LEFT JOIN periods p ON p.engagement_id = e.id
    LEFT JOIN milestones m ON m.engagement_id = e.id
    WHERE e.id = ANY (p_engagements)
),
-- Where each engagement counts ---------------------------------------------------------------------------------------------------
place AS MATERIALIZED (
    SELECT * FROM ta_engagement_places(p_engagements, p_cut_off)
    UNION
    SELECT 'donor', d.donor, d.engagement_id, NULL, NULL FROM rollup_cost d
    UNION ALL
    SELECT 'portfolio', p_scope, e.id, NULL, NULL FROM unnest(p_engagements) e(id)
), split AS MATERIALIZED (   -- the money of an engagement of several recipients, in the order of their codes
    SELECT c.engagement_id, c.metric, ta_split_largest_remainder(c.amount, p.shares, u.minor_units::int) AS parts
    FROM engagement_cost c
    JOIN place p ON p.engagement_id = c.engagement_id AND p.nth = 1
    JOIN currency u ON u.code = p_currency
), money AS MATERIALIZED (   -- what each engagement costs in each place
    SELECT p.level, p.key, p.engagement_id, c.metric,
           CASE WHEN p.level = 'donor' THEN coalesce(d.amount, 0)
                WHEN p.nth IS NOT NULL THEN s.parts[p.nth]
                ELSE c.amount END AS amount,
           CASE WHEN p.level = 'donor' THEN coalesce(d.converted, 0) ELSE c.converted END AS converted,
           CASE WHEN p.level = 'donor' THEN coalesce(d.items, 0) ELSE c.items END AS items,
           p.nth IS NOT NULL AS split
    FROM place p
    JOIN engagement_cost c ON c.engagement_id = p.engagement_id
    LEFT JOIN split s ON p.nth IS NOT NULL AND s.engagement_id = p.engagement_id AND s.metric = c.metric
    LEFT JOIN rollup_cost d ON p.level = 'donor' AND d.engagement_id = p.engagement_id AND d.donor = p.key AND d.metric = c.metric
), spending AS (
    SELECT m.level, m.key, m.engagement_id, m.amount, greatest(m.amount, 0) AS weight FROM money m WHERE m.metric = 'actual_charged'
),
-- What they add up to --------------------------------------------------------------------------------------------------------------
spent AS (
    SELECT m.level, m.key, sum(m.amount) FILTER (WHERE m.metric = 'actual_charged') AS actual,
           sum(m.amount) FILTER (WHERE m.metric = 'planned_charged') AS planned,
           sum(m.converted) FILTER (WHERE m.metric LIKE '%\_charged')::bigint AS converted,
           sum(m.items) FILTER (WHERE m.metric LIKE '%\_charged')::bigint AS items
    FROM money m GROUP BY 1, 2
), summed AS (
    SELECT s.level, s.key, count(*) AS engagements, count(f.progress) AS with_progress, count(f.low) AS with_low,
           sum(f.progress) AS progress, sum(f.progress * s.weight) AS progress_weighted, sum(s.weight) FILTER (WHERE f.progress IS NOT NULL) AS weights,
           sum(f.low) AS low, sum(f.low * s.weight) AS low_weighted, sum(s.weight) FILTER (WHERE f.low IS NOT NULL) AS low_weights,
           sum(f.periods_reported)::bigint AS periods_reported, sum(f.periods_expected)::bigint AS periods_expected,
           sum(f.milestones)::bigint AS milestones, sum(f.milestones_done)::bigint AS milestones_done,
           sum(f.milestones_on_time)::bigint AS milestones_on_time, sum(f.ordinals)::bigint AS ordinals,
           sum(f.rating_points)::bigint AS rating_points, sum(s.amount) FILTER (WHERE f.rating_points IS NOT NULL) AS spent_on_rated,
           sum(s.amount) FILTER (WHERE f.milestones_done > 0) AS spent_on_milestones
    FROM spending s JOIN engagement_figure f ON f.engagement_id = s.engagement_id
    GROUP BY 1, 2
), pool AS (   -- the same indicator of the catalogue, in all engagements of a place
    SELECT p.level, p.key || '/' || i.catalogue_id AS key, min(i.method) AS method, count(DISTINCT (i.method, i.unit, i.scale)) = 1 AS alike,
           count(*) AS expected, count(i.latest_num) AS reported, sum(i.latest_num) AS num, sum(i.latest_den) AS den,
           sum(ta_ratio_30(i.latest_num, i.latest_den)) AS total,
           min(ta_ratio_30(i.latest_num, i.latest_den)) AS least, max(ta_ratio_30(i.latest_num, i.latest_den)) AS most
    FROM place p JOIN rollup_indicator i ON i.engagement_id = p.engagement_id
    WHERE p.level <> 'engagement' AND i.catalogue_id IS NOT NULL
    GROUP BY p.level, p.key, i.catalogue_id
), pooled_level AS (
    SELECT p.level, p.key || '/' || i.catalogue_id AS key, i.latest_num AS position, count(*) AS indicators
    FROM place p JOIN rollup_indicator i ON i.engagement_id = p.engagement_id
    WHERE p.level <> 'engagement' AND i.method = 'ordinal_latest' AND i.latest_num IS NOT NULL AND i.catalogue_id IS NOT NULL
    GROUP BY p.level, p.key, i.catalogue_id, i.latest_num
),
-- As rows ----------------------------------------------------------------------------------------------------------------------------
provisional AS (   -- coverage, and whether it is too little
    SELECT 'outcome' AS level, o.key, o.reported_periods AS reported, o.expected_periods AS expected FROM outcome_result o
    UNION ALL
    SELECT s.level, s.key, s.periods_reported, s.periods_expected FROM summed s
), figure AS (
    SELECT 'indicator' AS level, i.key, v.*
    FROM rollup_indicator i CROSS JOIN LATERAL (VALUES
        ('latest', ta_ratio_30(i.latest_num, i.latest_den), i.latest_num, i.latest_den, i.used, i.of_periods, ''),
        ('progress_pct', ta_ratio_30(i.progress_num, i.progress_den),
         CASE WHEN i.target = i.baseline THEN i.progress_num ELSE ta_ratio_30(i.progress_num, i.latest_den) END,
         CASE WHEN i.progress_num IS NULL THEN NULL WHEN i.target = i.baseline THEN 1 ELSE abs(i.target - i.baseline) END,
         (i.progress_num IS NOT NULL)::int::bigint, 1, ''),
        ('pace_pct', ta_ratio_30(i.pace_num, i.pace_den), NULL, NULL, (i.pace_num IS NOT NULL)::int::bigint, 1, ''),
        ('coverage_pct', ta_ratio_30(100 * i.reported_periods, i.expected_periods), 100 * i.reported_periods, i.expected_periods,
         i.reported_periods, i.expected_periods, '')
    ) v(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT 'outcome', o.key, v.*
    FROM outcome_result o CROSS JOIN LATERAL (VALUES
        ('outcome_progress_pct', ta_ratio_30(o.mean_num, o.mean_den), ta_ratio_30(o.mean_num * o.known, o.mean_den), o.known,
         o.with_progress, o.indicators, 'indicator_weight'),
        ('rating', o.rating, NULL, NULL, o.with_progress, o.indicators, ''),
        ('assigned_rating', o.assigned_rating, NULL, NULL, NULL, NULL, ''),
        ('low_bound', ta_ratio_30(o.low_num, o.low_den), NULL, NULL, o.with_progress, o.indicators, 'indicator_weight'),
        ('ordinals_in_mean', nullif(o.ordinals, 0), NULL, NULL, NULL, NULL, '')
    ) v(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT 'engagement', f.ref, v.*
    FROM engagement_figure f CROSS JOIN LATERAL (VALUES
        ('progress_pct', f.progress, f.progress_num, CASE WHEN f.progress IS NOT NULL THEN f.progress_den END,
         f.outcomes_reported, f.outcomes_expected, 'outcome_weight'),
        ('low_bound', f.low, NULL, NULL, f.outcomes_reported, f.outcomes_expected, 'outcome_weight')
    ) v(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT s.level, s.key, v.*
    FROM summed s CROSS JOIN LATERAL (VALUES
        ('engagements', s.engagements::numeric, NULL::numeric, NULL::numeric, NULL::bigint, NULL::bigint, ''),
        ('progress_pct_mean', ta_ratio_30(s.progress, s.with_progress), s.progress, s.with_progress, s.with_progress, s.engagements, 'equal'),
        ('progress_pct_weighted', ta_ratio_30(s.progress_weighted, s.weights), s.progress_weighted, s.weights,
         s.with_progress, s.engagements, CASE WHEN s.level IN ('country', 'donor') THEN 'share_of_spending' ELSE 'spending' END),
        ('low_bound', ta_ratio_30(s.low, s.with_low), NULL, NULL, s.with_progress, s.with_low, 'equal'),
        ('low_bound_weighted', ta_ratio_30(s.low_weighted, s.low_weights), NULL, NULL, s.with_progress, s.with_low,
         CASE WHEN s.level IN ('country', 'donor') THEN 'share_of_spending' ELSE 'spending' END)
    ) v(metric, value, num, den, reported, expected, weight_basis)
    WHERE s.level <> 'engagement'
    UNION ALL
    SELECT s.level, s.key, v.*
    FROM summed s CROSS JOIN LATERAL (VALUES
        ('milestones_done', s.milestones_done::numeric, NULL::numeric, NULL::numeric, s.milestones_done, s.milestones, ''),
        ('milestones_on_time', s.milestones_on_time, NULL, NULL, s.milestones_on_time, s.milestones_done, ''),
        ('ordinals_in_mean', nullif(s.ordinals, 0), NULL, NULL, NULL, NULL, '')
    ) v(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT s.level, s.key, v.*
    FROM summed s CROSS JOIN LATERAL (VALUES
        ('cost_per_rating_point', ta_ratio_30(s.spent_on_rated, s.rating_points), s.spent_on_rated, s.rating_points,
         NULL::bigint, NULL::bigint, ''),
        ('cost_per_milestone', ta_ratio_30(s.spent_on_milestones, s.milestones_done), s.spent_on_milestones,
         nullif(s.milestones_done, 0), NULL, NULL, '')
    ) v(metric, value, num, den, reported, expected, weight_basis)
    WHERE s.level NOT IN ('country', 'donor')   -- a part of the money over the whole of the work would say nothing
    UNION ALL
    SELECT c.level, c.key, 'coverage_pct', ta_ratio_30(100 * c.reported, c.expected), 100 * c.reported, c.expected, c.reported, c.expected, ''
    FROM provisional c
    UNION ALL
    SELECT m.level, m.key, m.metric, sum(m.amount), NULL, NULL, sum(m.converted)::bigint, sum(m.items)::bigint,
           CASE WHEN bool_or(m.split) THEN 'recipient_pct' ELSE '' END
    FROM money m GROUP BY m.level, m.key, m.metric
    UNION ALL
    SELECT s.level, s.key, v.*
    FROM spent s CROSS JOIN LATERAL (VALUES
        ('spent_pct', ta_ratio_30(100 * s.actual, s.planned), 100 * s.actual, nullif(s.planned, 0), NULL::bigint, NULL::bigint, ''),
        ('unconverted', (s.items - s.converted)::numeric, NULL, NULL, s.converted, s.items, '')
    ) v(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT p.level, p.key, v.metric, v.value, v.num, v.den, v.reported, v.expected, v.weight_basis
    FROM pool p CROSS JOIN LATERAL (VALUES
        ('pooled_indicators', CASE WHEN p.alike THEN p.reported ELSE 0 END::numeric, NULL::numeric, NULL::numeric, p.reported, p.expected, '', true),
        ('pooled_sum', p.total, NULL, NULL, p.reported, p.expected, '', p.alike AND p.method = 'sum'),
        ('pooled_ratio', ta_ratio_30(p.num, p.den), p.num, p.den, p.reported, p.expected, '', p.alike AND p.method = 'ratio_of_sums'),
        ('pooled_mean', ta_ratio_30(p.total, p.reported), p.total, p.reported, p.reported, p.expected, 'equal',
         p.alike AND p.method NOT IN ('sum', 'ratio_of_sums', 'ordinal_latest')),
        ('pooled_least', p.least, NULL, NULL, p.reported, p.expected, '', p.alike AND p.method NOT IN ('sum', 'ratio_of_sums', 'ordinal_latest')),
        ('pooled_most', p.most, NULL, NULL, p.reported, p.expected, '', p.alike AND p.method NOT IN ('sum', 'ratio_of_sums', 'ordinal_latest'))
    ) v(metric, value, num, den, reported, expected, weight_basis, applies)
    WHERE v.applies
    UNION ALL
    SELECT l.level, l.key || '/' || l.position, 'pooled_at_level', l.indicators, NULL, NULL, l.indicators, p.reported, ''
    FROM pooled_level l JOIN pool p ON p.level = l.level AND p.key = l.key AND p.alike
)
SELECT f.level, f.key, f.metric, f.value, round(f.num, 20), round(f.den, 20), f.reported, f.expected, f.weight_basis
FROM figure f
LEFT JOIN provisional c ON c.level = f.level AND c.key = f.key AND f.metric LIKE 'low\_bound%'
WHERE CASE WHEN f.metric LIKE 'low\_bound%' THEN 100 * c.reported < p_provisional * c.expected
           WHEN f.metric IN ('assigned_rating', 'ordinals_in_mean') THEN f.value IS NOT NULL
           ELSE true END;

DROP TABLE rollup_indicator, rollup_cost;
END $$;

-- SHA-256 over the rows, sorted: codes and values, neither ids nor times, so that another machine comes to the same.
CREATE FUNCTION ta_report_fingerprint(p_report bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        concat_ws(E'\t', level, key, metric, coalesce(trim_scale(value)::text, ''), coalesce(trim_scale(num)::text, ''),
                  coalesce(trim_scale(den)::text, ''), coalesce(reported::text, ''), coalesce(expected::text, ''), weight_basis),
        E'\n' ORDER BY level, key, metric), ''), 'UTF8')), 'hex')
    FROM impact_row WHERE report_id = p_report
$$;
