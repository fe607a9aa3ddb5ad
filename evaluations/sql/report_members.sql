-- The engagements that a report counted under a key above them, as was on record, and which part of which shares is that key's:
-- `ta_engagement_places` has the rule; of money without an agreement the books tell.
WITH inside AS (
    SELECT array_agg(e.id) AS ids FROM impact_row r JOIN engagement e ON e.ref = r.key
    WHERE r.report_id = %(report)s AND r.level = 'engagement' AND r.metric = 'milestones_done'
)
SELECT e.ref, e.title, p.shares, p.nth
FROM inside
CROSS JOIN ta_known_engagements(%(cut_off)s) e
LEFT JOIN ta_engagement_places(inside.ids, %(cut_off)s) p ON p.engagement_id = e.id AND p.level = %(level)s AND p.key = %(key)s
WHERE e.id = ANY (inside.ids)
  AND (p.engagement_id IS NOT NULL OR %(level)s = 'portfolio'
       OR (%(level)s = 'donor' AND %(key)s = 'unassigned' AND e.id IN (
           SELECT i.engagement_id
           FROM ta_converted_items(inside.ids, '{planned,committed,actual}', %(currency)s, %(as_of)s, %(cut_off)s) i
           WHERE i.agreement_id IS NULL)))
