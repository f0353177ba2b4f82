"""The last words of each publisher: the same in whatever order, and however often, facts come."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from services.metrics.domain.last_words import WORDS_KEPT_MAX, LastWord, last_words_in, merged
from tests.support.way_of_a_case import MONDAY, RECEIVED

TERMINAL, HOTLINE = "hall-terminal", "hotline-12345"


def told(name: str, learned: float, late: float = 0, publisher: str | None = TERMINAL) -> Entry:
    """Return a fact of which we learned some minutes after Monday morning, so many seconds late."""
    at = MONDAY + timedelta(minutes=learned)
    return replace(
        RECEIVED, id=name, publisher=publisher, learned=at, time=at - timedelta(seconds=late)
    )


def learned(words: tuple[LastWord, ...]) -> list[datetime]:
    return [word.learned for word in words]


FACTS = [told("a", 1), told("b", 2, 90), told("c", 3, publisher=HOTLINE), told("d", 2, 5)]


def test_each_publisher_has_its_own_the_newest_last() -> None:
    words = last_words_in(FACTS)

    assert words.keys() == {TERMINAL, HOTLINE}
    assert learned(words[TERMINAL]) == [MONDAY + timedelta(minutes=n) for n in (1, 2, 2)]
    assert sorted(word.late_seconds for word in words[TERMINAL]) == [0, 5, 90]


def test_what_we_say_ourselves_is_no_word_of_a_publisher() -> None:
    assert last_words_in([told("a", 1, publisher=None)]) == {}


def test_nobody_tells_of_what_has_not_happened_yet() -> None:
    assert last_words_in([told("a", 1, late=-30)])[TERMINAL][0].late_seconds == 0


def test_order_and_repetition_do_not_change_what_is_kept() -> None:
    whole = last_words_in(FACTS)

    for order in permutations(FACTS):
        one, other = last_words_in(order[:2]), last_words_in(order[1:])
        assert merged(one, other) == merged(other, one, whole) == whole


@pytest.mark.parametrize("size", [1, 7, 3 * WORDS_KEPT_MAX])
def test_of_many_the_last_are_kept_whatever_the_batches(size: int) -> None:
    facts = [told(f"f-{n}", n // 5, n) for n in range(3 * WORDS_KEPT_MAX)]
    batches = [facts[at : at + size] for at in range(0, len(facts), size)]

    words = merged(*map(last_words_in, batches))[TERMINAL]

    assert words == last_words_in(facts)[TERMINAL]
    assert len(words) == WORDS_KEPT_MAX
    assert min(word.late_seconds for word in words) == 2 * WORDS_KEPT_MAX


def test_of_a_delivery_that_is_too_large_neither_the_late_nor_the_early_are_preferred() -> None:
    """Half of ten times as many were late: so are about half of those that are kept."""
    facts = [told(f"f-{n}", 0, n % 2 * 3600 + n) for n in range(10 * WORDS_KEPT_MAX)]

    late = sum(word.late_seconds >= 3600 for word in last_words_in(facts)[TERMINAL])

    assert WORDS_KEPT_MAX // 4 < late < 3 * WORDS_KEPT_MAX // 4
