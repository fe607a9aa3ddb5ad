-- What a category of an engagement comes to in the end: what is spent, and the greater of what is committed and not paid and of what is
-- planned to begin later. Its twin is costing/domain/forecast.py, which says why.
CREATE FUNCTION ta_forecast(actual numeric, committed numeric, ahead numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT actual + greatest(committed - actual, ahead, 0)
$$;
