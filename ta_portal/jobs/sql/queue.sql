-- queue.sql: jobs and the outbox, at least once in delivery, once in effect. `queue.py` calls these functions.
--
-- Contract   a job is queued -> running -> done | failed | cancelled; what has ended stays as it is. A claim takes the oldest
--            ready job with SKIP LOCKED, gives a lease and counts an attempt. (id, attempt) is the fencing token: beat, finish
--            and fail act only while that attempt still runs, so a worker that lost its lease can change nothing. The work's own
--            rows are committed in the SAME transaction as ta_job_finish: both or neither. The sweep gives back what has an
--            expired lease, or fails it after max_attempts.
-- Units      leases are intervals; the clock is the server's clock_timestamp(), never a worker's.
-- Retries    an attempt that failed: least(5 s * 2^(n-1), one hour) later; one whose worker was lost: at once, its lease was the wait.
-- Dedupe     one queued or running job for a dedupe_key; enqueueing again returns the one that is there.
-- Errors     none are raised for a lost lease: ta_job_beat gives NULL, ta_job_finish and ta_job_fail give false; then roll back.
-- Outbox     written in the transaction of the change; claimed and marked sent in the same way. A fact can be told twice, so a
--            listener is entered in the inbox in the transaction of its effect.

CREATE FUNCTION ta_job_enqueue(p_kind text, p_args jsonb, p_dedupe_key text, p_by bigint)
RETURNS TABLE (job_id bigint, is_new boolean) LANGUAGE plpgsql AS $$
DECLARE key bigint;
BEGIN
    LOOP   -- the active job can end between the two statements; then insert again
        INSERT INTO job (kind, args, dedupe_key, by_id) VALUES (p_kind, p_args, p_dedupe_key, p_by)
        ON CONFLICT (dedupe_key) WHERE state IN ('queued', 'running') DO NOTHING RETURNING id INTO key;
        IF key IS NOT NULL THEN
            RETURN QUERY SELECT key, true;
            RETURN;
        END IF;
        SELECT id INTO key FROM job WHERE dedupe_key = p_dedupe_key AND state IN ('queued', 'running');
        IF key IS NOT NULL THEN
            RETURN QUERY SELECT key, false;
            RETURN;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION ta_job_claim(p_worker text, p_kinds text[], p_lease interval) RETURNS SETOF job LANGUAGE sql AS $$
    WITH ready AS MATERIALIZED (
        SELECT id FROM job WHERE state = 'queued' AND run_after <= clock_timestamp() AND kind = ANY (p_kinds)
        ORDER BY run_after, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE job SET state = 'running', attempt = attempt + 1, worker = p_worker, lease_until = clock_timestamp() + p_lease,
                   stage = '', done = 0, total = NULL, error = ''
    FROM ready WHERE job.id = ready.id RETURNING job.*
$$;

-- true: go on; false: go on, but a cancel was asked for; NULL: the lease is lost, stop and roll back
CREATE FUNCTION ta_job_beat(p_id bigint, p_attempt int, p_lease interval, p_stage text, p_done int, p_total int)
RETURNS boolean LANGUAGE sql AS $$
    UPDATE job SET lease_until = clock_timestamp() + p_lease, stage = p_stage, done = p_done, total = p_total
    WHERE id = p_id AND attempt = p_attempt AND state = 'running' RETURNING NOT cancel_requested
$$;

CREATE FUNCTION ta_job_finish(p_id bigint, p_attempt int, p_state text, p_result jsonb) RETURNS boolean LANGUAGE sql AS $$
    WITH ended AS (
        UPDATE job SET state = p_state, result = p_result, lease_until = NULL, ended_at = clock_timestamp()
        WHERE id = p_id AND attempt = p_attempt AND state = 'running' AND p_state IN ('done', 'cancelled') RETURNING 1)
    SELECT count(*) = 1 FROM ended
$$;

-- one place decides between another try and the end: an error of the handler, and a worker that vanished
CREATE FUNCTION ta_job_give_back(p_ids bigint[], p_error text, p_final boolean, p_pause interval) RETURNS bigint LANGUAGE sql AS $$
    WITH back AS (
        UPDATE job SET state = CASE WHEN cancel_requested THEN 'cancelled' WHEN p_final OR attempt >= max_attempts THEN 'failed' ELSE 'queued' END,
            error = p_error, lease_until = NULL,
            ended_at = CASE WHEN cancel_requested OR p_final OR attempt >= max_attempts THEN clock_timestamp() END,
            run_after = clock_timestamp() + least(p_pause * power(2, least(attempt - 1, 20)), interval '1 hour')
        WHERE id = ANY (p_ids) AND state = 'running' RETURNING 1)
    SELECT count(*) FROM back
$$;

CREATE FUNCTION ta_job_fail(p_id bigint, p_attempt int, p_error text, p_final boolean) RETURNS boolean LANGUAGE sql AS $$
    SELECT ta_job_give_back(
        ARRAY(SELECT id FROM job WHERE id = p_id AND attempt = p_attempt AND state = 'running' FOR UPDATE),
        p_error, p_final, interval '5 seconds') = 1
$$;

-- at worker start and every 30 s; many may sweep at once
CREATE FUNCTION ta_job_sweep() RETURNS bigint LANGUAGE sql AS $$
    SELECT ta_job_give_back(
        ARRAY(SELECT id FROM job WHERE state = 'running' AND lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED),
        'The worker was lost.', false, interval '0')
$$;

CREATE FUNCTION ta_outbox_claim(p_lease interval, p_limit int) RETURNS SETOF outbox LANGUAGE sql AS $$
    WITH ready AS MATERIALIZED (
        SELECT id FROM outbox WHERE sent_at IS NULL AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        ORDER BY id LIMIT p_limit FOR UPDATE SKIP LOCKED)
    UPDATE outbox SET claimed_until = clock_timestamp() + p_lease, attempts = attempts + 1
    FROM ready WHERE outbox.id = ready.id RETURNING outbox.*
$$;

CREATE FUNCTION ta_outbox_sent(p_id bigint, p_attempt int) RETURNS boolean LANGUAGE sql AS $$
    WITH sent AS (
        UPDATE outbox SET sent_at = clock_timestamp() WHERE id = p_id AND attempts = p_attempt AND sent_at IS NULL RETURNING 1)
    SELECT count(*) = 1 FROM sent
$$;

-- true the first time that a consumer meets a fact; waits for another transaction that is about to enter the same
CREATE FUNCTION ta_inbox_first(p_consumer text, p_outbox_id bigint) RETURNS boolean LANGUAGE sql AS $$
    WITH first AS (
        INSERT INTO inbox (consumer, outbox_id) VALUES (p_consumer, p_outbox_id)
        ON CONFLICT (consumer, outbox_id) DO NOTHING RETURNING 1)
    SELECT count(*) = 1 FROM first
$$;

CREATE FUNCTION ta_job_end_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'job % has ended and does not change', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'job_end_is_final', TABLE = 'job';
END $$;
CREATE TRIGGER job_end_is_final BEFORE UPDATE ON job FOR EACH ROW
    WHEN (OLD.state IN ('done', 'failed', 'cancelled')) EXECUTE FUNCTION ta_job_end_is_final();
