"""One lane: a partition number of every topic, folded batch by batch, by one task alone."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import attrgetter

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Arrived, Entry
from services.metrics.domain.fold import fold, is_late, refolded
from services.metrics.domain.last_words import LastWords, last_words_in
from services.metrics.domain.picture import Differences, Picture, picture_of, pictures_of
from services.metrics.domain.recent import Recent, recent_after
from services.metrics.domain.rules.effect import moved_clocks
from services.metrics.ports.projection import (
    Batch,
    Changes,
    Edited,
    FactKnown,
    Known,
    Projection,
    Stretch,
)
from shared.policy.rules import Editions, Rules

DOSSIERS_PER_SWEEP_MAX = 500
"""Judged anew in one transaction: what comes meanwhile waits for a tenth of a second."""
PICTURES_MAX = 5_000
"""Of all lanes of a worker, at some eight kilobytes; what is dropped is read from PostgreSQL."""

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
    edition: int = 0
    """None of its dossiers was made by an older one."""
    expected: dict[str, int] = field(default_factory=dict)
    """The next offset of each topic."""
    pictures: OrderedDict[str, Picture] = field(default_factory=OrderedDict)
    pictures_max: int = PICTURES_MAX

    def keep(self, pictures: Mapping[str, Picture]) -> None:
        """Remember what was committed, and forget what was not asked for longest."""
        self.pictures.update(pictures)
        for key in pictures:
            self.pictures.move_to_end(key)
        while len(self.pictures) > self.pictures_max:
            self.pictures.popitem(last=False)


class Folding:
    """Folds batches into a projection, each under the newest edition of the rules."""

    def __init__(self, projection: Projection, rules: Rules) -> None:
        self._projection = projection
        self._editions = Editions(rules)

    @property
    def edition(self) -> int:
        """The newest edition that we have folded under."""
        return self._editions.newest.edition

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
        facts = by_dossier(arrived)
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

    async def sweep(self, lane: Lane) -> None:
        """
        Judge anew some of what an older edition has made in *lane*, and no fact has touched.

        The lane has all of the newest edition once it has its number.

        Raises:
            Fenced: the partition has another worker.
            StoreUnavailable: the outcome is unknown, and what is remembered of the lane worthless.
        """
        async with self._projection.sweep(lane.partition, lane.epoch) as batch:
            rules = await newest(batch, self._editions)
            known = await batch.outdated(rules.judging, DOSSIERS_PER_SWEEP_MAX)
            before = {key: self._picture(one) for key, one in known.items()}
            after = pictures_of({key: one.dossier for key, one in known.items()}, {}, rules)
            await batch.write(rejudged(before, after, rules.judging))
            last = len(known) < DOSSIERS_PER_SWEEP_MAX
            if last:
                await batch.settle(rules.edition)
        lane.pictures.update({key: one for key, one in after.items() if key in lane.pictures})
        if last:
            lane.edition = rules.edition

    async def _fold(
        self, lane: Lane, batch: Batch, new: Iterable[Arrived]
    ) -> Mapping[str, Picture]:
        """Write what *new*, which comes dossier by dossier, makes of each; return the pictures."""
        told = {
            key: entries
            for key, facts in groupby(new, DOSSIER)
            if (entries := [fact.entry for fact in facts if fact.entry is not None])
        }
        rules = await newest(batch, self._editions)
        before = await self._before(lane, batch, told)
        dossiers, late = advance(told, before)
        dossiers |= refolded(await batch.histories(late)) if late else {}
        after = pictures_of(dossiers, before, rules)
        words = last_words_in(chain.from_iterable(told.values()))
        await batch.write(changes_of(before, after, rules.judging, words))
        return after

    async def _before(self, lane: Lane, batch: Batch, keys: Iterable[str]) -> Mapping[str, Picture]:
        """Return the pictures of *keys* as committed: from memory, else from PostgreSQL."""
        known = {key: lane.pictures[key] for key in keys if key in lane.pictures}
        missing = [key for key in keys if key not in known]
        for key, stored in (await batch.load(missing) if missing else {}).items():
            known[key] = self._picture(stored)
        return known

    def _picture(self, stored: Known) -> Picture:
        """Return the picture that is stored: under the edition that made it."""
        return picture_of(stored.dossier, None, self._editions.at(stored.edition))


async def newest(transaction: Edited, editions: Editions) -> Rules:
    """Return the rules as they are in force for *transaction*; *editions* learn of them."""
    if transaction.edition > editions.newest.edition:
        editions.learn(await transaction.rule_changes(editions.newest.edition))
    return editions.newest


def by_dossier(arrived: Iterable[Arrived]) -> list[Arrived]:
    """Return *arrived* dossier by dossier, each one's in the order in which they came."""
    groups: dict[str, list[Arrived]] = {}
    for fact in arrived:
        groups.setdefault(fact.dossier, []).append(fact)
    return [fact for _, group in sorted(groups.items()) for fact in group]


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


def changes_of(
    before: Mapping[str, Picture], after: Mapping[str, Picture], edition: int, words: LastWords
) -> Changes:
    """
    Return what has to be written so that *before* becomes *after* under *edition*.

    *words* are the last ones of what was told with it.
    """
    clocks: list[Clock] = []
    gone: list[ClockKey] = []
    figures = Differences()
    for key, picture in after.items():
        known = before.get(key)
        figures.note(picture, known)
        if known is None:
            clocks += picture.unsettled
        elif picture.unsettled is not known.unsettled:
            kept = {clock.key: clock for clock in known.unsettled}
            clocks += (one for one in picture.unsettled if kept.pop(one.key, None) is not one)
            gone += kept
    return Changes(
        edition,
        dossiers=[picture.dossier for picture in after.values()],
        figures=figures,
        clocks=clocks,
        gone=gone,
        last_words=words,
    )


def rejudged(before: Mapping[str, Picture], after: Mapping[str, Picture], edition: int) -> Changes:
    """Return what *edition* changes of dossiers that stay as they are: mostly that it made them."""
    clocks: list[Clock] = []
    gone: list[ClockKey] = []
    figures = Differences()
    for key, picture in after.items():
        figures.note(picture, before[key])
        known = before[key].unsettled
        clocks += moved_clocks(known, picture.unsettled)
        left = {clock.key for clock in picture.unsettled}
        gone += (clock.key for clock in known if clock.key not in left)
    return Changes(edition, figures=figures, clocks=clocks, gone=gone, rejudged=[*after])
