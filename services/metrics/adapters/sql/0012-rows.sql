-- Whose rows the API sees: what its handlers narrow is narrowed once more here, by row-level security.

-- Which organisation a dossier belongs to, beside its state; '' where nobody of the register is named. A projection of before
-- knows it by its contributors, until the rebuild that an upgrade brings has written it everywhere.
ALTER TABLE dossiers ADD COLUMN organisation text COLLATE "C" NOT NULL DEFAULT '';

UPDATE dossiers
SET organisation = places.organisation
FROM (SELECT DISTINCT ON (dossier) dossier, place FROM contributors) AS known
JOIN places USING (place)
WHERE known.dossier = dossiers.dossier AND places.organisation <> '';

-- What the transaction says that it sees: codes of organisations, or * for everything. Nothing is said where nobody has said
-- anything, also where a transaction of before did: then the setting is missing, or empty.
CREATE FUNCTION seen_organisations() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN string_to_array(current_setting('casetrack.organisations', true), ',');

CREATE FUNCTION sees_everything() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('casetrack.organisations', true) = '*', false);

-- Whether the dossier is seen, as the caller's own policy on dossiers says. By name and not bound to the table, because a
-- rebuild puts another one in its place.
CREATE FUNCTION sees_dossier(key text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
  SELECT EXISTS (SELECT FROM dossiers WHERE dossier = key)
$$;

-- Which parts were counted, for whoever sums them over its own contributors: names of sums and no numbers.
CREATE FUNCTION counted_parts(lows text[], highs text[], since date, until date) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT DISTINCT part
  FROM unnest(lows, highs) AS wanted (low, high)
  JOIN kpi ON part BETWEEN low AND high
  WHERE day BETWEEN since AND until
$$;

-- The questions come first and in brackets, so that each is asked once in a statement.
CREATE POLICY seen ON dossiers TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR organisation = ANY ((SELECT seen_organisations())::text[]));

CREATE POLICY seen ON places TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR organisation = ANY ((SELECT seen_organisations())::text[]));

CREATE POLICY seen ON contributors TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR place IN (SELECT place FROM places));

CREATE POLICY seen ON timeline TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR sees_dossier(dossier));

CREATE POLICY seen ON clocks TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR sees_dossier(dossier));

CREATE POLICY seen ON alerts TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR sees_dossier(dossier));

-- Sums over all organisations, and the newest facts of all.
CREATE POLICY seen ON kpi TO casetrack_metrics_api
USING ((SELECT sees_everything()));

CREATE POLICY seen ON lanes TO casetrack_metrics_api
USING ((SELECT sees_everything()));

-- The worker writes by COPY, which PostgreSQL refuses under row-level security: its role has none. The auditor reads all.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['dossiers', 'places', 'contributors', 'timeline', 'clocks', 'alerts', 'kpi', 'lanes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY audited ON %I FOR SELECT TO casetrack_auditor USING (true)', guarded);
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO casetrack_metrics_api', current_schema());
END
$$;

GRANT SELECT ON dossiers, places, contributors, timeline, clocks, alerts, kpi, lanes TO casetrack_metrics_api;

-- These say how far everybody is, and nothing of any subject.
GRANT SELECT ON offsets, completeness, swept, projection, rebuild, rebuild_lanes TO casetrack_metrics_api;

-- That somebody has seen a card.
GRANT UPDATE (state) ON alerts TO casetrack_metrics_api;

REVOKE EXECUTE ON FUNCTION seen_organisations(), sees_everything(), sees_dossier(text), counted_parts(text[], text[], date, date)
FROM PUBLIC;

GRANT EXECUTE ON FUNCTION seen_organisations(), sees_everything(), sees_dossier(text), counted_parts(text[], text[], date, date)
TO casetrack_metrics_api;

-- Makes an empty table beside a live one, with its columns, settings, keys, indexes under their names, rights, and policies.
CREATE OR REPLACE FUNCTION make_beside(live regclass) RETURNS void
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
    UNION ALL
    SELECT format('ALTER TABLE %I.%I %s ROW LEVEL SECURITY', beside, own.relname, said)
    FROM unnest(ARRAY['ENABLE', 'FORCE']) AS said
    WHERE own.relrowsecurity
    UNION ALL
    SELECT format('CREATE POLICY %I ON %I.%I FOR %s TO %s USING (%s)', policyname, beside, own.relname, cmd,
                  (SELECT string_agg(quote_ident(role), ', ') FROM unnest(roles) AS role), qual)
    FROM pg_policies
    WHERE schemaname = here AND tablename = own.relname
  LOOP
    EXECUTE statement;
  END LOOP;
END
$$;
