-- Clocks that run and are not armed are looked for in rounds; what channels were told is forgotten after its time.

-- How far the rounds are.
CREATE TABLE clock_rounds (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  reached text COLLATE "C" NOT NULL DEFAULT '',
  looked_at timestamptz NOT NULL DEFAULT '-infinity',
  went_round_at timestamptz,
  found bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

INSERT INTO clock_rounds DEFAULT VALUES;

COMMENT ON TABLE clock_rounds IS 'kept: how far clocks are looked for that run and are not armed';

GRANT SELECT, UPDATE ON clock_rounds TO casetrack_metrics;

GRANT SELECT ON clock_rounds TO casetrack_metrics_api, casetrack_auditor;

-- What was told is found by when its message was made; what never was, by when it was to be told.
CREATE INDEX notifications_spared ON notifications (due_at) WHERE spared;

GRANT DELETE ON notifications, deliveries TO casetrack_metrics;
