-- results.sql: how far indicators and outcomes are. Its twin is programmes/domain (results.py, pace.py, periods.py); tests hold
-- the two together. Every function is one statement over all the engagements given. Needs ta_round_ratio (ta_portal/money).
--
-- Exact      averages, progress and pace stay fractions (num, den with den > 0) to the end; only *_pct columns are rounded, half
--            away from zero, once. Cut-offs are compared exactly: 89.999... is not 90.
-- Missing    an unreported period is skipped and never counts as 0. What cannot be said is NULL, with a reason:
--            latest: no_data, zero_denominator, level_off_scale; progress: those, or no_baseline, no_target.
-- Counted    of an observation the last revision that counts and was known at the cut-off: accepted, or submitted as well where
--            p_least_status says so. A later revision that does not count does not hide it. Periods that end by p_as_of.
-- Known      engagements, outcomes, indicators and targets are read as they were on record at the cut-off (known.sql).
-- Errors     none are raised for data; a division by zero cannot occur.

-- Exact sum of fractions; den > 0; NULLs skipped. A fraction is cut only where denominators differ.
CREATE FUNCTION ta_fraction_add(acc numeric[], num numeric, den numeric) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    n numeric; d numeric; g numeric;
BEGIN
    IF num IS NULL OR den IS NULL THEN RETURN acc; END IF;
    IF acc[2] = den THEN RETURN ARRAY[acc[1] + num, den]; END IF;
    n := acc[1] * den + num * acc[2];
    d := acc[2] * den;
    g := gcd(n, d);
    RETURN ARRAY[div(n, g), div(d, g)];
END $$;
CREATE AGGREGATE ta_fraction_sum(num numeric, den numeric) (SFUNC = ta_fraction_add, STYPE = numeric[], INITCOND = '{0,1}');

-- The weighted mean of progress, each capped to 0..100, over what has one: {num, den}, or NULL where nothing weighs.
CREATE FUNCTION ta_mean_capped_add(acc numeric[], num numeric, den numeric, weight numeric) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF num IS NULL OR den IS NULL THEN RETURN acc; END IF;
    RETURN CASE WHEN num < 0 THEN ta_fraction_add(acc[1:2], 0, 1)
                WHEN num > 100 * den THEN ta_fraction_add(acc[1:2], 100 * weight, 1)
                ELSE ta_fraction_add(acc[1:2], num * weight, den) END || (acc[3] + weight);
