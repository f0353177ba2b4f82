"""Cards as readers see them: listed, or one with everything that made it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from msgspec.structs import asdict

from services.metrics.domain.clocks.alert import THE_RULES, AlertRecord
from services.metrics.domain.clocks.clock import Clock as LimitClock
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.today import clock_named
from services.metrics.handlers.narrowing import narrowed
from services.metrics.handlers.orders import OrderQuery, OrderReadings
from services.metrics.handlers.whose import organisation_name, whose
from services.metrics.ports.readings import (
    AlertOrder,
    AlertPlace,
    AlertsSought,
    CardsCounted,
    Readings,
)
from services.metrics.views.alert import (
    Alert,
    AlertAct,
    AlertLine,
    AlertMoment,
    AsRaised,
    CardGroup,
    CardGroups,
    Proposal,
)
from services.metrics.views.view import Both
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
from shared.policy.calendar import business_date, local
from shared.policy.rules import Editions
from shared.runtime.clock import Clock

LAST = "\U0010ffff"
ORDERS_MAX = 50
"""About one card; a page of it shows the last ones."""
NEWEST = datetime(9999, 1, 1, tzinfo=UTC)
FIRST_PLACES: Mapping[AlertOrder, AlertPlace] = {
    AlertOrder.NEWEST: (NEWEST, LAST),
    AlertOrder.DUE: (date(1, 1, 1), ""),
}
"""Before every card, by the order in which they are listed."""

OF_THE_CARD = {*Alert.__struct_fields__}.intersection(AlertLine.__struct_fields__) - {
    "name",
    "remaining",
    "unit",
}
"""What a card says of itself; its explanation says the rest."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which cards are asked for; None where it does not matter."""

    states: Sequence[AlertState] = STANDING
    level: AlertLevel | None = None
    case_no: str | None = None
    sla: str | None = None
    begins: str | None = None
    organisation: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    order: AlertOrder = AlertOrder.NEWEST


@dataclass(frozen=True, slots=True)
class AlertsFound:
    """A page of cards, and the place behind which the next one begins."""

    items: list[AlertLine]
    following: AlertPlace | None


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
        self, wanted: AlertQuery, behind: AlertPlace | None, rows_max: int
    ) -> AlertsFound:
        """Return cards in the order that is wanted."""
        found = await self._readings.alerts(
            AlertsSought(
                behind=behind or FIRST_PLACES[wanted.order],
                states=wanted.states,
                level=wanted.level,
                case_no=wanted.case_no,
                sla=wanted.sla,
                rows_max=rows_max,
                begins=wanted.begins,
                organisation=wanted.organisation,
                due_from=wanted.due_from,
                due_to=wanted.due_to,
                order=wanted.order,
            )
        )
        last = found[-1].place(wanted.order) if len(found) == rows_max else None
        return AlertsFound([self._line(*one, self._standing_clock(*one)) for one in found], last)

    async def counted(self) -> CardGroups:
        """Return how many cards stand, by limit and by organisation."""
        cards = await self._readings.cards()
        return CardGroups(
            rules=_groups(cards, lambda one: one.sla, self._limit_name),
            organisations=_groups(cards, lambda one: one.organisation, organisation_name),
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
        clock = self._standing_clock(alert, dossier)
        explained = stored
        if clock is not None:
            raised = Raised(alert.level, alert.raised_at, alert.lateness_ms)
            explained = explain(clock, self._clock.now(), raised, language)
        as_raised = AsRaised(*(getattr(stored, name) for name in AsRaised.__struct_fields__))
        events = (await self._supervision.load(ALERT.stream_of(alert_id))).events
        orders = await self._orders.listed(OrderQuery(alert_id=alert_id), None, ORDERS_MAX)
        line = asdict(self._line(alert, dossier, clock))
        card = {name: line[name] for name in OF_THE_CARD}
        return Alert(
            **asdict(explained) | card,
            as_raised=as_raised,
            history=tuple(moments(events)),
            proposal=_proposal(events, alert.state),
            orders=tuple(orders.items),
        )

    def _line(self, alert: AlertRecord, dossier: Dossier, clock: LimitClock | None) -> AlertLine:
        """Return a card in one line; *clock* is that of one that stands."""
        org_code, org_name = whose(dossier)
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
            name=self._limit_name(alert.sla),
            remaining=clock.remaining(self._clock.now()) if clock else None,
            unit=clock.unit.value if clock else None,
            paused=clock is not None and clock.paused,
            org_code=org_code,
            org_name=org_name,
            actions=(),
        )

    def _standing_clock(self, alert: AlertRecord, dossier: Dossier) -> LimitClock | None:
        """Return the clock by which a card that stands is explained as of today."""
        return clock_named(dossier, alert.key, self._rules.newest) if alert.state.stands else None

    def _limit_name(self, sla: str) -> Both | None:
        limit = self._rules.newest.policy_on(business_date(self._clock.now())).by_id.get(sla)
        return Both(*limit.name.values()) if limit else None


def _groups(
    cards: Iterable[CardsCounted],
    code_of: Callable[[CardsCounted], str],
    name_of: Callable[[str], Both | None],
) -> list[CardGroup]:
    """Return *cards* by what *code_of* tells of them, the most first."""
    groups = defaultdict[str, Counter[AlertLevel]](Counter)
    for one in cards:
        groups[code_of(one)][one.level] += one.number
    most_first = sorted(groups.items(), key=lambda group: (-group[1].total(), group[0]))
    return [CardGroup(code, name_of(code), dict(levels)) for code, levels in most_first]


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
