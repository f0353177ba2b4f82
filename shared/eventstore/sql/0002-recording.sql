-- How facts enter their streams in one round trip: lock first, look second, write last.

-- Each statement of a volatile function has its own snapshot. So what is read after the locks
-- were won is what their last holders committed. The locks assign no transaction id: a writer
-- who waits here cannot get an xid older than that of the fact it has to follow.
CREATE FUNCTION lock_streams(streams text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(wanted.lock)
    FROM (
        SELECT DISTINCT hashtextextended(current_schema() || '/' || stream, 0) AS lock
        FROM unnest(streams) AS named (stream)
        ORDER BY lock
    ) AS wanted;
END
$$;

-- Appends each fact to its stream unless its (source, id) is on record; the answer has one row for
-- each fact in no particular order. A (source, id) must occur once in a call.
CREATE FUNCTION record_facts(
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
            ELSIF last_xid > pg_current_xact_id_if_assigned() THEN
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

-- Returns the new version, or NULL where the command was answered before or the stream has moved on.
CREATE FUNCTION append_facts(
    stream           text,
    expected_version bigint,
    sources          text[],
    ids              text[],
    types            text[],
    partitionkeys    text[],
    occurrences      timestamptz[],
    bodies           text[],
    digests          bytea[],
    principal        text,
    key              text,
    receipt_digest   bytea,
    answer           text
)
    RETURNS bigint
    LANGUAGE plpgsql
    SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
DECLARE
    found_version bigint;
BEGIN
    PERFORM lock_streams(ARRAY[stream]);

    IF EXISTS (
        SELECT
        FROM receipts
        WHERE receipts.principal = principal
        AND receipts.key = key
    ) THEN
        RETURN NULL;
    END IF;

    SELECT coalesce(max(events.version), 0)
    INTO found_version
    FROM events
    WHERE events.stream = stream;

    IF found_version <> expected_version THEN
        RETURN NULL;
    END IF;

    IF principal IS NOT NULL THEN
        INSERT INTO receipts (principal, key, digest, answer)
        VALUES (principal, key, receipt_digest, answer::json);
    END IF;

    IF cardinality(ids) = 0 THEN
        RETURN expected_version;
    END IF;

    PERFORM
    FROM record_facts(
        array_fill(stream, ARRAY[cardinality(ids)]),
        sources, ids, types, partitionkeys, occurrences, bodies, digests, true
    ) AS recorded
    WHERE NOT recorded.is_new;

    IF FOUND THEN
        RAISE EXCEPTION 'a fact with this source and id is on record'
            USING ERRCODE = 'unique_violation';
    END IF;

    RETURN expected_version + cardinality(ids);
END
$$;
