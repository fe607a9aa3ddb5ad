-- as_of_rate.sql: which rate serves a currency on a day. Its twin is costing/domain/rates.py.
--
-- The rule   the quote against the source's pivot with the greatest on_date <= the day, among those known at the cut-off; of that
--            date the greatest seq known then. A quote the other way round (pivot per currency) serves inverted; when both exist
--            for one date the direct one wins. Older than its source allows = none. Never 1, never a later rate, never a jump
--            back over a newer quote.
-- Units      num/den turns an amount of `p_currency` into the pivot: amount * num / den. The value stays as quoted: a direct quote
--            is value/1, an inverted one 1/value; no reciprocal is ever computed. The pivot itself is 1/1. A cross from X to Y goes
--            through the pivot: num = X.num * Y.den, den = X.den * Y.num.
-- Rounding   none here; that is ta_convert's.
-- Reason     NULL when a rate serves; 'no_rate' (nothing on or before the day known at the cut-off, or no such source) or
--            'stale_rate' (too old), and then num and den are NULL, so ta_convert gives NULL. A missing rate is an answer, no error.
-- Index      exchange_rate_once (source, base, quote, on_date, seq), read backwards; nothing else.

CREATE FUNCTION ta_rate_serves_until(on_date date, frequency text, grace_days int) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE frequency
        WHEN 'monthly' THEN (date_trunc('month', on_date::timestamp) + interval '1 month' - interval '1 day')::date
        ELSE on_date
    END + grace_days
$$;

-- One answer for one (currency, day): always exactly one row.
CREATE FUNCTION ta_rate_as_of(p_source text, p_currency text, p_date date, p_cut_off timestamptz)
RETURNS TABLE (rate_id bigint, num numeric, den numeric, reason text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN q.fresh THEN q.id END,
           CASE WHEN p_currency = s.pivot_id THEN 1 WHEN q.fresh THEN CASE WHEN q.direct THEN q.value ELSE 1 END END,
           CASE WHEN p_currency = s.pivot_id THEN 1 WHEN q.fresh THEN CASE WHEN q.direct THEN 1 ELSE q.value END END,
           CASE WHEN p_currency = s.pivot_id OR q.fresh THEN NULL WHEN q.id IS NULL THEN 'no_rate' ELSE 'stale_rate' END
    FROM (SELECT) AS always_a_row
    LEFT JOIN rate_source s ON s.code = p_source
    LEFT JOIN LATERAL (
        SELECT quoted.*, p_date <= ta_rate_serves_until(quoted.on_date, s.frequency, s.grace_days) AS fresh
        FROM ((SELECT id, on_date, value, true AS direct FROM exchange_rate
               WHERE source_id = p_source AND base = p_currency AND quote = s.pivot_id
                 AND on_date <= p_date AND known_at <= p_cut_off
               ORDER BY on_date DESC, seq DESC LIMIT 1)
              UNION ALL
              (SELECT id, on_date, value, false FROM exchange_rate
               WHERE source_id = p_source AND base = s.pivot_id AND quote = p_currency
                 AND on_date <= p_date AND known_at <= p_cut_off
               ORDER BY on_date DESC, seq DESC LIMIT 1)) AS quoted
        ORDER BY quoted.on_date DESC, quoted.direct DESC LIMIT 1
    ) AS q ON p_currency <> s.pivot_id
$$;
