-- Progress of outcomes and engagements, and its plain mean at every level above, by hand and with PostgreSQL's own division; from
-- latest values as in raw_results.sql.
WITH known AS (
    SELECT i.id, i.method, i.unit, i.scale, o.period_start, o.period_end, r.value, r.numerator, r.denominator, r.weight, r.level,
           max(o.period_end) OVER (PARTITION BY i.id) AS last_end
    FROM indicator i
    JOIN observation o ON o.indicator_id = i.id AND o.disagg = '' AND o.period_end <= %(as_of)s
    JOIN LATERAL (
        SELECT v.* FROM observation_revision v
        WHERE v.observation_id = o.id AND v.known_at <= %(cut_off)s AND v.status = 'accepted'
        ORDER BY v.seq DESC LIMIT 1) r ON r.reported
), latest AS (
    SELECT id, CASE method
        WHEN 'ratio_of_sums' THEN
            sum(numerator) FILTER (WHERE period_end = last_end OR period_start >= last_end + 1 - interval '12 months')
            / nullif(sum(denominator) FILTER (WHERE period_end = last_end OR period_start >= last_end + 1 - interval '12 months'), 0)
            * CASE WHEN unit LIKE 'percent%%' THEN 100 WHEN unit LIKE 'per 100,000%%' THEN 100000 WHEN unit LIKE 'per 1,000%%' THEN 1000 ELSE 1 END
        WHEN 'weighted_mean' THEN sum(value * weight) / nullif(sum(weight), 0)
        WHEN 'simple_mean' THEN avg(value) WHEN 'sum' THEN sum(value) WHEN 'max' THEN max(value) WHEN 'min' THEN min(value)
        WHEN 'latest' THEN max(value) FILTER (WHERE period_end = last_end)
        ELSE array_position(scale, max(level) FILTER (WHERE period_end = last_end)) - 1 END AS value
    FROM known GROUP BY id, method, unit, scale
), progress AS (
    SELECT i.outcome_id, i.weight,
           least(100, greatest(0, 100 * (l.value - coalesce(i.baseline, array_position(i.scale, i.baseline_level) - 1))
           / nullif(coalesce(t.value, array_position(i.scale, t.level) - 1)
                    - coalesce(i.baseline, array_position(i.scale, i.baseline_level) - 1), 0))) AS pct
    FROM indicator i
    JOIN latest l ON l.id = i.id AND l.value IS NOT NULL
    JOIN LATERAL (
        SELECT t.value, t.level FROM indicator_target t WHERE t.indicator_id = i.id ORDER BY t.due DESC, t.is_original LIMIT 1) t ON true
), outcomes AS (
    SELECT o.engagement_id, o.weight, sum(p.pct * p.weight) / nullif(sum(p.weight), 0) AS pct
    FROM outcome o JOIN progress p ON p.outcome_id = o.id GROUP BY o.id
), engagements AS (
    SELECT e.id, e.ref, p.code AS programme, e.practice_area_id AS area, sum(o.pct * o.weight) / nullif(sum(o.weight), 0) AS pct
    FROM engagement e JOIN programme p ON p.id = e.programme_id JOIN outcomes o ON o.engagement_id = e.id
    GROUP BY e.id, p.code
), donors AS (
    SELECT DISTINCT g.engagement_id, o.code FROM funding_agreement g JOIN organisation o ON o.id = g.contributor_id
)
SELECT 'engagement', ref, pct FROM engagements
UNION ALL SELECT 'programme', programme, avg(pct) FROM engagements GROUP BY programme
UNION ALL SELECT 'area', area, avg(pct) FROM engagements GROUP BY area
UNION ALL SELECT 'country', r.country_id, avg(e.pct) FROM engagements e JOIN engagement_recipient r ON r.engagement_id = e.id GROUP BY 2
UNION ALL SELECT 'donor', d.code, avg(e.pct) FROM engagements e JOIN donors d ON d.engagement_id = e.id GROUP BY 2
UNION ALL SELECT 'portfolio', 'portfolio', avg(pct) FROM engagements
