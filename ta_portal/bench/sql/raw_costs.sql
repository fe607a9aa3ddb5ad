-- What was spent, by engagement and category or kind, in US dollars: as somebody would write it by hand for this one question.
SELECT s.engagement_id, s.bucket, sum(s.converted), count(*)
FROM (
    SELECT e.engagement_id, coalesce(e.category, e.outside) AS bucket,
           CASE WHEN e.booked_amount IS NOT NULL AND g.currency_id = 'USD' THEN e.booked_amount
                WHEN e.currency_id = 'USD' THEN e.amount
                ELSE round(coalesce(e.amount * v.num / v.den, v.base_amount), 2) END AS converted
    FROM ledger_entry e
    LEFT JOIN funding_agreement g ON g.id = e.agreement_id
    LEFT JOIN LATERAL (
        SELECT v.num, v.den, v.base_amount FROM ledger_valuation v
        WHERE v.entry_id = e.id AND v.known_at <= %(cut_off)s ORDER BY v.seq DESC LIMIT 1) v ON true
    WHERE e.on_date <= %(as_of)s AND e.posted_at <= %(cut_off)s
      AND e.kind IN ('expenditure', 'disbursement') AND NOT (e.kind = 'disbursement' AND e.is_advance)
) s
GROUP BY 1, 2
