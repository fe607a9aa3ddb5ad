-- exact.sql: the one conversion contract, in SQL. Its twin is exact.py; tests hold the two and a third oracle together.
--
-- ta_convert(amount, num, den, digits) -> numeric
--   Contract   amount * num / den, rounded ONCE, half away from zero, to `digits` decimals.
--              num/den is the whole chain native -> base -> target as one rational: multiply the legs' numerators together and
--              their denominators together (numeric multiplication is exact); never divide one leg before the other.
--   Units      amount: money in the native currency, any scale. num, den: as quoted, any scale (1 EUR = 1.0905 USD is 1.0905/1
--              from EUR, 1/1.0905 from USD). digits: the target currency's minor units, 0..4. The result's scale is `digits`.
--   Exact      div() is long division to an integer, exact for numerics of any size and scale; PostgreSQL's `/` rounds on its own.
--   NULL       any NULL argument gives NULL: "not converted". Never 0, never the unconverted amount.
--   Errors     22023 if num <= 0, den <= 0, digits is outside 0..4, or an argument is NaN or infinite.
--   The body is one expression, so the planner inlines it: pass columns or short products, not sub-selects (an argument
--   used more than once is evaluated more than once).

CREATE FUNCTION ta_convert_refuse(amount numeric, num numeric, den numeric, digits int) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'ta_convert: refused amount=%, num=%, den=%, digits=%', amount, num, den, digits
        USING ERRCODE = 'invalid_parameter_value';
END $$;

-- ta_convert_finite: the same, of an amount and a rate that the tables' constraints keep finite and above zero: it asks nothing.
CREATE FUNCTION ta_convert_finite(amount numeric, num numeric, den numeric, digits int) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- half away from zero: floor((2|p| + q) / 2q), the sign put back; p = amount * num * 10^digits, q = den
    SELECT CASE WHEN amount < 0
        THEN -div(-amount * num * CASE digits WHEN 0 THEN 2 WHEN 1 THEN 20 WHEN 2 THEN 200 WHEN 3 THEN 2000 WHEN 4 THEN 20000 END + den, den + den)
             * CASE digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 WHEN 2 THEN 0.01 WHEN 3 THEN 0.001 WHEN 4 THEN 0.0001 END
        ELSE  div(amount * num * CASE digits WHEN 0 THEN 2 WHEN 1 THEN 20 WHEN 2 THEN 200 WHEN 3 THEN 2000 WHEN 4 THEN 20000 END + den, den + den)
             * CASE digits WHEN 0 THEN 1 WHEN 1 THEN 0.1 WHEN 2 THEN 0.01 WHEN 3 THEN 0.001 WHEN 4 THEN 0.0001 END
    END
$$;

CREATE FUNCTION ta_convert(amount numeric, num numeric, den numeric, digits int) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN num <= 0 OR den <= 0 OR digits < 0 OR digits > 4
          OR num >= 'Infinity' OR den >= 'Infinity' OR amount >= 'Infinity' OR amount = '-Infinity'  -- NaN sorts above Infinity
        THEN ta_convert_refuse(amount, num, den, digits)
        ELSE ta_convert_finite(amount, num, den, digits)
    END
$$;

-- ta_round_ratio(num, den, digits) -> numeric
--   Contract   num / den rounded half away from zero to `digits` (0..20) decimals, exactly; for figures that are not money
--              (averages, progress). den may be negative. den = 0 or NULL gives NULL: undefined is not 0.
CREATE FUNCTION ta_round_ratio(num numeric, den numeric, digits int) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN den <> 0 THEN
        round(sign(num) * sign(den) * div(2 * abs(num) * round(power(10::numeric, digits)) + abs(den), 2 * abs(den))
              * round(power(10::numeric, -digits), digits), digits)
    END
$$;

-- ta_split_largest_remainder(total, weights, digits) -> numeric[]
--   Contract   parts in proportion to the weights, each a whole number of minor units, whose sum is exactly `total`. Each part is
--              its exact share cut toward zero; the units left over go one each to the largest remainders; ties to the earlier
--              weight, so pass weights in the order of their codes. A negative total is the mirror of the positive one.
--   Errors     22023 if total is not in whole minor units, weights is empty or holds a NULL, a negative or NaN, or sums to 0.
CREATE FUNCTION ta_split_largest_remainder(total numeric, weights numeric[], digits int) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    parts numeric[];
    scale numeric := CASE digits WHEN 0 THEN 1 WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 WHEN 4 THEN 10000 END;
    units numeric := abs(total) * scale;
    whole numeric := (SELECT sum(w) FROM unnest(weights) w);
BEGIN
    IF units IS NULL OR whole IS NULL OR units <> trunc(units) OR units >= 'Infinity' OR whole >= 'Infinity' OR whole <= 0
       OR EXISTS (SELECT FROM unnest(weights) w WHERE w IS NULL OR w < 0) THEN
        RAISE EXCEPTION 'ta_split_largest_remainder: refused total=%, weights=%, digits=%', total, weights, digits
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT array_agg(sign(total) * round((share + CASE WHEN place <= units - cut THEN 1 ELSE 0 END) / scale, digits) ORDER BY ord)
    INTO parts
    FROM (SELECT ord, share, sum(share) OVER () AS cut,
                 row_number() OVER (ORDER BY units * w - share * whole DESC, ord) AS place   -- remainder times `whole`: no division
          FROM (SELECT ord, w, div(units * w, whole) AS share FROM unnest(weights) WITH ORDINALITY AS t(w, ord)) s) r;
    RETURN parts;
END $$;
