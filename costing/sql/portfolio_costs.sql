-- What many engagements cost together, in one currency and one pass: by category, by donor (of those engagements whose detail the
-- reader may see), by engagement where it is over, and what each category is forecast to come to. Converted item by item as ta_money_items does, so every part adds up to the total.
WITH item AS MATERIALIZED (
    SELECT i.engagement_id, i.measure, i.category, i.outside, coalesce(i.donor, 'unassigned') AS donor, i.on_date, i.converted, i.reason
    FROM ta_money_items(%(engagements)s::bigint[], ARRAY['planned', 'committed', 'actual'], %(currency)s, %(as_of)s, %(cut_off)s) i
)
SELECT 'bucket' AS part, measure, category, outside, NULL AS key, coalesce(sum(converted), 0) AS amount, count(*) AS items, count(reason) AS left_out
FROM item GROUP BY measure, category, outside
UNION ALL
SELECT 'donor', measure, NULL, NULL, donor, coalesce(sum(converted), 0), count(*), count(reason)
FROM item WHERE engagement_id = ANY (%(detail)s::bigint[]) GROUP BY measure, donor
UNION ALL
SELECT 'over', 'actual', NULL, NULL, engagement_id::text, over, 0, 0
FROM (SELECT engagement_id, coalesce(sum(converted) FILTER (WHERE measure = 'actual'), 0) - sum(converted) FILTER (WHERE measure = 'planned') AS over
      FROM item GROUP BY engagement_id) each
WHERE over > 0
UNION ALL
SELECT 'forecast', NULL, category, outside, NULL, sum(ta_forecast(actual, committed, ahead)), 0, 0
FROM (SELECT category, outside, coalesce(sum(converted) FILTER (WHERE measure = 'actual'), 0) AS actual,
             coalesce(sum(converted) FILTER (WHERE measure = 'committed'), 0) AS committed,
             coalesce(sum(converted) FILTER (WHERE measure = 'planned' AND on_date > %(as_of)s), 0) AS ahead
      FROM item GROUP BY engagement_id, category, outside) each
GROUP BY category, outside
