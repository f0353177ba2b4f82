-- The number of open cases, kept beside each lane: the page asks for it ten times a second, and their sum has years of rows.

ALTER TABLE lanes ADD COLUMN open_cases bigint NOT NULL DEFAULT 0;

UPDATE lanes
SET open_cases = coalesce((
  SELECT sum(value)
  FROM kpi
  WHERE kpi.partition = lanes.partition AND kpi.kpi = 'L01' AND kpi.part = 'open'
), 0);
