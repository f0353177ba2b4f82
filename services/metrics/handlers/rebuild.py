"""A rebuild: all of the timeline folded into a second projection, compared, and made live."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

import msgspec

from services.metrics.adapters.both_projections import COMPARISONS, Row
from services.metrics.adapters.rebuilding import (
    Beside,
    Chunk,
    ProjectionHeld,
    Standing,
    Step,
)
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.history import refolded
from services.metrics.domain.picture import Picture, picture_of
from services.metrics.handlers.folding import changes_of
from shared.kafka.keys import partition_of
from shared.policy.rules import Editions, Rules
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import crash

SUBJECTS_PER_STEP_MAX = 1_000
FACTS_PER_STEP_MAX = 10_000
"""With its pictures a step weighs some tens of megabytes."""
SUBJECTS_AT_A_STRETCH = 50
"""After so many the server is given its next statement."""
TOUCHED_LEFT_MAX = 500
"""So much may be left when the lanes are held: it is folded in less than a second."""
EXAMPLES_MAX = 3
HOLD_RETRY_SECONDS = 1.0

Advance = Callable[[int, float], None]
"""Told how many facts were folded since the last time, and how far of the whole we are."""

Histories = Mapping[str, Sequence[bytes]]
Result = TypeVar("Result")


@dataclass(slots=True)
class Outcome:
    """What came of a rebuild."""

    edition: Fingerprint
    subjects: int = 0
    facts: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)
    switched: bool = False

    def document(self) -> dict[str, Any]:
        return {
            "edition": self.edition,
            "subjects": self.subjects,
            "facts": self.facts,
            "differences": self.differences,
            "switched": self.switched,
        }


class Rebuilding:
    """Rebuilds under the newest rules; whoever is killed has changed nothing that is served."""

    def __init__(self, beside: Beside, rules: Rules, clock: Clock) -> None:
        self._beside = beside
        self._editions = Editions(rules)
        self._clock = clock
        self._partitions = 1

    async def handle(self, advance: Advance, *, switch: bool) -> Outcome:
        """
        Fold everything, lay it beside what is live, and with *switch* put it in its place.

        Without *switch* nothing is left of it.

        Raises:
            RebuildOvertaken: somebody else goes on with it.
            StoreUnavailable: the database went away; another attempt goes on from there.
        """
        self._editions.learn(await self._beside.rule_changes())
        standing = await self._patiently(self._beside.begin)
        self._partitions = await self._beside.partitions()
        outcome = Outcome(self._beside.fingerprint, standing.subjects, standing.facts)
        last = await self._fill(standing, outcome, advance)
        await self._catch_up(last)
        await self._beside.arm()
        await self._beside.analyze()
        outcome.differences = await self._differences(last)
        if switch:
            await self._patiently(lambda: self._switch(last))
            outcome.switched = True
        else:
            await self._patiently(self._beside.drop)
        return outcome

    async def _fill(self, standing: Standing, outcome: Outcome, advance: Advance) -> str:
        """Fold step by step; return up to which key."""
        try:
            return await self._fill_ahead(standing, outcome, advance)
        except ExceptionGroup as faults:
            # Reading and writing fail together or one alone: the first says why.
            raise faults.exceptions[0] from faults

    async def _fill_ahead(self, standing: Standing, outcome: Outcome, advance: Advance) -> str:
        """Fold while the step before is written and the next one is read."""
        last = standing.reached
        steps: asyncio.Queue[tuple[Step, Histories] | None] = asyncio.Queue(1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(last, steps))
            writing: asyncio.Task[None] | None = None
            while (read := await steps.get()) is not None:
                step, histories = read
                pictures = await self._pictures(histories)
                if writing is not None:
                    await writing
                writing = tasks.create_task(self._write(step, pictures))
                last = step.upto
                outcome.subjects += step.subjects
                outcome.facts += step.facts
                advance(step.facts, min(1.0, outcome.facts / max(1, standing.facts_expected)))
        return last

    async def _read(self, last: str, steps: asyncio.Queue[tuple[Step, Histories] | None]) -> None:
        async for step, keys in self._steps(last):
            await steps.put((step, await self._beside.histories(keys)))
        await steps.put(None)

    async def _steps(self, last: str) -> AsyncIterator[tuple[Step, list[str]]]:
        """Yield which subjects come next: as many as have so many facts, one at least."""
        while following := await self._beside.following(last, SUBJECTS_PER_STEP_MAX):
            for keys, facts in portions(following):
                yield Step(last, keys[-1], len(keys), facts), keys
                last = keys[-1]

    async def _pictures(self, histories: Histories) -> dict[str, Picture]:
        pictures = {}
        for number, (key, dossier) in enumerate(refolded(histories).items()):
            pictures[key] = picture_of(dossier, None, self._editions.newest)
            if number % SUBJECTS_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return pictures

    async def _write(self, step: Step, pictures: Mapping[str, Picture]) -> None:
        crash("metrics.rebuild_before_step")
        async with self._beside.chunk(step) as chunk:
            await self._put(chunk, {}, pictures)
        crash("metrics.rebuild_after_step")

    async def _put(
        self, chunk: Chunk, before: Mapping[str, Picture], after: Mapping[str, Picture]
    ) -> None:
        def lane(key: str) -> int:
            return partition_of(key.encode(), self._partitions)

        await self._beside.meet({picture.dimensions for picture in after.values()})
        for partition, keys in groupby(sorted(after, key=lane), lane):
            pictures = {key: after[key] for key in sorted(keys)}
            changes = changes_of(before, pictures, self._editions.newest.judging)
            await chunk.batch(partition).write(changes)

    async def _catch_up(self, last: str, left_max: int = TOUCHED_LEFT_MAX) -> None:
        """Fold again what facts have arrived of since, until no more than *left_max* is left."""
        while await self._beside.touched(left_max + 1) > left_max:
            await self._fold_touched(last)

    async def _fold_touched(self, last: str) -> None:
        async with self._beside.chunk(Step(last, last)) as chunk:
            keys = await chunk.take_touched(SUBJECTS_PER_STEP_MAX)
            batch = chunk.batch(0)
            stored = await batch.load(keys)
            before = {
                key: picture_of(one.dossier, None, self._editions.at(one.edition))
                for key, one in stored.items()
            }
            after = await self._pictures(await batch.histories(keys))
            await self._put(chunk, before, after)

    async def _differences(self, last: str) -> list[dict[str, Any]]:
        """Compare both projections as they are when both have folded the same facts."""
        async with AsyncExitStack() as looking:
            async with self._beside.lanes_held():
                await self._catch_up(last, 0)
                comparison = await looking.enter_async_context(self._beside.looked_at())
            return [
                difference(what, row)
                for what in COMPARISONS
                for row in await comparison.rows(what, EXAMPLES_MAX)
            ]

    async def _switch(self, last: str) -> None:
        await self._catch_up(last)
        async with self._beside.lanes_held() as held:
            await self._catch_up(last, 0)
            await self._beside.arm()
            crash("metrics.rebuild_before_switch")
            await held.switch()
        crash("metrics.rebuild_after_switch")

    async def _patiently(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Try until nobody stands in the way."""
        while True:
            with suppress(ProjectionHeld):
                return await attempt()
            await self._clock.sleep(HOLD_RETRY_SECONDS)


def portions(following: Sequence[tuple[str, int]]) -> Iterator[tuple[list[str], int]]:
    """Yield keys and their facts together, so many that a step has its bound, one at least."""
    keys: list[str] = []
    facts = 0
    for key, count in following:
        if keys and facts + count > FACTS_PER_STEP_MAX:
            yield keys, facts
            keys, facts = [], 0
        keys.append(key)
        facts += count
    if keys:
        yield keys, facts


def difference(what: str, row: Row) -> dict[str, Any]:
    """Return one line of the report: what differs, how often, and some of it."""
    return {
        "what": what,
        "name": row["name"],
        "added": row["added"],
        "gone": row["gone"],
        "changed": row["changed"],
        "examples": [msgspec.json.decode(example) for example in row["examples"]],
    }
