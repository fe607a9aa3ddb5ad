-- All that is said of every indicator, by hand: latest value, progress, pace and coverage, from accepted figures known at the cut-off
-- (weights, targets and dates as they stand now). Fractions stay apart as numerator and denominator, so that nothing is rounded.
WITH course AS (   -- as it went; what still runs is taken to end as planned
    SELECT id, lower(actual) IS NOT NULL AS begun,
           CASE WHEN lower(actual) IS NULL THEN lower(planned) ELSE lower(actual) END AS first_day,
           CASE WHEN lower(actual) IS NULL THEN upper(planned)
                WHEN upper(actual) IS NULL AND upper(planned) > lower(actual) THEN upper(planned)
                ELSE upper(actual) END AS after_last_day
    FROM engagement
), indicator_now AS (   -- months are counted from year 0, so that whole months are a difference, less one before the day of the first
    SELECT i.id, i.engagement_id, i.outcome_id, i.code, i.weight, i.method, i.scale, i.direction = 'increase' AS up, c.first_day, c.after_last_day,
           12 * extract(year FROM c.first_day)::int + extract(month FROM c.first_day)::int AS first_month, extract(day FROM c.first_day)::int AS first_dom,
           i.method = 'ordinal_latest' AS is_ordinal,
           coalesce(i.time_window, CASE i.method WHEN 'ratio_of_sums' THEN '12_months' ELSE 'since_start' END) AS time_window,
           CASE i.frequency WHEN 'monthly' THEN 1 WHEN 'quarterly' THEN 3 WHEN 'half_yearly' THEN 6 WHEN 'yearly' THEN 12 END AS months,
           CASE WHEN i.method <> 'ratio_of_sums' THEN 1 WHEN i.unit ~* '^(percent|%%)( |$)' THEN 100
                ELSE coalesce(replace(substring(lower(i.unit) FROM '^per ([1-9][0-9,]*)(?: |$)'), ',', '')::numeric, 1) END AS factor,
           coalesce(i.baseline_on, c.first_day) AS baseline_on,
           CASE WHEN i.method = 'ordinal_latest' THEN array_position(i.scale, i.baseline_level) - 1 ELSE i.baseline END AS baseline
    FROM indicator i JOIN course c ON c.id = i.engagement_id
), figure AS (   -- the last accepted revision of each total
    SELECT i.id, i.time_window, i.first_day, i.first_month, i.first_dom, i.months, o.period_start, o.period_end,
           r.value, r.numerator, r.denominator, r.weight, r.level,
           coalesce(r.reported, false) AND CASE i.method
               WHEN 'ratio_of_sums' THEN r.numerator IS NOT NULL AND r.denominator IS NOT NULL
               WHEN 'weighted_mean' THEN r.value IS NOT NULL AND r.weight IS NOT NULL
               WHEN 'ordinal_latest' THEN r.level IS NOT NULL
               ELSE r.value IS NOT NULL END AS usable
    FROM indicator_now i
    JOIN observation o ON o.indicator_id = i.id AND o.disagg = '' AND o.period_end <= %(as_of)s
    LEFT JOIN LATERAL (
        SELECT v.reported, v.value, v.numerator, v.denominator, v.weight, v.level FROM observation_revision v
        WHERE v.observation_id = o.id AND v.known_at <= %(cut_off)s AND v.status = 'accepted'
        ORDER BY v.seq DESC LIMIT 1) r ON true
), dated AS (
    SELECT f.*, max(period_end) FILTER (WHERE usable) OVER (PARTITION BY id) AS last_end FROM figure f
), placed AS MATERIALIZED (   -- in its window or not; and the periods of the calendar that it fills, whole months from the first day
    SELECT d.*,
           CASE WHEN last_end IS NULL OR time_window = 'since_start' OR period_end = last_end THEN usable
                WHEN time_window = '12_months' THEN
                    usable AND period_end <= last_end AND period_start >= (last_end + 1 - interval '12 months')::date
                ELSE false END AS counts,
           CASE WHEN last_end IS NULL OR time_window = 'since_start' OR period_end = last_end THEN true
                WHEN time_window = '12_months' THEN period_end <= last_end AND period_start >= (last_end + 1 - interval '12 months')::date
                ELSE false END AS in_window,
           CASE WHEN usable AND months IS NOT NULL AND period_end >= first_day THEN
               (12 * extract(year FROM period_end)::int + extract(month FROM period_end)::int - first_month
                - CASE WHEN extract(day FROM period_end)::int < first_dom THEN 1 ELSE 0 END) / months END AS fills_to,
           CASE WHEN NOT usable OR period_start <= first_day THEN 0
                ELSE (12 * extract(year FROM period_start - 1)::int + extract(month FROM period_start - 1)::int - first_month
                      - CASE WHEN extract(day FROM period_start - 1)::int < first_dom THEN 1 ELSE 0 END) / months + 1 END AS fills_from
    FROM dated d
), summed AS (
    SELECT id, max(last_end) AS latest_on, count(*) FILTER (WHERE in_window) AS of_periods, count(*) FILTER (WHERE counts) AS used,
           sum(numerator) FILTER (WHERE counts) AS numerators, sum(denominator) FILTER (WHERE counts) AS denominators,
           sum(value * weight) FILTER (WHERE counts) AS weighted, sum(weight) FILTER (WHERE counts) AS weights,
           sum(value) FILTER (WHERE counts) AS values,
           max(value) FILTER (WHERE counts) AS highest, min(value) FILTER (WHERE counts) AS lowest,
           (array_agg(value ORDER BY period_start DESC) FILTER (WHERE usable AND period_end = last_end))[1] AS last_value,
           (array_agg(level ORDER BY period_start DESC) FILTER (WHERE usable AND period_end = last_end))[1] AS last_level,
           range_agg(int4range(least(fills_from, fills_to), fills_to, '[]')) FILTER (WHERE fills_to IS NOT NULL) AS filled
    FROM placed GROUP BY id
), aim AS (   -- on each date a revised target stands for the original
    SELECT DISTINCT ON (t.indicator_id, t.due) t.indicator_id, t.due,
           CASE WHEN i.is_ordinal THEN array_position(i.scale, t.level) - 1 ELSE t.value END AS value
    FROM indicator_target t JOIN indicator_now i ON i.id = t.indicator_id ORDER BY t.indicator_id, t.due, t.is_original
), aims AS (
    SELECT indicator_id, (array_agg(value ORDER BY due DESC))[1] AS target,
           max(due) FILTER (WHERE due <= %(as_of)s AND value IS NOT NULL) AS behind_on,
           (array_agg(value ORDER BY due DESC) FILTER (WHERE due <= %(as_of)s AND value IS NOT NULL))[1] AS behind,
           min(due) FILTER (WHERE due > %(as_of)s AND value IS NOT NULL) AS ahead_on,
           (array_agg(value ORDER BY due) FILTER (WHERE due > %(as_of)s AND value IS NOT NULL))[1] AS ahead
    FROM aim GROUP BY indicator_id
), method AS (
    SELECT i.*, a.target, a.behind_on, a.behind, a.ahead_on, a.ahead, s.id IS NOT NULL AS observed, s.latest_on, s.last_level, s.filled,
           coalesce(s.used, 0) AS used, coalesce(s.of_periods, 0) AS of_periods,
           CASE i.method WHEN 'ratio_of_sums' THEN s.numerators * i.factor WHEN 'weighted_mean' THEN s.weighted
                WHEN 'simple_mean' THEN s.values WHEN 'sum' THEN s.values WHEN 'max' THEN s.highest WHEN 'min' THEN s.lowest
                WHEN 'latest' THEN s.last_value ELSE array_position(i.scale, s.last_level) - 1 END AS num,
           CASE i.method WHEN 'ratio_of_sums' THEN s.denominators WHEN 'weighted_mean' THEN s.weights
                WHEN 'simple_mean' THEN s.used ELSE 1 END AS den
    FROM indicator_now i LEFT JOIN summed s ON s.id = i.id LEFT JOIN aims a ON a.indicator_id = i.id
), latest AS (
    SELECT m.*, CASE WHEN den <> 0 THEN sign(den) * num END AS latest_num,
           CASE WHEN den <> 0 AND num IS NOT NULL THEN abs(den) END AS latest_den,
           CASE WHEN used = 0 THEN 'no_data' WHEN den = 0 THEN 'zero_denominator'
                WHEN num IS NULL AND is_ordinal THEN 'level_off_scale' WHEN num IS NULL THEN 'no_data' END AS undefined,
           %(as_of)s >= baseline_on AND (behind IS NOT NULL OR (ahead IS NOT NULL AND NOT is_ordinal)) AS due
    FROM method m
), expected AS (   -- on the line through the baseline and the targets; an ordinal stays at its last target
    SELECT l.*,
           CASE WHEN NOT due THEN NULL WHEN is_ordinal OR ahead_on IS NULL THEN behind
                WHEN behind_on > baseline_on THEN behind * (ahead_on - %(as_of)s) + ahead * (%(as_of)s - behind_on)
                ELSE baseline * (ahead_on - %(as_of)s) + ahead * (%(as_of)s - baseline_on) END AS expected_num,
           CASE WHEN is_ordinal OR ahead_on IS NULL THEN 1 WHEN behind_on > baseline_on THEN ahead_on - behind_on
                ELSE ahead_on - baseline_on END AS expected_den
    FROM latest l
), judged AS (
    SELECT e.*, CASE WHEN up THEN latest_num >= target * latest_den ELSE latest_num <= target * latest_den END AS met,
           CASE WHEN up THEN latest_num * expected_den >= expected_num * latest_den
                ELSE latest_num * expected_den <= expected_num * latest_den END AS holds,
           CASE WHEN up THEN expected_num > baseline * expected_den ELSE expected_num < baseline * expected_den END AS leads_on
    FROM expected e
), paced AS (
    SELECT j.*,
           CASE WHEN leads_on THEN sign(expected_num - baseline * expected_den) * 100 * expected_den * (latest_num - baseline * latest_den)
                WHEN NOT leads_on AND holds THEN 100 WHEN NOT leads_on AND NOT holds THEN 0 END AS pace_num,
           CASE WHEN latest_num IS NULL THEN NULL WHEN leads_on THEN latest_den * abs(expected_num - baseline * expected_den)
                WHEN NOT leads_on THEN 1 END AS pace_den,
           CASE WHEN months IS NULL THEN CASE WHEN after_last_day <= %(as_of)s + 1 THEN 1 ELSE 0 END
                ELSE greatest(0, (12 * extract(year FROM until)::int + extract(month FROM until)::int - first_month
                                  - CASE WHEN extract(day FROM until)::int < first_dom THEN 1 ELSE 0 END) / months) END AS periods
    FROM (SELECT j.*, least(%(as_of)s + 1, after_last_day) AS until FROM judged j) j
)
SELECT engagement_id, outcome_id, id AS indicator_id, code, weight, latest_num, latest_den, latest_on, last_level AS latest_label, used, of_periods,
       undefined, baseline, target,
       CASE WHEN target <> baseline THEN sign(target - baseline) * 100 * (latest_num - baseline * latest_den)
            WHEN target = baseline AND met THEN 100 WHEN target = baseline AND NOT met THEN 0 END AS progress_num,
       CASE WHEN target <> baseline THEN latest_den * abs(target - baseline)
            WHEN target = baseline AND met IS NOT NULL THEN 1 END AS progress_den,
       CASE WHEN undefined IS NOT NULL THEN undefined WHEN baseline IS NULL THEN 'no_baseline' WHEN target IS NULL THEN 'no_target' END AS no_progress,
       CASE WHEN target = baseline THEN met END AS held, met AS target_met,
       expected_num, CASE WHEN expected_num IS NOT NULL THEN expected_den END AS expected_den, pace_num, pace_den,
       CASE WHEN NOT due THEN 'not_due' WHEN pace_num IS NULL THEN 'no_data' WHEN pace_num >= 90 * pace_den THEN 'on_track'
            WHEN pace_num >= 70 * pace_den THEN 'at_risk' ELSE 'off_track' END AS pace,
       CASE WHEN months IS NULL THEN CASE WHEN used > 0 THEN 1 ELSE 0 END
            ELSE coalesce((SELECT sum(upper(part) - lower(part)) FROM unnest(filled * int4multirange(int4range(0, periods))) part), 0) END
           AS reported_periods,
       CASE WHEN months IS NULL AND used > 0 THEN 1 ELSE periods END AS expected_periods
FROM paced
