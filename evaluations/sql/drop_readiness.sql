DROP FUNCTION ta_exit_readiness(bigint[], date);
