"""The courier: takes from the facts about cards what channels are to be told, and tells them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from services.metrics.domain.deliveries.notification import (
    CardTold,
    Notification,
    NotificationKind,
    OrderTold,
)
from services.metrics.domain.deliveries.profile import DeliveryProfile, MailChannel
from services.metrics.domain.deliveries.routing import Routing
from services.metrics.domain.deliveries.vendors import VerdictKind
from services.metrics.handlers.telling import Teller
from services.metrics.ports.deliveries import ChannelPace, Deliveries, Sequel
from shared.contracts.envelope import Event, Fact
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
    OrderAnswered,
    OrderIssued,
)
from shared.eventstore.port import StoreUnavailable
from shared.policy.calendar import business_date
from shared.policy.organisations import organisations
from shared.policy.rules import Editions
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import Watchdog, crash, pause
from shared.runtime.measures import CHANNEL_FAILING, DELIVERIES_GIVEN_UP, DELIVERIES_TRIED

log = structlog.get_logger()

FACTS_MAX = 500
LOOK_SECONDS = 1.0
RETRY_SECONDS = 2.0
CARE_SECONDS = 60.0
"""So often is looked for what waits too long, is old, or away."""
FORGOTTEN_MAX = 500
"""Deliveries at a time: some hundred thousand a day."""
LEASE = timedelta(seconds=5)
LEASE_OF_MAIL = timedelta(seconds=15)
"""Longer than any try takes; whoever dies meanwhile keeps its channel for so long."""
DOWN_AFTER = timedelta(minutes=15)

SEQUELS: Mapping[type[Fact], NotificationKind] = {
    AlertEscalated: NotificationKind.ESCALATED,
    AlertResolved: NotificationKind.RESOLVED,
    AlertRevoked: NotificationKind.REVOKED,
    OrderAnswered: NotificationKind.ANSWERED,
}


class Courier:
    """Hears of cards behind a cursor of its own, and tells each channel at that channel's pace."""

    def __init__(
        self, deliveries: Deliveries, teller: Teller, rules: Editions, clock: Clock
    ) -> None:
        self._deliveries = deliveries
        self._teller = teller
        self._rules = rules
        self._clock = clock
        self.watchdog = Watchdog("metrics.courier", clock)

    @property
    def profile(self) -> DeliveryProfile:
        return self._teller.profile

    async def run(self, stopping: asyncio.Event) -> None:
        """Hear and tell until *stopping*; no channel waits for another one."""
        for name in self.profile.channels:
            CHANNEL_FAILING.labels(name).set(0)
            for kind in VerdictKind:
                DELIVERIES_TRIED.labels(name, kind)
        await self._know(stopping)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear(stopping), name="hearing")
            tasks.create_task(self._care(stopping), name="looking after")
            for name in self.profile.channels:
                tasks.create_task(self._serve(name, stopping), name=name)

    async def hear(self, now: datetime) -> int:
        """Record what is told of the next facts, and return how many there were."""
        heard = await self._deliveries.unheard(FACTS_MAX)
        if not heard.events:
            return 0
        routing = self._routing(now)
        raised = [one for one in heard.events if isinstance(one.data, AlertRaised)]
        fresh = [one for one in raised if not routing.old(one.time, now)]
        names = await self._deliveries.item_names([one.partitionkey for one in fresh])
        told = [one for event in fresh for one in _told(event, names, routing, now)]
        told += await self._climbed(heard.events, routing, now)
        told += [one for event in heard.events for one in _ordered(event, routing, now)]
        await self._deliveries.record(heard, told, list(_sequels(heard.events, routing, now)))
        return len(heard.events)

    async def _climbed(
        self, events: Sequence[Event], routing: Routing, now: datetime
    ) -> list[Notification]:
        """Return what is told of cards that went up to whoever stands there."""
        climbing = [one for one in events if isinstance(one.data, AlertEscalated)]
        fresh = [one for one in climbing if not routing.old(one.time, now)]
        if not fresh:
            return []
        raised = await self._deliveries.cards([one.data.subject for one in fresh])
        names = await self._deliveries.item_names([one.partitionkey for one in raised])
        cards = {one.data.subject: _card_told(one, names) for one in raised}
        return [
            told
            for event in fresh
            if (card := cards.get(event.data.subject)) is not None
            for told in routing.climbed(event.data.subject, event.time, card, _level_of(event), now)
        ]

    async def look_after(self, now: datetime) -> None:
        """
        Tell again what is still late, give up what waits too long, and forget what is old.

        Operations are told of channels that take nothing.
        """
        if due := await self._deliveries.again(list(self.profile.channels), now):
            routing = self._routing(now)
            await self._deliveries.repeat([routing.again(one, now) for one in due])
        hours = timedelta(hours=self.profile.give_up_hours)
        if count := await self._deliveries.give_up(now - hours):
            DELIVERIES_GIVEN_UP.inc(count)
            log.error("deliveries_given_up", count=count)
        kept = timedelta(days=self.profile.kept_days)
        if count := await self._deliveries.forget(now - kept, FORGOTTEN_MAX):
            log.info("deliveries_forgotten", count=count)
        routing = self._routing(now)
        operations = {
            name: routing.due_at(name, now)
            for name, channel in self.profile.channels.items()
            if channel.operations
        }
        for name in await self._deliveries.tell_of_down(
            list(self.profile.channels), now - DOWN_AFTER, business_date(now), operations
        ):
            log.error("channel_down", channel=name)

    async def tell(self, name: str, now: datetime) -> bool:
        """Tell the channel *name* what is due, in one message; return whether anything was."""
        channel = self.profile.channels[name]
        pace = ChannelPace(
            timedelta(seconds=channel.gather_seconds),
            timedelta(seconds=channel.spacing_seconds),
            LEASE_OF_MAIL if isinstance(channel, MailChannel) else LEASE,
        )
        claimed = await self._deliveries.claim(name, pace, now)
        if claimed is None:
            return False
        crash("courier.claimed")
        verdict = await self._teller.tell(claimed, self._limit_name, now)
        crash("courier.told")
        await self._deliveries.settle(claimed, verdict, self._clock.now())
        DELIVERIES_TRIED.labels(name, verdict.kind).inc()
        down = verdict.kind in (VerdictKind.AWAY, VerdictKind.GONE)
        CHANNEL_FAILING.labels(name).set(int(down))
        (log.warning if down else log.info)(
            "delivery_tried",
            channel=name,
            delivery_id=claimed.delivery_id,
            notifications=len(claimed.told),
            tries=claimed.tries,
            outcome=verdict.kind,
            answer=verdict.code,
        )
        return True

    async def _know(self, stopping: asyncio.Event) -> None:
        wait = 0.0
        while not await pause(self._clock, wait, stopping):
            try:
                await self._deliveries.know(list(self.profile.channels))
            except StoreUnavailable:
                wait = RETRY_SECONDS
            else:
                return

    async def _hear(self, stopping: asyncio.Event) -> None:
        wait = 0.0
        while not await pause(self._clock, wait, stopping):
            try:
                heard = await self.hear(self._clock.now())
            except StoreUnavailable:
                log.warning("hearing_postponed")
                wait = RETRY_SECONDS
                continue
            self.watchdog.progressed()
            wait = 0.0 if heard == FACTS_MAX else LOOK_SECONDS

    async def _care(self, stopping: asyncio.Event) -> None:
        wait = 0.0
        while not await pause(self._clock, wait, stopping):
            try:
                await self.look_after(self._clock.now())
            except StoreUnavailable:
                log.warning("looking_after_postponed")
            wait = CARE_SECONDS

    async def _serve(self, name: str, stopping: asyncio.Event) -> None:
        wait = 0.0
        while not await pause(self._clock, wait, stopping):
            try:
                wait = 0.0 if await self.tell(name, self._clock.now()) else LOOK_SECONDS
            except StoreUnavailable:
                log.warning("telling_postponed", channel=name)
                wait = RETRY_SECONDS

    def _routing(self, now: datetime) -> Routing:
        rules = self._rules.newest
        policy = rules.policy_on(business_date(now))
        return Routing(self.profile, rules.calendar, policy, organisations())

    def _limit_name(self, sla: str) -> Mapping[str, str]:
        for _, policy in reversed(self._rules.newest.policies):
            if limit := policy.by_id.get(sla):
                return limit.name
        return {"zh-CN": sla, "en": sla}


