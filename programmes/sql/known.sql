-- known.sql: rows as they were on record at an instant, for figures that are asked for again with their old cut-off. One function for
-- each table that `recalled` (ta_portal/audit/history.py) keeps: ta_known_engagements(p_cut_off) and so on, with the columns of the
-- table that its history keeps.
--
-- A row that was not changed since is read where it stands; else its last state on record at the cut-off, if it had one that was not
-- its removal. An instant is that of the transaction's start. With a cut-off of now the second part finds nothing in an index.
DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT r.name, r.plural, string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) AS columns,
               string_agg(format('%I %s', a.attname, format_type(a.atttypid, NULL)), ', ' ORDER BY a.attnum) AS typed
        FROM (VALUES ('programme', 'programmes'), ('engagement', 'engagements'), ('engagement_recipient', 'recipients'),
                     ('funding_agreement', 'agreements'), ('milestone', 'milestones'), ('outcome', 'outcomes'),
                     ('indicator', 'indicators'), ('indicator_target', 'targets')) r(name, plural)
        JOIN pg_attribute a ON a.attrelid = r.name::regclass AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_attribute k ON k.attrelid = (r.name || '_event')::regclass AND k.attname = a.attname AND NOT k.attisdropped
        GROUP BY 1, 2
    LOOP
        EXECUTE format(
            $known$
            CREATE FUNCTION ta_known_%2$s(p_cut_off timestamptz) RETURNS TABLE (%4$s) LANGUAGE sql STABLE PARALLEL SAFE AS $body$
                SELECT %3$s FROM %1$I r
                WHERE NOT EXISTS (SELECT FROM %5$I later WHERE later.pgh_obj_id = r.id AND later.pgh_created_at > p_cut_off)
                UNION ALL
                SELECT %3$s
                FROM (SELECT DISTINCT pgh_obj_id FROM %5$I WHERE pgh_created_at > p_cut_off) changed
                CROSS JOIN LATERAL (
                    SELECT * FROM %5$I former
                    WHERE former.pgh_obj_id = changed.pgh_obj_id AND former.pgh_created_at <= p_cut_off
                    ORDER BY former.pgh_id DESC LIMIT 1) former
                WHERE former.pgh_label <> 'delete'
            $body$
            $known$,
            kept.name, kept.plural, kept.columns, kept.typed, kept.name || '_event');
    END LOOP;
END $$;
