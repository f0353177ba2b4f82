-- Rows as a release writes them, many in one array. Types of their own, because a table's own type grows with it: a process of
-- the release before, which runs on while others are replaced or runs again after a way back, would send rows that are too short.

-- Whoever adds a column to one of these tables gives it a default, and makes another type where the column is to be written.

CREATE TYPE timeline_row AS (
  dossier text COLLATE "C",
  identity bytea,
  occurred_at timestamptz,
  body text
);

CREATE TYPE dossiers_row AS (
  dossier text COLLATE "C",
  partition smallint,
  phase text,
  source text,
  fold_version smallint,
  state text,
  edition integer,
  organisation text COLLATE "C"
);

CREATE TYPE kpi_row AS (
  part text COLLATE "C",
  day date,
  partition smallint,
  value bigint
);

CREATE TYPE places_row AS (
  place bigint,
  organisation text COLLATE "C",
  section text COLLATE "C",
  service_window text COLLATE "C",
  item text COLLATE "C",
  channel text COLLATE "C",
  site text COLLATE "C"
);

CREATE TYPE contributors_row AS (
  number bigint,
  place bigint,
  day date,
  part text COLLATE "C",
  dossier text COLLATE "C"
);

CREATE TYPE clocks_row AS (
  dossier text COLLATE "C",
  subject text COLLATE "C",
  sla text COLLATE "C",
  episode smallint,
  clock text,
  started_on date,
  due date,
  near_at timestamptz,
  due_at timestamptz,
  limit_total integer,
  unit text,
  paused boolean,
  provisional boolean,
  ended boolean,
  gone boolean,
  alerted boolean,
  next_at timestamptz,
  written bigint
);
