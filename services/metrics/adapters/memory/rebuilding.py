"""The second projection in memory: tables beside the live ones, which take their place."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.metrics.adapters.memory.tables import AT_ONCE, ArmedClock, MemoryTables, Second
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.figures.contributions import PartOfDay
from services.metrics.domain.figures.dimensions import Dimensions
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.ports.projection import Changes, Known
from services.metrics.ports.rebuilding import (
    Beside,
    Comparison,
    Deviation,
    Held,
    RebuildOvertaken,
    Refold,
    Standing,
    Stint,
    Stride,
)
from shared.policy.rules import RuleChange


class MemoryRefold(Refold):
    """One open transaction: nobody sees it before it is committed."""

    def __init__(self, second: Second) -> None:
        self._second = second
        self._taken: list[str] = []
        self._written: list[tuple[int, Changes]] = []

    async def take_touched(self, subjects_max: int) -> Sequence[str]:
        touched = self._second.touched
        keys = sorted({*touched})[:subjects_max]
        self._taken = [key for key in touched if key in keys]
        self._second.touched = [key for key in touched if key not in keys]
        return keys

    async def load(self, dossiers: Sequence[str]) -> Mapping[str, Known]:
        tables = self._second.tables
        known = (key for key in dossiers if key in tables.dossiers)
        return {key: Known(tables.dossiers[key], tables.made_by[key]) for key in known}

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        return self._second.tables.histories(dossiers)

    async def write(self, lane: int, changes: Changes) -> None:
        self._written.append((lane, changes))

    def commit(self) -> None:
        for lane, changes in self._written:
            self._second.tables.write(lane, (), changes)

    def roll_back(self) -> None:
        self._second.touched += self._taken


class MemoryBeside(Beside):
    """Whoever has a stint gives it back at the end of the block."""

    def __init__(self, tables: MemoryTables, fingerprint: Fingerprint) -> None:
        self._tables = tables
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> Fingerprint:
        return self._fingerprint

    async def begin(self) -> None:
        second = self._tables.second
        if second is None or second.fingerprint != self._fingerprint:
            self._tables.begin_second(self._fingerprint)

    async def drop(self) -> None:
        self._tables.second = None

    async def standing(self) -> Standing:
        second = self._second()
        return Standing(
            len(second.reached),
            second.filled.issuperset(second.reached),
            second.subjects,
            second.facts,
            second.facts_expected,
        )

    async def rule_changes(self, after: int) -> Sequence[RuleChange]:
        return await self._tables.rule_changes(after)

    @asynccontextmanager
    async def stint(self, lanes_max: int) -> AsyncIterator[Stint | None]:
        second = self._tables.second
        if second is None or second.fingerprint != self._fingerprint:
            yield None
            return
        free = [one for one in second.reached if one not in second.filled | second.taken]
        as_far = [one for one in free if second.reached[one] == second.reached[free[0]]]
        lanes = tuple(as_far[:lanes_max])
        second.taken.update(lanes)
        try:
            of = len(second.reached)
            yield Stint(lanes, of, second.reached[lanes[0]]) if lanes else None
        finally:
            second.taken.difference_update(lanes)

    async def following(self, dossier: str, subjects_max: int) -> Sequence[tuple[str, int]]:
        facts = Counter(key for key, _ in self._tables.timeline if key > dossier)
        return sorted(facts.items())[:subjects_max]

    async def histories(self, dossiers: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        return self._tables.histories(dossiers)

    async def meet(self, dimensions: Collection[Dimensions]) -> None:
        """Do nothing: here they stand with whoever has them."""

    @asynccontextmanager
    async def step(self, step: Stride) -> AsyncIterator[Refold]:
        second = self._untaken(step.lanes, step.behind)
        refold = MemoryRefold(second)
        yield refold
        self._untaken(step.lanes, step.behind)
        second.reached.update(dict.fromkeys(step.lanes, step.upto))
        second.subjects += step.subjects
        second.facts += step.facts
        refold.commit()

    async def fill(self, lanes: Sequence[int], reached: str) -> None:
        self._untaken(lanes, reached).filled.update(lanes)

    @asynccontextmanager
    async def catching_up(self) -> AsyncIterator[Refold]:
        async with self._filled().catching_up:
            refold = MemoryRefold(self._filled())
            try:
                yield refold
                refold.commit()
            except BaseException:
                refold.roll_back()
                raise

    async def touched(self, count_max: int) -> int:
        return min(count_max, len(self._second().touched))

    async def arm(self) -> None:
        live, clocks = self._tables.clocks, self._second().tables.clocks
        for alert in self._tables.alerts.values():
            if alert.key not in clocks:
                clocks[alert.key] = ArmedClock(live[alert.key].clock, None, gone=True)
            armed = clocks[alert.key]
            if not armed.alerted:
                armed.alerted, armed.next_at = True, AT_ONCE

    async def analyze(self) -> None:
        """Do nothing: nobody plans here."""

    @asynccontextmanager
    async def lanes_held(self) -> AsyncIterator[Held]:
        async with AsyncExitStack() as locks:
            for number in sorted(self._tables.lanes):
                await locks.enter_async_context(self._tables.lane_locks[number])
            held = MemoryHeld(self._filled)
            yield held
            if held.made is not None:
                self._tables.switch(held.made)

    @asynccontextmanager
    async def looked_at(self) -> AsyncIterator[Comparison]:
        yield MemoryComparison(self._tables, self._second().tables)

    def _second(self) -> Second:
        second = self._tables.second
        if second is None or second.fingerprint != self._fingerprint:
            raise RebuildOvertaken
        return second

    def _filled(self) -> Second:
        second = self._second()
        if not second.filled.issuperset(second.reached):
            raise RebuildOvertaken
        return second

    def _untaken(self, lanes: Sequence[int], reached: str) -> Second:
        second = self._second()
        if any(second.reached[one] != reached or one in second.filled for one in lanes):
            raise RebuildOvertaken(lanes)
        return second


class MemoryHeld(Held):
    """The lanes, by their locks."""

    def __init__(self, filled: Callable[[], Second]) -> None:
        self._filled = filled
        self.made: Second | None = None

    async def switch(self) -> None:
        self.made = self._filled()


@dataclass(frozen=True, slots=True)
class Sides:
    """What both projections have of one kind, place by place."""

    what: str
    before: Mapping[Any, Any]
    after: Mapping[Any, Any]
    name: Callable[[Any, Any, Any], str]
    """Of a place and what is there before and after; None where nothing is."""
    example: Callable[[Any], Mapping[str, Any]]

    def deviations(self, examples_max: int) -> Iterator[Deviation]:
        before, after = self.before, self.after
        by_name: dict[str, list[Any]] = {}
        for place in sorted({*before, *after}):
            here, there = before.get(place), after.get(place)
            if here != there:
                by_name.setdefault(self.name(place, here, there), []).append(place)
        for name, places in sorted(by_name.items()):
            added, gone = (sum(one not in side for one in places) for side in (before, after))
            changed = len(places) - added - gone
            examples = [self.example(place) for place in places[:examples_max]]
            yield Deviation(self.what, name, added, gone, changed, examples)


class MemoryComparison(Comparison):
    """What both projections held when it was made."""

    def __init__(self, live: MemoryTables, second: MemoryTables) -> None:
        self._sides = (
            Sides("figure", _figures(live), _figures(second), _of_part, _part_and_day),
            Sides("contributor", _behind(live), _behind(second), _of_part, _part),
            Sides("state", _states(live), _states(second), _phases, _dossier),
            Sides("clock", _clocks(live), _clocks(second), _sla, _key),
            Sides("source", _heard(live), _heard(second), _source, _publisher),
        )

    async def deviations(self, examples_max: int) -> Sequence[Deviation]:
        return [one for sides in self._sides for one in sides.deviations(examples_max)]


def _figures(tables: MemoryTables) -> Mapping[PartOfDay, int]:
    return {place: value for place, value in tables.figures.items() if value}


def _behind(tables: MemoryTables) -> Mapping[tuple[str, Dimensions], tuple[int, int]]:
    """Return how many dossiers stand behind each part at each place, and with what sum."""
    behind: dict[tuple[str, Dimensions], tuple[int, int]] = {}
    for one in tables.contributors.values():
        place = (one.part, one.dimensions)
        dossiers, value = behind.get(place, (0, 0))
        behind[place] = dossiers + 1, value + one.number
    return behind


def _states(tables: MemoryTables) -> Mapping[str, tuple[str, str | None]]:
    return {key: (one.case.phase.value, one.source) for key, one in tables.dossiers.items()}


def _clocks(tables: MemoryTables) -> Mapping[ClockKey, Clock]:
    return {key: one.clock for key, one in tables.clocks.items() if not one.gone}


def _heard(tables: MemoryTables) -> Mapping[str, datetime]:
    return {publisher: words[-1].learned for publisher, words in tables.last_words.items()}


def _of_part(place: tuple[str, object], *_: object) -> str:
    return place[0].split("/")[0]


def _phases(_: str, before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    return f"{before[0] if before else ''} → {after[0] if after else ''}"


def _sla(key: ClockKey, *_: object) -> str:
    return key.sla


def _source(publisher: str, *_: object) -> str:
    return publisher


def _part_and_day(place: PartOfDay) -> Mapping[str, Any]:
    return {"part": place[0], "day": place[1].isoformat()}


def _part(place: tuple[str, Dimensions]) -> Mapping[str, Any]:
    return {"part": place[0], **place[1]._asdict()}


def _dossier(key: str) -> Mapping[str, Any]:
    return {"dossier": key}


def _key(key: ClockKey) -> Mapping[str, Any]:
    return key._asdict()


def _publisher(publisher: str) -> Mapping[str, Any]:
    return {"publisher": publisher}
