"""Supervision's own streams as whoever acts on cards and orders has them, and the orders."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, Self

from shared.contracts.supervision.course import OrderState
from shared.eventstore.port import EventStore


class Supervision(EventStore, Protocol):
    """
    The streams, of which the rows of cards and orders follow in the same transaction.

    Nothing is appended about a card or an order that is not seen, and none is seen
    before somebody has said `within` whose eyes it is.
    """

    def within(self, organisations: Collection[str] | None) -> Self:
        """Return the same for the eyes of who sees *organisations*, None for everything."""
        ...


OrderPlace = tuple[datetime, str]
"""When an order was issued, and its id."""


class OrderRead(NamedTuple):
    """An order as it is stored, and its limit, once that was folded."""

    order_id: str
    alert_id: str | None
    case_no: str | None
    organisation: str
    org_name: str
    state: OrderState
    content: str
    issued_at: datetime
    issued_by: str
    reply: str | None
    answered_at: datetime | None
    answered_by: str | None
    due_at: datetime | None = None
    """The first instant at which its answer is too late."""

    @property
    def place(self) -> OrderPlace:
        return self.issued_at, self.order_id


class OrdersSought(NamedTuple):
    """Which orders: issued before which place, in which states, about which card or case."""

    before: OrderPlace
    states: Sequence[OrderState]
    alert_id: str | None
    case_no: str | None
    rows_max: int


class Orders(Protocol):
    """The orders as readers see them; none before somebody has said `within` whose eyes it is."""

    def within(self, organisations: Collection[str] | None) -> Self:
        """Return the same for the eyes of who sees *organisations*, None for everything."""
        ...

    async def listed(self, sought: OrdersSought) -> Sequence[OrderRead]:
        """Return orders, the newest first."""
        ...

    async def one(self, order_id: str) -> OrderRead | None:
        """Return one order."""
        ...
