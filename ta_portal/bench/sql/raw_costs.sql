-- What was spent on every engagement, by category or kind, in US dollars, and what is left out of it and why: as somebody would write
-- it by hand for this one question, where every source of rates has the dollar as its pivot.
SELECT g.id, s.bucket, s.amount, s.left_out
FROM engagement g
LEFT JOIN (
    SELECT i.engagement_id, coalesce(i.category, i.outside) AS bucket, coalesce(sum(i.converted), 0) AS amount,
           jsonb_agg(jsonb_build_object('kind', 'ledger_entry', 'id', i.public_id, 'category', i.category, 'amount', i.amount::text,
                                        'currency', i.currency_id, 'date', i.on_date, 'reason', 'no_valuation') ORDER BY i.on_date, i.public_id)
               FILTER (WHERE i.converted IS NULL) AS left_out
    FROM (
        SELECT e.engagement_id, e.public_id, e.category, e.outside, e.amount, e.currency_id, e.on_date,
               CASE WHEN e.booked_amount IS NOT NULL AND a.currency_id = 'USD' THEN round(e.booked_amount, 2)
                    WHEN e.currency_id = 'USD' THEN round(e.amount, 2)
                    ELSE round(coalesce(e.amount * v.num / v.den, v.base_amount), 2) END AS converted
        FROM ledger_entry e
        LEFT JOIN funding_agreement a ON a.id = e.agreement_id
        LEFT JOIN LATERAL (
            SELECT v.num, v.den, v.base_amount FROM ledger_valuation v
            WHERE v.entry_id = e.id AND v.known_at <= %(cut_off)s ORDER BY v.seq DESC LIMIT 1) v ON true
        WHERE e.on_date <= %(as_of)s AND e.posted_at <= %(cut_off)s
          AND e.kind IN ('expenditure', 'disbursement') AND NOT (e.kind = 'disbursement' AND e.is_advance)
    ) i
    GROUP BY 1, 2
) s ON s.engagement_id = g.id
