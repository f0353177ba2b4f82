-- Figures: small sums by part and day, and by name the dossiers that stand behind each number.

-- The sums of the first form stay, their dimensions apart: those are kept with the contributors from now on.
ALTER TABLE kpi RENAME TO kpi_by_place;

ALTER TABLE kpi_by_place RENAME CONSTRAINT kpi_pkey TO kpi_by_place_pkey;

-- Sums over subjects. The partition is part of the key, so that two workers never wait for one row.
CREATE TABLE kpi (
  part text COLLATE "C" NOT NULL,
  day date NOT NULL,
  partition smallint NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (part, day, partition)
) WITH (fillfactor = 50);

INSERT INTO kpi
SELECT kpi || '/' || part, day, partition, sum(value)
FROM kpi_by_place
GROUP BY 1, 2, 3;

DROP TABLE kpi_by_place;

-- Where work is done: the values of all dimensions, each combination once. Its name follows from the values.
CREATE TABLE places (
  place bigint PRIMARY KEY,
  organisation text COLLATE "C" NOT NULL,
  section text COLLATE "C" NOT NULL,
  service_window text COLLATE "C" NOT NULL,
  item text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  site text COLLATE "C" NOT NULL
);

-- Who stands behind a number: every sum that a figure counts is the sum of these. Only the newest days of each
-- part grow, so the index stays warm; it covers what is summed, so that a year is read without the table.
CREATE TABLE contributors (
  number bigint NOT NULL,
  place bigint NOT NULL,
  day date NOT NULL,
  part text COLLATE "C" NOT NULL,
  dossier text COLLATE "C" NOT NULL,
  PRIMARY KEY (part, day, dossier) INCLUDE (place, number)
);

COMMENT ON TABLE contributors IS 'derived: who stands behind each number';

COMMENT ON TABLE places IS 'kept: every combination of dimensions that was ever met';

GRANT SELECT, INSERT, UPDATE ON kpi TO casetrack_metrics;

GRANT SELECT, INSERT ON places TO casetrack_metrics;

GRANT SELECT, INSERT, UPDATE, DELETE ON contributors TO casetrack_metrics;

GRANT SELECT ON kpi, places, contributors TO casetrack_auditor;
