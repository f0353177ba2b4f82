"""What people say to alerts, in memory."""

from collections.abc import Collection, Sequence
from typing import Self

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.ports.acknowledgements import Acknowledgements
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import AlertState


class MemoryAcknowledgements(Acknowledgements):
    """The tables, which everybody sees: here is nothing below the handlers."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    def within(self, organisations: Collection[str] | None) -> Self:  # noqa: ARG002 - no eyes here
        return self

    async def turn(
        self, alert_id: str, state: AlertState, allowed: Sequence[AlertState], event: Event
    ) -> bool:
        alert = self._tables.alerts.get(alert_id)
        if alert is None or alert.state not in allowed:
            return False
        self._tables.supervision.add([event])
        self._tables.turn(alert_id, state)
        return True
