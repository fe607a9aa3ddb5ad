-- readiness.sql: can the institution go on alone? Its twin is evaluations/domain/readiness.py.
--
-- Every assessment of the engagements given, by p_as_of where it is given: sum(weight * score) / (3 * sum of weights) * 100 over the
-- dimensions scored. Ready at its set's threshold with no dimension at 0, no critical one below 2, and none left unscored:
-- unscored is not 0, and not ready either. Exact until rounded, once, to score_pct.
CREATE FUNCTION ta_exit_readiness(p_engagements bigint[], p_as_of date DEFAULT NULL)
RETURNS TABLE (engagement_id bigint, assessment_id bigint, label text, on_date date, side text, score_num numeric, score_den numeric,
               score_pct numeric, any_zero boolean, unscored bigint, ready boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT a.engagement_id, a.id, a.label, a.on_date, a.side, t.n, t.d, ta_round_ratio(t.n, t.d, 2), t.zero, t.unscored,
       coalesce(t.n >= s.threshold_pct * t.d AND NOT t.zero AND NOT t.critical AND t.unscored = 0, false)
FROM readiness_assessment a
JOIN readiness_set s ON s.id = a.set_id
CROSS JOIN LATERAL (
    SELECT 100 * sum(d.weight * r.score) AS n, 3 * sum(d.weight) FILTER (WHERE r.score IS NOT NULL) AS d,
           coalesce(bool_or(r.score = 0), false) AS zero, coalesce(bool_or(d.critical AND r.score < 2), false) AS critical,
           count(*) FILTER (WHERE r.score IS NULL) AS unscored
    FROM readiness_dimension d LEFT JOIN readiness_score r ON r.dimension_id = d.id AND r.assessment_id = a.id
    WHERE d.set_id = a.set_id) t
WHERE a.engagement_id = ANY (p_engagements) AND (p_as_of IS NULL OR a.on_date <= p_as_of)
$$;
