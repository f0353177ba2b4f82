-- What channels are told of cards: derived from the facts about them behind a cursor, and never made anew.

-- How each channel is. Whoever sends leases it, so that two couriers do not speak at once.
CREATE TABLE channels (
  channel text COLLATE "C" PRIMARY KEY,
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  next_at timestamptz NOT NULL DEFAULT '-infinity',
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  fault text NOT NULL DEFAULT '',
  closed boolean NOT NULL DEFAULT false,
  told_on date
);

-- One row for each thing that a channel is told, under the identity by which it is told once.
CREATE TABLE notifications (
  channel text COLLATE "C" NOT NULL,
  about text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  happened_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  told text NOT NULL,
  delivery_id text COLLATE "C",
  spared boolean NOT NULL DEFAULT false,
  PRIMARY KEY (about, channel, kind)
);

CREATE INDEX notifications_waiting ON notifications (channel, due_at) WHERE delivery_id IS NULL AND NOT spared;

CREATE INDEX notifications_delivered ON notifications (delivery_id) WHERE delivery_id IS NOT NULL;

-- What was, or is to be, said in one message. A try that nobody knows the end of is made again under the same name.
CREATE TABLE deliveries (
  delivery_id text COLLATE "C" PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  state text NOT NULL,
  notifications integer NOT NULL,
  made_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  refusals integer NOT NULL DEFAULT 0,
  tried_at timestamptz,
  sent_at timestamptz,
  answer text NOT NULL DEFAULT ''
);

CREATE INDEX deliveries_waiting ON deliveries (channel, made_at) WHERE state = 'WAITING';

CREATE INDEX deliveries_made ON deliveries (made_at, delivery_id);

-- Up to which fact of supervision everything is told, in the order of transactions, as the relay reads.
CREATE TABLE courier_cursor (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  xid xid8 NOT NULL,
  position bigint NOT NULL
);

INSERT INTO courier_cursor (xid, position)
VALUES ('0', 0);

COMMENT ON TABLE channels IS 'kept: how each channel of deliveries is';

COMMENT ON TABLE notifications IS 'kept: what channels are told of cards';

COMMENT ON TABLE deliveries IS 'kept: what was sent to channels, and their answers';

COMMENT ON TABLE courier_cursor IS 'kept: up to which fact channels were told';

GRANT SELECT, INSERT, UPDATE ON channels, notifications, deliveries TO casetrack_metrics;

GRANT SELECT, UPDATE ON courier_cursor TO casetrack_metrics;

GRANT SELECT ON channels, notifications, deliveries, courier_cursor TO casetrack_auditor;

-- Whoever operates it sees how deliveries went, has a test sent and one tried again; what is told of cards it does not read.
GRANT SELECT ON channels, deliveries TO casetrack_metrics_api;

GRANT INSERT ON notifications, deliveries TO casetrack_metrics_api;

GRANT UPDATE (closed, next_at) ON channels TO casetrack_metrics_api;

GRANT UPDATE (state, next_at, made_at, refusals) ON deliveries TO casetrack_metrics_api;
