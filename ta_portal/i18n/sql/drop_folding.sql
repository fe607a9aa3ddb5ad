DROP FUNCTION ta_folded(text);
