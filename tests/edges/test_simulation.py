"""Weeks of the whole way in memory, seed after seed; what breaks a promise can be replayed."""

import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
import structlog

from deploy.stack.places import CHECKOUT
from tests.support.simulation.simulation import simulate

SEED = os.environ.get("CASETRACK_SEED")
"""One seed to replay; else CASETRACK_SEEDS of them are tried."""
SEEDS = int(os.environ.get("CASETRACK_SEEDS", "120"))
SHARE = 20

ONE_TRACE = "from tests.edges.test_simulation import quiet, simulate; quiet(); "
HAPPENS = {
    *("killed", "stopped", "away", "repeated", "half_sent", "fenced", "refused", "again"),
    *("held_up", "shared_anew"),
}
SAID = {f"casetrack.supervision.alert.{what}.v1" for what in ("raised", "resolved", "revoked")}
ENDED = {"casetrack.intake.application.accepted.v1", "casetrack.intake.correction.expired.v1"}


def quiet() -> None:
    """Let nobody log: millions of lines would be written for nobody."""
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent)


@pytest.fixture(autouse=True)
def unlogged() -> Iterator[None]:
    quiet()
    yield
    structlog.reset_defaults()


def shares() -> list[range]:
    """Return the seeds to try, shared out so that several workers can take part."""
    if SEED is not None:
        return [range(int(SEED), int(SEED) + 1)]
    return [range(start, min(start + SHARE, SEEDS)) for start in range(0, SEEDS, SHARE)]


@pytest.mark.parametrize("seeds", shares(), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_whatever_dies_repeats_or_comes_late_every_promise_is_kept(seeds: range) -> None:
    for seed in seeds:
        try:
            outcome = simulate(seed)
        except BaseException as fault:
            fault.add_note(f"replay it: CASETRACK_SEED={seed} pytest {__file__}")
            raise
        sys.stdout.write(f"seed {seed}: {outcome.steps} steps, {dict(outcome.counts)}\n")


def test_everything_that_can_go_wrong_does() -> None:
    counts: Counter[str] = Counter()
    for seed in range(10):
        counts.update(simulate(seed).counts)

    assert {*counts} >= HAPPENS | SAID | ENDED


def test_a_seed_lives_the_same_weeks_again() -> None:
    first = [simulate(seed).trace for seed in range(5)]

    assert [simulate(seed).trace for seed in range(5)] == first


def test_the_order_of_hashes_decides_nothing() -> None:
    traces = {_trace_under(hash_seed, seed=3) for hash_seed in ("1", "2")}

    assert traces == {simulate(3).trace}


def _trace_under(hash_seed: str, *, seed: int) -> str:
    told = subprocess.run(
        [sys.executable, "-c", f"{ONE_TRACE}print(simulate({seed}).trace)"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()
