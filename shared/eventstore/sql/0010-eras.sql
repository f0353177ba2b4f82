-- Transactions as a store counts them, so that a dump goes on in another cluster: what was written here stays below what comes.

-- A cluster counts from its own beginning. What a dump brings may lie ahead of that, and would be written to by "younger"
-- transactions for ever; so whoever prepares such a store begins a new era in it: these three are replaced by ones that
-- count from a number above all that it holds. Small enough to be written into whatever calls them.
CREATE FUNCTION own_transaction() RETURNS xid8
    LANGUAGE sql
    STABLE
    RETURN pg_current_xact_id();

-- Whatever has an older transaction has ended.
CREATE FUNCTION settled_below() RETURNS xid8
    LANGUAGE sql
    STABLE
    RETURN pg_snapshot_xmin(pg_current_snapshot());

CREATE FUNCTION is_settled(transaction xid8, seen pg_snapshot) RETURNS boolean
    LANGUAGE sql
    STABLE
    RETURN pg_visible_in_snapshot(transaction, seen);

ALTER TABLE events ALTER COLUMN xid SET DEFAULT own_transaction();
ALTER TABLE receipts ALTER COLUMN xid SET DEFAULT own_transaction();
ALTER TABLE claims ALTER COLUMN xid SET DEFAULT own_transaction();

-- Appends each fact to its stream unless its (source, id) is on record; the answer has one row for
-- each fact in no particular order. A (source, id) must occur once in a call.
CREATE OR REPLACE FUNCTION record_facts(
    streams       text[],
    sources       text[],
    ids           text[],
    types         text[],
    partitionkeys text[],
    occurrences   timestamptz[],
    bodies        text[],
    digests       bytea[],
    publish       boolean
)
    RETURNS TABLE (ordinal bigint, is_new boolean, digest bytea, stream text, version bigint)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
    fact        record;
    last_name   text;
    last_number bigint;
    last_hash   bytea;
    last_xid    xid8;
    next_hash   bytea;
    ordinals    bigint[] := '{}';
    versions    bigint[] := '{}';
    previous    bytea[]  := '{}';
    hashes      bytea[]  := '{}';
BEGIN
    PERFORM lock_streams(streams);

    FOR fact IN
        SELECT
            offered.ordinal,
            offered.stream,
            offered.body,
            known.digest AS known_digest,
            known.stream AS known_stream,
            known.version AS known_version
        FROM unnest(streams, sources, ids, bodies) WITH ORDINALITY
            AS offered (stream, source, id, body, ordinal)
        LEFT JOIN events AS known
            ON known.source = offered.source
            AND known.id = offered.id
        ORDER BY offered.stream, offered.ordinal
    LOOP
        IF fact.known_stream IS NOT NULL THEN
            ordinal := fact.ordinal;
            is_new := false;
            digest := fact.known_digest;
            stream := fact.known_stream;
            version := fact.known_version;
            RETURN NEXT;
            CONTINUE;
        END IF;

        IF last_name IS DISTINCT FROM fact.stream THEN
            last_name := fact.stream;
            SELECT stored.version, stored.hash, stored.xid
            INTO last_number, last_hash, last_xid
            FROM events AS stored
            WHERE stored.stream = fact.stream
            ORDER BY stored.version DESC
            LIMIT 1;

            IF NOT FOUND THEN
                last_number := 0;
                last_hash := decode(repeat('00', 32), 'hex');
            ELSIF pg_current_xact_id_if_assigned() IS NOT NULL AND last_xid > own_transaction() THEN
                -- The caller wrote something else first, and so has an older transaction id than
                -- the fact that it would follow here; the relay would send them the wrong way round.
                RAISE EXCEPTION 'stream % was written to by a younger transaction', fact.stream
                    USING ERRCODE = 'serialization_failure';
            END IF;
        END IF;

        last_number := last_number + 1;
        next_hash := sha256(
            last_hash
            || int4send(octet_length(fact.stream)) || convert_to(fact.stream, 'UTF8')
            || int8send(last_number)
            || boolsend(publish)
            || convert_to(fact.body, 'UTF8')
        );
        ordinals := ordinals || fact.ordinal;
        versions := versions || last_number;
        previous := previous || last_hash;
        hashes := hashes || next_hash;
        last_hash := next_hash;

        ordinal := fact.ordinal;
        is_new := true;
        digest := digests[fact.ordinal];
        stream := fact.stream;
        version := last_number;
        RETURN NEXT;
    END LOOP;

    -- The relay reads in the order of transactions, and has passed this one: nobody would hear of it.
    IF cardinality(ordinals) > 0
        AND own_transaction() <= (SELECT sent.xid FROM relay_cursor AS sent)
    THEN
        RAISE EXCEPTION 'this store was restored elsewhere: prepare it before it is used'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;

    INSERT INTO events (
        stream, version, source, id, type, partitionkey,
        occurred_at, published, body, digest, previous_hash, hash
    )
    SELECT
        offered.stream, linked.version, offered.source, offered.id, offered.type,
        offered.partitionkey, offered.occurred_at, publish, offered.body::json,
        offered.digest, linked.previous_hash, linked.hash
    FROM unnest(
        streams, sources, ids, types, partitionkeys, occurrences, bodies, digests
    ) WITH ORDINALITY
        AS offered (
            stream, source, id, type, partitionkey, occurred_at, body, digest, ordinal
        )
    JOIN unnest(ordinals, versions, previous, hashes)
        AS linked (ordinal, version, previous_hash, hash)
        USING (ordinal)
    ORDER BY ordinal;
END
$$;

-- Arms, for at once, the streams begun by *beginner* that facts of *kinds* have entered since the
-- last call, and returns how many facts it went through. Like the relay it reads in the order of
-- transactions and below the oldest that runs, so that no late commit is passed over.
CREATE OR REPLACE FUNCTION arm_timers(kinds text[], beginner text, rows_max integer) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
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
        AND events.xid < settled_below()
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
