DROP FUNCTION ta_known_programmes(timestamptz), ta_known_engagements(timestamptz), ta_known_recipients(timestamptz),
    ta_known_agreements(timestamptz), ta_known_milestones(timestamptz), ta_known_outcomes(timestamptz),
    ta_known_indicators(timestamptz), ta_known_targets(timestamptz);
