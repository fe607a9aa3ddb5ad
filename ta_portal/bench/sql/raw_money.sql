-- Planned, committed and actual cost in US dollars at every level, by hand: converted as in raw_costs.sql, lines at their budget's own
-- rates, a country's share cut to cents on its own.
WITH approved AS (
    SELECT DISTINCT ON (b.engagement_id) b.id, b.engagement_id, b.rate_set_id
    FROM budget b WHERE b.approved_at <= %(cut_off)s ORDER BY b.engagement_id, b.version DESC
), rate AS (
    SELECT rate_set_id, currency_id, num, den FROM rate_set_rate
    UNION
    SELECT s.id, s.base, 1, 1 FROM rate_set s WHERE NOT EXISTS (
        SELECT FROM rate_set_rate r WHERE r.rate_set_id = s.id AND r.currency_id = s.base)
), item AS (
    SELECT e.engagement_id, e.agreement_id, CASE e.kind WHEN 'commitment' THEN 'committed' ELSE 'actual' END AS measure,
           e.category IS NOT NULL AS in_formula,
           CASE WHEN e.booked_amount IS NOT NULL AND g.currency_id = 'USD' THEN e.booked_amount
                WHEN e.currency_id = 'USD' THEN e.amount
                ELSE round(coalesce(e.amount * v.num / v.den, v.base_amount), 2) END AS converted
    FROM ledger_entry e
    LEFT JOIN funding_agreement g ON g.id = e.agreement_id
    LEFT JOIN LATERAL (
        SELECT v.num, v.den, v.base_amount FROM ledger_valuation v
        WHERE v.entry_id = e.id AND v.known_at <= %(cut_off)s ORDER BY v.seq DESC LIMIT 1) v ON true
    WHERE e.on_date <= %(as_of)s AND e.posted_at <= %(cut_off)s
      AND e.kind IN ('expenditure', 'disbursement', 'commitment') AND NOT (e.kind = 'disbursement' AND e.is_advance)
    UNION ALL
    SELECT b.engagement_id, l.agreement_id, 'planned', l.category IS NOT NULL,
           CASE WHEN l.currency_id = 'USD' THEN l.amount ELSE round(l.amount * own.num * usd.den / (own.den * usd.num), 2) END
    FROM approved b
    JOIN cost_line l ON l.budget_id = b.id
    LEFT JOIN rate own ON own.rate_set_id = b.rate_set_id AND own.currency_id = l.currency_id
    LEFT JOIN rate usd ON usd.rate_set_id = b.rate_set_id AND usd.currency_id = 'USD'
), each AS (
    SELECT i.engagement_id, coalesce(o.code, 'unassigned') AS donor, i.measure,
           coalesce(sum(i.converted) FILTER (WHERE i.in_formula), 0) AS cost, coalesce(sum(i.converted), 0) AS charged
    FROM item i LEFT JOIN funding_agreement g ON g.id = i.agreement_id LEFT JOIN organisation o ON o.id = g.contributor_id
    GROUP BY 1, 2, 3
), engagements AS (
    SELECT e.id, e.ref, p.code AS programme, e.practice_area_id AS area, c.measure, sum(c.cost) AS cost, sum(c.charged) AS charged
    FROM each c JOIN engagement e ON e.id = c.engagement_id JOIN programme p ON p.id = e.programme_id GROUP BY e.id, p.code, c.measure
)
SELECT 'engagement', ref, measure, cost, charged FROM engagements
UNION ALL SELECT 'programme', programme, measure, sum(cost), sum(charged) FROM engagements GROUP BY programme, measure
UNION ALL SELECT 'area', area, measure, sum(cost), sum(charged) FROM engagements GROUP BY area, measure
UNION ALL SELECT 'country', r.country_id, measure, sum(round(cost * r.pct / 100, 2)), sum(round(charged * r.pct / 100, 2))
FROM engagements e JOIN engagement_recipient r ON r.engagement_id = e.id GROUP BY 2, 3
UNION ALL SELECT 'donor', donor, measure, sum(cost), sum(charged) FROM each GROUP BY donor, measure
UNION ALL SELECT 'portfolio', 'portfolio', measure, sum(cost), sum(charged) FROM engagements GROUP BY measure
