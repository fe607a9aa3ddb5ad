-- The portfolio by hand: how many engagements are in each status, and the 25 with the earliest thing to do.
WITH matter AS (
    SELECT p.engagement_id, p.due AS on_date FROM progress_report r JOIN reporting_period p ON p.id = r.period_id
    WHERE r.state = 'submitted'
    UNION ALL
    SELECT p.engagement_id, p.due FROM reporting_period p LEFT JOIN progress_report r ON r.period_id = p.id
    WHERE p.state = 'open' AND p.due < %(as_of)s AND coalesce(r.state, 'draft') IN ('draft', 'awaiting', 'returned')
    UNION ALL
    SELECT engagement_id, review_on FROM risk WHERE status = 'open' AND review_on <= %(as_of)s + 30
    UNION ALL
    SELECT engagement_id, upper(during) - 1 FROM funding_agreement WHERE upper(during) - 1 BETWEEN %(as_of)s AND %(as_of)s + 90
    UNION ALL
    SELECT engagement_id, upper(during) - 1 FROM deployment WHERE upper(during) - 1 BETWEEN %(as_of)s AND %(as_of)s + 90
    UNION ALL
    SELECT id, upper(coalesce(actual, planned)) - 1 FROM engagement WHERE upper(coalesce(actual, planned)) - 1 <= %(as_of)s + 90
), first AS (
    SELECT engagement_id, min(on_date) AS on_date FROM matter GROUP BY 1
)
SELECT e.ref, e.title, f.on_date, (SELECT jsonb_object_agg(status, n) FROM (SELECT status, count(*) AS n FROM engagement GROUP BY 1) s)
FROM engagement e LEFT JOIN first f ON f.engagement_id = e.id
WHERE e.status IN ('approved', 'active', 'suspended')
ORDER BY f.on_date, e.ref LIMIT 25
