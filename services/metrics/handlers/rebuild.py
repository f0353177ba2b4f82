"""A rebuild: all of the timeline folded into a second projection, compared, and made live."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.picture import picture_of
from services.metrics.handlers.filling import SUBJECTS_PER_STEP_MAX, Filling
from services.metrics.handlers.verify import Advance
from services.metrics.ports.rebuilding import Beside, Deviation, ProjectionHeld, Standing
from shared.policy.rules import Rules
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import crash

TOUCHED_LEFT_MAX = 500
"""So much may be left when the lanes are held: it is folded in less than a second."""
EXAMPLES_MAX = 3
HOLD_RETRY_SECONDS = 1.0
LOOK_SECONDS = 0.1
"""So often we look whether others have filled what they took."""

Helpers = Callable[[int, int], AbstractAsyncContextManager[None]]
"""Has so many more processes fill stints of so many lanes within the block; none outlives it."""

Result = TypeVar("Result")


def alone(*_: int) -> AbstractAsyncContextManager[None]:
    """Have nobody help."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Crew:
    """How many processes fill lanes, we among them, and how the others are called."""

    processes: int = 1
    helpers: Helpers = alone


ALONE = Crew()


@dataclass(slots=True)
class RebuildOutcome:
    """What came of a rebuild."""

    edition: Fingerprint
    subjects: int
    facts: int
    differences: Sequence[Deviation] = ()
    switched: bool = False

    def document(self) -> dict[str, Any]:
        return {
            "edition": self.edition,
            "subjects": self.subjects,
            "facts": self.facts,
            "differences": [one.document() for one in self.differences],
            "switched": self.switched,
        }


class Rebuilding:
    """Rebuilds under the newest rules; whoever is killed has changed nothing that is served."""

    def __init__(self, beside: Beside, rules: Rules, clock: Clock, crew: Crew = ALONE) -> None:
        self._beside = beside
        self._filling = Filling(beside, rules)
        self._clock = clock
        self._crew = crew

    async def handle(self, advance: Advance, *, switch: bool) -> RebuildOutcome:
        """
        Fold everything, lay it beside what is live, and with *switch* put it in its place.

        Without *switch* nothing is left of it.

        Raises:
            RebuildOvertaken: somebody else goes on with it.
            StoreUnavailable: the database went away; another attempt goes on from there.
        """
        await self._patiently(self._beside.begin)
        filled = await self._fill(advance)
        outcome = RebuildOutcome(self._beside.fingerprint, filled.subjects, filled.facts)
        await self._filling.learn()
        await self._catch_up()
        await self._beside.arm()
        await self._beside.analyze()
        outcome.differences = await self._differences()
        if switch:
            await self._patiently(self._switch)
            outcome.switched = True
        else:
            await self._patiently(self._beside.drop)
        return outcome

    async def _fill(self, advance: Advance) -> Standing:
        """Have every lane filled: by us, by our helpers, and by us what a dead one has left."""
        standing = await self._beside.standing()

        async def told() -> None:
            nonlocal standing
            before, standing = standing, await self._beside.standing()
            share = standing.facts / max(1, standing.facts_expected)
            advance(standing.facts - before.facts, min(1.0, share))

        processes = max(1, min(self._crew.processes, standing.lanes))
        lanes_max = standing.lanes // processes
        async with self._crew.helpers(processes - 1, lanes_max):
            while not standing.filled:
                await self._filling.handle(lanes_max, told)
                await told()
                if not standing.filled:
                    await self._clock.sleep(LOOK_SECONDS)
        return standing

    async def _catch_up(self, left_max: int = TOUCHED_LEFT_MAX) -> None:
        """Fold again what facts have arrived of since, until no more than *left_max* is left."""
        while await self._beside.touched(left_max + 1) > left_max:
            await self._fold_touched()

    async def _fold_touched(self) -> None:
        editions, lanes = self._filling.editions, (await self._beside.standing()).lanes
        async with self._beside.catching_up() as refold:
            keys = await refold.take_touched(SUBJECTS_PER_STEP_MAX)
            before = {
                key: picture_of(one.dossier, None, editions.at(one.edition))
                for key, one in (await refold.load(keys)).items()
            }
            after = await self._filling.refolded(await refold.histories(keys))
            await self._filling.put(refold, before, after, lanes)

    async def _differences(self) -> Sequence[Deviation]:
        """Compare both projections as they are when both have folded the same facts."""
        async with AsyncExitStack() as looking:
            async with self._beside.lanes_held():
                await self._catch_up(0)
                comparison = await looking.enter_async_context(self._beside.looked_at())
            return await comparison.deviations(EXAMPLES_MAX)

    async def _switch(self) -> None:
        await self._catch_up()
        async with self._beside.lanes_held() as held:
            await self._catch_up(0)
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
