"""Whether the systems that tell us still speak (K01.7), and how late they tell (L07)."""

from datetime import UTC, datetime, timedelta

import pytest

from services.metrics.domain.figures.sources import ALIVE, LAG, by_source, parts_of
from services.metrics.domain.figures.values import Value, valued
from services.metrics.domain.last_words import LastWord, LastWords
from shared.contracts.supervision.words import AlertLevel
from shared.policy.rules import shipped

RULES = shipped(trial=True)
TERMINAL, HOTLINE = "hall-terminal", "hotline-12345"
NINE = datetime(2024, 9, 2, 1, tzinfo=UTC)
"""Monday, nine o'clock: the hall is open."""
FRIDAY = datetime(2024, 9, 6, 8, 30, tzinfo=UTC)
"""Half an hour before the hall closes."""
RED, YELLOW = AlertLevel.RED, AlertLevel.YELLOW


def words(*late: int, publisher: str = TERMINAL, heard_at: datetime = NINE) -> LastWords:
    """Return what *publisher* told at one moment, each so many seconds late."""
    return {publisher: tuple(LastWord(heard_at, n, one) for n, one in enumerate(late))}


def of(figure: str, told: LastWords, now: datetime = NINE, source: str = TERMINAL) -> Value:
    return by_source(told, RULES, now)[figure][source]


@pytest.mark.parametrize(
    ("passed", "silent", "level"),
    [
        (0, 0, None),
        (60, 60, None),
        (61, 61, YELLOW),
        (240, 180, YELLOW),
        (300, 240, YELLOW),
        (301, 241, RED),
    ],
)
def test_a_source_is_silent_for_as_long_as_the_hall_was_open(
    passed: int, silent: int, level: AlertLevel | None
) -> None:
    """From nine to twelve and from one o'clock on; what is left of a minute does not count."""
    silence = of("K01.7", words(0), NINE + timedelta(minutes=passed, seconds=59))

    assert (silence.number, silence.level) == (silent, level)


def test_the_night_and_the_weekend_are_nobodys_silence() -> None:
    monday = FRIDAY + timedelta(days=2, hours=16, minutes=45)

    assert of("K01.7", words(0, heard_at=FRIDAY), monday).number == 45


def test_a_clock_that_runs_ahead_makes_nobody_speak_in_future() -> None:
    assert of("K01.7", words(0, heard_at=NINE + timedelta(minutes=3))).number == 0


def test_who_was_never_heard_has_no_value_and_no_colour() -> None:
    assert of("K01.7", {}) == Value(None, 0, None, sample_ok=True)
    assert of("L07", {}) == Value(None, 0, 0, sample_ok=False)


def test_every_publisher_of_the_register_is_a_source_but_those_who_tell_history() -> None:
    told = by_source(words(0, publisher="forgotten"), RULES, NINE)
    known = [one.id for one in RULES.publishers.publishers]

    assert {"importer", "trial"} < {*known}
    for values in told.values():
        assert [*values] == [one for one in known if one not in ("importer", "trial")]


@pytest.mark.parametrize(
    ("late", "level"), [(3600, None), (3661, YELLOW), (86_400, YELLOW), (86_461, RED)]
)
def test_a_source_is_as_late_as_nineteen_of_twenty_facts(
    late: int, level: AlertLevel | None
) -> None:
    seldom = of("L07", words(*[30] * 19, late))
    often = of("L07", words(*[30] * 38, late, late, late))

    assert seldom == Value(0, 0, 20, sample_ok=True)
    assert (often.number, often.level) == (late // 60, level)


def test_of_too_few_facts_nobody_is_judged() -> None:
    few = of("L07", words(*[90_000] * 19))

    assert few == Value(1500, 1500, 19, sample_ok=False)
    assert parts_of({TERMINAL: few}) == {}


def test_a_figure_of_sources_is_that_of_the_worst() -> None:
    told = {**words(0), **words(0, publisher=HOTLINE, heard_at=NINE - timedelta(days=3))}
    parts = parts_of(by_source(told, RULES, NINE)["K01.7"])

    assert parts.keys() == {TERMINAL, HOTLINE}
    assert valued(ALIVE, parts, NINE.date()).number == parts[HOTLINE]
    assert valued(ALIVE, parts, NINE.date()).level is RED
    assert valued(LAG, {}, NINE.date()) == Value(None, 0, None, sample_ok=True)
