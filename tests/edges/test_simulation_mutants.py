"""
What each guard is good for: one at a time is broken, and the simulation has to notice.

What PostgreSQL's own statements guard is broken here in the tables in memory;
the statements are held to the same promises by the integration tests.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from services.intake.handlers import timekeeper
from services.intake.handlers.commits import Settled, SharedCommits
from services.intake.handlers.timekeeper import Timekeeper
from services.metrics.adapters.memory.deadlines import MemorySweep
from services.metrics.adapters.memory.projection import MemoryBatch
from services.metrics.adapters.memory.tables import MemoryTables
from services.metrics.consumer import completeness
from services.metrics.consumer.completeness import Completing
from services.metrics.consumer.fetch import Fetch
from services.metrics.consumer.lanes import LaneRunner, Lanes
from services.metrics.domain.entry import Arrived
from services.metrics.handlers import folding
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.ports.deadlines import Armed, Due
from services.metrics.ports.projection import Stretch
from shared.commands import deciding
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import Outbox, Outcome, Outgoing, Recorded
from shared.kafka.consumer import ConsumerLoop
from shared.kafka.dead_letters import Refusal
from shared.kafka.port import Partition, Record
from shared.policy.calendar import ZONE
from shared.relay.relay import Relay, record_of
from tests.support.simulation.life import Violation, Weather
from tests.support.simulation.simulation import simulate
from tests.support.simulation.store import SimulatedStore

SEEDS_MAX = 120
STORM = Weather(
    killed=0.02,
    stopped=0.005,
    away=0.04,
    late=0.05,
    repeated=0.06,
    half_sent=0.06,
    held_up=0.1,
    shared_anew=0.15,
)
"""So much goes wrong that a few seeds are enough."""
CLEAN_SEEDS = 10

Break = Callable[[pytest.MonkeyPatch], None]


def the_cursor_moves_before_the_sending(patch: pytest.MonkeyPatch) -> None:
    async def send(self: Any, outbox: Outbox, waiting: Sequence[Outgoing]) -> None:  # noqa: ANN401
        await outbox.advance(waiting[-1].place)
        await self._sender.send([record_of(one, self._topic) for one in waiting])

    patch.setattr(Relay, "_send", send)


def the_relay_sends_the_newest_first(patch: pytest.MonkeyPatch) -> None:
    async def send(self: Any, outbox: Outbox, waiting: Sequence[Outgoing]) -> None:  # noqa: ANN401
        await self._sender.send([record_of(one, self._topic) for one in reversed(waiting)])
        await outbox.advance(waiting[-1].place)

    patch.setattr(Relay, "_send", send)


def the_outbox_ignores_running_transactions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimulatedStore, "bounded", False)


def the_store_ignores_versions(patch: pytest.MonkeyPatch) -> None:
    original = MemoryEventStore.append

    async def append(self: Any, stream: str, events: Any, **more: Any) -> int:  # noqa: ANN401
        version = len(self._bodies[stream])
        return await original(self, stream, events, **{**more, "expected_version": version})

    patch.setattr(MemoryEventStore, "append", append)


def answers_are_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deciding, "_receipt", lambda _answer, _occasion: None)


def the_gateway_answers_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    async def record(self: Any, event: Event) -> Settled:  # noqa: ANN401
        verdict: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        verdict.add_done_callback(lambda forgotten: forgotten.exception())
        self._waiting.put_nowait((event, verdict))
        return Recorded(Outcome.ACCEPTED, event.stream, 1)

    patch.setattr(SharedCommits, "record", record)


def the_inbox_commits_before_it_handles(patch: pytest.MonkeyPatch) -> None:
    original = ConsumerLoop._work  # noqa: SLF001

    async def work(
        self: Any,  # noqa: ANN401
        partition: Partition,
        records: Sequence[Record],
        stopping: Any,  # noqa: ANN401
    ) -> None:
        await self._commit(partition, records)
        await original(self, partition, records, stopping)

    patch.setattr(ConsumerLoop, "_work", work)


def dead_letters_are_dropped(patch: pytest.MonkeyPatch) -> None:
    async def bury(_: Any, __: Record, refusal: Refusal, ___: Any) -> Refusal:  # noqa: ANN401
        return refusal

    patch.setattr(ConsumerLoop, "_bury", bury)


def offsets_are_committed_before_the_state(patch: pytest.MonkeyPatch) -> None:
    original = MemoryTables.owned

    def owned(self: MemoryTables, stretch: Stretch, epoch: int) -> bool:
        if original(self, stretch, epoch):
            place = (stretch.topic, stretch.partition)
            moved = self.offsets[place]._replace(next_offset=stretch.following)
            self.offsets[place] = moved
            return True
        return False

    patch.setattr(MemoryTables, "owned", owned)


def nothing_is_compared_before_it_is_set(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryTables, "owned", lambda _self, _stretch, _epoch: True)


def a_batch_is_folded_wherever_it_begins(patch: pytest.MonkeyPatch) -> None:
    async def fold(self: Any, fetch: Fetch) -> None:  # noqa: ANN401
        if self.lane is not None and fetch.place.topic in self.lane.expected:
            await self._fold_records(self.lane, fetch)

    patch.setattr(LaneRunner, "_fold", fold)


def a_picture_is_remembered_before_its_commit(patch: pytest.MonkeyPatch) -> None:
    original = Folding._fold  # noqa: SLF001

    async def fold(self: Any, lane: Lane, batch: Any, new: Any) -> Any:  # noqa: ANN401
        after = await original(self, lane, batch, new)
        lane.keep(after)
        return after

    patch.setattr(Folding, "_fold", fold)


def a_claimed_lane_keeps_its_old_pictures(patch: pytest.MonkeyPatch) -> None:
    original = Lanes._renew  # noqa: SLF001

    def renew(self: Any, claims: Any, offsets: Any) -> None:  # noqa: ANN401
        kept = {n: runner.lane.pictures for n, runner in self._runners.items() if runner.lane}
        original(self, claims, offsets)
        for number, pictures in kept.items():
            if self._runners[number].lane is not None:
                self._runners[number].lane.pictures = pictures

    patch.setattr(Lanes, "_renew", renew)


def repetitions_count(patch: pytest.MonkeyPatch) -> None:
    async def insert(self: MemoryBatch, facts: Sequence[Arrived]) -> None:
        self.facts = facts

    patch.setattr(MemoryBatch, "insert", insert)


def late_facts_are_folded_last(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(folding, "is_late", lambda _dossier, _entry: False)


def a_changed_clock_waits_for_its_next_deadline(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryTables, "rearmed", lambda _self, next_at: next_at)


def a_deadline_is_moved_before_the_alert_is_said(patch: pytest.MonkeyPatch) -> None:
    async def dossiers(self: Any) -> Any:  # noqa: ANN401
        self._tables.arm([Armed(one.clock, None, alerted=True) for one in self.due])
        return await original(self)

    original = MemorySweep.dossiers
    patch.setattr(MemorySweep, "dossiers", dossiers)


def cards_wait_for_nothing(patch: pytest.MonkeyPatch) -> None:
    def due(self: MemoryTables, now: datetime, clocks_max: int, _: int) -> list[Due]:
        free = [key for _, key in self.overdue(now) if not self.clock_locks[key].locked()]
        return [Due(key, now) for key in free[:clocks_max]]

    patch.setattr(MemoryTables, "due", due)


def a_milestone_counts_before_it_is_reached(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(completeness, "is_reached", lambda _milestone, _positions: True)
    patch.setattr(MemoryTables, "reaches", lambda _self, _topic, _partition, _end: True)


def only_the_topic_that_was_fetched_is_complete(patch: pytest.MonkeyPatch) -> None:
    original = Completing.look

    async def look(self: Any) -> bool:  # noqa: ANN401
        ends = self._ends

        async def of_one(places: Sequence[Partition]) -> Any:  # noqa: ANN401
            return await ends([place for place in places if place.topic != Owner.INTAKE.topic])

        patch.setattr(self, "_ends", of_one)
        moves = await original(self)
        patch.setattr(self, "_ends", ends)
        return moves

    patch.setattr(Completing, "look", look)


def a_lease_on_a_silence_never_runs_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(timekeeper, "LEASE", timedelta(days=365))


def a_silence_ends_when_somebody_looks(patch: pytest.MonkeyPatch) -> None:
    original = Timekeeper._end  # noqa: SLF001

    async def end(self: Any, stream: str, command: Any) -> None:  # noqa: ANN401
        now = self._desk.clock.now().astimezone(ZONE)
        await original(self, stream, replace(command, at=now))

    patch.setattr(Timekeeper, "_end", end)


def the_silence_of_strangers_ends_too(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryEventStore, "begun_by", lambda _self, _source, _stream: True)


BROKEN: tuple[Break, ...] = (
    the_cursor_moves_before_the_sending,
    the_relay_sends_the_newest_first,
    the_outbox_ignores_running_transactions,
    the_store_ignores_versions,
    answers_are_not_kept,
    the_gateway_answers_before_the_commit,
    the_inbox_commits_before_it_handles,
    dead_letters_are_dropped,
    offsets_are_committed_before_the_state,
    nothing_is_compared_before_it_is_set,
    a_batch_is_folded_wherever_it_begins,
    a_picture_is_remembered_before_its_commit,
    a_claimed_lane_keeps_its_old_pictures,
    repetitions_count,
    late_facts_are_folded_last,
    a_changed_clock_waits_for_its_next_deadline,
    a_deadline_is_moved_before_the_alert_is_said,
    cards_wait_for_nothing,
    a_milestone_counts_before_it_is_reached,
    only_the_topic_that_was_fetched_is_complete,
    a_lease_on_a_silence_never_runs_out,
    a_silence_ends_when_somebody_looks,
    the_silence_of_strangers_ends_too,
)


@pytest.fixture(autouse=True)
def unlogged() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_it_is_noticed_when(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    noticed = next(filter(None, map(_broken_promise, range(SEEDS_MAX))), None)
    sys.stdout.write(f"{noticed!r:.100}\n")

    assert noticed is not None


def test_nothing_is_noticed_where_nothing_is_broken() -> None:
    assert [*filter(None, map(_broken_promise, range(CLEAN_SEEDS)))] == []


def _broken_promise(seed: int) -> BaseException | None:
    """Return what was found; anything but a broken promise is a fault of the test."""
    try:
        simulate(seed, STORM)
    except Violation as one:
        return one
    except BaseExceptionGroup as several:
        if found := several.subgroup(Violation):
            return found
        raise
    return None
