"""
Whether the systems that tell us still speak, and how late they tell (plan item 1).

What passes by the hour is no sum over subjects: these two are made of the last words
of each publisher, at the moment at which somebody asks.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    Aggregate,
    Figure,
    LinesOf,
    Origin,
    Target,
    Threshold,
)
from services.metrics.domain.figures.values import Parts, Value, judged, quantile
from services.metrics.domain.last_words import LastWord, LastWords
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import Rules

MINUTE_SECONDS = 60
HOUR = 60
DAY = 24 * HOUR


class Part(StrEnum):
    """Nothing of its own: no subject adds anything."""


LINES: Mapping[type, LinesOf] = {}

ALIVE = Figure(
    id="K01.7",
    item=1,
    zh="来源系统在线",
    en="Source systems alive",
    unit="hall minute",
    formula="minutes with the hall open since the last fact of a source; of the most silent one",
    numerator=(),
    measure=Aggregate.GREATEST,
    gauge=True,
    target=Target(origin=Origin.OURS, at_most=HOUR),
    alerts=(
        Threshold(level=AlertLevel.YELLOW, above=HOUR),
        Threshold(level=AlertLevel.RED, above=4 * HOUR),
    ),
)

LAG = Figure(
    id="L07",
    item=None,
    zh="事件时延",
    en="Event lag",
    unit="minute",
    formula="recordedtime − time, 95th percentile of the last facts of a source; of the latest one",
    numerator=(),
    measure=Aggregate.GREATEST,
    gauge=True,
    alerts=(
        Threshold(level=AlertLevel.YELLOW, above=HOUR),
        Threshold(level=AlertLevel.RED, above=DAY),
    ),
)

FIGURES = (ALIVE, LAG)

BySource = Mapping[str, Value]
"""What a figure comes to for each source, by the publisher's id."""


def by_source(words: LastWords, rules: Rules, now: datetime) -> Mapping[str, BySource]:
    """
    Return by figure what it comes to by *now* for each publisher of the register, in its order.

    One that was never heard has no value. Whoever tells history is no source of news.
    """
    news = [one.id for one in rules.publishers.publishers if not one.tells_history]
    return {
        ALIVE.id: {name: _silence(words.get(name, ()), rules, now) for name in news},
        LAG.id: {name: _lateness(words.get(name, ())) for name in news},
    }


def parts_of(values: BySource) -> Parts:
    """Return what is known well enough of each source, for the figure that is the greatest."""
    return {
        name: int(value.number)
        for name, value in values.items()
        if value.number is not None and value.sample_ok
    }


def _silence(words: tuple[LastWord, ...], rules: Rules, now: datetime) -> Value:
    if not words:
        return judged(ALIVE, None)
    return judged(ALIVE, rules.hall_seconds_between(words[-1].learned, now) // MINUTE_SECONDS)


def _lateness(words: tuple[LastWord, ...]) -> Value:
    minutes = Counter(word.late_seconds // MINUTE_SECONDS for word in words)
    return judged(LAG, quantile(sorted(minutes.items()), 95), len(words))
