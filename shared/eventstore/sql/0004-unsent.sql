-- How long facts wait for the relay, for whoever shows how fresh a picture is and may read no fact.

-- It runs with its maker's rights. Its body is bound to these tables here and now, so that no
-- caller's search path can lead it to others.
CREATE FUNCTION unsent_seconds() RETURNS double precision
    LANGUAGE sql
    SECURITY DEFINER
BEGIN ATOMIC
    SELECT coalesce(
        (
            SELECT extract(epoch FROM clock_timestamp() - recorded_at)::double precision
            FROM events
            WHERE published
            AND (xid, position) > (
                (SELECT sent.xid FROM relay_cursor AS sent),
                (SELECT sent.position FROM relay_cursor AS sent)
            )
            ORDER BY xid, position
            LIMIT 1
        ),
        0
    );
END;
