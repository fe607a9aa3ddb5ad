-- The lines and entries behind the totals of one engagement, as ta_money_items converts them, each with what explains it:
-- its words and reference, who answers for it since when, and the rates that it went through, as quoted.
-- A value of a budget's own rate set is num / den to its base. A rate that changed nothing (the same currency) is none.
SELECT i.*, coalesce(nullif(e.description, ''), l.description, (SELECT p.description FROM cost_line p WHERE p.key_id = e.line_key_id
           ORDER BY p.id DESC LIMIT 1), '') AS description,
       CASE WHEN l.id IS NOT NULL THEN 'v' || b.version ELSE e.source || ' ' || e.external_ref END AS reference,
       coalesce(nullif(u.full_name, ''), u.email) AS who, coalesce(e.posted_at, b.approved_at) AS known_at,
       e.booked_amount IS NOT NULL AND g.currency_id = c.target AS as_booked,
       i.category IS NOT DISTINCT FROM 'salaries' OR l.deployment_id IS NOT NULL
           OR EXISTS (SELECT FROM cost_line p WHERE p.key_id = e.line_key_id
                      AND (p.category = 'salaries' OR p.deployment_id IS NOT NULL)) AS is_personal,
       coalesce(r.base, n.currency_id) AS own_base, coalesce(r.quote, s.base) AS own_quote, coalesce(r.value, n.num) AS own_value,
       n.den AS own_den, r.on_date AS own_on, r.source_id AS own_source,
       coalesce(w.base, m.currency_id) AS wanted_base, coalesce(w.quote, s.base) AS wanted_quote, coalesce(w.value, m.num) AS wanted_value,
       m.den AS wanted_den, w.on_date AS wanted_on, w.source_id AS wanted_source
FROM ta_money_items(ARRAY[%(engagement)s]::bigint[], %(measures)s, %(currency)s, %(as_of)s, %(cut_off)s) i
JOIN engagement x ON x.id = i.engagement_id
JOIN programme pr ON pr.id = x.programme_id
CROSS JOIN LATERAL (SELECT coalesce(%(currency)s, pr.currency_id) AS target) c
LEFT JOIN cost_line l ON i.item_kind = 'cost_line' AND l.public_id = i.item_id
LEFT JOIN budget b ON b.id = l.budget_id
LEFT JOIN ledger_entry e ON i.item_kind = 'ledger_entry' AND e.public_id = i.item_id
LEFT JOIN funding_agreement g ON g.id = e.agreement_id
LEFT JOIN portal_user u ON u.id = coalesce(e.by_id, b.approved_by_id)
CROSS JOIN LATERAL (SELECT i.currency <> c.target AND NOT (e.booked_amount IS NOT NULL AND g.currency_id = c.target) AS needed) rate
LEFT JOIN LATERAL ta_valuation(e.id, %(cut_off)s) v ON rate.needed AND i.measure <> 'pledged'
LEFT JOIN exchange_rate r ON r.id = v.rate_id
LEFT JOIN LATERAL ta_rate_as_of(pr.rate_source, c.target, i.on_date, %(cut_off)s) t ON rate.needed AND e.id IS NOT NULL AND i.measure <> 'pledged'
LEFT JOIN exchange_rate w ON w.id = t.rate_id
LEFT JOIN LATERAL ta_approved_budget(x.id, %(cut_off)s) approved ON rate.needed AND (l.id IS NOT NULL OR i.measure = 'pledged')
LEFT JOIN rate_set s ON s.id = approved.rate_set_id
LEFT JOIN rate_set_rate n ON n.rate_set_id = s.id AND n.currency_id = i.currency AND i.currency <> s.base
LEFT JOIN rate_set_rate m ON m.rate_set_id = s.id AND m.currency_id = c.target AND c.target <> s.base
ORDER BY i.on_date, i.item_kind, i.item_id
