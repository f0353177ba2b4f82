"""What people say to alerts."""

from collections.abc import Collection, Sequence
from typing import Protocol, Self

from shared.contracts.envelope import Event
from shared.contracts.supervision.course import AlertState


class Acknowledgements(Protocol):
    """The alerts, of which none is reached before somebody has said `within` whose eyes it is."""

    def within(self, organisations: Collection[str] | None) -> Self:
        """Return the same for the eyes of who sees *organisations*, None for everything."""
        ...

    async def turn(
        self, alert_id: str, state: AlertState, allowed: Sequence[AlertState], event: Event
    ) -> bool:
        """Record *event* and turn the alert, where it is seen, in one of the *allowed* states."""
        ...
