"""Orders with the cards that they are about, as the standard's data set has them (E-08)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.dossier import Dossier
from services.metrics.handlers.narrowing import narrowed
from services.metrics.handlers.orders import OrderQuery, OrderReadings
from services.metrics.handlers.whose import whose
from services.metrics.ports.readings import Readings
from services.metrics.ports.supervision import OrderPlace
from services.metrics.views.order import OrderLine
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import business_date, local
from shared.policy.rules import Editions


class OrderRecord(NamedTuple):
    """One line of table 11 of GB/T 39046-2020, in its order; None where no fact says it."""

    case_no: str | None
    content: str
    org_name: str
    """For whom it is."""
    item_type: str | None
    """As the guide of the case's item says."""
    issued_at: datetime
    alert_id: str | None
    rule_id: str | None
    level: AlertLevel | None
    raised_at: datetime | None
    finding: str | None
    """What was said of the limit when the card was raised, in Chinese."""
    responsible: str | None
    """Who answers for the matter of the card; without one for whom the order is."""


class CardOfOrder(NamedTuple):
    """A card, what was said when it was raised, and the dossier that it lies on."""

    alert: AlertRecord
    said: str
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class RecordsFound:
    """A page of the data set, and the place behind which the next one begins."""

    items: list[OrderRecord]
    following: OrderPlace | None


class OrderRecords:
    """Reads orders, their cards and their cases; what is not seen of these is left out."""

    def __init__(self, orders: OrderReadings, readings: Readings, rules: Editions) -> None:
        self._orders = orders
        self._readings = readings
        self._rules = rules

    def within(self, organisations: Collection[str] | None) -> "OrderRecords":
        """Return the same for who sees *organisations* alone, None for every one."""
        return OrderRecords(
            self._orders.within(organisations), narrowed(self._readings, organisations), self._rules
        )

    async def listed(
        self, wanted: OrderQuery, behind: OrderPlace | None, rows_max: int
    ) -> RecordsFound:
        """Return orders, newest first."""
        found = await self._orders.listed(wanted, behind, rows_max)
        cards = await self._cards(found.items)
        records = [self._record(one, cards.get(one.alert_id)) for one in found.items]
        return RecordsFound(records, found.following)

    async def _cards(self, orders: Sequence[OrderLine]) -> Mapping[str | None, CardOfOrder]:
        """Return the cards that *orders* are about, by id."""
        found = await self._readings.explained([one.alert_id for one in orders if one.alert_id])
        return {
            name: CardOfOrder(alert, explained.sentence.zh, dossier)
            for name, ((alert, dossier), explained) in found.items()
        }

    def _record(self, order: OrderLine, card: CardOfOrder | None) -> OrderRecord:
        alert = card.alert if card else None
        return OrderRecord(
            case_no=order.case_no,
            content=order.content,
            org_name=order.org_name,
            item_type=self._item_type(order.issued_at, card.dossier) if card else None,
            issued_at=order.issued_at,
            alert_id=order.alert_id,
            rule_id=alert.sla if alert else None,
            level=alert.level if alert else None,
            raised_at=local(alert.raised_at) if alert else None,
            finding=card.said if card else None,
            responsible=whose(card.dossier)[1] if card else order.org_name,
        )

    def _item_type(self, issued_at: datetime, dossier: Dossier) -> str | None:
        policy = self._rules.newest.policy_on(business_date(issued_at))
        return policy.guide_of(dossier.case.item_code).item_type
