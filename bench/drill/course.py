"""The course of a drill with one number of workers: flow, backlog, steady load, changes, verify."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from bench.drill import costs
from bench.drill.load import Made, Sender, caught_up, folded, sent
from bench.drill.sight import fold_rate, lag_of, lags_by_second, latencies_ms, stalls
from bench.drill.sizes import Sizes
from bench.drill.stand import Stand, stand
from bench.load import quantile

QUIET = 0.25
"""So much of a load passes before the group changes."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Course:
    """One stand, and what is measured on it."""

    standing: Stand
    sizes: Sizes
    count: int
    sender: Sender
    connection: asyncpg.Connection
    tell: Tell
    found: dict[str, Any] = field(default_factory=dict)

    async def run(self) -> Mapping[str, Any]:
        self.found = {"workers": self.count}
        await self.flow()
        await self.backlog()
        await self.steady()
        await self.changes()
        await self.close()
        return self.found

    async def flow(self) -> None:
        """Have everything at work at once: as fast as the gateway takes it."""
        await self.standing.staff(self.count)
        before = costs.cpu_seconds(self.standing)
        accepted, rate = await self.sender.batches(self.sizes.events)
        await caught_up(self.connection)
        used = costs.microseconds_an_event(
            before, costs.cpu_seconds(self.standing), self.sizes.events
        )
        seen = await folded(self.connection, accepted)
        lag = lag_of(seen)
        self.found["flow"] = {
            "gateway_events_per_s": round(rate),
            "lag": lag.document(),
            "lag_by_second": lags_by_second(seen),
            "cpu_us_per_event": used,
        }
        self.tell(
            f"flow: {rate:,.0f} events/s accepted, lag at most {lag.events_max:,} events, "
            f"drained {lag.drain_seconds:.1f} s after the last"
        )

    async def backlog(self) -> None:
        """Have what has gathered while no worker ran folded."""
        await self.standing.staff(0)
        begun = costs.cpu_seconds(self.standing)
        accepted, rate = await self.sender.batches(self.sizes.events)
        await sent(self.connection)
        stored = costs.cpu_seconds(self.standing)
        await self.standing.staff(self.count)
        await caught_up(self.connection)
        done = costs.cpu_seconds(self.standing)
        seen = await folded(self.connection, accepted)
        through = fold_rate(seen)
        self.found["backlog"] = {
            "gateway_events_per_s": round(rate),
            "fold_events_per_s": round(through),
            "lag": lag_of(seen).document(),
            "cpu_us_per_event_stored": costs.microseconds_an_event(
                begun, stored, self.sizes.events
            ),
            "cpu_us_per_event_folded": costs.microseconds_an_event(stored, done, self.sizes.events),
        }
        self.tell(f"backlog: {through:,.0f} events/s through the fold")

    async def steady(self) -> None:
        """Send one by one, at a rate that a bureau hardly reaches."""
        before = costs.cpu_seconds(self.standing)
        accepted = await self.sender.steadily(self.sizes.rate, self.sizes.seconds)
        await caught_up(self.connection)
        done = costs.cpu_seconds(self.standing)
        seen = await folded(self.connection, accepted)
        waits = latencies_ms(seen)
        p50, p99 = quantile(waits, 0.5), quantile(waits, 0.99)
        self.found["steady"] = {
            "accepted_to_committed_p50_ms": round(p50, 1),
            "accepted_to_committed_p99_ms": round(p99, 1),
            "lag": lag_of(seen).document(),
            "longest_without_a_commit_s": round(max(stalls(seen).values()), 2),
            "cpu_us_per_event": costs.microseconds_an_event(before, done, len(accepted)),
        }
        self.tell(f"steady: accepted to committed p50 {p50:.0f} ms, p99 {p99:.0f} ms")

    async def changes(self) -> None:
        """Have a worker join, leave and be killed, each while the load goes on."""
        changes: dict[str, list[float]] = {}
        self.found["rebalance_s"] = changes
        for _ in range(self.sizes.rounds):
            for name, staff, change in self._changes():
                await self.standing.staff(staff)
                longest = await self._under_load(change)
                changes.setdefault(name, []).append(round(longest, 2))
                self.tell(f"{name}: a lane folded nothing for {longest:.1f} s")

    def _changes(self) -> Sequence[tuple[str, int, Callable[[], Awaitable[None]]]]:
        if self.count == 1:
            # Nobody is left who could take over: another one begins at once.
            return (
                ("leaves, another begins", 1, lambda: self._replace(signal.SIGTERM)),
                ("killed, another begins", 1, lambda: self._replace(signal.SIGKILL)),
            )
        return (
            ("joins", self.count - 1, self._join),
            ("leaves", self.count, self.standing.end_worker),
            ("killed", self.count, lambda: self.standing.end_worker(signal.SIGKILL)),
        )

    async def _join(self) -> None:
        self.standing.begin_worker()

    async def _replace(self, number: signal.Signals) -> None:
        await self.standing.end_worker(number)
        self.standing.begin_worker()

    async def _under_load(self, change: Callable[[], Awaitable[None]]) -> float:
        """Return the longest time in which a lane folded nothing of a load amid a *change*."""
        seconds = self.sizes.seconds
        async with asyncio.TaskGroup() as tasks:
            load = tasks.create_task(self.sender.steadily(self.sizes.rate, seconds))
            await asyncio.sleep(seconds * QUIET)
            await change()
        await caught_up(self.connection)
        return max(stalls(await folded(self.connection, load.result())).values())

    async def close(self) -> None:
        """Weigh everything, and verify it."""
        self.found["memory_mib"] = costs.memory_mib(self.standing)
        self.found["disk_bytes_per_event"] = await costs.disk(
            self.standing, self.connection, self.sender.sent
        )
        self.found["rows_per_dossier"] = await costs.rows(self.connection)
        told = await self.standing.verify()
        self.found["verify"] = {
            "subjects": told["subjects"],
            "differences": len(told["differences"]),
            "events_sent": self.sender.sent,
            "seconds": told["seconds"],
        }
        self.tell(f"verify: {told['subjects']:,} subjects, {len(told['differences'])} differences")


async def course_of(
    count: int, sizes: Sizes, events: Sequence[Made], tell: Tell
) -> Mapping[str, Any]:
    """Return what a stand with *count* workers reaches."""
    async with stand(sizes.partitions) as standing:
        connection = await asyncpg.connect(standing.postgres)
        try:
            course = Course(standing, sizes, count, Sender(standing, events), connection, tell)
            return await course.run()
        finally:
            connection.terminate()
