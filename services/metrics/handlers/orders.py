"""Orders: read, issued about a card or without one, and answered by whom they were sent to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.metrics.domain.supervising.commands import IssueOrder
from services.metrics.domain.supervising.decide import ORDERS
from services.metrics.domain.supervising.refusals import OrderAlertUnknown
from services.metrics.handlers.narrowing import narrowed, reached_by
from services.metrics.ports.readings import Readings
from services.metrics.ports.supervision import (
    OrderPlace,
    OrderRead,
    Orders,
    OrdersSought,
    Supervision,
)
from services.metrics.views.order import OrderLine
from shared.commands.deciding import Answer, Desk, Occasion, handle
from shared.commands.numbers import number_of
from shared.contracts.supervision.course import ALERT, ORDER, OrderState
from shared.contracts.supervision.facts import AlertRaised
from shared.contracts.types import OrgRef
from shared.policy.calendar import business_date, local
from shared.runtime.clock import Clock

NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), "\U0010ffff")
SECOND = timedelta(seconds=1)
ALL = tuple(state for state in OrderState if state is not OrderState.ABSENT)


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which orders are asked for; None where it does not matter."""

    states: Sequence[OrderState] = ALL
    alert_id: str | None = None
    case_no: str | None = None


@dataclass(frozen=True, slots=True)
class OrdersFound:
    """A page of orders, and the place behind which the next one begins."""

    items: list[OrderLine]
    following: OrderPlace | None


class OrderReadings:
    """Reads orders."""

    def __init__(self, orders: Orders, clock: Clock) -> None:
        self._orders = orders
        self._clock = clock

    def within(self, organisations: Collection[str] | None) -> "OrderReadings":
        """Return the same for who sees *organisations* alone, None for every one."""
        return OrderReadings(seen_orders(self._orders, organisations), self._clock)

    async def listed(
        self, wanted: OrderQuery, behind: OrderPlace | None, rows_max: int
    ) -> OrdersFound:
        """Return orders, newest first."""
        sought = OrdersSought(
            behind or NEWEST, wanted.states, wanted.alert_id, wanted.case_no, rows_max
        )
        found = await self._orders.listed(sought)
        last = found[-1].place if len(found) == rows_max else None
        return OrdersFound([order_line(one, self._clock.now()) for one in found], last)

    async def one(self, order_id: str) -> OrderLine | None:
        """Return one order."""
        found = await self._orders.one(order_id)
        return order_line(found, self._clock.now()) if found else None


class OrdersOfOrganisations(Orders):
    """What lies beneath, without what was sent to others, as if it were not there."""

    def __init__(self, orders: Orders, organisations: Collection[str]) -> None:
        self._orders = orders
        self._organisations = organisations

    def within(self, organisations: Collection[str] | None) -> "OrdersOfOrganisations":
        both = {*self._organisations}.intersection(organisations or self._organisations)
        return OrdersOfOrganisations(self._orders.within(both), both)

    async def listed(self, sought: OrdersSought) -> Sequence[OrderRead]:
        kept: list[OrderRead] = []
        while len(kept) < sought.rows_max:
            found = await self._orders.listed(sought)
            kept += (one for one in found if one.organisation in self._organisations)
            if len(found) < sought.rows_max:
                break
            sought = sought._replace(before=found[-1].place)
        return kept[: sought.rows_max]

    async def one(self, order_id: str) -> OrderRead | None:
        found = await self._orders.one(order_id)
        return found if found and found.organisation in self._organisations else None


def seen_orders(orders: Orders, organisations: Collection[str] | None) -> Orders:
    """Return what is seen of *orders* by who sees *organisations*: looked at twice (ADR 40)."""
    seen = orders.within(organisations)
    return seen if organisations is None else OrdersOfOrganisations(seen, organisations)


def order_line(order: OrderRead, now: datetime) -> OrderLine:
    """Return an order as it is told."""
    due_at, open_ = order.due_at, order.state is OrderState.ISSUED
    return OrderLine(
        order_id=order.order_id,
        alert_id=order.alert_id,
        case_no=order.case_no,
        org_code=order.organisation,
        org_name=order.org_name,
        state=order.state,
        content=order.content,
        issued_at=local(order.issued_at),
        issued_by=order.issued_by,
        due=None if due_at is None else business_date(due_at - SECOND),
        overdue=open_ and due_at is not None and due_at <= now,
        reply=order.reply,
        answered_at=local(order.answered_at) if order.answered_at else None,
        answered_by=order.answered_by,
    )


class Ordering:
    """Supervision's side of the commands on orders; what it answers is durable."""

    def __init__(self, supervision: Supervision, readings: Readings, desk: Desk) -> None:
        self._supervision = supervision
        self._readings = readings
        self._desk = desk

    async def take(self, command: type[Any], words: dict[str, Any], occasion: Occasion) -> Answer:
        """
        Apply *command*; a first one that names no order is about a new one.

        Raises:
            OrderAlertUnknown: it is about a card that its issuer does not see.
        """
        seen = reached_by(occasion.reach)
        name = words["order_id"]
        if command is IssueOrder:
            name = number_of(ORDER, name, self._desk.ids.new)
        if command is IssueOrder and words["alert_id"] is not None:
            words = words | await self._about(words["alert_id"], words["to_org"], seen)
        asked = command(**{**words, "order_id": name}, at=occasion.at)
        desk = replace(self._desk, store=self._supervision.within(seen))
        return await handle(ORDERS, asked, ORDER.stream_of(name), occasion, desk=desk)

    async def _about(
        self, alert_id: str, to_org: OrgRef | None, seen: Collection[str] | None
    ) -> dict[str, Any]:
        """Return which case a card is about, and who answers for it where nobody else is named."""
        found = await narrowed(self._readings, seen).alert(alert_id)
        if found is None:
            raise OrderAlertUnknown(alert_id=alert_id)
        if to_org is None:
            history = await self._supervision.load(ALERT.stream_of(alert_id))
            raised = (one.data for one in history.events if isinstance(one.data, AlertRaised))
            to_org = next((fact.responsible_org for fact in raised), None)
        return {"to_org": to_org, "case_no": found[0].alert.dossier}
