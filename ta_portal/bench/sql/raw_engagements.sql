-- A page of engagements with what the API shows of each, by hand.
SELECT e.public_id::text AS id, e.ref, e.iati_id, e.title, p.code AS programme, parent.ref AS parent, i.code AS institution,
       e.practice_area_id AS practice_area, e.form_of_aid, e.modality, e.objective, e.exit_criteria, e.status,
       lower(e.planned) AS planned_first_day, upper(e.planned) - 1 AS planned_last_day,
       lower(e.actual) AS actual_first_day, upper(e.actual) - 1 AS actual_last_day,
       (SELECT coalesce(json_agg(json_build_object('pct', trim_scale(r.pct)::text, 'region', r.region_id, 'country', r.country_id)
                                 ORDER BY r.pct DESC, r.id), '[]') FROM engagement_recipient r WHERE r.engagement_id = e.id) AS recipients,
       (SELECT coalesce(json_agg(json_build_object('pct', trim_scale(s.pct)::text, 'sector', s.sector_id)
                                 ORDER BY s.pct DESC, s.id), '[]') FROM engagement_sector s WHERE s.engagement_id = e.id) AS sectors,
       e.publication, u.full_name AS lead_officer, e.related_operation, e.aid_type, e.finance_type, e.flow_type, e.tied_status, e.sample,
       e.updated_at
FROM engagement e
JOIN programme p ON p.id = e.programme_id
LEFT JOIN engagement parent ON parent.id = e.parent_id
LEFT JOIN institution i ON i.id = e.institution_id
LEFT JOIN portal_user u ON u.id = e.lead_officer_id
ORDER BY e.id LIMIT %(size)s
