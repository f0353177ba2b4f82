"""Acknowledging an alert: a fact of supervision, and the alert's new state, in one transaction."""

from services.metrics.adapters.deadlines import Deadlines
from services.metrics.adapters.readings import Readings
from services.metrics.handlers.ticker import SOURCE
from shared.contracts.envelope import Event
from shared.contracts.supervision import AlertAcknowledged
from shared.runtime.clock import Clock

STANDING = ("RAISED", "ESCALATED")


class Acknowledging:
    """Records that somebody has seen an alert."""

    def __init__(self, deadlines: Deadlines, readings: Readings, clock: Clock) -> None:
        self._deadlines = deadlines
        self._readings = readings
        self._clock = clock

    async def handle(self, alert_id: str, subject: str, note: str | None) -> str | None:
        """Return the fact's id, or None where no such alert stands."""
        row = await self._readings.alert(alert_id)
        if row is None:
            return None
        event_id = f"{alert_id}:acknowledged"
        if row["state"] == "ACKNOWLEDGED":
            return event_id
        now = self._clock.now()
        event = Event.of(
            AlertAcknowledged(alert_id=alert_id, by=subject, note=note),
            id=event_id,
            source=SOURCE,
            time=now,
            recordedtime=now,
            partitionkey=row["dossier"],
            actorid=subject,
        )
        turned = await self._deadlines.turn(alert_id, "ACKNOWLEDGED", STANDING, event)
        return event_id if turned else None
