"""Cards as readers see them: listed, or one with everything that made it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import asdict

from services.metrics.domain.clocks.alert import THE_RULES, AlertRecord
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.dimensions import dimensions_of
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.today import clock_named
from services.metrics.handlers.narrowing import narrowed
from services.metrics.handlers.orders import OrderQuery, OrderReadings
from services.metrics.ports.readings import AlertsSought, Readings
from services.metrics.views.alert import (
    Alert,
    AlertAct,
    AlertLine,
    AlertMoment,
    AsRaised,
    Proposal,
)
from shared.contracts.envelope import Event
from shared.contracts.supervision.course import ALERT, STANDING, AlertState
from shared.contracts.supervision.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
    RevocationProposed,
)
from shared.contracts.supervision.words import AlertLevel
from shared.eventstore.port import EventStore
from shared.policy.calendar import local
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

NEWEST = datetime(9999, 1, 1, tzinfo=UTC)
LAST = "\U0010ffff"
ORDERS_MAX = 50
"""About one card; a page of it shows the last ones."""


RaisedPlace = tuple[datetime, str]
"""When a card was raised, and its id."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which cards are asked for; None where it does not matter."""

    states: Sequence[AlertState] = STANDING
    level: AlertLevel | None = None
    case_no: str | None = None
    sla: str | None = None


@dataclass(frozen=True, slots=True)
class AlertsFound:
    """A page of cards, and the place behind which the next one begins."""

    items: list[AlertLine]
    following: RaisedPlace | None


class Alerts:
    """Reads cards under the newest rules."""

    def __init__(
        self,
        readings: Readings,
        rules: Editions,
        clock: Clock,
        supervision: EventStore,
        orders: OrderReadings,
    ) -> None:
        self._readings = readings
        self._rules = rules
        self._clock = clock
        self._supervision = supervision
        self._orders = orders

    def within(self, organisations: Collection[str] | None) -> "Alerts":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Alerts(
            narrowed(self._readings, organisations),
            self._rules,
            self._clock,
            self._supervision,
            self._orders.within(organisations),
        )

    async def listed(
        self, wanted: AlertQuery, behind: RaisedPlace | None, rows_max: int
    ) -> AlertsFound:
        """Return cards, newest first."""
        before = behind or (NEWEST, LAST)
        found = await self._readings.alerts(
            AlertsSought(before, wanted.states, wanted.level, wanted.case_no, wanted.sla, rows_max)
        )
        last = found[-1].alert if len(found) == rows_max else None
        return AlertsFound(
            [_card(*one) for one in found], (last.raised_at, last.alert_id) if last else None
        )

    async def one(self, alert_id: str, language: str) -> Alert | None:
        """
        Return a card with its explanation.

        One that stands is explained as of today; one that is over, as it was
        when it was raised. *as_raised* holds what was said then in any case.
        """
        found = await self._readings.alert(alert_id)
        if found is None:
            return None
        (alert, dossier), stored = found
        clock = clock_named(dossier, alert.key, self._rules.newest)
        explained = stored
        if clock is not None and alert.state.stands:
            raised = Raised(alert.level, alert.raised_at, alert.lateness_ms)
            explained = explain(clock, self._clock.now(), raised, language)
        as_raised = AsRaised(*(getattr(stored, name) for name in AsRaised.__struct_fields__))
        events = (await self._supervision.load(f"{ALERT.subject}-{alert_id}")).events
        orders = await self._orders.listed(OrderQuery(alert_id=alert_id), None, ORDERS_MAX)
        return Alert(
            **asdict(explained) | asdict(_card(alert, dossier)),
            as_raised=as_raised,
            history=tuple(moments(events)),
            proposal=_proposal(events, alert.state),
            orders=tuple(orders.items),
        )


def _card(alert: AlertRecord, dossier: Dossier) -> AlertLine:
    return AlertLine(
        alert_id=alert.alert_id,
        case_no=alert.dossier,
        item_name=dossier.case.item_name or None,
        sla_id=alert.sla,
        subject=alert.key.subject,
        episode=alert.key.episode,
        clock=alert.clock,
        basis=alert.clock,
        level=alert.level,
        severity=alert.severity,
        state=alert.state,
        due=alert.due,
        raised_at=local(alert.raised_at),
        recorded_at=local(alert.recorded_at),
        lateness_ms=alert.lateness_ms,
        reason=alert.reason or None,
        escalated=alert.escalated,
        by_hand=alert.by_hand,
        org_code=dimensions_of(dossier).organisation or None,
    )


def moments(events: Iterable[Event]) -> Iterator[AlertMoment]:
    """Yield what became of a card, in the order in which it was recorded."""
    for event in events:
        match event.data:
            case AlertRaised() as fact:
                yield _moment(event, AlertAct.RAISED, THE_RULES, fact.reason)
            case AlertAcknowledged() as fact:
                yield _moment(event, AlertAct.ACKNOWLEDGED, fact.by, fact.note)
            case AlertEscalated() as fact:
                yield _moment(event, AlertAct.ESCALATED, fact.by, fact.note, fact.to_level)
            case RevocationProposed() as fact:
                yield _moment(event, AlertAct.REVOCATION_PROPOSED, fact.by, fact.reason)
            case AlertResolved() as fact:
                yield _moment(event, AlertAct.RESOLVED, fact.by, fact.note)
            case AlertRevoked() as fact:
                yield _moment(event, AlertAct.REVOKED, fact.approved_by, fact.reason)
            case _:
                continue


def _moment(
    event: Event, act: AlertAct, by: str, words: str | None, to_level: int | None = None
) -> AlertMoment:
    return AlertMoment(act, local(event.time), by, words or None, to_level)


def _proposal(events: Sequence[Event], state: AlertState) -> Proposal | None:
    """Return what waits for a second person."""
    if state is AlertState.REVOKED:
        return None
    for event in reversed(events):
        match event.data:
            case RevocationProposed() as fact:
                return Proposal(fact.by, local(event.time), fact.reason, fact.approver)
            case _:
                continue
    return None
