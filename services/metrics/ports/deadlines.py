"""What the ticker asks of the store: clocks whose deadlines have come, and the alerts on them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from services.metrics.domain.clocks.alert import Alert, AlertRecord
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.ports.projection import Edited
from services.metrics.views.explanation import Explanation
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import REVOCABLE, STANDING, UNANSWERED, AlertState

SOURCES: Mapping[AlertState, tuple[AlertState, ...]] = {
    AlertState.ESCALATED: UNANSWERED,
    AlertState.RESOLVED: STANDING,
    AlertState.REVOKED: REVOCABLE,
}


class Due(NamedTuple):
    """A clock whose deadline has come, and up to when its lane is complete."""

    clock: ClockKey
    complete_to: datetime


class Waiting(NamedTuple):
    """A lane that is not complete, and how many clocks that are due it holds up."""

    partition: int
    complete_to: datetime | None
    """Up to when anybody has found it complete; None where nobody has."""
    clocks: int


class Armed(NamedTuple):
    """When a clock is to be looked at again, None for never, and whether it was ever alerted."""

    clock: ClockKey
    next_at: datetime | None
    alerted: bool


class Closed(NamedTuple):
    """Where an alert stands now, and why; or how high it has climbed."""

    alert_id: str
    state: AlertState
    reason: str
    escalated: int = 0

    @property
    def sources(self) -> tuple[AlertState, ...]:
        """The states that lead there; in another one somebody else was quicker."""
        return SOURCES[self.state]


class Explained(NamedTuple):
    """An alert with the explanation that it was raised with."""

    alert: AlertRecord
    explanation: Explanation


class Sweep(Edited, Protocol):
    """One open transaction over due clocks; nobody else has them meanwhile."""

    @property
    def due(self) -> Sequence[Due]:
        """The clocks whose deadlines have come, longest due first."""
        ...

    async def dossiers(self) -> Mapping[str, Dossier]:
        """Return the dossiers of the due clocks."""
        ...

    async def alerts(self) -> Mapping[ClockKey, Sequence[Alert]]:
        """Return every alert of the due clocks' dossiers."""
        ...

    async def published_at(self, edition: int) -> datetime:
        """Return when *edition*, which is known, was published."""
        ...

    async def record(
        self, events: Sequence[Event], raised: Sequence[Explained], closed: Sequence[Closed]
    ) -> None:
        """Record *events* and the alerts that they raise and close; one that is known stays."""
        ...

    async def arm(self, armed: Sequence[Armed]) -> None:
        """Say when each clock is to be looked at again."""
        ...


class Deadlines(Protocol):
    """The armed deadlines of all clocks, and the alerts that came of them."""

    def claim(
        self, now: datetime, clocks_max: int, edition: int
    ) -> AbstractAsyncContextManager[Sweep]:
        """
        Lock what is due by *now* in lanes that are complete; all of it is one transaction.

        Complete is a lane that has folded all that lay in Kafka when the clock was due and
        when it was last written. What another sweep or a batch has in hand is left to
        the next one, and so are the clocks that another than *edition* has made.

        Raises:
            ProjectionOutdated: the clocks were made by other code than ours.
        """
        ...

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        """Return the lanes that hold up clocks which are due by *now*."""
        ...

    async def coming(self) -> datetime | None:
        """Return for when a clock is armed first, which may be over; None where none is."""
        ...

    async def pressed_seconds(self) -> float:
        """Return for how long the oldest fact waits that its owner has not sent to Kafka yet."""
        ...

    async def complete_to(self) -> Mapping[int, datetime | None]:
        """Return up to when each lane is complete; None where nobody has ever found it so."""
        ...
