-- Cards wait until their lane is complete: until everything is folded that lay in Kafka when they were due.

-- In which change of its lane a clock was written: what is judged of it has to have been complete since then.
ALTER TABLE clocks ADD COLUMN written bigint NOT NULL DEFAULT 0;

-- Up to when each lane is complete. The topics' ends were looked at behind that many changes, by the owner of that epoch;
-- of another owner, or behind a switch, it says nothing. Not with the lanes: a batch holds their rows as long as it takes.
CREATE TABLE completeness (
  partition smallint PRIMARY KEY,
  epoch bigint NOT NULL,
  changes bigint NOT NULL,
  complete_to timestamptz NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE completeness IS 'kept: up to when each lane is complete';

GRANT SELECT, INSERT, UPDATE ON completeness TO casetrack_metrics;

GRANT SELECT ON completeness TO casetrack_auditor;
