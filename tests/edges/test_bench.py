"""What the benchmarks promise: load without end, and figures that say where they are from."""

import json
from itertools import islice, pairwise

import pytest

from bench.bureau import bureau_events
from bench.fold import PEERS, STORED
from bench.gateway import RATES, rates


def test_the_ladder_has_no_last_step() -> None:
    steps = list(islice(rates(), len(RATES) + 20))

    assert steps[: len(RATES)] == list(RATES)
    assert all(lower < higher for lower, higher in pairwise(steps))
    assert steps[-1] > 50 * RATES[-1]


def test_another_bureau_has_other_cases_and_other_events() -> None:
    bureaus = [list(bureau_events(200, 20, bureau=number)) for number in range(2)]
    keys = [{key for key, _ in bureau} for bureau in bureaus]
    ids = [{json.loads(body)["id"] for _, body in bureau} for bureau in bureaus]

    assert keys[0].isdisjoint(keys[1])
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("name", STORED)
def test_a_stored_figure_has_the_form_of_a_peer_and_says_that_it_is_stored(name: str) -> None:
    told = STORED[name].document()

    assert {"runs", "median", "ratio", "stored"} == set(told)
    assert told["ratio"] < 1


def test_every_peer_says_what_it_promises() -> None:
    assert all(peer.name.endswith(("at least once", "exactly once")) for peer in PEERS)
