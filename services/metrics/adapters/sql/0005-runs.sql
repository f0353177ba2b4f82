-- A clock is a run: of one limit, in one subject, for the first or a later time; its instants are kept, days are for showing.

-- In another order of columns, because whole rows are written; so the table is made anew.
ALTER TABLE clocks RENAME TO clocks_before;

ALTER TABLE clocks_before RENAME CONSTRAINT clocks_pkey TO clocks_before_pkey;

DROP INDEX clocks_armed, clocks_running;

-- What is gone was begun by facts that are told otherwise now; the row stays for the cards that it had.
CREATE TABLE clocks (
  dossier text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  sla text COLLATE "C" NOT NULL,
  episode smallint NOT NULL,
  clock text NOT NULL,
  started_on date NOT NULL,
  due date,
  near_at timestamptz,
  due_at timestamptz,
  limit_total integer NOT NULL,
  unit text NOT NULL,
  paused boolean NOT NULL,
  provisional boolean NOT NULL,
  ended boolean NOT NULL,
  gone boolean NOT NULL,
  alerted boolean NOT NULL,
  next_at timestamptz,
  PRIMARY KEY (dossier, subject, sla, episode)
) WITH (fillfactor = 80);

INSERT INTO clocks
SELECT dossier, dossier, sla, 0, clock, started_on, due,
       yellow_from::timestamp AT TIME ZONE 'Asia/Shanghai', red_at,
       limit_total, unit, paused, provisional, ended, false, alerted, next_at
FROM clocks_before;

DROP TABLE clocks_before;

CREATE INDEX clocks_armed ON clocks (next_at) WHERE next_at IS NOT NULL;

CREATE INDEX clocks_running ON clocks (due_at) WHERE NOT ended AND NOT paused;

ALTER TABLE alerts ADD COLUMN subject text COLLATE "C", ADD COLUMN episode smallint;

UPDATE alerts
SET subject = dossier, episode = 0;

ALTER TABLE alerts ALTER COLUMN subject SET NOT NULL, ALTER COLUMN episode SET NOT NULL;

GRANT SELECT, INSERT, UPDATE ON clocks TO casetrack_metrics;

GRANT SELECT ON clocks TO casetrack_auditor;
