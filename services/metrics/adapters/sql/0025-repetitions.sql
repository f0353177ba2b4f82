-- A card of late work is told again, unless it is over, and so many times.
ALTER TABLE notifications
ADD COLUMN again_at timestamptz,
ADD COLUMN repeats smallint NOT NULL DEFAULT 0;

CREATE INDEX notifications_again ON notifications (again_at) WHERE again_at IS NOT NULL;
