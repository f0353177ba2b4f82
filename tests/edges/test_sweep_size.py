"""A sweep takes as many clocks as it manages while others can wait for it."""

from services.metrics.handlers.ticker import CLOCKS_MAX, CLOCKS_MIN, SWEEP_SECONDS, SweepSize


def test_full_sweeps_grow_as_long_as_they_are_quick() -> None:
    size = SweepSize()
    for _ in range(9):
        size.took(size.clocks, SWEEP_SECONDS / 2)

    assert size.clocks == CLOCKS_MAX


def test_slow_sweeps_shrink_and_the_least_is_still_worth_it() -> None:
    size = SweepSize()
    for _ in range(9):
        size.took(size.clocks, SWEEP_SECONDS * 2)

    assert size.clocks == CLOCKS_MIN


def test_a_sweep_that_found_little_says_nothing_of_how_many_it_would_manage() -> None:
    size = SweepSize()
    before = size.clocks
    size.took(before - 1, 0.0)

    assert size.clocks == before
