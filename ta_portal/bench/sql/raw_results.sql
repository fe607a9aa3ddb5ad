-- Latest value and progress of every indicator, as somebody would write it by hand: the last accepted revision of each total by
-- LATERAL, each method with its window, rounded where PostgreSQL rounds.
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
)
SELECT i.id, l.value,
       100 * (l.value - coalesce(i.baseline, array_position(i.scale, i.baseline_level) - 1))
       / nullif(coalesce(t.value, array_position(i.scale, t.level) - 1) - coalesce(i.baseline, array_position(i.scale, i.baseline_level) - 1), 0)
FROM indicator i
JOIN latest l ON l.id = i.id
JOIN LATERAL (
    SELECT t.value, t.level FROM indicator_target t WHERE t.indicator_id = i.id ORDER BY t.due DESC, t.is_original LIMIT 1) t ON true
