"""What PostgreSQL would hold, with its locks: it outlives every worker and ticker over it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

from services.metrics.domain.clocks.alert import AlertRecord, turn_of
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import first_at
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Arrived
from services.metrics.domain.figures.contributions import Contributor, PartOfDay
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.last_words import LastWords, merged
from services.metrics.domain.picture import Differences
from services.metrics.domain.recent import Recent
from services.metrics.ports.deadlines import Armed, Closed, Due, Explained
from services.metrics.ports.glances import Offset
from services.metrics.ports.projection import Changes, FactName, Milestone, Stretch, TopicPartition
from services.metrics.ports.readings import TodaySpan
from services.metrics.ports.supervision import OrderRead
from services.metrics.views.explanation import Explanation
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner
from shared.contracts.rules.facts import STREAM
from shared.contracts.supervision.course import OrderState
from shared.contracts.supervision.facts import AlertFact, OrderAnswered, OrderIssued
from shared.eventstore.memory import MemoryEventStore
from shared.policy.rules import RuleChange
from shared.runtime.clock import Clock as RuntimeClock

AT_ONCE = datetime.min.replace(tzinfo=UTC)

Passage = Callable[[], Awaitable[None]]
"""Awaited on the way to the tables: where a simulator lets time pass, or a process die."""


async def at_once() -> None:
    """Reach the tables with nothing in between."""


@dataclass(slots=True)
class ArmedClock:
    """A clock, and what the ticker knows of it."""

    clock: Clock
    next_at: datetime | None
    alerted: bool = False
    gone: bool = False
    written: int = 0
    """In which change of its lane."""


@dataclass(slots=True)
class LaneRow:
    """Who folds a partition number, and what was folded last."""

    epoch: int = 0
    changes: int = 0
    recent: Recent = ()
    edition: int = 0


@dataclass
class Second:
    """The second projection: its tables, beside which all that is kept is the same, and how far."""

    fingerprint: Fingerprint
    tables: "MemoryTables"
    reached: dict[int, str]
    """By lane."""
    facts_expected: int
    filled: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    subjects: int = 0
    facts: int = 0
    touched: list[str] = field(default_factory=list)
    catching_up: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class MemoryTables:
    """
    The tables, and who has which of their rows in hand.

    Each call is atomic because it never awaits: nothing can be seen half done.
    """

    supervision: MemoryEventStore
    clock: RuntimeClock
    timeline: dict[FactName, bytes] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    made_by: dict[str, int] = field(default_factory=dict)
    """The edition that made each dossier."""
    partitions: dict[str, int] = field(default_factory=dict)
    """In which lane each dossier is."""
    figures: Counter[PartOfDay] = field(default_factory=Counter)
    contributors: dict[tuple[str, date, str], Contributor] = field(default_factory=dict)
    last_words: LastWords = field(default_factory=dict)
    clocks: dict[ClockKey, ArmedClock] = field(default_factory=dict)
    alerts: dict[str, AlertRecord] = field(default_factory=dict)
    explanations: dict[str, Explanation] = field(default_factory=dict)
    orders: dict[str, OrderRead] = field(default_factory=dict)
    offsets: dict[TopicPartition, Offset] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    """Up to when each lane is complete."""
    lanes: defaultdict[int, LaneRow] = field(default_factory=lambda: defaultdict(LaneRow))
    outboxes: dict[str, float] = field(
        default_factory=lambda: {owner.value: 0.0 for owner in Owner}
    )
    lane_locks: defaultdict[int, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    clock_locks: defaultdict[ClockKey, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )
    listeners: list[Callable[[str], None]] = field(default_factory=list)
    second: Second | None = None

    def owned(self, stretch: Stretch, epoch: int) -> bool:
        """Say whether the lane and the offset are as the worker believes."""
        found = self.offsets.get((stretch.topic, stretch.partition))
        return (
            self.lanes[stretch.partition].epoch == epoch
            and found is not None
            and found.next_offset == stretch.first
        )

    def unknown(self, facts: Sequence[Arrived]) -> list[Arrived]:
        """Return those of *facts* that are not in the timeline, each name once."""
        once = {(fact.dossier, fact.identity): fact for fact in reversed(facts)}
        return [fact for name, fact in once.items() if name not in self.timeline]

    def advance(self, stretch: Stretch, upto: datetime | None, recent: Recent) -> None:
        """Note that *stretch* is folded."""
        place = (stretch.topic, stretch.partition)
        reached = [at for at in (self.offsets[place].complete_to, upto) if at is not None]
        complete_to, now = max(reached, default=None), self.clock.now()
        self.offsets[place] = Offset(*place, stretch.following, stretch.highwater, complete_to, now)
        lane = self.lanes[stretch.partition]
        lane.changes, lane.recent = lane.changes + 1, recent

    def write(self, partition: int, facts: Sequence[Arrived], changes: Changes) -> None:
        """Apply what a batch changes, offsets apart."""
        if self.second is not None:
            self.second.touched += {fact.dossier for fact in facts}
        self.timeline.update({(fact.dossier, fact.identity): fact.body for fact in facts})
        self.dossiers.update({dossier.key: dossier for dossier in changes.dossiers})
        for key in (*(dossier.key for dossier in changes.dossiers), *changes.rejudged):
            self.made_by[key], self.partitions[key] = changes.edition, partition
        self._write_figures(changes.figures)
        self.last_words = merged(self.last_words, changes.last_words)
        change = self.lanes[partition].changes
        for clock in changes.clocks:
            self._write_clock(clock, change)
        for never in changes.gone:
            lost = self.clocks[never]
            lost.gone, lost.next_at = True, self.rearmed(None) if lost.alerted else None
            lost.written = change

    def _write_figures(self, figures: Differences) -> None:
        self.figures.update(figures.sums)
        for gone in figures.gone:
            del self.contributors[gone.place]
        for new in (*figures.changed, *figures.added):
            self.contributors[new.place] = new

    def _write_clock(self, clock: Clock, change: int) -> None:
        key = clock.key
        known = self.clocks.get(key)
        alerted = known is not None and known.alerted
        next_at = self.rearmed(first_at(clock)) if alerted else first_at(clock)
        self.clocks[key] = ArmedClock(clock, next_at, alerted, written=change)

    def rearmed(self, _: datetime | None) -> datetime | None:
        """Return when to look at a changed clock of which something was said: at once."""
        return AT_ONCE

    def histories(self, dossiers: Iterable[str]) -> dict[str, list[bytes]]:
        """Return the body of every fact of each dossier."""
        histories: dict[str, list[bytes]] = {key: [] for key in dossiers}
        for (key, _), body in self.timeline.items():
            if key in histories:
                histories[key].append(body)
        return histories

    def copied(self) -> "MemoryTables":
        """Return tables that stay as these are now."""
        clocks = {key: replace(armed) for key, armed in self.clocks.items()}
        return replace(
            self,
            timeline={**self.timeline},
            dossiers={**self.dossiers},
            made_by={**self.made_by},
            figures=Counter(self.figures),
            contributors={**self.contributors},
            clocks=clocks,
            alerts={**self.alerts},
            orders={**self.orders},
        )

    def begin_second(self, fingerprint: Fingerprint) -> None:
        """Lay an empty projection beside this one."""
        beside = replace(
            self,
            dossiers={},
            made_by={},
            partitions={},
            figures=Counter(),
            contributors={},
            last_words={},
            clocks={},
            second=None,
        )
        lanes = 1 + max((place[1] for place in self.offsets), default=0)
        reached = dict.fromkeys(range(lanes), "")
        self.second = Second(fingerprint, beside, reached, facts_expected=len(self.timeline))

    def switch(self, second: Second) -> None:
        """Make the second projection the live one, and every lane without an owner."""
        made = second.tables
        self.dossiers, self.made_by, self.partitions = made.dossiers, made.made_by, made.partitions
        self.figures, self.contributors, self.clocks = made.figures, made.contributors, made.clocks
        self.last_words = made.last_words
        for lane in self.lanes.values():
            lane.epoch, lane.changes, lane.edition = lane.epoch + 1, lane.changes + 1, 0
        self.second = None

    async def edition(self) -> int:
        """Return the newest edition of the rules."""
        return (await self.supervision.load(STREAM)).version

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        """Return what made the editions behind *after*, oldest first."""
        history = await self.supervision.load(STREAM, after=after)
        return [cast("RuleChange", event.data) for event in history.events]

    async def published_at(self, edition: int) -> datetime:
        """Return when *edition*, which is known, was published."""
        history = await self.supervision.load(STREAM, after=edition - 1)
        return history.events[0].time

    def outdated(self, partition: int, edition: int) -> list[str]:
        """Return the dossiers of a lane that were made before *edition*."""
        return [
            key
            for key, made_by in self.made_by.items()
            if self.partitions[key] == partition and made_by < edition
        ]

    def overdue(self, now: datetime) -> list[tuple[datetime, ClockKey]]:
        """Return every clock that somebody has to look at, longest due first."""
        return sorted(
            (armed.next_at, key)
            for key, armed in self.clocks.items()
            if armed.next_at is not None and armed.next_at <= now
        )

    def due(self, now: datetime, clocks_max: int, edition: int) -> list[Due]:
        """Return the clocks to look at that *edition* made, those that nobody else has in hand."""
        free = [
            Due(key, self.milestones[self.partitions[key.dossier]].at)
            for _, key in self.overdue(now)
            if not self.clock_locks[key].locked()
            and self.made_by[key.dossier] == edition
            and self.is_complete(key)
        ]
        return free[:clocks_max]

    def is_complete(self, key: ClockKey) -> bool:
        """Say whether a clock's lane was complete when it was due and when it was last written."""
        armed, partition = self.clocks[key], self.partitions[key.dossier]
        milestone = self.milestone(partition)
        return (
            milestone is not None
            and armed.next_at is not None
            and armed.next_at <= milestone.at
            and armed.written <= milestone.tenure.changes
        )

    def milestone(self, partition: int) -> Milestone | None:
        """Return up to when a lane is complete, if its owner has found out."""
        found = self.milestones.get(partition)
        return found if found and found.tenure.epoch == self.lanes[partition].epoch else None

    def complete(self, milestone: Milestone) -> bool:
        """Note that a lane was complete at *milestone*, if it was; say so."""
        known = self.milestones.get(milestone.partition)
        folded = all(
            self.reaches(topic, milestone.partition, end) for topic, end in milestone.ends.items()
        )
        if not folded or (known and known.tenure.epoch > milestone.tenure.epoch):
            return False
        if known:
            milestone = milestone._replace(at=max(known.at, milestone.at))
        self.milestones[milestone.partition] = milestone
        return True

    def reaches(self, topic: str, partition: int, end: int) -> bool:
        """Say whether a partition is folded up to *end*."""
        offset = self.offsets.get((topic, partition))
        return (offset.next_offset if offset else 0) >= end

    def say(self, raised: Iterable[Explained], closed: Iterable[Closed]) -> None:
        """Raise alerts and close them; one that is known stays as it is."""
        for alert, explanation in raised:
            if alert.alert_id not in self.alerts:
                self.alerts[alert.alert_id] = alert
                self.explanations[alert.alert_id] = explanation
        for one in closed:
            card = self.alerts[one.alert_id]
            if card.state in one.sources:
                self.alerts[one.alert_id] = replace(
                    card,
                    state=one.state,
                    reason=one.reason or card.reason,
                    escalated=max(card.escalated, one.escalated),
                )

    def follow(self, event: Event) -> None:
        """Let the row of a card or an order follow what people said of it."""
        match event.data:
            case AlertFact() as fact:
                self.turn(fact)
            case OrderIssued() as fact:
                self.orders[fact.order_id] = OrderRead(
                    fact.order_id,
                    fact.alert_id,
                    fact.case_no,
                    fact.to_org.org_code,
                    fact.to_org.org_name,
                    OrderState.ISSUED,
                    fact.content,
                    event.time,
                    event.actorid or "",
                    None,
                    None,
                    None,
                )
            case OrderAnswered() as fact:
                self.orders[fact.order_id] = self.orders[fact.order_id]._replace(
                    state=OrderState.ANSWERED,
                    reply=fact.reply,
                    answered_at=event.time,
                    answered_by=event.actorid,
                )
            case _:
                return

    def turn(self, fact: AlertFact) -> None:
        """Turn a card as *fact* does."""
        card = self.alerts[fact.alert_id]
        turn = turn_of(fact, card.state, card.escalated)
        if turn is not None:
            changes = turn._asdict()
            if turn.reason is None:
                del changes["reason"]
            self.alerts[fact.alert_id] = replace(card, **changes)

    def arm(self, armed: Iterable[Armed]) -> None:
        for key, next_at, alerted in armed:
            clock = self.clocks[key]
            clock.next_at, clock.alerted = next_at, alerted

    def alerts_of(self, dossiers: Iterable[str]) -> Iterator[AlertRecord]:
        """Yield every alert of *dossiers*."""
        wanted = set(dossiers)
        return (alert for alert in self.alerts.values() if alert.dossier in wanted)

    def late_next(self, span: TodaySpan) -> list[ClockKey]:
        """Return the clocks that can still be saved, the most urgent first."""
        near = [
            clock
            for clock in self.running(span.now, span.horizon)
            if (clock.near_at is not None and clock.near_at <= span.now)
            or (clock.due_at is not None and clock.due_at <= span.ends)
        ]
        near.sort(key=lambda clock: clock.key)
        near.sort(key=lambda clock: clock.sla.id, reverse=True)
        near.sort(key=lambda clock: clock.due_at or span.horizon)
        return [clock.key for clock in near]

    def running(self, after: datetime, until: datetime) -> list[Clock]:
        """Return the clocks that turn red after one instant and until another unless stopped."""
        return [
            armed.clock
            for armed in self.clocks.values()
            if armed.clock.ending is None
            and not armed.clock.sla.escalates
            and not armed.gone
            and not armed.clock.paused
            and armed.clock.due_at is not None
            and after < armed.clock.due_at <= until
        ]
