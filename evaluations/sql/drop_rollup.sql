DROP FUNCTION ta_report_fingerprint(bigint);
DROP FUNCTION ta_roll_up(bigint[], text, text, date, timestamptz, text, numeric);
DROP FUNCTION IF EXISTS ta_scope_engagements(text, text, timestamptz);
DROP FUNCTION IF EXISTS ta_engagement_places(bigint[], timestamptz);
DROP FUNCTION ta_ratio_30(numeric, numeric);
