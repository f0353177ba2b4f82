"""Verification: everything that the projection says, reckoned again from the recorded facts."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from services.metrics.domain.figures.contributions import PartOfDay
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.last_words import LastWords, merged
from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.comparison import reckon
from services.metrics.handlers.difference import Difference, Report, What
from services.metrics.ports.audit import AuditSnapshot, Mark, Records
from shared.contracts.registry import Owner
from shared.kafka.port import Partition
from shared.runtime.clock import Clock

LOOK_SECONDS = 0.25
PROGRESS_ROWS = 500

Ends = Callable[[], Awaitable[Mapping[Partition, int]]]
"""Where each partition of the owners' topics ends at this moment."""

StillToDo = Callable[[], Awaitable[list[Difference]]]
"""What somebody has still to do, as it stands now."""

Advance = Callable[[int, float], None]
"""Told how much was done since the last time, and how far of the whole we are."""


@dataclass(slots=True)
class Progress:
    """Counts what is read: every fact twice, in its stream and with its subject."""

    advance: Advance
    total: int
    done: int = 0
    told: int = 0

    def step(self, count: int = 1) -> None:
        self.done += count
        if self.done - self.told >= PROGRESS_ROWS:
            self.advance(self.done - self.told, min(1.0, self.done / max(1, self.total)))
            self.told = self.done


@dataclass(slots=True)
class Verifying:
    """One verification."""

    records: Records
    clock: Clock
    fingerprint: Fingerprint
    """Of the code that reckons: what other code has made says other things, and may."""
    report: Report = field(default_factory=Report)

    async def settle(self, ends: Ends, patience_seconds: float) -> Mark:
        """
        Wait until what is on record now has been sent, folded and judged, and return the moment.

        What has not become less within *patience_seconds* is noted as a difference: somebody
        stands still.
        """
        mark = await self.records.mark()
        # An outdated projection is noted by whoever compares, with all that it stands for.
        await self._left(lambda: self._outdated(self.records), patience_seconds)
        if await self._wait(lambda: self._unsent(mark), patience_seconds):
            goals = await ends()
            waits = (lambda: self._unread(goals), self._unswept, lambda: self._unjudged(mark))
            for behind in waits:
                if not await self._wait(behind, patience_seconds):
                    break
        return mark

    async def handle(self, mark: Mark | None, advance: Advance) -> Report:
        """
        Compare in one snapshot; memory holds one subject at a time, and the sums of the figures.

        A projection that other code has made is one difference, and is not compared.

        What was recorded after *mark* may still be under way; without a mark everything may.

        Raises:
            StoreUnavailable: the database went away.
        """
        async with self.records.snapshot() as snapshot:
            self.report.events = await snapshot.count()
            progress = Progress(advance, 2 * self.report.events)
            for owner in Owner:
                await self._walk(snapshot, owner, progress)
            if outdated := await self._outdated(snapshot):
                # Every number of it may differ, and that it does is no news.
                self.report.note(outdated)
                return self.report
            sums, words = await self._subjects(snapshot, mark, progress)
            await self._figures(snapshot, sums)
            self.report.note(_sources(await snapshot.last_words(), words))
        return self.report

    async def _outdated(self, where: Records | AuditSnapshot) -> list[Difference]:
        stored = await where.made_by()
        if stored in (None, self.fingerprint):
            return []
        return [Difference("projection", What.PROJECTION_OUTDATED, stored, self.fingerprint)]

    async def _walk(self, snapshot: AuditSnapshot, owner: Owner, progress: Progress) -> None:
        walk = ChainWalk()
        async for row in snapshot.chains(owner):
            self.report.note(walk.step(row))
            progress.step()
        self.report.streams += walk.streams

    async def _subjects(
        self, snapshot: AuditSnapshot, mark: Mark | None, progress: Progress
    ) -> tuple[dict[PartOfDay, int], LastWords]:
        """Compare subject by subject; return the sums of what they contribute, and last words."""
        sums: dict[PartOfDay, int] = {}
        words: LastWords = {}
        rules = await snapshot.rules()
        async for kept in snapshot.subjects(mark):
            reckoning = reckon(kept, rules, snapshot.now)
            self.report.subjects += 1
            self.report.under_way += reckoning.under_way
            self.report.due_clocks += reckoning.due_clocks
            self.report.note(reckoning.differences)
            for place, number in reckoning.contributions.items():
                sums[place] = sums.get(place, 0) + number
            words = merged(words, reckoning.last_words)
            progress.step(len(kept.facts))
        return sums, words

    async def _figures(self, snapshot: AuditSnapshot, sums: dict[PartOfDay, int]) -> None:
        async for part, day, value in snapshot.figures():
            self.report.note(_figure((part, day), value, sums.pop((part, day), 0)))
        for place, number in sums.items():
            self.report.note(_figure(place, 0, number))

    async def _wait(self, behind: StillToDo, patience_seconds: float) -> bool:
        """Note what is *behind* and stays so; return whether nothing is."""
        left = await self._left(behind, patience_seconds)
        self.report.note(left)
        return not left

    async def _left(self, behind: StillToDo, patience_seconds: float) -> list[Difference]:
        """Return what is *behind* once that has stood still for so long, or nothing is."""
        known: list[Difference] = []
        give_up_at = self.clock.monotonic()
        while (found := await behind()) and (found != known or self.clock.monotonic() < give_up_at):
            if found != known:
                known, give_up_at = found, self.clock.monotonic() + patience_seconds
            await self.clock.sleep(LOOK_SECONDS)
        return found

    async def _unsent(self, mark: Mark) -> list[Difference]:
        waiting = await self.records.unsent(mark)
        return [
            Difference(owner.value, What.RELAY_BEHIND, {"unsent": count}, {"unsent": 0})
            for owner, count in waiting.items()
        ]

    async def _unread(self, goals: Mapping[Partition, int]) -> list[Difference]:
        offsets = await self.records.offsets()
        return [
            Difference(
                f"{place.topic}/{place.number}", What.WORKER_BEHIND, offsets.get(place), goal
            )
            for place, goal in goals.items()
            if goal > offsets.get(place, 0)
        ]

    async def _unswept(self) -> list[Difference]:
        waiting = await self.records.outdated()
        return [Difference("rules", What.SWEEP_BEHIND, waiting, 0)] if waiting else []

    async def _unjudged(self, mark: Mark) -> list[Difference]:
        waiting = await self.records.due(mark.at)
        return [Difference("clocks", What.TICKER_BEHIND, waiting, 0)] if waiting else []


def _sources(stored: LastWords, recomputed: LastWords) -> Iterator[Difference]:
    for publisher in sorted({*stored, *recomputed}):
        words = stored.get(publisher), recomputed.get(publisher)
        if words[0] != words[1]:
            yield Difference(publisher, What.LAST_WORDS, *words)


def _figure(place: PartOfDay, stored: int, recomputed: int) -> Iterator[Difference]:
    if stored != recomputed:
        part, day = place
        yield Difference(f"{part}/{day}", What.KPI, stored, recomputed)
