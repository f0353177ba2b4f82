-- The last words of each publisher, lane by lane: when we learned of each fact, and how long after it had happened.

-- The lot is drawn by the name of the fact: of many that were learned of at one moment it says which are kept.
CREATE TYPE last_word AS (
  learned timestamptz,
  lot bigint,
  late_seconds bigint
);

-- One row a publisher and not one a word, so that an update stays in its page.
CREATE TABLE last_words (
  partition smallint NOT NULL,
  publisher text COLLATE "C" NOT NULL,
  words last_word[] NOT NULL,
  PRIMARY KEY (partition, publisher)
) WITH (fillfactor = 50);

COMMENT ON TABLE last_words IS 'derived: what each publisher has told last';

CREATE TYPE last_words_row AS (
  partition smallint,
  publisher text COLLATE "C",
  words last_word[]
);

GRANT SELECT, INSERT, UPDATE ON last_words TO casetrack_metrics;

GRANT SELECT ON last_words TO casetrack_auditor, casetrack_metrics_api;

-- A publisher tells of all organisations alike.
CREATE POLICY seen ON last_words TO casetrack_metrics_api
USING ((SELECT sees_everything()));

CREATE POLICY audited ON last_words FOR SELECT TO casetrack_auditor USING (true);

ALTER TABLE last_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE last_words FORCE ROW LEVEL SECURITY;
