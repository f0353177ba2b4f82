"""
The gateway with everything behind it at work: authorisation, chain, relay, fold and the page.

How many single events a second it accepts at p99 ≤ 80 ms, how many in batches of
100, and how long an accepted fact takes until the page's stream shows it; beside
it FastAPI with one INSERT and nothing behind it, or another checkout of ours.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path

import asyncpg

from bench.bureau import SOURCE, Span, bureau_events
from bench.load import Answers, closed_load, open_load, post, quantile
from bench.report import Outcome, keep, ratios
from bench.whole import Standing, Whole, version_of, whole
from deploy.stack.places import CHECKOUT
from deploy.stack.ports import LOOPBACK, any_free, listens
from shared.contracts.documents import write
from shared.contracts.publishing import example_of
from shared.policy.calendar import ZONE
from shared.runtime.clock import SystemClock

PATH = "/v1/events"
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
FOREIGN = "urn:example:bench"
RUNS = int(os.environ.get("CASETRACK_BENCH_RUNS", "3"))
STEP_SECONDS = float(os.environ.get("CASETRACK_BENCH_STEP_SECONDS", "5"))
RATES = (100, 200, 300, 400, 500, 600, 700, 800, 1000, 1200, 1500, 2000)
RATE_GROWTH = 1.25
"""Beyond the last of them the ladder goes on by this, until the rate is missed."""
RATE_STEP = 50
HALVINGS = 2
"""So often the gap between the last rate that held and the first that was missed is halved."""
P99_MS_MAX = 80.0
MISSES_MAX = 2
WARM_EVENTS = 500
BATCH_EVENTS = 100
BATCHES = 200
BATCH_CONNECTIONS = 4
WATCHED_RATE = 100
WATCHED_SECONDS = 10
CASES = 8_000
EVENTS_AT_ONCE = 300_000
"""A bureau's worth; whoever needs more gets another bureau's."""
RECEIVED = "casetrack.intake.application.received.v1"
SEEN_SECONDS_MAX = 30.0
START_SECONDS_MAX = 20.0
QUIET_SECONDS_MAX = 120.0
CAUGHT_UP = """
SELECT (SELECT count(*) FROM intake.events) + (SELECT count(*) FROM supervision.events)
       <= (SELECT count(*) FROM metrics.timeline)
   AND NOT EXISTS (SELECT FROM metrics.clocks WHERE next_at <= now())
