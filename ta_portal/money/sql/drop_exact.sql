DROP FUNCTION ta_split_largest_remainder(numeric, numeric[], int);
DROP FUNCTION ta_round_ratio(numeric, numeric, int);
DROP FUNCTION ta_convert(numeric, numeric, numeric, int);
DROP FUNCTION ta_convert_finite(numeric, numeric, numeric, int);
DROP FUNCTION ta_convert_refuse(numeric, numeric, numeric, int);
