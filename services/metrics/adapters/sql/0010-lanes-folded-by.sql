-- Whoever claims a lane says by what code it folds. Without a default: the first release, which knows nothing of this and
-- would record facts that it does not count, is refused at its claim, and its worker ends.

ALTER TABLE lanes ADD COLUMN folded_by text NOT NULL DEFAULT 'unknown';

ALTER TABLE lanes ALTER COLUMN folded_by DROP DEFAULT;
