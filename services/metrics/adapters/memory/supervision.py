"""Supervision's streams in memory, and the rows of cards and orders that follow from them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Self

from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.ports.supervision import OrderRead, Orders, OrdersSought, Supervision
from shared.contracts.envelope import Event
from shared.eventstore.port import EventStore, History, Receipt, Recorded


class MemorySupervision(Supervision):
    """The streams, which everybody sees: here is nothing below the handlers."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self._store: EventStore = tables.supervision

    def within(self, organisations: Collection[str] | None) -> Self:  # noqa: ARG002 - no eyes here
        return self

    async def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        receipt: Receipt | None = None,
    ) -> int:
        version = await self._store.append(
            stream, events, expected_version=expected_version, receipt=receipt
        )
        for event in events:
            self._tables.follow(event)
        return version

    async def load(self, stream: str, *, after: int = 0) -> History:
        return await self._store.load(stream, after=after)

    async def record(self, facts: Sequence[Event], *, publish: bool = True) -> list[Recorded]:
        return await self._store.record(facts, publish=publish)

    async def answered(self, principal: str, key: str) -> Receipt | None:
        return await self._store.answered(principal, key)

    async def claim(self, kind: str, name: str, holder: str) -> str:
        return await self._store.claim(kind, name, holder)

    async def claim_each(self, kind: str, holders: Mapping[str, str]) -> None:
        await self._store.claim_each(kind, holders)

    async def holder(self, kind: str, name: str) -> str | None:
        return await self._store.holder(kind, name)

    async def waiting_seconds(self) -> float:
        return await self._store.waiting_seconds()


class MemoryOrders(Orders):
    """The orders, which everybody sees."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    def within(self, organisations: Collection[str] | None) -> Self:  # noqa: ARG002 - no eyes here
        return self

    async def listed(self, sought: OrdersSought) -> Sequence[OrderRead]:
        found = [
            self._read(order)
            for order in self._tables.orders.values()
            if order.place < sought.before
            and order.state in sought.states
            and sought.alert_id in (None, order.alert_id)
            and sought.case_no in (None, order.case_no)
        ]
        found.sort(key=lambda order: order.place, reverse=True)
        return found[: sought.rows_max]

    async def one(self, order_id: str) -> OrderRead | None:
        order = self._tables.orders.get(order_id)
        return self._read(order) if order else None

    def _read(self, order: OrderRead) -> OrderRead:
        due = (
            armed.clock.due_at
            for key, armed in self._tables.clocks.items()
            if (key.dossier, key.subject) == (order.order_id, order.order_id) and not armed.gone
        )
        return order._replace(due_at=next(due, None))
