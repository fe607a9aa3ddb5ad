-- What each category of each engagement comes to so far, and what of it is planned to begin after the day. `items` counts what is in
-- these amounts, what has no rate included. What they are forecast to come to: costing/domain/forecast.py.
SELECT i.engagement_id, i.category, i.outside, coalesce(sum(i.converted) FILTER (WHERE i.measure = 'actual'), 0) AS actual,
       coalesce(sum(i.converted) FILTER (WHERE i.measure = 'committed'), 0) AS committed,
       coalesce(sum(i.converted) FILTER (WHERE i.measure = 'planned'), 0) AS ahead, count(*) AS items, count(i.reason) AS left_out
FROM ta_converted_items(%(engagements)s::bigint[], ARRAY['planned', 'committed', 'actual'], %(currency)s, %(as_of)s, %(cut_off)s) i
WHERE i.measure <> 'planned' OR i.on_date > %(as_of)s
GROUP BY i.engagement_id, i.category, i.outside
