-- Names that belong for ever to whoever claims them first.

CREATE TABLE claims (
    kind       text        NOT NULL,
    name       text        NOT NULL,
    holder     text        NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, name)
);

CREATE TRIGGER claims_stay
    BEFORE UPDATE OR DELETE OR TRUNCATE ON claims
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Review kept its claims as receipts for nobody; there they stay, and are read no more. Whose the
-- rating of another system was, such a receipt did not say.
INSERT INTO claims (kind, name, holder, claimed_at)
SELECT
    CASE principal
        WHEN 'urn:casetrack:rated-elsewhere' THEN 'rated-elsewhere'
        ELSE 'rating-awaited'
    END,
    key,
    coalesce(answer #>> '{}', ''),
    recorded_at
FROM receipts
WHERE principal IN ('urn:casetrack:rated-elsewhere', 'urn:casetrack:rating-awaited');
