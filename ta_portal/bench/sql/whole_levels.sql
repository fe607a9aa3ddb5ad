-- Every row of an impact report of the whole portfolio in US dollars, by hand: all levels, all metrics, each with what it is made of.
-- `result` is whole_indicators.sql. A quotient that is added up further is carried with 40 decimals and said with 30, half away from
-- zero; so a sum of fractions is right to the last of them, and a mean is held against the cut-offs of a rating as it is said.
WITH result AS MATERIALIZED (
    SELECT r.*, e.ref || '/' || r.code AS key, i.catalogue_id, i.method, i.unit, i.scale,
           round(round(r.latest_num, 40) / nullif(r.latest_den, 0), 30) AS latest,
           round(r.progress_num, 40) / r.progress_den AS progress, round(round(r.pace_num, 40) / nullif(r.pace_den, 0), 30) AS pace_pct
    FROM ({indicators}) r JOIN indicator i ON i.id = r.indicator_id JOIN engagement e ON e.id = r.engagement_id
), outcome_sum AS (
    SELECT o.engagement_id, e.ref || '/' || o.code AS key, o.weight, o.assigned_rating, count(r.indicator_id) AS indicators,
           count(r.progress) AS with_progress, sum(least(100, greatest(0, r.progress)) * r.weight) AS total,
           sum(r.weight) FILTER (WHERE r.progress IS NOT NULL) AS known, sum(r.weight) AS asked,
           count(*) FILTER (WHERE r.method = 'ordinal_latest' AND r.progress IS NOT NULL) AS ordinals,
           coalesce(sum(r.reported_periods), 0)::bigint AS periods_reported, coalesce(sum(r.expected_periods), 0)::bigint AS periods_expected
    FROM outcome o JOIN engagement e ON e.id = o.engagement_id LEFT JOIN result r ON r.outcome_id = o.id
    GROUP BY o.id, e.ref
), outcome_mean AS MATERIALIZED (
    SELECT m.*, 1 + (round(mean, 30) >= 25)::int + (round(mean, 30) >= 60)::int + (round(mean, 30) >= 90)::int AS rating
    FROM (SELECT s.*, round(total, 40) / nullif(known, 0) AS mean, round(coalesce(total, 0), 40) / nullif(asked, 0) AS low FROM outcome_sum s) m
), engagement_periods AS (   -- of all indicators, those of no outcome too
    SELECT engagement_id, sum(reported_periods)::bigint AS reported, sum(expected_periods)::bigint AS expected FROM result GROUP BY 1
), engagement_outcomes AS (
    SELECT engagement_id, count(*) FILTER (WHERE indicators > 0) AS expected, count(mean) AS reported,
           coalesce(sum(weight * mean), 0) AS total, sum(weight) FILTER (WHERE mean IS NOT NULL) AS weights,
           coalesce(sum(weight * low), 0) AS low_total, sum(weight) FILTER (WHERE low IS NOT NULL) AS low_weights,
           sum(rating) AS rating_points, sum(ordinals)::bigint AS ordinals
    FROM outcome_mean GROUP BY 1
), milestones AS (
    SELECT engagement_id, count(*) AS planned, count(*) FILTER (WHERE done <= %(as_of)s) AS done,
           count(*) FILTER (WHERE done <= %(as_of)s AND done <= due) AS on_time
    FROM milestone GROUP BY 1
),
-- Money: each line and entry in dollars, and what that comes to for each engagement and donor ------------------------------------
item AS (
    SELECT x.engagement_id, x.agreement_id, CASE x.kind WHEN 'commitment' THEN 'committed' ELSE 'actual' END AS measure,
           x.category IS NOT NULL AS in_formula,
           CASE WHEN x.booked_amount IS NOT NULL AND g.currency_id = 'USD' THEN round(x.booked_amount, 2)
                WHEN x.currency_id = 'USD' THEN round(x.amount, 2)
                ELSE round(coalesce(x.amount * v.num / v.den, v.base_amount), 2) END AS converted
    FROM ledger_entry x
    LEFT JOIN funding_agreement g ON g.id = x.agreement_id
    LEFT JOIN LATERAL (
        SELECT v.num, v.den, v.base_amount FROM ledger_valuation v
        WHERE v.entry_id = x.id AND v.known_at <= %(cut_off)s ORDER BY v.seq DESC LIMIT 1) v ON true
    WHERE x.on_date <= %(as_of)s AND x.posted_at <= %(cut_off)s
      AND x.kind IN ('expenditure', 'disbursement', 'commitment') AND NOT (x.kind = 'disbursement' AND x.is_advance)
    UNION ALL
    SELECT b.engagement_id, l.agreement_id, 'planned', l.category IS NOT NULL,
           CASE WHEN l.currency_id = 'USD' THEN round(l.amount, 2)
                ELSE round(l.amount * CASE WHEN l.currency_id = s.base THEN 1 ELSE own.num END * CASE WHEN s.base = 'USD' THEN 1 ELSE usd.den END
                           / (CASE WHEN l.currency_id = s.base THEN 1 ELSE own.den END * CASE WHEN s.base = 'USD' THEN 1 ELSE usd.num END), 2) END
    FROM (SELECT DISTINCT ON (engagement_id) id, engagement_id, rate_set_id
          FROM budget WHERE approved_at <= %(cut_off)s ORDER BY engagement_id, version DESC) b
    JOIN cost_line l ON l.budget_id = b.id
    LEFT JOIN rate_set s ON s.id = b.rate_set_id
    LEFT JOIN rate_set_rate own ON own.rate_set_id = s.id AND own.currency_id = l.currency_id
    LEFT JOIN rate_set_rate usd ON usd.rate_set_id = s.id AND usd.currency_id = 'USD'
), by_agreement AS (
    SELECT engagement_id, agreement_id, measure, sum(converted) AS charged, sum(converted) FILTER (WHERE in_formula) AS cost,
           count(converted) AS charged_converted, count(converted) FILTER (WHERE in_formula) AS cost_converted,
           count(*) AS charged_items, count(*) FILTER (WHERE in_formula) AS cost_items
    FROM item GROUP BY 1, 2, 3
), by_donor AS MATERIALIZED (
    SELECT a.engagement_id, coalesce(o.code, 'unassigned') AS donor, m.metric, coalesce(sum(m.amount), 0) AS amount,
           sum(m.converted)::bigint AS converted, sum(m.items)::bigint AS items
    FROM by_agreement a
    CROSS JOIN LATERAL (VALUES (a.measure || '_cost', a.cost, a.cost_converted, a.cost_items),
                               (a.measure || '_charged', a.charged, a.charged_converted, a.charged_items)) m(metric, amount, converted, items)
    LEFT JOIN funding_agreement g ON g.id = a.agreement_id LEFT JOIN organisation o ON o.id = g.contributor_id
    GROUP BY 1, 2, 3
), by_engagement AS MATERIALIZED (   -- all six for each, at zero where nothing falls to them
    SELECT e.id AS engagement_id, m.metric, coalesce(sum(d.amount), 0) AS amount, coalesce(sum(d.converted), 0)::bigint AS converted,
           coalesce(sum(d.items), 0)::bigint AS items
    FROM engagement e
    CROSS JOIN (VALUES ('planned_cost'), ('planned_charged'), ('committed_cost'), ('committed_charged'), ('actual_cost'), ('actual_charged')) m(metric)
    LEFT JOIN by_donor d ON d.engagement_id = e.id AND d.metric = m.metric
    GROUP BY 1, 2
),
-- A country's cents: each exact share cut to cents, what is left one cent each to the largest remainders, then by code ----------------
recipient AS (
    SELECT engagement_id, coalesce(country_id, region_id) AS code, pct, sum(pct) OVER (PARTITION BY engagement_id) AS whole,
           count(*) OVER (PARTITION BY engagement_id) AS recipients
    FROM engagement_recipient
), cut AS (
    SELECT c.engagement_id, c.metric, c.converted, c.items, r.code, r.whole, sign(c.amount) AS sign, 100 * abs(c.amount) AS cents,
           div(100 * abs(c.amount) * r.pct, r.whole) AS share, 100 * abs(c.amount) * r.pct AS exact
    FROM by_engagement c JOIN recipient r ON r.engagement_id = c.engagement_id WHERE r.recipients > 1
), country_money AS (
    SELECT engagement_id, code, metric, converted, items,
           sign * (share + CASE WHEN row_number() OVER (PARTITION BY engagement_id, metric ORDER BY exact - share * whole DESC, code COLLATE "C")
                                     <= cents - sum(share) OVER (PARTITION BY engagement_id, metric) THEN 1 ELSE 0 END) / 100 AS amount
    FROM cut
),
-- Where each engagement counts, and its money there ------------------------------------------------------------------------------------
place AS MATERIALIZED (
    SELECT 'engagement' AS level, ref AS key, id AS engagement_id, false AS split FROM engagement
    UNION ALL SELECT 'programme', p.code, e.id, false FROM engagement e JOIN programme p ON p.id = e.programme_id
    UNION ALL SELECT 'area', coalesce(practice_area_id, 'unassigned'), id, false FROM engagement
    UNION ALL SELECT 'country', coalesce(r.code, 'unassigned'), e.id, coalesce(r.recipients > 1, false)
    FROM engagement e LEFT JOIN recipient r ON r.engagement_id = e.id
    UNION ALL (
        SELECT 'donor', o.code, g.engagement_id, false FROM funding_agreement g JOIN organisation o ON o.id = g.contributor_id
        UNION SELECT 'donor', donor, engagement_id, false FROM by_donor
        UNION SELECT 'donor', 'unassigned', e.id, false
        FROM engagement e WHERE NOT EXISTS (SELECT FROM funding_agreement g WHERE g.engagement_id = e.id))
    UNION ALL SELECT 'portfolio', 'portfolio', id, false FROM engagement
), money AS MATERIALIZED (
    SELECT p.level, p.key, p.engagement_id, p.split, c.metric, c.amount, c.converted, c.items
    FROM place p JOIN by_engagement c ON c.engagement_id = p.engagement_id WHERE p.level <> 'donor' AND NOT p.split
    UNION ALL
    SELECT p.level, p.key, p.engagement_id, true, c.metric, c.amount, c.converted, c.items
    FROM place p JOIN country_money c ON c.engagement_id = p.engagement_id AND c.code = p.key WHERE p.split
    UNION ALL
    SELECT p.level, p.key, p.engagement_id, false, c.metric, coalesce(d.amount, 0), coalesce(d.converted, 0), coalesce(d.items, 0)
    FROM place p JOIN by_engagement c ON c.engagement_id = p.engagement_id
    LEFT JOIN by_donor d ON d.engagement_id = p.engagement_id AND d.donor = p.key AND d.metric = c.metric
    WHERE p.level = 'donor'
), engagement_figure AS MATERIALIZED (
    SELECT e.id, e.ref, round(round(o.total, 40) / nullif(o.weights, 0), 30) AS progress, round(o.total, 30) AS total, o.weights,
           round(round(o.low_total, 40) / nullif(o.low_weights, 0), 30) AS low, coalesce(o.reported, 0) AS outcomes_reported,
           coalesce(o.expected, 0) AS outcomes_expected, o.rating_points, coalesce(o.ordinals, 0) AS ordinals,
           coalesce(p.reported, 0) AS periods_reported, coalesce(p.expected, 0) AS periods_expected,
           coalesce(m.planned, 0) AS milestones, coalesce(m.done, 0) AS milestones_done, coalesce(m.on_time, 0) AS milestones_on_time
    FROM engagement e
    LEFT JOIN engagement_outcomes o ON o.engagement_id = e.id
    LEFT JOIN engagement_periods p ON p.engagement_id = e.id
    LEFT JOIN milestones m ON m.engagement_id = e.id
), metric_sum AS MATERIALIZED (
    SELECT level, key, metric, sum(amount) AS amount, sum(converted)::bigint AS converted, sum(items)::bigint AS items, bool_or(split) AS split
    FROM money GROUP BY 1, 2, 3
), charged_sum AS (
    SELECT level, key, max(amount) FILTER (WHERE metric = 'actual_charged') AS actual, max(amount) FILTER (WHERE metric = 'planned_charged') AS planned,
           sum(converted)::bigint AS converted, sum(items)::bigint AS items
    FROM metric_sum WHERE metric IN ('planned_charged', 'committed_charged', 'actual_charged') GROUP BY 1, 2
), level_sum AS MATERIALIZED (   -- an engagement weighs what was spent on it there, never less than nothing
    SELECT m.level, m.key, count(*) AS engagements, count(f.progress) AS with_progress, count(f.low) AS with_low,
           sum(f.progress) AS progress, sum(f.progress * greatest(m.amount, 0)) AS progress_weighted,
           sum(greatest(m.amount, 0)) FILTER (WHERE f.progress IS NOT NULL) AS weights,
           sum(f.low) AS low, sum(f.low * greatest(m.amount, 0)) AS low_weighted, sum(greatest(m.amount, 0)) FILTER (WHERE f.low IS NOT NULL) AS low_weights,
           sum(f.periods_reported)::bigint AS periods_reported, sum(f.periods_expected)::bigint AS periods_expected,
           sum(f.milestones)::bigint AS milestones, sum(f.milestones_done)::bigint AS milestones_done, sum(f.milestones_on_time)::bigint AS milestones_on_time,
           sum(f.ordinals)::bigint AS ordinals, sum(f.rating_points)::bigint AS rating_points,
           sum(m.amount) FILTER (WHERE f.rating_points IS NOT NULL) AS spent_on_rated, sum(m.amount) FILTER (WHERE f.milestones_done > 0) AS spent_on_milestones,
           CASE WHEN m.level IN ('country', 'donor') THEN 'share_of_spending' ELSE 'spending' END AS weighted_by
    FROM money m JOIN engagement_figure f ON f.id = m.engagement_id WHERE m.metric = 'actual_charged'
    GROUP BY 1, 2
),
-- The same indicator of the catalogue in several engagements -------------------------------------------------------------------------------
pooled AS MATERIALIZED (
    SELECT p.level, p.key || '/' || r.catalogue_id AS key, r.method, r.unit, r.scale, r.latest, r.latest_num, r.latest_den
    FROM place p JOIN result r ON r.engagement_id = p.engagement_id WHERE p.level <> 'engagement' AND r.catalogue_id IS NOT NULL
), pool AS MATERIALIZED (
    SELECT level, key, min(method) AS method, count(DISTINCT (method, unit, scale)) = 1 AS alike, count(*) AS expected, count(latest) AS reported,
           sum(latest_num) AS num, sum(latest_den) AS den, sum(latest) AS total, min(latest) AS least, max(latest) AS most
    FROM pooled GROUP BY 1, 2
), pool_level AS (
    SELECT level, key, latest_num AS position, count(*) AS indicators
    FROM pooled WHERE method = 'ordinal_latest' AND latest_num IS NOT NULL GROUP BY 1, 2, 3
),
-- As rows ------------------------------------------------------------------------------------------------------------------------------------
row AS (
    SELECT 'indicator' AS level, r.key, m.*
    FROM result r CROSS JOIN LATERAL (VALUES
        ('latest', r.latest, r.latest_num, r.latest_den, r.used, r.of_periods, ''),
        ('progress_pct', round(r.progress, 30),
         CASE WHEN r.target = r.baseline THEN r.progress_num ELSE round(round(r.progress_num, 40) / r.latest_den, 30) END,
         CASE WHEN r.progress_num IS NULL THEN NULL WHEN r.target = r.baseline THEN 1 ELSE abs(r.target - r.baseline) END,
         CASE WHEN r.progress_num IS NULL THEN 0 ELSE 1 END::bigint, 1, ''),
        ('pace_pct', r.pace_pct, NULL, NULL, CASE WHEN r.pace_num IS NULL THEN 0 ELSE 1 END::bigint, 1, ''),
        ('coverage_pct', round(round(100 * r.reported_periods, 40) / nullif(r.expected_periods, 0), 30), 100 * r.reported_periods, r.expected_periods,
         r.reported_periods, r.expected_periods, '')
    ) m(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT 'outcome', o.key, m.*
    FROM outcome_mean o CROSS JOIN LATERAL (VALUES
        ('outcome_progress_pct', round(o.mean, 30), CASE WHEN o.mean IS NOT NULL THEN round(o.total, 30) END, o.known,
         o.with_progress, o.indicators, 'indicator_weight'),
        ('rating', o.rating, NULL, NULL, o.with_progress, o.indicators, ''),
        ('assigned_rating', o.assigned_rating, NULL, NULL, NULL, NULL, ''),
        ('low_bound', round(o.low, 30), NULL, NULL,
         o.with_progress, o.indicators, 'indicator_weight'),
        ('ordinals_in_mean', o.ordinals, NULL, NULL, NULL, NULL, ''),
        ('coverage_pct', round(round(100 * o.periods_reported, 40) / nullif(o.periods_expected, 0), 30), 100 * o.periods_reported, o.periods_expected,
         o.periods_reported, o.periods_expected, '')
    ) m(metric, value, num, den, reported, expected, weight_basis)
    WHERE CASE m.metric WHEN 'low_bound' THEN 100 * o.periods_reported < 60 * o.periods_expected
                        WHEN 'assigned_rating' THEN m.value IS NOT NULL WHEN 'ordinals_in_mean' THEN m.value > 0 ELSE true END
    UNION ALL
    SELECT 'engagement', f.ref, m.*
    FROM engagement_figure f CROSS JOIN LATERAL (VALUES
        ('progress_pct', f.progress, f.total, CASE WHEN f.progress IS NOT NULL THEN f.weights END, f.outcomes_reported, f.outcomes_expected, 'outcome_weight'),
        ('low_bound', f.low, NULL, NULL, f.outcomes_reported, f.outcomes_expected, 'outcome_weight')
    ) m(metric, value, num, den, reported, expected, weight_basis)
    WHERE m.metric = 'progress_pct' OR 100 * f.periods_reported < 60 * f.periods_expected
    UNION ALL
    SELECT s.level, s.key, m.metric, m.value, m.num, m.den, m.reported, m.expected, m.weight_basis
    FROM level_sum s CROSS JOIN LATERAL (VALUES
        ('engagements', s.engagements::numeric, NULL::numeric, NULL::numeric, NULL::bigint, NULL::bigint, '', s.level <> 'engagement'),
        ('progress_pct_mean', round(round(s.progress, 40) / nullif(s.with_progress, 0), 30), s.progress, s.with_progress,
         s.with_progress, s.engagements, 'equal', s.level <> 'engagement'),
        ('progress_pct_weighted', round(round(s.progress_weighted, 40) / nullif(s.weights, 0), 30), s.progress_weighted, s.weights,
         s.with_progress, s.engagements, s.weighted_by, s.level <> 'engagement'),
        ('low_bound', round(round(s.low, 40) / nullif(s.with_low, 0), 30), NULL, NULL, s.with_progress, s.with_low, 'equal',
         s.level <> 'engagement' AND 100 * s.periods_reported < 60 * s.periods_expected),
        ('low_bound_weighted', round(round(s.low_weighted, 40) / nullif(s.low_weights, 0), 30), NULL, NULL, s.with_progress, s.with_low, s.weighted_by,
         s.level <> 'engagement' AND 100 * s.periods_reported < 60 * s.periods_expected),
        ('milestones_done', s.milestones_done, NULL, NULL, s.milestones_done, s.milestones, '', true),
        ('milestones_on_time', s.milestones_on_time, NULL, NULL, s.milestones_on_time, s.milestones_done, '', true),
        ('ordinals_in_mean', s.ordinals, NULL, NULL, NULL, NULL, '', s.ordinals > 0),
        ('cost_per_rating_point', round(round(s.spent_on_rated, 40) / nullif(s.rating_points, 0), 30), s.spent_on_rated, s.rating_points,
         NULL, NULL, '', s.level NOT IN ('country', 'donor')),
        ('cost_per_milestone', round(round(s.spent_on_milestones, 40) / nullif(s.milestones_done, 0), 30), s.spent_on_milestones,
         nullif(s.milestones_done, 0), NULL, NULL, '', s.level NOT IN ('country', 'donor')),
        ('coverage_pct', round(round(100 * s.periods_reported, 40) / nullif(s.periods_expected, 0), 30), 100 * s.periods_reported, s.periods_expected,
         s.periods_reported, s.periods_expected, '', true)
    ) m(metric, value, num, den, reported, expected, weight_basis, is_said)
    WHERE m.is_said
    UNION ALL
    SELECT level, key, metric, amount, NULL, NULL, converted, items, CASE WHEN split THEN 'recipient_pct' ELSE '' END FROM metric_sum
    UNION ALL
    SELECT c.level, c.key, m.*
    FROM charged_sum c CROSS JOIN LATERAL (VALUES
        ('spent_pct', round(round(100 * c.actual, 40) / nullif(c.planned, 0), 30), 100 * c.actual, nullif(c.planned, 0), NULL::bigint, NULL::bigint, ''),
        ('unconverted', (c.items - c.converted)::numeric, NULL, NULL, c.converted, c.items, '')
    ) m(metric, value, num, den, reported, expected, weight_basis)
    UNION ALL
    SELECT p.level, p.key, m.metric, m.value, m.num, m.den, p.reported, p.expected, m.weight_basis
    FROM pool p CROSS JOIN LATERAL (VALUES
        ('pooled_indicators', CASE WHEN p.alike THEN p.reported ELSE 0 END::numeric, NULL::numeric, NULL::numeric, '', true),
        ('pooled_sum', p.total, NULL, NULL, '', p.alike AND p.method = 'sum'),
        ('pooled_ratio', round(round(p.num, 40) / nullif(p.den, 0), 30), p.num, p.den, '', p.alike AND p.method = 'ratio_of_sums'),
        ('pooled_mean', round(round(p.total, 40) / nullif(p.reported, 0), 30), p.total, p.reported, 'equal',
         p.alike AND p.method NOT IN ('sum', 'ratio_of_sums', 'ordinal_latest')),
        ('pooled_least', p.least, NULL, NULL, '', p.alike AND p.method NOT IN ('sum', 'ratio_of_sums', 'ordinal_latest')),
        ('pooled_most', p.most, NULL, NULL, '', p.alike AND p.method NOT IN ('sum', 'ratio_of_sums', 'ordinal_latest'))
    ) m(metric, value, num, den, weight_basis, is_said)
    WHERE m.is_said
    UNION ALL
    SELECT l.level, l.key || '/' || l.position, 'pooled_at_level', l.indicators, NULL, NULL, l.indicators, p.reported, ''
    FROM pool_level l JOIN pool p ON p.level = l.level AND p.key = l.key WHERE p.alike
)
SELECT level, key, metric, value, round(num, 20) AS num, round(den, 20) AS den, reported, expected, weight_basis FROM row
