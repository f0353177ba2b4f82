"""Supervision's streams in PostgreSQL, and the rows of cards and orders that follow from them."""

from collections.abc import Collection, Sequence
from typing import Any, Self

import asyncpg

from services.metrics.adapters.sight import Sight
from services.metrics.domain.clocks.alert import turn_of
from services.metrics.ports.supervision import OrderRead, Orders, OrdersSought, Supervision
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import AlertState, OrderState
from shared.contracts.supervision.facts import AlertFact, OrderAnswered, OrderIssued
from shared.eventstore.port import StoreRefused
from shared.eventstore.postgres import PostgresEventStore, append_within, translated

NOT_SEEN = "42501"

FIND_CARD = """
SELECT state, escalated
FROM alerts
WHERE alert_id = $1
FOR UPDATE
"""

TURN_CARD = """
UPDATE alerts
SET state = $2, escalated = $3, by_hand = $4, reason = coalesce($5, reason)
WHERE alert_id = $1
"""

ISSUE = """
INSERT INTO orders (order_id, alert_id, case_no, organisation, org_name, state, content,
                    issued_at, issued_by)
VALUES ($1, $2, $3, $4, $5, 'ISSUED', $6, $7, $8)
"""

ANSWER = """
UPDATE orders
SET state = 'ANSWERED', reply = $2, answered_at = $3, answered_by = $4
WHERE order_id = $1
RETURNING true
"""

# What is not folded yet has no clock; an order has one.
LOAD_ORDERS = """
SELECT order_id, alert_id, case_no, organisation, org_name, state, content, issued_at, issued_by,
       reply, answered_at, answered_by, due_at
FROM orders
LEFT JOIN clocks ON dossier = order_id AND subject = order_id AND NOT gone
WHERE (issued_at, order_id) < ($1::timestamptz, $2::text)
  AND state = ANY($3::text[])
  AND ($4::text IS NULL OR alert_id = $4)
  AND ($5::text IS NULL OR case_no = $5)
ORDER BY issued_at DESC, order_id DESC
LIMIT $6
"""

FIND_ORDER = """
SELECT order_id, alert_id, case_no, organisation, org_name, state, content, issued_at, issued_by,
       reply, answered_at, answered_by, due_at
FROM orders
LEFT JOIN clocks ON dossier = order_id AND subject = order_id AND NOT gone
WHERE order_id = $1
"""


class PostgresSupervision(PostgresEventStore, Supervision):
    """The streams; what is appended turns rows that these eyes reach, or is not appended."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight.bureau)
        self._sight = sight

    def within(self, organisations: Collection[str] | None) -> Self:
        return type(self)(self._sight.within(organisations))

    async def _append(self, stream: str, events: Sequence[Event], **more: Any) -> int | None:  # noqa: ANN401 - as append_within takes them
        with translated():
            async with self._sight.transaction() as connection:
                version = await append_within(connection, stream, events, **more)
                for event in events if version is not None else ():
                    await _follow(connection, event)
        return version


class PostgresOrders(Orders):
    """The orders that somebody's eyes reach."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def within(self, organisations: Collection[str] | None) -> Self:
        return type(self)(self._sight.within(organisations))

    async def listed(self, sought: OrdersSought) -> Sequence[OrderRead]:
        before, *wanted = sought
        return [_order(row) for row in await self._sight.fetch(LOAD_ORDERS, *before, *wanted)]

    async def one(self, order_id: str) -> OrderRead | None:
        rows = await self._sight.fetch(FIND_ORDER, order_id)
        return _order(rows[0]) if rows else None


async def _follow(connection: asyncpg.Connection, event: Event) -> None:
    """
    Let the row of a card or an order follow *event*.

    Raises:
        StoreRefused: there is none that these eyes reach.
    """
    match event.data:
        case AlertFact() as fact:
            card = await connection.fetchrow(FIND_CARD, fact.alert_id)
            if card is None:
                raise StoreRefused(NOT_SEEN, "a card that is not seen")
            turn = turn_of(fact, AlertState(card["state"]), card["escalated"])
            if turn is not None:
                await connection.execute(TURN_CARD, fact.alert_id, *turn)
        case OrderIssued() as fact:
            org = fact.to_org
            await connection.execute(
                ISSUE,
                fact.order_id,
                fact.alert_id,
                fact.case_no,
                org.org_code,
                org.org_name,
                fact.content,
                event.time,
                event.actorid,
            )
        case OrderAnswered() as fact:
            answer = (fact.order_id, fact.reply, event.time, event.actorid)
            if await connection.fetchval(ANSWER, *answer) is None:
                raise StoreRefused(NOT_SEEN, "an order that is not seen")
        case _:
            return


def _order(row: asyncpg.Record) -> OrderRead:
    return OrderRead(**{**row, "state": OrderState(row["state"])})
