-- The projection: facts by subject, what they fold to, figures, clocks, alerts, and how far we have read.

-- Every fact once. The identity is a digest of source and id; the body is the published event as it came,
-- so that a subject can be folded again without asking Kafka. Text, because a person reads it with psql;
-- not json, because nothing here looks inside.
CREATE TABLE timeline (
  dossier text COLLATE "C" NOT NULL,
  identity bytea NOT NULL,
  occurred_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (dossier, identity)
);

-- One row a subject. No index but its key, so that an update stays in its page.
CREATE TABLE dossiers (
  dossier text COLLATE "C" PRIMARY KEY,
  partition smallint NOT NULL,
  phase text NOT NULL,
  source text NOT NULL,
  fold_version smallint NOT NULL,
  state text NOT NULL
) WITH (fillfactor = 75);

-- Sums over subjects. The partition is part of the key, so that two workers never wait for one row.
CREATE TABLE kpi (
  kpi text COLLATE "C" NOT NULL,
  day date NOT NULL,
  partition smallint NOT NULL,
  part text COLLATE "C" NOT NULL,
  item text COLLATE "C" NOT NULL,
  service_window text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (kpi, day, partition, part, item, service_window, channel)
) WITH (fillfactor = 80);

-- Clocks as they stand. next_at is the armed deadline: the ticker looks at nothing else.
CREATE TABLE clocks (
  dossier text COLLATE "C" NOT NULL,
  sla text COLLATE "C" NOT NULL,
  clock text NOT NULL,
  started_on date NOT NULL,
  due date,
  yellow_from date,
  red_at timestamptz,
  limit_total integer NOT NULL,
  unit text NOT NULL,
  paused boolean NOT NULL,
  provisional boolean NOT NULL,
  ended boolean NOT NULL,
  alerted boolean NOT NULL DEFAULT false,
  next_at timestamptz,
  PRIMARY KEY (dossier, sla)
) WITH (fillfactor = 80);

CREATE INDEX clocks_armed ON clocks (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX clocks_running ON clocks (red_at) WHERE NOT ended AND NOT paused;

-- Cards, each with the explanation it was raised with. The facts themselves lie in supervision's events.
CREATE TABLE alerts (
  alert_id text COLLATE "C" PRIMARY KEY,
  dossier text COLLATE "C" NOT NULL,
  sla text COLLATE "C" NOT NULL,
  clock text NOT NULL,
  level text NOT NULL,
  severity smallint NOT NULL,
  state text NOT NULL,
  raised_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  lateness_ms bigint NOT NULL,
  due date NOT NULL,
  grounds text NOT NULL,
  explanation text NOT NULL,
  reason text NOT NULL DEFAULT ''
);

CREATE INDEX alerts_by_dossier ON alerts (dossier);

CREATE INDEX alerts_standing ON alerts (level, raised_at) WHERE state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED');

-- How far each partition of each topic is folded; compared and set in the transaction of the batch.
CREATE TABLE offsets (
  topic text COLLATE "C" NOT NULL,
  partition smallint NOT NULL,
  next_offset bigint NOT NULL,
  highwater bigint NOT NULL,
  complete_to timestamptz,
  checked_at timestamptz NOT NULL,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

-- Who folds a partition number (of all topics). A worker that was paused finds another epoch and stops.
CREATE TABLE lanes (
  partition smallint PRIMARY KEY,
  epoch bigint NOT NULL,
  changes bigint NOT NULL,
  recent text NOT NULL
) WITH (fillfactor = 50);

DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO casetrack_metrics, casetrack_auditor', current_schema());
END
$$;

GRANT SELECT, INSERT ON timeline TO casetrack_metrics;

GRANT SELECT, INSERT, UPDATE ON dossiers, kpi, clocks, alerts, offsets, lanes TO casetrack_metrics;

GRANT SELECT ON timeline, dossiers, kpi, clocks, alerts, offsets, lanes TO casetrack_auditor;
