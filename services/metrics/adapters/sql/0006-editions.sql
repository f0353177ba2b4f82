-- By which edition of the rules each dossier, with its figures and clocks, was made.

ALTER TABLE dossiers ADD COLUMN edition integer NOT NULL DEFAULT 0;

-- What is left to be judged anew. An edition changes rarely, so nearly every update of a dossier
-- still stays in its page.
CREATE INDEX dossiers_by_edition ON dossiers (partition, edition);

-- Up to which edition no dossier of a lane is older; no row where nobody has looked yet.
CREATE TABLE swept (
  partition smallint PRIMARY KEY,
  edition integer NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE swept IS 'derived: up to which edition of the rules each lane is judged';

GRANT SELECT, INSERT, UPDATE ON swept TO casetrack_metrics;

GRANT SELECT ON swept TO casetrack_auditor;
