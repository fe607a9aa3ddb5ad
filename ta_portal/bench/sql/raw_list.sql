-- The first page of the list of engagements by hand: how many there are, and 25 of them with names.
SELECT e.ref, e.title, e.status, e.planned, e.actual, i.name, p.code, a.name,
       (SELECT string_agg(c.name, ', ' ORDER BY r.pct DESC) FROM engagement_recipient r JOIN country c ON c.iso2 = r.country_id
        WHERE r.engagement_id = e.id),
       (SELECT count(*) FROM engagement)
FROM engagement e
JOIN programme p ON p.id = e.programme_id
LEFT JOIN institution i ON i.id = e.institution_id
LEFT JOIN practice_area a ON a.code = e.practice_area_id
ORDER BY e.ref LIMIT 25
