-- When a stream is to be looked at because time has passed, derived from the facts behind them.

CREATE TABLE timers (
    stream  text        PRIMARY KEY,
    next_at timestamptz NOT NULL
);

CREATE INDEX timers_due
    ON timers (next_at);

CREATE TABLE timer_cursor (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    xid      xid8    NOT NULL,
    position bigint  NOT NULL
);

INSERT INTO timer_cursor (xid, position)
VALUES ('0', 0);

-- Arms, for at once, the streams begun by *beginner* that facts of *kinds* have entered since the
-- last call, and returns how many facts it went through. Like the relay it reads in the order of
-- transactions and below the oldest that runs, so that no late commit is passed over.
CREATE FUNCTION arm_timers(kinds text[], beginner text, rows_max integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path FROM CURRENT
AS $$
DECLARE
    read_to timer_cursor;
    until   record;
BEGIN
    -- Somebody else is at it. The lock assigns no transaction id: an idle look writes nothing.
    IF NOT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '/timers', 0)) THEN
        RETURN 0;
    END IF;

    SELECT *
    INTO read_to
    FROM timer_cursor;

    SELECT fresh.xid, fresh.position, count(*) OVER () AS facts
    INTO until
    FROM (
        SELECT events.xid, events.position
        FROM events
        WHERE events.published
        AND (events.xid, events.position) > (read_to.xid, read_to.position)
        AND events.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY events.xid, events.position
        LIMIT rows_max
    ) AS fresh
    ORDER BY fresh.xid DESC, fresh.position DESC
    LIMIT 1;

    IF NOT FOUND THEN
        RETURN 0;
    END IF;

    INSERT INTO timers (stream, next_at)
    SELECT DISTINCT fresh.stream, '-infinity'::timestamptz
    FROM events AS fresh
    JOIN events AS first
        ON first.stream = fresh.stream
        AND first.version = 1
        AND first.source = beginner
    WHERE fresh.published
    AND (fresh.xid, fresh.position) > (read_to.xid, read_to.position)
    AND (fresh.xid, fresh.position) <= (until.xid, until.position)
    AND fresh.type = ANY (kinds)
    ORDER BY fresh.stream
    ON CONFLICT (stream) DO UPDATE SET next_at = EXCLUDED.next_at;

    UPDATE timer_cursor
    SET xid = until.xid, position = until.position;

    RETURN until.facts;
END
$$;
