-- What enters a store enters through these, which alone may write: they run with the rights of the
-- role that owns them, and compute position, hash and transaction themselves.

ALTER FUNCTION record_facts SECURITY DEFINER;

ALTER FUNCTION append_facts SECURITY DEFINER;

ALTER FUNCTION arm_timers SECURITY DEFINER;

-- Returns whose *name* is among its *kind* now. Two statements, because the second has a snapshot of
-- its own: in one, whoever loses the race would see neither row.
CREATE FUNCTION claim_name(kind text, name text, holder text) RETURNS text
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path FROM CURRENT
AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO claims (kind, name, holder)
    VALUES (kind, name, holder)
    ON CONFLICT DO NOTHING;

    RETURN (
        SELECT claims.holder
        FROM claims
        WHERE claims.kind = kind
        AND claims.name = name
    );
END
$$;
