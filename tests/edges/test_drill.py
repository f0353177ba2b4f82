"""What a drill tells of the moments that it has seen, and what that comes to for more districts."""

from typing import Any

import pytest

from bench.drill.sight import (
    Folded,
    fold_rate,
    lag_of,
    lags_by_second,
    latencies_ms,
    stalls,
)
from deploy.capacity import (
    Costs,
    DistrictLoad,
    capacity_tables,
    need_of,
    needs,
    partitions_for,
)

SEEN = [
    Folded(0, 10.0, 10.5),
    Folded(0, 11.0, 14.0),
    Folded(1, 12.0, 14.0),
    Folded(1, 13.0, 16.0),
]


def drill(workers: int = 2, **changed: object) -> dict[str, Any]:
    run = {
        "workers": workers,
        "load_after": 0.5,
        "flow": {
            "gateway_events_per_s": 10_000,
            "lag": {"events_max": 1_200, "drain_seconds": 0.25},
        },
        "steady": {
            "accepted_to_committed_p50_ms": 20.0,
            "accepted_to_committed_p99_ms": 90.0,
            "cpu_us_per_event": {"intake": 40.0, "postgres": 60.0, "metrics-worker": 20.0},
        },
        "backlog": {"fold_events_per_s": 20_000 * workers},
        "rebalance_s": {"killed": [6.5, 7.0]},
        "memory_mib": {"metrics-worker": 512, "intake": 512},
        "disk_bytes_per_event": {"store": 1024.0, "projection": 1024.0, "kafka": 2048.0},
        "verify": {"events_sent": 36_000, "seconds": 10.0, "differences": 0},
    }
    return {"runs": [{**run, **changed}]}


def test_the_lag_is_the_most_that_was_accepted_and_not_folded() -> None:
    lag = lag_of(SEEN)

    assert (lag.events_max, lag.seconds_max, lag.drain_seconds) == (3, 3.0, 3.0)


def test_nothing_lags_that_is_folded_in_the_instant_of_its_acceptance() -> None:
    assert lag_of([Folded(0, 1.0, 1.0), Folded(0, 1.0, 1.0)]).drain_seconds == 0


def test_the_lag_is_told_second_by_second_until_nothing_is_left() -> None:
    assert lags_by_second(SEEN) == [1, 2, 3, 1, 1, 0, 0]


def test_a_lane_stands_still_from_one_commit_to_the_next() -> None:
    assert stalls(SEEN) == {0: 3.5, 1: 2.0}


def test_the_rate_of_a_backlog_leaves_its_beginning_out() -> None:
    late = [Folded(0, 0.0, 100.0), *(Folded(0, 0.0, 200.0 + n) for n in range(19))]

    assert fold_rate(late) == 1.0
    assert fold_rate([Folded(0, 0.0, 1.0)] * 3) == 0.0


def test_latency_is_told_in_milliseconds() -> None:
    assert latencies_ms(SEEN[:1]) == [500.0]


def test_a_hundred_districts_write_a_hundred_times_what_one_does() -> None:
    one, ten, hundred = needs(Costs.of(drill()))

    assert [one.events_a_year, hundred.events_a_year] == [500_000, 50_000_000]
    assert hundred.peak_per_second == pytest.approx(100 * one.peak_per_second)
    assert ten.disk_sum == pytest.approx(10 * one.disk_sum)
    assert one.disk_sum == pytest.approx(500_000 * 4096 / 2**30)


def test_the_peak_is_so_many_times_the_mean_of_the_working_hours() -> None:
    day = DistrictLoad(events_a_year=250 * 8 * 3600, working_days=250, working_hours=8, peak=4)

    assert day.peak_per_second == 4.0


def test_workers_suffice_for_twice_the_peak_and_for_a_day_that_waited() -> None:
    measured = Costs.of(drill())
    busy = DistrictLoad(events_a_year=250 * 8 * 3600 * 3_000, peak=10)

    assert need_of(measured, 1).workers == 1
    # 30,000/s at the peak, half of a worker's 20,000/s each; the day of 86 million wants more.
    assert need_of(measured, 1, busy).workers == max(3, -(-86_400_000 // 600 // 20_000))


def test_there_are_partitions_for_twice_the_workers() -> None:
    assert [partitions_for(workers) for workers in (1, 2, 3, 5, 9)] == [4, 4, 8, 16, 32]


def test_memory_grows_with_the_workers_alone() -> None:
    measured = Costs.of(drill())

    assert need_of(measured, 1).memory_gib == 1.0


def test_the_costs_are_those_of_two_workers_where_two_were_measured() -> None:
    both = {
        "runs": [
            *drill(1, memory_mib={"metrics-worker": 1})["runs"],
            *drill(2)["runs"],
        ]
    }

    assert Costs.of(both).memory_mib["metrics-worker"] == 512
    assert Costs.of(both).fold_events_per_s == 20_000
    assert Costs.of(both).stall_seconds == 7.0


def test_of_a_drill_that_tells_nothing_of_lone_events_the_costs_in_batches_count() -> None:
    flow = {"gateway_events_per_s": 1, "cpu_us_per_event": {"intake": 7.0}}

    assert Costs.of(drill(steady={}, flow=flow)).cpu_us == {"intake": 7.0}


def test_the_page_shows_every_cost_and_every_need() -> None:
    shown = capacity_tables(drill())

    assert "| µs of processor, postgres | 60 |" in shown
    assert "| largest lag, events | 1,200 |" in shown
    assert "| a lane stood still, killed, s | 6.5 7.0 |" in shown
    assert "| districts | 1 | 10 | 100 |" in shown
    assert shown.endswith("|\n")
