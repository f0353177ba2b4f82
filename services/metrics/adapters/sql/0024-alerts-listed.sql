-- Cards that stand are listed by when they were raised or are due, of both levels together, page by page.
CREATE INDEX alerts_standing_by_raising ON alerts (raised_at, alert_id) WHERE state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED');

CREATE INDEX alerts_standing_by_due ON alerts (due, alert_id) WHERE state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED');

DROP INDEX alerts_standing;
