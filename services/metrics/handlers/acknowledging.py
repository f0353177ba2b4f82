"""Acknowledging an alert: a fact of supervision, and the alert's new state, in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.handlers.narrowing import narrowed
from services.metrics.ports.acknowledgements import Acknowledgements
from services.metrics.ports.readings import Readings
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import UNANSWERED, AlertState
from shared.contracts.supervision.facts import AlertAcknowledged
from shared.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """The fact that somebody has seen an alert; no fact where the alert stands no more."""

    event_id: str
    stands: bool


class Acknowledging:
    """Records that somebody has seen an alert; *source* says that it was recorded by us."""

    def __init__(
        self,
        acknowledgements: Acknowledgements,
        readings: Readings,
        clock: Clock,
        source: str,
    ) -> None:
        self._acknowledgements = acknowledgements
        self._readings = readings
        self._clock = clock
        self._source = source

    def within(self, organisations: Collection[str] | None) -> "Acknowledging":
        """Return the same for who sees *organisations* alone, None for every one."""
        reached = self._acknowledgements.within(organisations)
        seen = narrowed(self._readings, organisations)
        return Acknowledging(reached, seen, self._clock, self._source)

    async def handle(self, alert_id: str, subject: str, note: str | None) -> AlertSeen | None:
        """
        Return what was said, None where there is no such alert.

        The first word counts: whoever comes later is answered with the same fact.
        """
        alert = await self._alert(alert_id)
        if alert is None:
            return None
        event_id = f"{alert_id}:acknowledged"
        if alert.state not in UNANSWERED:
            return AlertSeen(event_id, stands=alert.state is AlertState.ACKNOWLEDGED)
        now = self._clock.now()
        event = Event.of(
            AlertAcknowledged(alert_id=alert_id, by=subject, note=note),
            id=event_id,
            source=self._source,
            time=now,
            recordedtime=now,
            partitionkey=alert.dossier,
            actorid=subject,
        )
        turned = await self._acknowledgements.turn(
            alert_id, AlertState.ACKNOWLEDGED, UNANSWERED, event
        )
        if turned:
            return AlertSeen(event_id, stands=True)
        current = await self._alert(alert_id)
        return AlertSeen(
            event_id, stands=current is not None and current.state is AlertState.ACKNOWLEDGED
        )

    async def _alert(self, alert_id: str) -> AlertRecord | None:
        found = await self._readings.alert(alert_id)
        return found[0].alert if found else None
