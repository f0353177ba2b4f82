"""
What a bureau of so many districts needs, reckoned from what `make drill` has measured.

Arithmetic alone: the same figures for the end of a drill and for the page in the docs. What
was not measured is a named assumption here, and the page says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Any

DISTRICTS = (1, 10, 100)
MICRO = 1e-6
GIB = 2**30
SECONDS_AN_HOUR = 3600
WORKERS_OF_REFERENCE = 2
"""Whose run the costs are taken from, where there is one."""

PARTITIONS_MIN = 4
USED_MAX = 0.5
"""Of any one process or server at the peak: the rest is for what nobody foresees. Assumed."""
CATCH_UP_SECONDS = 600.0
"""A working day that lay waiting is folded within ten minutes. Assumed."""


@dataclass(frozen=True, slots=True)
class DistrictLoad:
    """What one district writes; the number of events is measured, the peak is assumed."""

    events_a_year: int = 500_000
    working_days: int = 250
    working_hours: int = 8
    peak: float = 10.0
    """So many times the mean of the working hours: hall opening, batch uploads."""

    @property
    def events_a_day(self) -> float:
        return self.events_a_year / self.working_days

    @property
    def peak_per_second(self) -> float:
        return self.peak * self.events_a_day / (self.working_hours * SECONDS_AN_HOUR)


@dataclass(frozen=True, slots=True)
class Costs:
    """What a drill tells of one event, and of one process."""

    gateway_events_per_s: float
    fold_events_per_s: float
    """Of one worker alone."""
    cpu_us: Mapping[str, float]
    """Of one event, by process; of one that comes alone, what idle processes use is in it."""
    disk_bytes: Mapping[str, float]
    """Of one event: `store`, `projection`, `kafka`."""
    memory_mib: Mapping[str, float]
    verified_events_per_s: float
    stall_seconds: float
    """The longest in which a lane folded nothing when a worker was killed."""

    @classmethod
    def of(cls, drill: Mapping[str, Any]) -> "Costs":
        """Return what the document of a drill comes to."""
        runs = drill["runs"]
        alone = min(runs, key=lambda run: run["workers"])
        usual = next((run for run in runs if run["workers"] == WORKERS_OF_REFERENCE), alone)
        # Alone, as at a peak; where that was not told, as they come in batches.
        steady, flow = usual["steady"], usual["flow"]
        killed = [one for run in runs for one in run["rebalance_s"].get("killed", ())]
        return cls(
            gateway_events_per_s=median(run["flow"]["gateway_events_per_s"] for run in runs),
            fold_events_per_s=alone["backlog"]["fold_events_per_s"] / alone["workers"],
            cpu_us=steady.get("cpu_us_per_event") or flow["cpu_us_per_event"],
            disk_bytes=usual["disk_bytes_per_event"],
            memory_mib=usual["memory_mib"],
            verified_events_per_s=median(
                run["verify"]["events_sent"] / run["verify"]["seconds"] for run in runs
            ),
            stall_seconds=max(killed, default=0.0),
        )


@dataclass(frozen=True, slots=True)
class Need:
    """What so many districts need together."""

    districts: int
    events_a_year: int
    peak_per_second: float
    cores: Mapping[str, float]
    """At the peak, by process."""
    workers: int
    partitions: int
    disk_gib_a_year: Mapping[str, float]
    memory_gib: float
    """Of the processes as they were measured, with that many workers; without any cache."""
    gateway_used: float
    fold_used: float
    """Of one worker."""
    verify_hours: float
    """Of one year's events, from the start."""
    refold_hours: float
    """To send and fold one year's events again, by that many workers at the measured pace."""

    @property
    def cores_sum(self) -> float:
        return sum(self.cores.values())

    @property
    def disk_sum(self) -> float:
        return sum(self.disk_gib_a_year.values())


def need_of(costs: Costs, districts: int, district: DistrictLoad | None = None) -> Need:
    """Return what *districts* need that share one installation."""
    each = district or DistrictLoad()
    events, peak = districts * each.events_a_year, districts * each.peak_per_second
    catch_up = districts * each.events_a_day / CATCH_UP_SECONDS
    fold = costs.fold_events_per_s
    workers = max(1, ceil(max(peak / USED_MAX, catch_up) / fold))
    memory = {**costs.memory_mib}
    memory["metrics-worker"] = workers * memory.get("metrics-worker", 0)
    return Need(
        districts=districts,
        events_a_year=events,
        peak_per_second=peak,
        cores={name: cost * MICRO * peak for name, cost in costs.cpu_us.items()},
        workers=workers,
        partitions=partitions_for(workers),
        disk_gib_a_year={name: size * events / GIB for name, size in costs.disk_bytes.items()},
        memory_gib=sum(memory.values()) / 1024,
        gateway_used=peak / costs.gateway_events_per_s,
        fold_used=peak / fold,
        verify_hours=events / costs.verified_events_per_s / SECONDS_AN_HOUR,
        refold_hours=events / (fold * workers) / SECONDS_AN_HOUR,
    )


