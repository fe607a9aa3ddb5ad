-- What was spent, a row for each entry with the valuation that counts: for a loop in Python.
SELECT e.engagement_id, e.category, e.outside, e.currency_id, e.amount, v.num, v.den, v.base_amount,
       CASE WHEN g.currency_id = 'USD' THEN e.booked_amount END, e.public_id::text, e.on_date
FROM ledger_entry e
LEFT JOIN funding_agreement g ON g.id = e.agreement_id
LEFT JOIN ledger_valuation v ON v.entry_id = e.id AND v.seq = (
    SELECT max(w.seq) FROM ledger_valuation w WHERE w.entry_id = e.id AND w.known_at <= %(cut_off)s)
WHERE e.on_date <= %(as_of)s AND e.posted_at <= %(cut_off)s
  AND e.kind IN ('expenditure', 'disbursement') AND NOT (e.kind = 'disbursement' AND e.is_advance)
