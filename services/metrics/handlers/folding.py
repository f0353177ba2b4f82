"""One lane: a partition number of every topic, folded batch by batch, by one task alone."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

import msgspec

from services.metrics.adapters.projection import (
    Batch,
    ClockRow,
    FactKnown,
    FigureRow,
    Projection,
    ProjectionOutdated,
    StateRow,
    Stretch,
)
from services.metrics.domain.contributions import Place
from services.metrics.domain.dossier import FOLD_VERSION, Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold, fold_all, is_late
from services.metrics.domain.picture import NOTHING, Picture, difference, picture_of
from services.metrics.handlers.reading import Arrived, entry_of
from services.metrics.handlers.rows import Recent, clock_row, recent_after, text_of
from shared.contracts.unreadable import Unreadable
from shared.policy.rules import Rules

PICTURES_CACHED_MAX = 10_000
"""About two kilobytes each; what is dropped is read again from PostgreSQL."""

ORDER = attrgetter("order")
DOSSIER = attrgetter("dossier")
NAME = attrgetter("dossier", "identity")
OCCURRED_AT = attrgetter("occurred_at")

STATE = msgspec.json.Decoder(Dossier)


@dataclass(slots=True)
class Lane:
    """What one worker holds in memory of a partition: a cache, worth nothing once it is lost."""

    partition: int
    epoch: int
    recent: Recent = ()
    expected: dict[str, int] = field(default_factory=dict)
    """The next offset of each topic."""
    pictures: OrderedDict[str, Picture] = field(default_factory=OrderedDict)

    def keep(self, pictures: Mapping[str, Picture]) -> None:
        """Remember what was committed, and forget what was not asked for longest."""
        self.pictures.update(pictures)
        for key in pictures:
            self.pictures.move_to_end(key)
        while len(self.pictures) > PICTURES_CACHED_MAX:
            self.pictures.popitem(last=False)


class Folding:
    """Folds batches into a projection under one set of rules."""

    def __init__(self, projection: Projection, rules: Rules) -> None:
        self._projection = projection
        self._rules = rules

    async def handle(self, lane: Lane, stretch: Stretch, arrived: list[Arrived]) -> int:
        """
        Fold *arrived* and commit it with all that it changes; return how many facts were new.

        Nothing of it is remembered unless it is committed.

        Raises:
            Fenced: the partition has another worker.
            StoreUnavailable: the outcome is unknown; ask for the offset.
        """
        try:
            return await self._commit(lane, stretch, arrived, all_new=True)
        except FactKnown:
            # Rare enough for a second transaction: to look for each fact first costs a third more.
            return await self._commit(lane, stretch, arrived, all_new=False)

    async def _commit(
        self, lane: Lane, stretch: Stretch, arrived: list[Arrived], *, all_new: bool
    ) -> int:
        # By dossier, so that its facts lie side by side and pages are visited once.
        facts = sorted(arrived, key=DOSSIER)
        recent = recent_after(lane.recent, arrived)
        complete_to = max(map(OCCURRED_AT, arrived), default=None)
        async with self._projection.batch(
            stretch, lane.epoch, complete_to=complete_to, recent=text_of(recent)
        ) as batch:
            new = await _insert(batch, facts, all_new=all_new)
            after = await self._fold(lane, batch, new)
        lane.recent = recent
        lane.keep(after)
        return len(new)

    async def _fold(
        self, lane: Lane, batch: Batch, new: Iterable[Arrived]
    ) -> Mapping[str, Picture]:
        """Write what *new*, which comes dossier by dossier, makes of each; return the pictures."""
        by_dossier = {
            key: entries
            for key, facts in groupby(new, DOSSIER)
            if (entries := [fact.entry for fact in facts if fact.entry is not None])
        }
        before = await self._before(lane, batch, by_dossier)
        dossiers, late = advance(by_dossier, before)
        dossiers |= refolded(await batch.histories(late)) if late else {}
        after = {
            key: picture_of(dossier, before.get(key), self._rules)
            for key, dossier in dossiers.items()
        }
        await batch.write(*changed_rows(before, after), fold_version=FOLD_VERSION)
        return after

    async def _before(self, lane: Lane, batch: Batch, keys: Iterable[str]) -> Mapping[str, Picture]:
        """Return the pictures of *keys* as committed: from memory, else from PostgreSQL."""
        known = {key: lane.pictures[key] for key in keys if key in lane.pictures}
        missing = [key for key in keys if key not in known]
        stored = await batch.load(missing) if missing else {}
        for key, (version, state) in stored.items():
            if version != FOLD_VERSION:
                raise ProjectionOutdated(f"{key}: fold {version}")
            known[key] = picture_of(STATE.decode(state), None, self._rules)
        return known


async def _insert(batch: Batch, facts: list[Arrived], *, all_new: bool) -> list[Arrived]:
    """Record *facts*, of one name the first; return those that are new, dossier by dossier."""
    if all_new:
        await batch.insert(facts)
        return facts
    once = {NAME(fact): fact for fact in reversed(facts)}
    added = await batch.insert_unknown(list(once.values()))
    return [fact for name, fact in once.items() if name in added]


def advance(
    facts: Mapping[str, list[Entry]], before: Mapping[str, Picture]
) -> tuple[dict[str, Dossier], list[str]]:
    """Return the dossiers after *facts*, and those that need a fold from the start instead."""
    dossiers: dict[str, Dossier] = {}
    late: list[str] = []
    for key, entries in facts.items():
        picture = before.get(key)
        dossier = picture.dossier if picture else Dossier(key=key)
        if len(entries) > 1:
            entries.sort(key=ORDER)
        if is_late(dossier, entries):
            late.append(key)
        else:
            dossiers[key] = fold(dossier, entries)
    return dossiers, late


def refolded(histories: Mapping[str, Iterable[bytes]]) -> dict[str, Dossier]:
    """Return the dossiers of whole *histories*; one with no fact that we know is missing."""
    return {
        key: fold_all(key, entries)
        for key, bodies in histories.items()
        if (entries := known_entries(bodies))
    }


def known_entries(bodies: Iterable[bytes]) -> list[Entry]:
    """Return the facts whose type this version knows."""
    entries = []
    for body in bodies:
        try:
            entries.append(entry_of(body))
        except Unreadable:
            continue
    return entries


def changed_rows(
    before: Mapping[str, Picture], after: Mapping[str, Picture]
) -> tuple[list[StateRow], list[FigureRow], list[ClockRow]]:
    """Return what has to be written so that *before* becomes *after*."""
    states: list[StateRow] = []
    clocks: list[ClockRow] = []
    sums: dict[Place, int] = {}
    for key, picture in after.items():
        dossier = picture.dossier
        states.append((key, dossier.case.phase.value, dossier.source, text_of(dossier)))
        known = before.get(key)
        earlier = known.contributions if known else NOTHING
        for place, number in difference(picture.contributions, earlier).items():
            sums[place] = sums.get(place, 0) + number
        if known is None or picture.clocks is not known.clocks:
            clocks.extend(clock_row(clock) for clock in picture.clocks)
    figures = [
        (kpi, part, day, item, window, channel, number)
        for (kpi, part, day, item, window, channel), number in sums.items()
        if number
    ]
    return states, figures, clocks
