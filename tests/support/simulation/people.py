"""Clerks and strangers: they repeat until they are answered, and write down what they were told."""

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from services.intake.handlers.commits import Overloaded
from services.intake.handlers.gateway import Judgement, Status
from shared.commands.deciding import Answer, Occasion, Repetition
from shared.contracts.foreign import read_foreign
from shared.contracts.registry import INBOX
from shared.contracts.rejection import Rejection
from shared.eventstore.port import ConcurrencyConflict, StoreUnavailable
from shared.kafka.memory import MemoryBus
from shared.kafka.port import Record
from shared.policy.publisher import registered
from tests.support.simulation.hall import ConnectionLost, Counter, Hall
from tests.support.simulation.life import HOUR, MINUTE, Violation, World
from tests.support.simulation.story import INTRUDER, POISONS, STRANGER, Telling, Wish, intrusions

T = TypeVar("T")

PUBLISHERS = {
    STRANGER: registered().by_id["hall-terminal"],
    INTRUDER: registered().by_id["qinwuyuan"],
}
TRIES_MAX = 200
PASSING = (ConnectionLost, StoreUnavailable, ConcurrencyConflict, Overloaded)


@dataclass
class Journal:
    """What people were told, written down when they were told it."""

    ours: list[str] = field(default_factory=list)
    """Ids of the facts that commands were said to have made."""
    refused: Tally[str] = field(default_factory=Tally)
    strangers: set[str] = field(default_factory=set)
    """Ids that were said to be on record, or confirmed by the inbox."""
    poisons: set[bytes] = field(default_factory=set)
    """What was put into the inbox and can only be a dead letter."""


@dataclass(frozen=True)
class People:
    """Everybody outside, with one journal."""

    world: World
    hall: Hall
    bus: MemoryBus
    journal: Journal

    async def want(self, case_no: str, wishes: list[Wish]) -> None:
        """Give the commands of one case, one after the other, while an intruder talks of it."""
        async with asyncio.TaskGroup() as talk:
            for number, wish in enumerate(wishes):
                await self.world.clock.sleep(wish.after)
                key = f"{case_no}-{number}"
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._command(wish, key))
                    if wish.twice:
                        other = key if wish.same_key else f"{key}-other"
                        both.create_task(self._command(wish, other))
                if number == 0:
                    # It is on record now: nobody can tell of it before its owner.
                    now, chance = self.world.clock.now(), self.world.chance
                    talk.create_task(self.tell(intrusions(case_no, now, chance)))

    async def tell(self, tellings: list[Telling]) -> None:
        """Send a stranger's facts, each at its time."""
        async with asyncio.TaskGroup() as sending:
            for telling in tellings:
                for _ in range(telling.times):
                    sending.create_task(self._send(telling))

    async def _command(self, wish: Wish, key: str) -> None:
        try:
            answer = await self._patiently(partial(self._ask, wish, key))
        except Rejection as refusal:
            self.world.note(key, "refused", refusal.code)
            self.journal.refused[key] += 1
        else:
            self.world.note(key, "answered", answer.event_ids)
            self.journal.ours.extend(answer.event_ids)

    async def _ask(self, wish: Wish, key: str, counter: Counter) -> Answer:
        now = self.world.clock.now()
        said = Repetition("clerk", key, key.encode())
        occasion = Occasion(at=now, actorid="clerk", repetition=said)
        return await counter.commands.take(wish.ask.command, wish.ask.words, occasion)

    async def _send(self, telling: Telling) -> None:
        clock, chance = self.world.clock, self.world.chance
        until = (telling.sent_at - clock.now()).total_seconds() + chance.between(0, HOUR)
        await clock.sleep(max(1, round(until)))
        match telling.door:
            case "http":
                await self._judged(telling, partial(_take, telling))
            case "batch":
                await self._judged(telling, partial(_take_among_poison, telling))
            case _:
                await self._drop(telling)
        self.journal.strangers.add(telling.event_id)

    async def _judged(
        self, telling: Telling, ask: Callable[[Counter], Awaitable[Judgement]]
    ) -> None:
        judgement = await self._patiently(ask)
        self.world.note(telling.event_id, judgement.status, judgement.version)
        assert judgement.status is not Status.REJECTED, judgement

    async def _drop(self, telling: Telling) -> None:
        """Put the fact into the inbox, perhaps with something unreadable before it."""
        if self.world.chance.by(0.3):
            poison = self.world.chance.one_of(*POISONS) + telling.event_id.encode()
            self.journal.poisons.add(poison)
            await self.bus.send([Record(INBOX, telling.key.encode(), poison)])
        await self.bus.send([Record(INBOX, telling.key.encode(), telling.body)])

    async def _patiently(self, ask: Callable[[Counter], Awaitable[T]]) -> T:
        for _ in range(TRIES_MAX):
            try:
                return await self.hall.call(ask)
            except PASSING as fault:
                self.world.note("people", "again", type(fault).__name__)
                await self.world.clock.sleep(self.world.chance.between(MINUTE, 4 * HOUR))
        raise Violation("whoever repeats is answered")


async def _take(telling: Telling, counter: Counter) -> Judgement:
    return await counter.gateway.take(
        partial(read_foreign, telling.body), PUBLISHERS[telling.source]
    )


async def _take_among_poison(telling: Telling, counter: Counter) -> Judgement:
    bodies = [POISONS[0], telling.body, POISONS[-1]]
    readings = [partial(read_foreign, body) for body in bodies]
    before, judgement, after = await counter.gateway.take_all(readings, PUBLISHERS[telling.source])
    assert before.status is after.status is Status.REJECTED
    return judgement
