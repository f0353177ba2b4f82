-- How far each lane of the second projection is, so that several processes fill it side by side.

-- What lanes of one stint have together is counted with the first of them.
CREATE TABLE rebuild_lanes (
  partition smallint PRIMARY KEY,
  reached text COLLATE "C" NOT NULL DEFAULT '',
  filled boolean NOT NULL DEFAULT false,
  subjects bigint NOT NULL DEFAULT 0,
  facts bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

COMMENT ON TABLE rebuild_lanes IS 'kept: how far each lane of the second projection is';

GRANT SELECT, UPDATE ON rebuild_lanes TO casetrack_metrics;
GRANT SELECT ON rebuild_lanes TO casetrack_auditor;

-- What was begun under the number of another migration begins anew.
ALTER TABLE rebuild DROP COLUMN reached, DROP COLUMN subjects, DROP COLUMN facts;

-- Drops the second projection, if there is one.
CREATE OR REPLACE FUNCTION drop_rebuild() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '3s' AS $$
DECLARE
  beside constant text := current_schema() || '_next';
  name text;
BEGIN
  -- First, and waited for: whoever still fills a lane finds no row when it writes next, and ends.
  DELETE FROM rebuild;
  DELETE FROM rebuild_lanes;
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'timeline'::regclass AND tgname = 'note_touched') THEN
    DROP TRIGGER note_touched ON timeline;
  END IF;
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = beside::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('DROP TABLE %I.%I', beside, name);
  END LOOP;
END
$$;

-- Goes on with the second projection that was begun by the same code over tables of the same shape, else begins one.
CREATE OR REPLACE FUNCTION begin_rebuild(made_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '3s' AS $$
DECLARE
  beside constant text := current_schema() || '_next';
  shape constant integer := (SELECT max(number) FROM migrations);
BEGIN
  IF EXISTS (SELECT FROM rebuild WHERE fingerprint = made_by AND migration = shape) THEN
    RETURN;
  END IF;
  PERFORM drop_rebuild();
  PERFORM make_beside(live) FROM derived_tables() AS live;
  EXECUTE format('INSERT INTO %I.projection (fingerprint) VALUES (%L)', beside, made_by);
  EXECUTE format('CREATE TABLE %I.touched (dossier text COLLATE "C" NOT NULL)', beside);
  EXECUTE format('CREATE INDEX ON %I.touched (dossier)', beside);
  EXECUTE format('GRANT SELECT, DELETE ON %I.touched TO casetrack_metrics', beside);
  -- Waits for whoever is inserting: what they insert is in the timeline when the reading begins.
  CREATE TRIGGER note_touched AFTER INSERT ON timeline
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION note_touched();
  INSERT INTO rebuild_lanes (partition)
  SELECT generate_series(0, coalesce(max(partition), 0))
  FROM offsets;
  INSERT INTO rebuild (fingerprint, migration, facts_expected)
  SELECT made_by, shape, count(*)
  FROM timeline;
END
$$;
