"""What people say to alerts, in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Self

from services.metrics.adapters.sight import Sight
from services.metrics.ports.acknowledgements import Acknowledgements
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import AlertState
from shared.eventstore.postgres import record_within, translated

TURN_ALERT = """
UPDATE alerts
SET state = $2
WHERE alert_id = $1 AND state = ANY($3::text[])
RETURNING dossier
"""


class PostgresAcknowledgements(Acknowledgements):
    """The alerts of the metrics schema that somebody's eyes reach."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def within(self, organisations: Collection[str] | None) -> Self:
        return type(self)(self._sight.within(organisations))

    async def turn(
        self, alert_id: str, state: AlertState, allowed: Sequence[AlertState], event: Event
    ) -> bool:
        with translated():
            async with self._sight.transaction() as connection:
                turned = await connection.fetchval(TURN_ALERT, alert_id, state, allowed)
                if turned is not None:
                    await record_within(connection, [event])
        return turned is not None
