-- What Kafka never takes: no larger body enters any more, and what is refused all the same is set aside.

-- EVENT_BYTES_MAX, which the code measures first and answers with words; this holds for every
-- other hand. What was stored before may be larger and stays: NOT VALID asks of new rows alone.
ALTER TABLE events
    ADD CONSTRAINT events_body_fits CHECK (octet_length(body::text) <= 1048576) NOT VALID;

-- Facts that the relay has passed over because Kafka refused them for good.
CREATE TABLE parked (
    stream    text        NOT NULL,
    version   bigint      NOT NULL,
    reason    text        NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stream, version)
);
