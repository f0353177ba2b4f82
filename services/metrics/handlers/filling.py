"""The second projection is filled: stint by stint, by as many processes as there are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from services.metrics.domain.fold import fold_all, known_histories
from services.metrics.domain.last_words import LastWords, last_words_in, merged
from services.metrics.domain.picture import Picture, picture_of
from services.metrics.handlers.folding import changes_of
from services.metrics.ports.rebuilding import Beside, Refold, Stint, Stride
from shared.kafka.keys import partition_of
from shared.policy.rules import Editions, Rules
from shared.runtime.faults import first_of
from shared.runtime.lifecycle import crash

SUBJECTS_PER_STEP_MAX = 1_000
FACTS_PER_STEP_MAX = 10_000
"""With its pictures a step weighs some tens of megabytes."""
SUBJECTS_AT_A_STRETCH = 50
"""After so many the server is given its next statement."""

Histories = Mapping[str, Sequence[bytes]]
Told = Callable[[], Awaitable[None]]


class Refolded(NamedTuple):
    """What a whole history comes to, and the last words of those who told it."""

    picture: Picture
    last_words: LastWords


async def nobody() -> None:
    """Hear that a step is done, and tell nobody."""


class Filling:
    """Folds what lies in lanes that nobody else has in hand, under the newest rules."""

    def __init__(self, beside: Beside, rules: Rules) -> None:
        self._beside = beside
        self.editions = Editions(rules)

    async def learn(self) -> None:
        """Take in the rules that were published since."""
        known = self.editions.newest.edition
        self.editions.learn(await self._beside.rule_changes(known))

    async def handle(self, lanes_max: int, told: Told = nobody) -> None:
        """
        Fill stints of so many lanes until there is none left to take; others may still be filled.

        Each step calls *told* once it has taken effect.

        Raises:
            RebuildOvertaken: somebody else goes on with it.
            StoreUnavailable: the database went away; whoever comes next goes on from there.
        """
        await self.learn()
        while await self._fill_next(lanes_max, told):
            pass

    async def _fill_next(self, lanes_max: int, told: Told) -> bool:
        async with self._beside.stint(lanes_max) as stint:
            if stint is None:
                return False
            try:
                last = await self._fill(stint, told)
            except ExceptionGroup as faults:
                # Reading and writing fail together or one alone: the first says why.
                raise first_of(faults) from None
            await self._beside.fill(stint.lanes, last)
        return True

    async def _fill(self, stint: Stint, told: Told) -> str:
        """Fold while the step before is written and the next one is read; return the last key."""
        last = stint.reached
        steps: asyncio.Queue[tuple[Stride, Histories] | None] = asyncio.Queue(1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(stint, steps))
            writing: asyncio.Task[None] | None = None
            while (read := await steps.get()) is not None:
                step, histories = read
                refolded = await self.refolded(histories)
                if writing is not None:
                    await writing
                writing = tasks.create_task(self._write(step, refolded, stint.of, told))
                last = step.upto
        return last

    async def _read(
        self, stint: Stint, steps: asyncio.Queue[tuple[Stride, Histories] | None]
    ) -> None:
        async for step, keys in self._steps(stint):
            await steps.put((step, await self._beside.histories(keys)))
        await steps.put(None)

    async def _steps(self, stint: Stint) -> AsyncIterator[tuple[Stride, list[str]]]:
        """Yield which subjects of the stint come next: as many as have so many facts, one least."""
        last = looked = stint.reached
        looked_at = SUBJECTS_PER_STEP_MAX * stint.of // len(stint.lanes)
        while following := await self._beside.following(looked, looked_at):
            ours = [one for one in following if _lane(one[0], stint.of) in stint.lanes]
            for keys, facts in portions(ours):
                yield Stride(stint.lanes, last, keys[-1], len(keys), facts), keys
                last = keys[-1]
            looked, _ = following[-1]

    async def _write(
        self, step: Stride, refolded: Mapping[str, Refolded], lanes: int, told: Told
    ) -> None:
        crash("metrics.rebuild_before_step")
        async with self._beside.step(step) as refold:
            await self.put(refold, {}, refolded, lanes)
        await told()
        crash("metrics.rebuild_after_step")

    async def refolded(self, histories: Histories) -> dict[str, Refolded]:
        """Return what each history comes to."""
        folded = {
            key: (fold_all(key, entries), last_words_in(entries))
            for key, entries in known_histories(histories)
        }
        refolded = {}
        for number, (key, (dossier, words)) in enumerate(folded.items()):
            refolded[key] = Refolded(picture_of(dossier, None, self.editions.newest), words)
            if number % SUBJECTS_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return refolded

    async def put(
        self,
        refold: Refold,
        before: Mapping[str, Picture],
        after: Mapping[str, Refolded],
        lanes: int,
    ) -> None:
        """Write what makes *after* of *before*, each into its own of so many *lanes*."""
        await self._beside.meet({one.picture.dimensions for one in after.values()})
        placed = sorted((_lane(key, lanes), key) for key in after)
        judging = self.editions.newest.judging
        for lane, places in groupby(placed, itemgetter(0)):
            keys = [key for _, key in places]
            pictures = {key: after[key].picture for key in keys}
            words = merged(*(after[key].last_words for key in keys))
            await refold.write(lane, changes_of(before, pictures, judging, words))


def _lane(key: str, lanes: int) -> int:
    return partition_of(key.encode(), lanes)


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
