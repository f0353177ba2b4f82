-- What people do about cards: how far each has climbed, which a person has withdrawn, and the orders that supervision gives.

ALTER TABLE alerts
ADD COLUMN escalated smallint NOT NULL DEFAULT 0,
ADD COLUMN by_hand boolean NOT NULL DEFAULT false;

-- One row an order, written in one transaction with the facts about it. It belongs to whom it was sent to.
CREATE TABLE orders (
  order_id text COLLATE "C" PRIMARY KEY,
  alert_id text COLLATE "C",
  case_no text COLLATE "C",
  organisation text COLLATE "C" NOT NULL,
  org_name text NOT NULL,
  state text NOT NULL,
  content text NOT NULL,
  issued_at timestamptz NOT NULL,
  issued_by text NOT NULL,
  reply text,
  answered_at timestamptz,
  answered_by text
) WITH (fillfactor = 75);

CREATE INDEX orders_issued ON orders (issued_at, order_id);

CREATE INDEX orders_by_organisation ON orders (organisation, issued_at, order_id);

CREATE INDEX orders_by_alert ON orders (alert_id) WHERE alert_id IS NOT NULL;

COMMENT ON TABLE orders IS 'kept: what supervision has ordered, and the answers';

CREATE POLICY seen ON orders TO casetrack_metrics_api
USING ((SELECT sees_everything()) OR organisation = ANY ((SELECT seen_organisations())::text[]));

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;

ALTER TABLE orders FORCE ROW LEVEL SECURITY;

CREATE POLICY audited ON orders FOR SELECT TO casetrack_auditor USING (true);

GRANT SELECT ON orders TO casetrack_metrics, casetrack_auditor, casetrack_metrics_api;

GRANT INSERT, UPDATE (state, reply, answered_at, answered_by) ON orders TO casetrack_metrics_api;

-- That somebody has seen a card, sent it up, or withdrawn it.
GRANT UPDATE (state, reason, escalated, by_hand) ON alerts TO casetrack_metrics_api;
