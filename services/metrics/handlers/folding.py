"""One lane: a partition number of every topic, folded batch by batch, by one task alone."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Arrived, Entry
from services.metrics.domain.fold import fold, is_late
from services.metrics.domain.history import refolded
from services.metrics.domain.picture import Differences, Picture, picture_of
from services.metrics.domain.recent import Recent, recent_after
from services.metrics.ports.projection import Batch, Changes, FactKnown, Projection, Stretch
from shared.policy.rules import Rules

PICTURES_CACHED_MAX = 10_000
"""About two kilobytes each; what is dropped is read again from PostgreSQL."""

ORDER = attrgetter("order")
DOSSIER = attrgetter("dossier")
NAME = attrgetter("dossier", "identity")
OCCURRED_AT = attrgetter("occurred_at")


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
            stretch, lane.epoch, complete_to=complete_to, recent=recent
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
        await batch.write(changes_of(before, after))
        return after

    async def _before(self, lane: Lane, batch: Batch, keys: Iterable[str]) -> Mapping[str, Picture]:
        """Return the pictures of *keys* as committed: from memory, else from PostgreSQL."""
        known = {key: lane.pictures[key] for key in keys if key in lane.pictures}
        missing = [key for key in keys if key not in known]
        for key, dossier in (await batch.load(missing) if missing else {}).items():
            known[key] = picture_of(dossier, None, self._rules)
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


def changes_of(before: Mapping[str, Picture], after: Mapping[str, Picture]) -> Changes:
    """Return what has to be written so that *before* becomes *after*."""
    clocks: list[Clock] = []
    figures = Differences()
    for key, picture in after.items():
        known = before.get(key)
        figures.note(picture, known)
        if known is None or picture.clocks is not known.clocks:
            clocks += picture.clocks
    return Changes(
        dossiers=[picture.dossier for picture in after.values()],
        figures=figures,
        clocks=clocks,
    )
