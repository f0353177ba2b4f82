"""
The gateway with everything behind it at work: authorisation, chain, relay, fold and the page.

How many single events a second it accepts at p99 ≤ 80 ms, how many in batches of
100, and how long an accepted fact takes until the page's stream shows it; beside
it FastAPI with one INSERT and nothing behind it.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path

import asyncpg

from bench.bureau import SOURCE, Span, bureau_events
from bench.load import Answers, closed_load, open_load, post, quantile
from bench.report import Outcome, keep
from bench.whole import Whole, whole
from deploy.local.ports import LOOPBACK, any_free, listens
from shared.contracts.documents import write
from shared.contracts.publishing import example_of
from shared.policy.calendar import ZONE
from shared.runtime.auth import Role
from shared.runtime.clock import SystemClock

PATH = "/v1/events"
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
FOREIGN = "urn:example:bench"
RUNS = int(os.environ.get("CASETRACK_BENCH_RUNS", "3"))
STEP_SECONDS = float(os.environ.get("CASETRACK_BENCH_STEP_SECONDS", "5"))
RATES = (100, 200, 300, 400, 500, 600, 700, 800, 1000, 1200, 1500, 2000)
P99_MS_MAX = 80.0
MISSES_MAX = 2
WARM_EVENTS = 500
BATCH_EVENTS = 100
BATCHES = 200
BATCH_CONNECTIONS = 4
WATCHED_RATE = 100
WATCHED_SECONDS = 10
CASES = 8_000
EVENTS_MAX = 300_000
"""More than three runs ever sent, ours and the peer's together."""
RECEIVED = "casetrack.intake.application.received.v1"
SEEN_SECONDS_MAX = 30.0
START_SECONDS_MAX = 20.0
QUIET_SECONDS_MAX = 120.0
CAUGHT_UP = """
SELECT (SELECT count(*) FROM intake.events) + (SELECT count(*) FROM supervision.events)
       <= (SELECT count(*) FROM metrics.timeline)
   AND NOT EXISTS (SELECT FROM metrics.clocks WHERE next_at <= now())
"""


async def main() -> None:
    singles = int(RUNS * sum(RATES) * STEP_SECONDS * 2)
    ours: dict[str, list[float]] = {"single": [], "batch": [], "visible_p50": [], "visible_p99": []}
    bare: dict[str, list[float]] = {"single": [], "batch": []}
    events = _bodies(min(singles, EVENTS_MAX))
    ladders: list[object] = []
    with whole() as bureau, _bare(bureau) as bare_port:
        token = bureau.token(Role.PUBLISHER)
        for run in range(RUNS):
            rate, ladder = await _ladder(bureau.port("intake"), token, events)
            ladders.append(ladder)
            ours["single"].append(rate)
            await _quiet(bureau)
            ours["batch"].append(await _batches(bureau.port("intake"), token, events))
            await _quiet(bureau)
            p50, p99 = await _visible(bureau, token, run)
            ours["visible_p50"].append(p50)
            ours["visible_p99"].append(p99)
            bare["single"].append((await _ladder(bare_port, token, events))[0])
            bare["batch"].append(await _batches(bare_port, token, events))
    sizes = {"step_seconds": int(STEP_SECONDS), "batch_events": BATCH_EVENTS, "cases": CASES}
    keep(
        Outcome(
            "gateway",
            "accepted events/s, one by one, at p99 <= 80 ms",
            sizes,
            ours["single"],
            {"bare FastAPI + asyncpg": bare["single"]},
            {
                "batches_of_100_events_per_s": _rounded(ours["batch"]),
                "batches_of_100_bare": _rounded(bare["batch"]),
                "accept_to_visible_p50_ms": _rounded(ours["visible_p50"]),
                "accept_to_visible_p99_ms": _rounded(ours["visible_p99"]),
                "ladders": ladders,
            },
        )
    )


def _bodies(count: int) -> Iterator[bytes]:
    """
    Yield events that nobody has sent yet, in the order of their business time.

    Each is told within two days of when it happened: told a year later, every
    case would be late at its acceptance and in time again at its decision.
    """
    span = Span(SystemClock().now() - timedelta(days=2), days=1.5, pace=0.02)
    for _, body in bureau_events(count, CASES, span):
        yield body.replace(SOURCE.encode(), FOREIGN.encode())


async def _ladder(
    port: int, token: str, events: Iterator[bytes]
) -> tuple[float, list[dict[str, float]]]:
    """Raise the rate until p99 is missed twice; return the last rate that held, and every step."""
    warming = [post(PATH, token, SINGLE, body) for body in islice(events, WARM_EVENTS)]
    _all_accepted(await closed_load(port, warming, BATCH_CONNECTIONS), 202)
    held, missed, steps = 0.0, 0, []
    for rate in RATES:
        bodies = islice(events, int(rate * STEP_SECONDS))
        requests = [post(PATH, token, SINGLE, body) for body in bodies]
        answers = await open_load(port, requests, rate)
        _all_accepted(answers, 202)
        p99 = quantile(answers.milliseconds, 0.99)
        p50 = quantile(answers.milliseconds, 0.5)
        steps.append({"rate": rate, "p50_ms": round(p50, 1), "p99_ms": round(p99, 1)})
        print(f"  {rate}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms", flush=True)
        if p99 <= P99_MS_MAX:
            held = float(rate)
        else:
            missed += 1
        if missed == MISSES_MAX:
            break
    return held, steps


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


async def _visible(bureau: Whole, token: str, run: int) -> tuple[float, float]:
    """Return p50 and p99 of the milliseconds from an acceptance to its sight on the stream."""
    now = SystemClock().now().astimezone(ZONE) - timedelta(seconds=30)
    requests = [
        post(PATH, token, SINGLE, _arrival(f"{run}-{number}", now.isoformat()))
        for number in range(WATCHED_RATE * WATCHED_SECONDS)
    ]
    seen: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(bureau, len(requests), seen))
        while not seen:  # noqa: ASYNC110 - until the stream's first line
            await asyncio.sleep(0.05)
        answers = await open_load(bureau.port("intake"), requests, WATCHED_RATE)
        _all_accepted(answers, 202)
        await watching
    waits = [1000 * (b - a) for a, b in zip(sorted(answers.answered), seen[1:], strict=True)]
    p50, p99 = quantile(waits, 0.5), quantile(waits, 0.99)
    print(f"  accepted to visible: p50 {p50:.0f} ms, p99 {p99:.0f} ms", flush=True)
    return p50, p99


async def _watch(bureau: Whole, count: int, seen: list[float]) -> None:
    """Note for each further case received today when the stream first counted it."""
    reader, writer = await asyncio.open_connection(LOOPBACK, bureau.port("metrics"))
    token = bureau.token(Role.SUPERVISOR)
    head = f"GET /v1/stream HTTP/1.1\r\nHost: {LOOPBACK}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    first: int | None = None
    async with asyncio.timeout(SEEN_SECONDS_MAX + WATCHED_SECONDS):
        while len(seen) <= count:
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


async def _quiet(bureau: Whole) -> None:
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
    peer = subprocess.Popen(argv, env=environment)  # noqa: S603 - our own argument list
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