"""


@dataclass(slots=True)
class Runs:
    """What one gateway reached, run by run."""

    single: list[float] = field(default_factory=list)
    batch: list[float] = field(default_factory=list)
    visible_p50: list[float] = field(default_factory=list)
    visible_p99: list[float] = field(default_factory=list)
    ladders: list[object] = field(default_factory=list)

    async def add(self, bureau: Standing, events: Iterator[bytes]) -> None:
        """Measure the whole bureau once more; it has caught up between one load and the next."""
        rested = partial(quiet, bureau)
        rate, ladder = await _ladder(bureau.intake, bureau.publisher, events, rested)
        self.single.append(rate)
        self.ladders.append(ladder)
        await quiet(bureau)
        self.batch.append(await _batches(bureau.intake, bureau.publisher, events))
        await quiet(bureau)
        p50, p99 = await _visible(bureau, len(self.single))
        self.visible_p50.append(p50)
        self.visible_p99.append(p99)

    def notes(self) -> dict[str, object]:
        return {
            "batches_of_100_events_per_s": _rounded(self.batch),
            "accept_to_visible_p50_ms": _rounded(self.visible_p50),
            "accept_to_visible_p99_ms": _rounded(self.visible_p99),
            "ladders": self.ladders,
        }


async def main(beside: Path | None = None) -> None:
    await (_alone() if beside is None else _beside(beside))


async def _alone() -> None:
    ours, bare = Runs(), Runs()
    events = bodies()
    with whole() as bureau, _bare(bureau) as bare_port:
        for _ in range(RUNS):
            standing = bureau.standing()
            await ours.add(standing, events)
            rate, _ = await _ladder(bare_port, standing.publisher, events, _at_once)
            bare.single.append(rate)
            bare.batch.append(await _batches(bare_port, standing.publisher, events))
    notes = {**ours.notes(), "batches_of_100_bare": _rounded(bare.batch)}
    _keep(ours, {"bare FastAPI + asyncpg": bare.single}, notes)


async def _beside(checkout: Path) -> None:
    """Measure this checkout and another in turns, each in a bureau that is new and alone."""
    ours, theirs = Runs(), Runs()
    for run in range(RUNS):
        pair = [(CHECKOUT, ours), (checkout, theirs)]
        for place, runs in pair if run % 2 == 0 else reversed(pair):
            print(f" {place}", flush=True)
            with whole(place) as bureau:
                await runs.add(bureau.standing(), bodies())
    notes = {
        **ours.notes(),
        "beside": {"checkout": str(checkout), "singles": _rounded(theirs.single), **theirs.notes()},
        "ratios_of_pairs": {
            "singles": ratios(ours.single, theirs.single),
            "batches_of_100": ratios(ours.batch, theirs.batch),
            "accept_to_visible_p50": ratios(ours.visible_p50, theirs.visible_p50),
        },
    }
    _keep(ours, {f"casetrack {version_of(checkout)}": theirs.single}, notes)


def _keep(ours: Runs, peers: Mapping[str, Sequence[float]], notes: Mapping[str, object]) -> None:
    sizes = {"step_seconds": int(STEP_SECONDS), "batch_events": BATCH_EVENTS, "cases": CASES}
    unit = "accepted events/s, one by one, at p99 <= 80 ms"
    keep(Outcome("gateway", unit, sizes, ours.single, peers, notes=notes))


def bodies() -> Iterator[bytes]:
    """
    Yield events that nobody has sent yet, without end, each bureau in the order of its time.

    Each is told within two days of when it happened: told a year later, every
    case would be late at its acceptance and in time again at its decision.
    """
    for bureau in count():
        span = Span(SystemClock().now() - timedelta(days=2), days=1.5, pace=0.02)
        for _, body in bureau_events(EVENTS_AT_ONCE, CASES, span, bureau=bureau):
            yield body.replace(SOURCE.encode(), FOREIGN.encode())


async def _ladder(
    port: int, token: str, events: Iterator[bytes], rested: Callable[[], Awaitable[None]]
) -> tuple[float, list[dict[str, float]]]:
    """
    Raise the rate until p99 is missed twice; return the last rate that held, and every step.

    Then, each time *rested*, the gap above it is halved: two gateways may differ
    by less than a step.
    """
    warming = [post(PATH, token, SINGLE, body) for body in islice(events, WARM_EVENTS)]
    _all_accepted(await closed_load(port, warming, BATCH_CONNECTIONS), 202)
    held, missed, steps = 0, [], []
    for rate in rates():
        steps.append(await _step(port, token, events, rate))
        if steps[-1]["p99_ms"] <= P99_MS_MAX:
            held = rate
        else:
            missed.append(rate)
        if len(missed) == MISSES_MAX:
            break
    above = min(rate for rate in missed if rate > held)
    for _ in range(HALVINGS):
        rate = (held + above) // 2
        await rested()
        steps.append(await _step(port, token, events, rate))
        held, above = (rate, above) if steps[-1]["p99_ms"] <= P99_MS_MAX else (held, rate)
    return float(held), steps


def rates() -> Iterator[int]:
    yield from RATES
    rate = float(RATES[-1])
    while True:
        rate *= RATE_GROWTH
        yield round(rate / RATE_STEP) * RATE_STEP


async def _step(port: int, token: str, events: Iterator[bytes], rate: int) -> dict[str, float]:
    step = islice(events, int(rate * STEP_SECONDS))
    requests = [post(PATH, token, SINGLE, body) for body in step]
    answers = await open_load(port, requests, rate)
    _all_accepted(answers, 202)
    p99 = quantile(answers.milliseconds, 0.99)
    p50 = quantile(answers.milliseconds, 0.5)
    print(f"  {rate}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)
    return {"rate": rate, "p50_ms": round(p50, 1), "p99_ms": round(p99, 1)}


async def _batches(port: int, token: str, events: Iterator[bytes]) -> float:
    requests = [
        post(PATH, token, BATCH, b"[" + b",".join(islice(events, BATCH_EVENTS)) + b"]")
        for _ in range(BATCHES)
    ]
    started = time.perf_counter()
    answers = await closed_load(port, requests, BATCH_CONNECTIONS)
    _all_accepted(answers, 207, 202)
    rate = BATCHES * BATCH_EVENTS / (max(answers.answered) - started)
    print(f"  batches of {BATCH_EVENTS}: {rate:,.0f} events/s", flush=True)
    return rate


def _all_accepted(answers: Answers, *statuses: int) -> None:
    accepted = sum(answers.count(status) for status in statuses)
    if accepted != len(answers.statuses):
        raise RuntimeError(f"not all were accepted: {sorted(set(answers.statuses))}")


async def _visible(bureau: Standing, run: int) -> tuple[float, float]:
    """Return p50 and p99 of the milliseconds from an acceptance to its sight on the stream."""
    now = SystemClock().now().astimezone(ZONE) - timedelta(seconds=30)
    requests = [
        post(PATH, bureau.publisher, SINGLE, _arrival(f"{run}-{number}", now.isoformat()))
        for number in range(WATCHED_RATE * WATCHED_SECONDS)
    ]
    seen: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(bureau, len(requests), seen))
        while not seen:  # noqa: ASYNC110 - until the stream's first line
            await asyncio.sleep(0.05)
        answers = await open_load(bureau.intake, requests, WATCHED_RATE)
        _all_accepted(answers, 202)
        await watching
    waits = [1000 * (b - a) for a, b in zip(sorted(answers.answered), seen[1:], strict=True)]
    p50, p99 = quantile(waits, 0.5), quantile(waits, 0.99)
    print(f"  accepted to visible: p50 {p50:.0f} ms, p99 {p99:.0f} ms", flush=True)
    return p50, p99


async def _watch(bureau: Standing, expected: int, seen: list[float]) -> None:
    """Note for each further case received today when the stream first counted it."""
    reader, writer = await asyncio.open_connection(LOOPBACK, bureau.metrics)
    head = f"GET /v1/stream HTTP/1.1\r\nHost: {LOOPBACK}\r\n"
    writer.write(f"{head}Authorization: Bearer {bureau.supervisor}\r\n\r\n".encode())
    first: int | None = None
    async with asyncio.timeout(SEEN_SECONDS_MAX + WATCHED_SECONDS):
        while len(seen) <= expected:
            line = await reader.readuntil(b"\n")
            if not line.startswith(b"data: "):
                continue
            told = json.loads(line[6:]).get("now")
            if told is None:
                continue
            shown = told["received_today"]
            first = shown if first is None else first
            seen.extend([time.perf_counter()] * (1 + shown - first - len(seen)))
    writer.close()


def _arrival(number: str, at: str) -> bytes:
    example = example_of(RECEIVED)
    case = {**example["data"]["case"], "case_no": f"XCBENCH{number}"}
    data = {**example["data"], "case": case, "received_date": at[:10]}
    return write(
        {
            "specversion": "1.0",
            "id": f"arrival-{number}",
            "source": FOREIGN,
            "type": RECEIVED,
            "subject": case["case_no"],
            "time": at,
            "data": data,
        }
    )


async def _at_once() -> None:
    """Rest as whoever has nothing behind him."""


async def quiet(bureau: Standing) -> None:
    """Return when relay, fold and ticker have caught up: the page is measured, not a backlog."""
    connection = await asyncpg.connect(bureau.auditor)
    try:
        async with asyncio.timeout(QUIET_SECONDS_MAX):
            while not await connection.fetchval(CAUGHT_UP):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
    finally:
        await connection.close()


@contextmanager
def _bare(bureau: Whole) -> Iterator[int]:
    """Run the peer on the same PostgreSQL."""
    port = any_free()
    script = Path(__file__).parent / "peers" / "bare_gateway.py"
    keys = (bureau.settings.places.keys / "jwks.json").read_text()
    environment = {**os.environ, "BARE_DSN": bureau.postgres, "BARE_JWKS": keys}
    argv = [sys.executable, str(script), str(port)]
    peer = subprocess.Popen(argv, env=environment)
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not listens(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield port
    finally:
        peer.terminate()
        peer.wait()


def _rounded(runs: Sequence[float]) -> list[float]:
    return [round(run, 1) for run in runs]


if __name__ == "__main__":
    asyncio.run(main())
