"""
The last words of each publisher: whether it still speaks, and how late it tells.

How often somebody was late is a sum over facts, and no sum over subjects: whoever
folds a subject again could not tell what it had added before (ADR 8). Which facts
came last does not change by being told again, in any order, so that is what is kept.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from heapq import nlargest
from operator import attrgetter
from typing import NamedTuple, Self
from zlib import crc32

from services.metrics.domain.entry import Entry

WORDS_KEPT_MAX = 40
"""Of each publisher: enough to judge by, and few enough to be written with every batch."""

SECOND = timedelta(seconds=1)
LEARNED = attrgetter("learned")

LOTS = 1 << 32
FAR_APART = 0x9E3779B1
"""Knuth's multiplier: it spreads numbers that lie together over all of them."""


class LastWord(NamedTuple):
    """When we learned of a fact, and how long after it had happened."""

    learned: datetime
    lot: int
    """Drawn by the name of the fact: of a delivery that is larger it says which are kept."""
    late_seconds: int

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the word that *entry* is; nobody is early, whatever a clock said."""
        late = entry.learned - entry.time
        return cls(entry.learned, _lot(entry.id), max(0, late // SECOND))


def _lot(name: str) -> int:
    # A checksum alone is alike for names that differ in their last digit.
    return crc32(name.encode()) * FAR_APART % LOTS


LastWords = Mapping[str, tuple[LastWord, ...]]
"""By publisher, the newest last."""


def last_words_in(entries: Iterable[Entry]) -> LastWords:
    """Return the last of what publishers told with *entries*, in whatever order they come."""
    told: defaultdict[str, list[Entry]] = defaultdict(list)
    for publisher, entry in [(one.publisher, one) for one in entries if one.publisher is not None]:
        told[publisher].append(entry)
    return {publisher: _last(of) for publisher, of in told.items()}


def _last(entries: list[Entry]) -> tuple[LastWord, ...]:
    if len(entries) > WORDS_KEPT_MAX:
        # Most need no word: what was learned before the last ones is none of them.
        edge = nlargest(WORDS_KEPT_MAX, map(LEARNED, entries))[-1]
        entries = [entry for entry in entries if entry.learned >= edge]
    return _kept({LastWord.of(entry) for entry in entries})


def merged(*several: LastWords) -> LastWords:
    """Return the last words of *several* together."""
    words: dict[str, tuple[LastWord, ...]] = {}
    for one in several:
        for publisher, told in one.items():
            known = words.get(publisher)
            # Verification asks for every subject: whoever was silent in it costs nothing.
            words[publisher] = told if known is None else _kept({*known, *told})
    return words


def _kept(words: Collection[LastWord]) -> tuple[LastWord, ...]:
    return tuple(sorted(words)[-WORDS_KEPT_MAX:])
