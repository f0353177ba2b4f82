-- Streams of facts that can be added to and never changed, with what was answered to commands.

-- The body is json, not jsonb and not text: exactly the bytes that are published and hashed,
-- and yet nothing enters that is not JSON, and an auditor can ask for body -> 'data'.
CREATE TABLE events (
    stream        text        NOT NULL,
    version       bigint      NOT NULL CHECK (version > 0),
    position      bigint      GENERATED ALWAYS AS IDENTITY,
    xid           xid8        NOT NULL DEFAULT pg_current_xact_id(),
    source        text        NOT NULL,
    id            text        NOT NULL,
    type          text        NOT NULL,
    partitionkey  text        NOT NULL,
    occurred_at   timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    published     boolean     NOT NULL,
    body          json        NOT NULL,
    digest        bytea       NOT NULL CHECK (octet_length(digest) = 32),
    previous_hash bytea       NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash          bytea       NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (stream, version),
    UNIQUE (source, id)
);

CREATE INDEX events_outbox
    ON events (xid, position)
    WHERE published;

CREATE TABLE receipts (
    principal   text        NOT NULL,
    key         text        NOT NULL,
    digest      bytea       NOT NULL,
    answer      json        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key)
);

CREATE TABLE relay_cursor (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    xid      xid8    NOT NULL,
    position bigint  NOT NULL
);

INSERT INTO relay_cursor (xid, position)
VALUES ('0', 0);

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'what is recorded in % stays as it is', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Rights can be granted again by an owner's slip; these hold for the owner too.
CREATE TRIGGER events_stay
    BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER receipts_stay
    BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