def partitions_for(workers: int) -> int:
    """Return how many partitions leave room for twice as many workers, a power of two."""
    partitions = PARTITIONS_MIN
    while partitions < 2 * workers:
        partitions *= 2
    return partitions


def needs(costs: Costs, districts: Sequence[int] = DISTRICTS) -> list[Need]:
    return [need_of(costs, count) for count in districts]


def need_lines(found: Sequence[Need]) -> list[tuple[str, list[str]]]:
    """Return each figure by name, with a cell for each of *found*."""
    lines = {
        "events a year": [f"{one.events_a_year:,}" for one in found],
        "events/s at the peak": [f"{one.peak_per_second:.1f}" for one in found],
        "of the gateway in use then": [f"{one.gateway_used:.2%}" for one in found],
        "of one worker in use then": [f"{one.fold_used:.2%}" for one in found],
        "processors then, all together": [f"{one.cores_sum:.3f}" for one in found],
        "of them PostgreSQL": [f"{one.cores.get('postgres', 0):.3f}" for one in found],
        "workers": [str(one.workers) for one in found],
        "partitions": [str(one.partitions) for one in found],
        "disk a year, GiB": [f"{one.disk_sum:.1f}" for one in found],
        "of it stores / projection / Kafka": [
            " / ".join(
                f"{one.disk_gib_a_year[name]:.1f}" for name in ("store", "projection", "kafka")
            )
            for one in found
        ],
        "memory of the processes, GiB": [f"{one.memory_gib:.1f}" for one in found],
        "hours to verify a year's events": [f"{one.verify_hours:.2f}" for one in found],
        "hours to send and fold a year again": [f"{one.refold_hours:.2f}" for one in found],
    }
    return list(lines.items())


def run_lines(runs: Sequence[Mapping[str, Any]]) -> Sequence[tuple[str, list[str]]]:
    """Return what was reached by name, with a cell for each of *runs*."""
    return (
        (
            "events/s through the gateway, all at work",
            [f"{run['flow']['gateway_events_per_s']:,}" for run in runs],
        ),
        ("  largest lag, events", [f"{run['flow']['lag']['events_max']:,}" for run in runs]),
        ("  drained after, s", [f"{run['flow']['lag']['drain_seconds']:.1f}" for run in runs]),
        (
            "events/s through the fold, of a backlog",
            [f"{run['backlog']['fold_events_per_s']:,}" for run in runs],
        ),
        (
            "accepted to committed p50 / p99, ms",
            [
                f"{run['steady']['accepted_to_committed_p50_ms']:.0f} / "
                f"{run['steady']['accepted_to_committed_p99_ms']:.0f}"
                for run in runs
            ],
        ),
        *(
            (f"a lane stood still, {change}, s", [_seconds(run, change) for run in runs])
            for change in dict.fromkeys(name for run in runs for name in run["rebalance_s"])
        ),
        ("differences in verify", [str(run["verify"]["differences"]) for run in runs]),
        ("load average after", [str(run["load_after"]) for run in runs]),
    )


def _seconds(run: Mapping[str, Any], change: str) -> str:
    return " ".join(f"{one:.1f}" for one in run["rebalance_s"].get(change, ())) or "–"


def capacity_tables(drill: Mapping[str, Any]) -> str:
    """Return what the page shows of the recorded *drill*: what was reached, cost, and is needed."""
    costs = Costs.of(drill)
    found = needs(costs)
    runs = drill["runs"]
    return "\n".join(
        [
            f"| metrics workers | {' | '.join(str(run['workers']) for run in runs)} |",
            f"|---|{'---|' * len(runs)}",
            *(f"| {name.strip()} | {' | '.join(cells)} |" for name, cells in run_lines(runs)),
            "",
            "| of one event | |",
            "|---|---|",
            *(f"| µs of processor, {name} | {cost:.0f} |" for name, cost in _sorted(costs)),
            *(f"| bytes, {name} | {size:,.0f} |" for name, size in costs.disk_bytes.items()),
            "",
            f"| districts | {' | '.join(str(one.districts) for one in found)} |",
            f"|---|{'---|' * len(found)}",
            *(f"| {name} | {' | '.join(cells)} |" for name, cells in need_lines(found)),
            "",
        ]
    )


def _sorted(costs: Costs) -> list[tuple[str, float]]:
    return sorted(costs.cpu_us.items(), key=lambda cost: -cost[1])
