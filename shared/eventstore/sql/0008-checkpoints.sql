-- Receipts and claims in the order of their transactions, as facts are, so that they can be counted on.

-- A constant first: what is there is not written again. It stands before everything, once and for all.
ALTER TABLE receipts ADD COLUMN xid xid8 NOT NULL DEFAULT '0';
ALTER TABLE receipts ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
ALTER TABLE claims ADD COLUMN xid xid8 NOT NULL DEFAULT '0';
ALTER TABLE claims ALTER COLUMN xid SET DEFAULT pg_current_xact_id();

CREATE INDEX receipts_order ON receipts (xid);
CREATE INDEX claims_order ON claims (xid);

-- The few that no relay reads; the others stand in events_outbox.
CREATE INDEX events_kept_back
    ON events (xid, position)
    WHERE NOT published;
