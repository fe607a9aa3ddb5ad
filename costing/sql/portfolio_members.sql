-- One figure of the portfolio, engagement by engagement: what each has on one basis, in the formula, beside it or in all.
SELECT e.ref, e.title, sum(i.converted) AS amount, count(*) AS items, count(i.reason) AS left_out
FROM ta_money_items(%(engagements)s::bigint[], ARRAY[%(basis)s], %(currency)s, %(as_of)s, %(cut_off)s) i
JOIN engagement e ON e.id = i.engagement_id
WHERE CASE %(group)s WHEN 'charged' THEN true WHEN 'total' THEN i.category IS NOT NULL
                     WHEN 'uncategorised' THEN i.category IS NULL AND i.outside IS NULL
                     ELSE coalesce(i.category, i.outside) = %(group)s END
  AND (%(donor)s IS NULL OR coalesce(i.donor, 'unassigned') = %(donor)s)
GROUP BY e.id
ORDER BY amount DESC NULLS LAST, e.ref COLLATE "C"