def _told(
    event: Event, names: Mapping[str, str], routing: Routing, now: datetime
) -> Iterator[Notification]:
    yield from routing.of(event.data.subject, event.time, _card_told(event, names), now)


def _card_told(event: Event, names: Mapping[str, str]) -> CardTold:
    """Return what is told of the card that *event* has raised."""
    fact = event.data
    assert isinstance(fact, AlertRaised)  # noqa: S101 - a bug
    return CardTold(
        case_no=event.partitionkey,
        item_name=names.get(event.partitionkey, ""),
        sla=fact.sla_id or fact.rule_id,
        level=fact.level,
        due=fact.due,
        overdue_days=fact.overdue_days,
        org_code=fact.responsible_org.org_code,
        org_name=fact.responsible_org.org_name,
        roles=tuple(fact.recipients),
    )


def _ordered(event: Event, routing: Routing, now: datetime) -> Iterator[Notification]:
    """Yield what is told of an order, if *event* is one."""
    fact = event.data
    if isinstance(fact, OrderIssued) and not routing.old(event.time, now):
        org = fact.to_org
        order = OrderTold(
            fact.order_id, fact.content, org.org_code, org.org_name, fact.case_no or ""
        )
        yield from routing.ordered(event.time, order, now)


def _level_of(event: Event) -> int:
    return event.data.to_level or 1 if isinstance(event.data, AlertEscalated) else 0


def _sequels(events: Sequence[Event], routing: Routing, now: datetime) -> Iterator[Sequel]:
    """Yield what became of each card or order last; what came before nobody needs to hear."""
    last = {
        event.data.subject: (SEQUELS[type(event.data)], event.time, _level_of(event))
        for event in events
        if type(event.data) in SEQUELS
    }
    for name in routing.profile.channels if last else ():
        due_at = routing.due_at(name, now)
        for about, (kind, happened_at, level) in last.items():
            yield Sequel(name, about, kind, happened_at, due_at, level)
