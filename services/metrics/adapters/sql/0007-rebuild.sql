-- A second projection beside the live one: what each was made by, and how the second is begun, dropped and made the live one.

-- What the tables that follow from the timeline were made by. It lies among them, so that it goes where they go.
CREATE TABLE projection (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  fingerprint text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A store that has folded already does not know by what.
INSERT INTO projection (fingerprint)
SELECT 'unknown'
WHERE EXISTS (SELECT FROM timeline);

-- The number of open cases of each lane follows from the timeline; who has the lane does not.
CREATE TABLE open_cases (
  partition smallint PRIMARY KEY,
  cases bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO open_cases (partition, cases)
SELECT partition, open_cases
FROM lanes;

-- By what the projection was made before: whoever comes back with it is the older one.
CREATE TABLE replaced (
  fingerprint text PRIMARY KEY,
  replaced_at timestamptz NOT NULL
);

-- How far the second projection is; no row where there is none.
CREATE TABLE rebuild (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  fingerprint text NOT NULL,
  migration integer NOT NULL,
  reached text COLLATE "C" NOT NULL DEFAULT '',
  subjects bigint NOT NULL DEFAULT 0,
  facts bigint NOT NULL DEFAULT 0,
  facts_expected bigint NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Every table says where it comes from: what is derived is made twice by a rebuild, what is kept is not.
COMMENT ON TABLE dossiers IS 'derived: what each subject is';
COMMENT ON TABLE kpi IS 'derived: sums over subjects';
COMMENT ON TABLE clocks IS 'derived: deadlines as they stand';
COMMENT ON TABLE open_cases IS 'derived: one figure, kept beside the lanes';
COMMENT ON TABLE projection IS 'derived: by what';
COMMENT ON TABLE timeline IS 'kept: every fact once';
COMMENT ON TABLE alerts IS 'kept: what the ticker has said';
COMMENT ON TABLE offsets IS 'kept: how far the topics are read';
COMMENT ON TABLE lanes IS 'kept: who folds what';
COMMENT ON TABLE replaced IS 'kept: by what the projection was made before';
COMMENT ON TABLE rebuild IS 'kept: how far the second projection is';
COMMENT ON TABLE migrations IS 'kept: which files were applied';

GRANT SELECT, INSERT ON projection TO casetrack_metrics;
GRANT SELECT, INSERT, UPDATE ON open_cases TO casetrack_metrics;
GRANT SELECT, UPDATE ON rebuild TO casetrack_metrics;
GRANT SELECT ON replaced TO casetrack_metrics;
GRANT SELECT ON projection, open_cases, rebuild, replaced TO casetrack_auditor;

-- The second projection has a schema of its own, and in it the same names: a search path decides which one is meant.
DO $$
BEGIN
  EXECUTE format('CREATE SCHEMA %I', current_schema() || '_next');
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO casetrack_metrics, casetrack_auditor', current_schema() || '_next');
END
$$;

-- Makes an empty table beside a live one, with its columns, settings, keys, indexes under their names, and rights.
CREATE FUNCTION make_beside(live regclass) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  here constant text := current_schema();
  beside constant text := current_schema() || '_next';
  own pg_class%ROWTYPE;
  statement text;
BEGIN
  SELECT * INTO own FROM pg_class WHERE oid = live;
  EXECUTE format(
    'CREATE TABLE %I.%I (LIKE %I.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)',
    beside, own.relname, here, own.relname);
  IF own.reloptions IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %I.%I SET (%s)', beside, own.relname, array_to_string(own.reloptions, ', '));
  END IF;
  EXECUTE format('COMMENT ON TABLE %I.%I IS %L', beside, own.relname, obj_description(live, 'pg_class'));
  FOR statement IN
    SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', beside, own.relname, conname, pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE conrelid = live AND contype IN ('p', 'u')
    UNION ALL
    SELECT replace(pg_get_indexdef(indexrelid), format(' ON %I.%I ', here, own.relname),
                   format(' ON %I.%I ', beside, own.relname))
    FROM pg_index
    WHERE indrelid = live AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL
    SELECT format('GRANT %s ON %I.%I TO %I', privilege_type, beside, own.relname, pg_get_userbyid(grantee))
    FROM aclexplode(own.relacl)
    WHERE grantee <> own.relowner
  LOOP
    EXECUTE statement;
  END LOOP;
END
$$;

-- Which tables follow from the timeline.
CREATE FUNCTION derived_tables() RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT oid::regclass
  FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace
    AND relkind = 'r'
    AND obj_description(oid, 'pg_class') LIKE 'derived:%'
  ORDER BY relname
$$;

-- Notes of which subjects facts have arrived since the second projection was begun.
CREATE FUNCTION note_touched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('INSERT INTO %I.touched SELECT DISTINCT dossier FROM arrived', current_schema() || '_next');
  RETURN NULL;
END
$$;

-- Drops the second projection, if there is one.
CREATE FUNCTION drop_rebuild() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '3s' AS $$
DECLARE
  beside constant text := current_schema() || '_next';
  name text;
BEGIN
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'timeline'::regclass AND tgname = 'note_touched') THEN
    DROP TRIGGER note_touched ON timeline;
  END IF;
  FOR name IN SELECT relname FROM pg_class WHERE relnamespace = beside::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('DROP TABLE %I.%I', beside, name);
  END LOOP;
  DELETE FROM rebuild;
END
$$;

-- Goes on with the second projection that was begun by the same code over tables of the same shape, else begins one.
CREATE FUNCTION begin_rebuild(made_by text) RETURNS void
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
  INSERT INTO rebuild (fingerprint, migration, facts_expected)
  SELECT made_by, shape, count(*)
  FROM timeline;
END
$$;

-- Lets the planner know the second projection before anybody asks it.
CREATE FUNCTION analyze_rebuild() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT relname FROM pg_class JOIN derived_tables() AS live ON oid = live LOOP
    EXECUTE format('ANALYZE %I.%I', current_schema() || '_next', name);
  END LOOP;
END
$$;

-- Makes the second projection the live one, and every lane without an owner: a worker of before finds another epoch.
CREATE FUNCTION switch_projection() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '3s' AS $$
DECLARE
  here constant text := current_schema();
  beside constant text := current_schema() || '_next';
  names constant text[] := ARRAY(SELECT relname FROM pg_class JOIN derived_tables() AS live ON oid = live);
  name text;
BEGIN
  -- Readers first: who has looked at what the projection was made by goes on reading the same one.
  LOCK TABLE projection IN ACCESS EXCLUSIVE MODE;
  INSERT INTO replaced (fingerprint, replaced_at)
  SELECT fingerprint, clock_timestamp()
  FROM projection
  ON CONFLICT (fingerprint) DO UPDATE SET replaced_at = excluded.replaced_at;
  DELETE FROM replaced USING rebuild WHERE replaced.fingerprint = rebuild.fingerprint;
  FOREACH name IN ARRAY names LOOP
    EXECUTE format('DROP TABLE %I.%I', here, name);
    EXECUTE format('ALTER TABLE %I.%I SET SCHEMA %I', beside, name, here);
  END LOOP;
  UPDATE lanes SET epoch = epoch + 1, changes = changes + 1;
  PERFORM drop_rebuild();
END
$$;

REVOKE EXECUTE ON FUNCTION make_beside(regclass), derived_tables(), note_touched(), begin_rebuild(text), drop_rebuild(),
  analyze_rebuild(), switch_projection()
FROM PUBLIC;

GRANT EXECUTE ON FUNCTION begin_rebuild(text), drop_rebuild(), analyze_rebuild(), switch_projection()
TO casetrack_metrics;