END $$;
CREATE FUNCTION ta_mean_capped_end(acc numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN acc[3] > 0 THEN ARRAY[acc[1], acc[2] * acc[3]] END
$$;
CREATE AGGREGATE ta_mean_capped(num numeric, den numeric, weight numeric) (
    SFUNC = ta_mean_capped_add, STYPE = numeric[], INITCOND = '{0,1,0}', FINALFUNC = ta_mean_capped_end
);

-- 1 + the number of cut-offs that a mean reaches, exactly; NULL where there is no mean.
CREATE FUNCTION ta_rating(num numeric, den numeric, cut_offs numeric[] DEFAULT '{25,60,90}') RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN den IS NOT NULL THEN 1 + (SELECT count(*) FROM unnest(cut_offs) c WHERE num >= c * den)::int END
$$;

-- When an engagement runs: as it really went; one that still runs is taken to end as planned.
CREATE FUNCTION ta_engagement_days(planned daterange, actual daterange) RETURNS daterange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN lower(actual) IS NULL THEN planned
                WHEN upper_inf(actual) AND upper(planned) > lower(actual) THEN daterange(lower(actual), upper(planned))
                ELSE actual END
$$;

-- Whole months from one day to another: a month is over on the same day of a later one.
CREATE FUNCTION ta_months_between(since date, until date) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ((date_part('year', until) - date_part('year', since)) * 12 + date_part('month', until) - date_part('month', since))::int
           - (date_part('day', until) < date_part('day', since))::int
$$;

-- Months from one period of an indicator to the next; NULL for what is measured once.
CREATE FUNCTION ta_months_of(frequency text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE frequency WHEN 'monthly' THEN 1 WHEN 'quarterly' THEN 3 WHEN 'half_yearly' THEN 6 WHEN 'yearly' THEN 12 END
$$;

-- What a ratio is multiplied with to be in its unit: 'percent', 'percent of GDP' 100; 'per 1,000 adults' 1000; else 1.
CREATE FUNCTION ta_ratio_factor(unit text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN unit ~* '^(percent|%)( |$)' THEN 100
                WHEN unit ~* '^per [1-9][0-9,]*( |$)' THEN replace(substring(unit FROM 5 FOR position(' ' IN substring(unit FROM 5) || ' ') - 1), ',', '')::numeric
                ELSE 1 END
$$;

-- Which periods a figure reports, counted from 0 at the first day, of which `last_one` is the one in which its own period ends:
-- that one, and each other that lies wholly within its own.
CREATE FUNCTION ta_reports(first_day date, months int, period_start date, last_one int) RETURNS int4range
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int4range(CASE WHEN period_start <= first_day THEN 0
                          ELSE least(last_one, ta_months_between(first_day, period_start - 1) / months + 1) END, last_one, '[]')
$$;

-- Every observation by p_as_of, in total (disagg '') and in parts, with the figures that count. `usable`: it has what its
-- indicator's method needs.
CREATE FUNCTION ta_known_observations(p_engagements bigint[], p_as_of date, p_cut_off timestamptz, p_least_status text)
RETURNS TABLE (indicator_id bigint, disagg text, period_start date, period_end date, value numeric, numerator numeric, denominator numeric,
               weight numeric, level text, usable boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT i.id, o.disagg, o.period_start, o.period_end, r.value, r.numerator, r.denominator, r.weight, r.level,
       coalesce(r.reported AND CASE i.method WHEN 'ratio_of_sums' THEN num_nulls(r.numerator, r.denominator) = 0
                                             WHEN 'weighted_mean' THEN num_nulls(r.value, r.weight) = 0
                                             WHEN 'ordinal_latest' THEN r.level IS NOT NULL
                                             ELSE r.value IS NOT NULL END, false)
FROM ta_known_indicators(p_cut_off) i
JOIN observation o ON o.indicator_id = i.id AND o.period_end <= p_as_of
-- One lookup in an index for each observation: in proportion to them even where the tables' statistics are those of empty ones.
LEFT JOIN LATERAL (
    SELECT known.* FROM observation_revision known
    WHERE known.observation_id = o.id AND known.known_at <= p_cut_off
      AND (known.status = 'accepted' OR (p_least_status = 'submitted' AND known.status = 'submitted'))
    ORDER BY known.seq DESC LIMIT 1) r ON true
WHERE i.engagement_id = ANY (p_engagements)
$$;

-- The latest value of each indicator, in total and in each part, by its method:
--            ratio_of_sums (in its unit: a percentage times 100), weighted_mean, simple_mean, sum, max, min, latest, ordinal_latest
--            (the position on the scale, from 0).
-- Windows    since_start; 12_months (periods that start within the twelve months ending with the last period with data, and that
--            period itself, however long); period (that period alone). No window: 12_months for ratio_of_sums, else since_start.
--            p_from, when given, replaces them: periods that start on or after it (a year: p_from 1 January, p_as_of 31 December).
-- Parts      are taken over the periods of their total, so that a share compares like with like; with p_totals_only they are not read.
-- reported_in   the periods of the indicator's frequency, counted from the engagement's first day, that its figures report,
--            whatever the window: see ta_reports. NULL for what is measured once, and where all ended before the first day.
CREATE FUNCTION ta_latest_values(p_engagements bigint[], p_as_of date, p_cut_off timestamptz, p_least_status text, p_from date DEFAULT NULL,
                                 p_totals_only boolean DEFAULT false)
RETURNS TABLE (indicator_id bigint, disagg text, latest_num numeric, latest_den numeric, latest_on date, latest_label text,
               used bigint, of_periods bigint, undefined text, reported_in int4multirange)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH kept AS (   -- OFFSET 0: reckoned once for each indicator, not once for each of its observations
    SELECT i.id, CASE WHEN p_from IS NOT NULL THEN 'since_start'
                      ELSE coalesce(i.time_window, CASE i.method WHEN 'ratio_of_sums' THEN '12_months' ELSE 'since_start' END) END AS win,
           lower(ta_engagement_days(e.planned, e.actual)) AS first_day, ta_months_of(i.frequency) AS months
    FROM ta_known_indicators(p_cut_off) i JOIN ta_known_engagements(p_cut_off) e ON e.id = i.engagement_id
    WHERE i.engagement_id = ANY (p_engagements)
    OFFSET 0),
obs AS (
    SELECT o.*, kept.win, kept.first_day, kept.months,
           max(o.period_end) FILTER (WHERE o.usable AND o.disagg = '') OVER (PARTITION BY o.indicator_id) AS last_end
    FROM ta_known_observations(p_engagements, p_as_of, p_cut_off, p_least_status) o
    JOIN kept ON kept.id = o.indicator_id
    WHERE (p_from IS NULL OR o.period_start >= p_from) AND (o.disagg = '' OR NOT p_totals_only)),
windowed AS (   -- OFFSET 0: reckoned once for each observation, not once for each sum below
    SELECT obs.*, usable AND within AS counts, within,
           CASE WHEN usable AND disagg = '' AND period_end >= first_day AND months > 0
                THEN ta_months_between(first_day, period_end) / months END AS last_reported
    FROM obs
    CROSS JOIN LATERAL (
        SELECT last_end IS NULL OR win = 'since_start' OR period_end = last_end
               OR (win = '12_months' AND period_end <= last_end
                   AND period_start >= (last_end + 1 - interval '12 months')::date) AS within) window_of
    OFFSET 0),
agg AS (
    SELECT w.indicator_id, w.disagg, max(last_end) AS last_end,
           count(*) FILTER (WHERE counts) AS used, count(*) FILTER (WHERE within) AS of_periods,
           sum(numerator) FILTER (WHERE counts) AS sn, sum(denominator) FILTER (WHERE counts) AS sd,
           sum(value * weight) FILTER (WHERE counts) AS svw, sum(weight) FILTER (WHERE counts) AS sw,
           sum(value) FILTER (WHERE counts) AS sv, max(value) FILTER (WHERE counts) AS hi,
           min(value) FILTER (WHERE counts) AS lo,
           (array_agg(value ORDER BY period_start DESC) FILTER (WHERE usable AND period_end = last_end))[1] AS last_value,
           (array_agg(level ORDER BY period_start DESC) FILTER (WHERE usable AND period_end = last_end))[1] AS last_level,
           range_agg(ta_reports(first_day, months, period_start, last_reported)) FILTER (WHERE last_reported IS NOT NULL) AS reported_in
    FROM windowed w
    GROUP BY w.indicator_id, w.disagg
    HAVING bool_or(within)),
raw AS (
    SELECT agg.*, i.method,
           CASE method WHEN 'ratio_of_sums' THEN sn * ta_ratio_factor(unit) WHEN 'weighted_mean' THEN svw
                       WHEN 'simple_mean' THEN sv WHEN 'sum' THEN sv WHEN 'max' THEN hi WHEN 'min' THEN lo WHEN 'latest' THEN last_value
                       ELSE array_position(scale, last_level) - 1 END AS n,
           CASE method WHEN 'ratio_of_sums' THEN sd WHEN 'weighted_mean' THEN sw WHEN 'simple_mean' THEN agg.used ELSE 1 END AS d
    FROM agg JOIN ta_known_indicators(p_cut_off) i ON i.id = agg.indicator_id)
SELECT r.indicator_id, r.disagg, CASE WHEN d <> 0 THEN n * sign(d) END, CASE WHEN d <> 0 AND n IS NOT NULL THEN abs(d) END,
       r.last_end, r.last_level, r.used, r.of_periods,
       CASE WHEN r.used = 0 THEN 'no_data' WHEN d = 0 THEN 'zero_denominator'
            WHEN n IS NULL THEN CASE method WHEN 'ordinal_latest' THEN 'level_off_scale' ELSE 'no_data' END END,
       r.reported_in
FROM raw r
$$;

-- For each year in which an indicator has periods of its own, the latest value within that calendar year only.
CREATE FUNCTION ta_annual_values(p_engagements bigint[], p_as_of date, p_cut_off timestamptz, p_least_status text)
RETURNS TABLE (indicator_id bigint, year int, latest_num numeric, latest_den numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT l.indicator_id, years.year, l.latest_num, l.latest_den
FROM (SELECT DISTINCT extract(year FROM o.period_start)::int AS year
      FROM observation o JOIN ta_known_indicators(p_cut_off) i ON i.id = o.indicator_id
      WHERE i.engagement_id = ANY (p_engagements) AND o.period_start <= p_as_of) years
CROSS JOIN LATERAL ta_latest_values(p_engagements, least(p_as_of, make_date(years.year, 12, 31)), p_cut_off, p_least_status,
                                    make_date(years.year, 1, 1), true) l
$$;

-- The latest value of each part, and its share of the total where parts add up to it: sums and latest counts, not ratios or means.
CREATE FUNCTION ta_part_values(p_engagements bigint[], p_as_of date, p_cut_off timestamptz, p_least_status text)
RETURNS TABLE (indicator_id bigint, disagg text, latest_num numeric, latest_den numeric, share_num numeric, share_den numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH latest AS MATERIALIZED (SELECT * FROM ta_latest_values(p_engagements, p_as_of, p_cut_off, p_least_status))
SELECT part.indicator_id, part.disagg, part.latest_num, part.latest_den,
       CASE WHEN adds.up THEN part.latest_num * total.latest_den * 100 * sign(total.latest_num) END,
       CASE WHEN adds.up THEN part.latest_den * abs(total.latest_num) END
FROM latest part
JOIN ta_known_indicators(p_cut_off) i ON i.id = part.indicator_id
LEFT JOIN latest total ON total.indicator_id = part.indicator_id AND total.disagg = ''
CROSS JOIN LATERAL (SELECT i.method IN ('sum', 'latest') AND ta_ratio_factor(i.unit) = 1 AND total.latest_num <> 0 AS up) adds
WHERE part.disagg <> ''
$$;

-- Each indicator at p_as_of: latest value, progress, pace and coverage.
-- Target     the one with the greatest due date; on each date a revised one (not is_original) stands for the original.
-- Coverage   of the periods that its frequency asks for, from the engagement's start to p_as_of or its end, how many were reported.
--            Periods count from the engagement's first day, and only whole ones. What is measured once is due when the
--            engagement ends.
-- Progress   (latest - baseline) / (target - baseline) * 100, negative kept, not capped; right for reductions as it stands. Target =
--            baseline: 100 while the value holds (direction decides), else 0; `held` says which, and is NULL elsewhere.
-- Expected   on the straight line through the baseline and the dated targets; for ordinals the last target due (a step); after the last
--            target it stays. A baseline without a date stands at the engagement's start.
-- Pace       the share of the expected path that is covered: (latest - baseline) / (expected - baseline) * 100. Where the path does not
--            lead in the wanted direction (expected = baseline, or a dip that was planned) there is nothing to cover, only to hold:
--            100 while the latest value is as good as expected, else 0. p_pace_cut_offs: on track from the first, at risk from the second.
--            not_due: no target, before the baseline's date, or a step before its first target. no_data: nothing to compare.
CREATE FUNCTION ta_indicator_results(p_engagements bigint[], p_as_of date, p_cut_off timestamptz, p_least_status text DEFAULT 'accepted',
                                     p_pace_cut_offs numeric[] DEFAULT '{90,70}')
RETURNS TABLE (engagement_id bigint, outcome_id bigint, indicator_id bigint, code text, weight numeric, latest_num numeric, latest_den numeric,
               latest_on date, latest_label text, used bigint, of_periods bigint, undefined text, baseline numeric, target numeric,
               progress_num numeric, progress_den numeric, no_progress text, held boolean, target_met boolean,
               expected_num numeric, expected_den numeric, pace_num numeric, pace_den numeric, pace text,
               reported_periods bigint, expected_periods bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH ind AS (
    SELECT i.id, i.engagement_id, i.outcome_id, i.code, i.weight, i.method, i.scale, i.direction,
           i.frequency, ta_engagement_days(e.planned, e.actual) AS days,
           i.method = 'ordinal_latest' AS steps, coalesce(i.baseline_on, lower(ta_engagement_days(e.planned, e.actual))) AS base_on,
           CASE WHEN i.method = 'ordinal_latest' THEN array_position(i.scale, i.baseline_level) - 1 ELSE i.baseline END AS base
    FROM ta_known_indicators(p_cut_off) i JOIN ta_known_engagements(p_cut_off) e ON e.id = i.engagement_id
    WHERE i.engagement_id = ANY (p_engagements)),
aim AS (
    SELECT DISTINCT ON (t.indicator_id, t.due) t.indicator_id, t.due,
           CASE WHEN ind.steps THEN array_position(ind.scale, t.level) - 1 ELSE t.value END AS value
    FROM ind JOIN ta_known_targets(p_cut_off) t ON t.indicator_id = ind.id ORDER BY t.indicator_id, t.due, t.is_original),
goal AS (SELECT DISTINCT ON (indicator_id) indicator_id, value FROM aim ORDER BY indicator_id, due DESC),
behind AS (SELECT DISTINCT ON (indicator_id) * FROM aim WHERE due <= p_as_of AND value IS NOT NULL ORDER BY indicator_id, due DESC),
ahead AS (SELECT DISTINCT ON (indicator_id) * FROM aim WHERE due > p_as_of AND value IS NOT NULL ORDER BY indicator_id, due),
stretch AS (
    SELECT ind.*, goal.value AS target,
           p_as_of >= base_on AND (behind.value IS NOT NULL OR (ahead.value IS NOT NULL AND NOT steps)) AS is_due,
           CASE WHEN behind.due > base_on THEN behind.due ELSE base_on END AS from_on,
           CASE WHEN behind.due > base_on THEN behind.value ELSE base END AS from_value,
           behind.value AS reached, ahead.due AS to_on, ahead.value AS to_value
    FROM ind LEFT JOIN goal ON goal.indicator_id = ind.id LEFT JOIN behind ON behind.indicator_id = ind.id
    LEFT JOIN ahead ON ahead.indicator_id = ind.id),
-- Materialized, so that no join reckons it again for each row.
latest AS MATERIALIZED (SELECT * FROM ta_latest_values(p_engagements, p_as_of, p_cut_off, p_least_status, NULL, true)),
path AS (
    SELECT s.*, l.latest_num AS ln, l.latest_den AS ld, l.latest_on, l.latest_label, coalesce(l.used, 0) AS used,
           coalesce(l.of_periods, 0) AS of_periods, l.reported_in, CASE WHEN l.indicator_id IS NULL THEN 'no_data' ELSE l.undefined END AS undefined,
           CASE WHEN NOT is_due THEN NULL WHEN steps OR to_on IS NULL THEN reached
                ELSE from_value * (to_on - p_as_of) + to_value * (p_as_of - from_on) END AS en,
           CASE WHEN steps OR to_on IS NULL THEN 1 ELSE to_on - from_on END AS ed
    FROM stretch s
    LEFT JOIN latest l ON l.indicator_id = s.id),
judged AS (
    SELECT p.*, CASE direction WHEN 'increase' THEN ln >= target * ld ELSE ln <= target * ld END AS met,
           CASE direction WHEN 'increase' THEN ln * ed >= en * ld ELSE ln * ed <= en * ld END AS keeps_up,
           CASE direction WHEN 'increase' THEN en > base * ed ELSE en < base * ed END AS leads_on
    FROM path p),
paced AS (
    SELECT j.*,
           CASE WHEN leads_on THEN (ln - base * ld) * ed * 100 * sign(en - base * ed) WHEN keeps_up AND NOT leads_on THEN 100
                WHEN NOT keeps_up AND NOT leads_on THEN 0 END AS pn,
           CASE WHEN ln IS NULL OR leads_on IS NULL THEN NULL WHEN leads_on THEN ld * abs(en - base * ed) ELSE 1 END AS pd
    FROM judged j)
SELECT p.engagement_id, p.outcome_id, p.id, p.code, p.weight, p.ln, p.ld, p.latest_on, p.latest_label, p.used, p.of_periods, p.undefined,
       p.base, p.target,
       CASE WHEN p.target = p.base THEN CASE WHEN met THEN 100 WHEN NOT met THEN 0 END ELSE (ln - base * ld) * 100 * sign(p.target - p.base) END,
       CASE WHEN p.target = p.base THEN CASE WHEN met IS NOT NULL THEN 1 END WHEN ln IS NOT NULL THEN ld * abs(p.target - p.base) END,
       CASE WHEN p.undefined IS NOT NULL THEN p.undefined WHEN p.base IS NULL THEN 'no_baseline' WHEN p.target IS NULL THEN 'no_target' END,
       CASE WHEN p.target = p.base THEN met END, met,
       p.en, CASE WHEN p.en IS NOT NULL THEN p.ed END, pn, pd,
       CASE WHEN NOT is_due THEN 'not_due' WHEN pn IS NULL THEN 'no_data'
            WHEN pn >= p_pace_cut_offs[1] * pd THEN 'on_track' WHEN pn >= p_pace_cut_offs[2] * pd THEN 'at_risk' ELSE 'off_track' END,
       coalesce(CASE WHEN months IS NULL THEN (p.used > 0)::int
                     ELSE (SELECT sum(upper(r) - lower(r))
                           FROM unnest(p.reported_in * int4multirange(int4range(0, due.periods))) r) END, 0)::bigint,
       CASE WHEN months IS NULL THEN greatest(due.periods, (p.used > 0)::int) ELSE due.periods END::bigint
FROM paced p
CROSS JOIN LATERAL (SELECT ta_months_of(p.frequency) AS months) frequency
CROSS JOIN LATERAL (
    SELECT CASE WHEN months IS NULL THEN (upper(p.days) - 1 <= p_as_of)::int
                ELSE greatest(0, div(ta_months_between(lower(p.days), least(p_as_of + 1, upper(p.days))), months))::int END AS periods) due
$$;

-- An outcome: the weighted mean of its indicators' progress, each capped to 0..100, over those that have one; rating 1 + the number of
-- cut-offs reached. No indicator with progress: NULL, not 0. Coverage adds up its indicators' periods.
CREATE FUNCTION ta_outcome_results(p_engagements bigint[], p_as_of date, p_cut_off timestamptz, p_least_status text DEFAULT 'accepted',
                                   p_cut_offs numeric[] DEFAULT '{25,60,90}')
RETURNS TABLE (engagement_id bigint, outcome_id bigint, code text, weight numeric, indicators bigint, with_progress bigint,
               mean_num numeric, mean_den numeric, mean_capped_progress_pct numeric, rating int,
               reported_periods numeric, expected_periods numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH results AS MATERIALIZED (SELECT * FROM ta_indicator_results(p_engagements, p_as_of, p_cut_off, p_least_status)),
summed AS (
    SELECT o.engagement_id, o.id, o.code, o.weight, count(r.outcome_id) AS indicators, count(r.progress_num) AS with_progress,
           ta_mean_capped(r.progress_num, r.progress_den, r.weight) AS mean,
           coalesce(sum(r.reported_periods), 0) AS reported_periods, coalesce(sum(r.expected_periods), 0) AS expected_periods
    FROM ta_known_outcomes(p_cut_off) o
    LEFT JOIN results r ON r.outcome_id = o.id
    WHERE o.engagement_id = ANY (p_engagements)
    GROUP BY 1, 2, 3, 4)
SELECT s.engagement_id, s.id, s.code, s.weight, s.indicators, s.with_progress, s.mean[1], s.mean[2],
       ta_round_ratio(s.mean[1], s.mean[2], 2), ta_rating(s.mean[1], s.mean[2], p_cut_offs), s.reported_periods, s.expected_periods
FROM summed s
$$;
