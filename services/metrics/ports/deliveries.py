"""What the courier asks of the store: facts that nobody was told, and deliveries that are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from services.metrics.domain.deliveries.notification import Notification, NotificationKind
from services.metrics.domain.deliveries.vendors import ChannelVerdict
from services.metrics.views.delivery import ChannelLine, DeliveryLine
from shared.contracts.envelope import Event
from shared.eventstore.port import Position


class Unheard(NamedTuple):
    """Facts behind the cursor, and the places before and behind them."""

    since: Position
    until: Position
    events: Sequence[Event]


class Sequel(NamedTuple):
    """What became of a card, for a channel that may have been told of it."""

    channel: str
    about: str
    kind: NotificationKind
    happened_at: datetime
    due_at: datetime
    number: int = 0


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """What is to be said now, in one message; *tries* counts this one."""

    delivery_id: str
    channel: str
    tries: int
    told: Sequence[Notification]


class ChannelPace(NamedTuple):
    """How fast a channel may be told."""

    gather: timedelta
    """So long the first waits for others."""
    spacing: timedelta
    """So much lies between two messages."""
    lease: timedelta
    """So long nobody else speaks to it."""


class Deliveries(Protocol):
    """What channels are told; every method is one transaction."""

    async def know(self, channels: Sequence[str]) -> None:
        """Have a row for each of *channels*."""
        ...

    async def unheard(self, facts_max: int) -> Unheard:
        """Return the next facts of supervision, below the oldest transaction that still runs."""
        ...

    async def item_names(self, cases: Sequence[str]) -> Mapping[str, str]:
        """Return what each of *cases* is about; '' where nobody has said."""
        ...

    async def cards(self, alert_ids: Sequence[str]) -> Sequence[Event]:
        """Return the facts by which cards were raised."""
        ...

    async def again(self, channels: Sequence[str], now: datetime) -> Sequence[Notification]:
        """
        Return the cards that *channels* are to be told of again by *now*.

        Each as it was told, with how many times it was told again as its number.
        """
        ...

    async def repeat(self, told: Sequence[Notification]) -> None:
        """Record that cards are told again, each under its number once, and when next."""
        ...

    async def record(
        self, heard: Unheard, told: Sequence[Notification], sequels: Sequence[Sequel]
    ) -> bool:
        """
        Record what is told of the facts *heard*, and move the cursor behind them.

        A sequel is for the channels that were told of the card. Where a card is over
        that a channel has not been told of yet, it is spared both. False: another
        courier has done it.
        """
        ...

    async def claim(self, channel: str, pace: ChannelPace, now: datetime) -> ClaimedDelivery | None:
        """Lease *channel* and return what is to be said to it now, None where nothing is."""
        ...

    async def settle(
        self, claimed: ClaimedDelivery, verdict: ChannelVerdict, now: datetime
    ) -> None:
        """Record what became of the try, and give the channel back."""
        ...

    async def give_up(self, made_before: datetime) -> int:
        """Give up what has waited since before then; return how many."""
        ...

    async def forget(self, told_before: datetime, deliveries_max: int) -> int:
        """
        Forget some of what was told, or spared, before then; return how many rows that were.

        What waits is kept, and what was told of a card that still stands: its end is told, too.
        """
        ...

    async def tell_of_down(
        self,
        channels: Sequence[str],
        failing_before: datetime,
        day: date,
        to: Mapping[str, datetime],
    ) -> Sequence[str]:
        """
        Tell the channels *to*, each from its instant on, of *channels* that fail since before then.

        Of each once on one *day*; return their names.
        """
        ...


class DeliveryDesk(Protocol):
    """Deliveries as people look at them."""

    async def channels(self) -> Sequence[ChannelLine]:
        """Return every channel that there ever was, by name."""
        ...

    async def listed(
        self, behind: tuple[datetime, str], channel: str | None, rows_max: int
    ) -> Sequence[DeliveryLine]:
        """Return deliveries, the newest first."""
        ...

    async def one(self, delivery_id: str) -> DeliveryLine | None:
        """Return the delivery of that name."""
        ...

    async def test(self, channel: str, delivery_id: str, now: datetime) -> bool:
        """Have a test delivered next, whatever the channel's state; False: no such channel."""
        ...

    async def retry(self, delivery_id: str, now: datetime) -> DeliveryLine | None:
        """Have what was given up, or waits, tried next; None: there is no such delivery."""
        ...
