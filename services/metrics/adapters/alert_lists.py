"""Alerts as they are listed: in either order, page by page, and how many of each kind stand."""

from collections.abc import Sequence

from services.metrics.adapters.columns import TableRow
from services.metrics.adapters.dossiers import Ask
from services.metrics.ports.readings import AlertOrder, AlertsSought, CardsCounted
from shared.contracts.supervision.words import AlertLevel

# The id tells apart what was raised in the same instant.
LOAD_NEWEST_ALERTS = """
SELECT alert_id, dossier, subject, sla, episode, clock, level, severity, alerts.state, raised_at,
       recorded_at, lateness_ms, due, grounds, reason, escalated, by_hand, dossiers.state AS folded
FROM alerts
JOIN dossiers USING (dossier)
WHERE (raised_at, alert_id) < ($1::timestamptz, $2::text)
  AND alerts.state = ANY($3::text[])
  AND ($4::text IS NULL OR level = $4)
  AND ($5::text IS NULL OR dossier = $5)
  AND ($6::text IS NULL OR sla = $6)
  AND ($8::text IS NULL OR starts_with(dossier, $8))
  AND ($9::text IS NULL OR organisation = $9)
  AND ($10::date IS NULL OR due >= $10)
  AND ($11::date IS NULL OR due <= $11)
ORDER BY raised_at DESC, alert_id DESC
LIMIT $7
"""

LOAD_ALERTS_BY_DUE = """
SELECT alert_id, dossier, subject, sla, episode, clock, level, severity, alerts.state, raised_at,
       recorded_at, lateness_ms, due, grounds, reason, escalated, by_hand, dossiers.state AS folded
FROM alerts
JOIN dossiers USING (dossier)
WHERE (due, alert_id) > ($1::date, $2::text)
  AND alerts.state = ANY($3::text[])
  AND ($4::text IS NULL OR level = $4)
  AND ($5::text IS NULL OR dossier = $5)
  AND ($6::text IS NULL OR sla = $6)
  AND ($8::text IS NULL OR starts_with(dossier, $8))
  AND ($9::text IS NULL OR organisation = $9)
  AND ($10::date IS NULL OR due >= $10)
  AND ($11::date IS NULL OR due <= $11)
ORDER BY due, alert_id
LIMIT $7
"""

COUNT_CARDS = """
SELECT sla, level, organisation, count(*) AS number
FROM alerts
JOIN dossiers USING (dossier)
WHERE alerts.state IN ('RAISED', 'ACKNOWLEDGED', 'ESCALATED')
GROUP BY sla, level, organisation
"""


async def load_alerts(ask: Ask, sought: AlertsSought) -> Sequence[TableRow]:
    """Return the rows of the alerts that are *sought*, with the states of their dossiers."""
    behind, *wanted, order = sought
    query = LOAD_NEWEST_ALERTS if order is AlertOrder.NEWEST else LOAD_ALERTS_BY_DUE
    return await ask(query, *behind, *wanted)


async def count_cards(ask: Ask) -> Sequence[CardsCounted]:
    """Return how many alerts stand, by limit, level and organisation."""
    return [
        CardsCounted(row["sla"], AlertLevel(row["level"]), row["organisation"], row["number"])
        for row in await ask(COUNT_CARDS)
    ]
