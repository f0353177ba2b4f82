"""How long readers wait where very many cases are stored: tile, cases behind it, plan, a year."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx2

from bench.load import quantile
from bench.maker import LAST_DAY
from bench.report import Outcome, keep
from bench.stack import Servers, servers
from deploy.stack.places import CHECKOUT
from deploy.stack.ports import LOOPBACK, any_free, listens
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

CASES = int(os.environ.get("CASETRACK_BENCH_CASES", "1000000"))
ASKED = int(os.environ.get("CASETRACK_BENCH_ASKED", "200"))
SLOW_ASKED = 10
"""A year's series is asked for so often: it is dear, and seldom wanted."""
LOADERS = 2
"""One for each core; each folds a lane of its own."""
START_SECONDS_MAX = 30.0
LIMITS_MS = {"tile": 50.0, "cases": 150.0, "plan": 1000.0, "series": 1000.0}

MONTH = f"from={LAST_DAY - timedelta(days=29)}&to={LAST_DAY}"
YEAR = f"from={LAST_DAY - timedelta(days=364)}&to={LAST_DAY}"
ADDRESSES: Mapping[str, Sequence[str]] = {
    "tile": [
        f"/v1/kpis/{kpi}?{MONTH}&by=day"
        for kpi in ("K23.2", "K12.1", "L04", "L03", "K22.9", "L03.received")
    ],
    "cases": [
        f"/v1/kpis/{kpi}/cases?{days}"
        for kpi in ("L03.received", "K23.2", "L04", "L01", "L03")
        for days in (MONTH, YEAR, f"{MONTH}&item=11610102000003")
    ],
    "plan": [f"/v1/plan?to={LAST_DAY}", f"/v1/plan/23?to={LAST_DAY}"],
    "series": [
        f"/v1/kpis/L03.received?{YEAR}&by=item",
        f"/v1/kpis/K23.2?{YEAR}&by=window",
        f"/v1/kpis/L03.closed?{YEAR}&window=W07&by=item",
    ],
}


async def main() -> None:
    async with servers() as stack:
        seconds = await _load(stack)
        async with _serving(stack) as client:
            runs = {
                name: await _asked(client, addresses, SLOW_ASKED if name == "series" else ASKED)
                for name, addresses in ADDRESSES.items()
            }
    p99 = {name: quantile(times, 0.99) for name, times in runs.items()}
    notes: dict[str, Any] = {
        "p99_ms": {name: round(value, 1) for name, value in p99.items()},
        "p50_ms": {name: round(quantile(times, 0.5), 1) for name, times in runs.items()},
        "limits_ms": LIMITS_MS,
        "load_seconds": round(seconds, 1),
        "slowest": {name: _slowest(runs[name], ADDRESSES[name]) for name in runs},
    }
    sizes = {"cases": CASES, "asked": ASKED}
    peers = {f"the limit of a {name}": [LIMITS_MS[name]] for name in ("tile",)}
    keep(Outcome("read", "ms, a tile's p99", sizes, [p99["tile"]], peers, notes=notes))


async def _load(stack: Servers) -> float:
    """Fold the cases with the projection's own adapters; return how long it took."""
    dsn = await stack.database("read")
    began, share = time.monotonic(), CASES // LOADERS
    argv = [sys.executable, "-m", "bench.maker", stack.as_role("read", "casetrack_metrics")]
    loaders = [
        await asyncio.create_subprocess_exec(
            *argv, str(lane), str(lane * share), str(share), str(CASES), cwd=CHECKOUT
        )
        for lane in range(LOADERS)
    ]
    if any(await asyncio.gather(*(loader.wait() for loader in loaders))):
        raise SystemExit("the cases could not be loaded")
    seconds = time.monotonic() - began
    connection = await asyncpg.connect(dsn)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return seconds


@asynccontextmanager
async def _serving(stack: Servers) -> AsyncIterator[httpx2.AsyncClient]:
    """Run the API as it is run everywhere, and give a supervisor's way to it."""
    with TemporaryDirectory(prefix="casetrack-read-") as folder:
        issuer = LocalIssuer.open(Path(folder), SystemClock(), SystemIds())
        port = any_free()
        environment = {
            **os.environ,
            "METRICS_POSTGRES_DSN": stack.as_role("read", "casetrack_metrics_api"),
            "METRICS_KAFKA": stack.kafka,
            "METRICS_PORT": str(port),
            "AUTH_JWKS": str(Path(folder) / "jwks.json"),
        }
        argv = [sys.executable, "-m", "services.metrics", "api"]
        api = await asyncio.create_subprocess_exec(*argv, env=environment, cwd=CHECKOUT)
        try:
            await asyncio.to_thread(_until_it_listens, port)
            token = issuer.issue(Bearer(Role.SUPERVISOR))
            async with httpx2.AsyncClient(
                base_url=f"http://{LOOPBACK}:{port}",
                headers={"authorization": f"Bearer {token}"},
                timeout=60,
                trust_env=False,
            ) as client:
                yield client
        finally:
            api.terminate()
            await api.wait()


def _until_it_listens(port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS_MAX
    while not listens(port):
        if time.monotonic() > give_up_at:
            raise SystemExit("the API does not start")
        time.sleep(0.1)


async def _asked(client: httpx2.AsyncClient, addresses: Sequence[str], times: int) -> list[float]:
    """Ask one after the other, each address as often; of lists the next page with each round."""
    following = dict.fromkeys(addresses, "")
    milliseconds = []
    for number in range(times + len(addresses)):
        address = addresses[number % len(addresses)]
        began = time.perf_counter()
        answer = await client.get(f"{address}{following[address]}")
        spent = 1000 * (time.perf_counter() - began)
        answer.raise_for_status()
        cursor = answer.json().get("next_cursor")
        following[address] = f"&cursor={cursor}" if cursor else ""
        # The first round opens connections and prepares statements.
        if number >= len(addresses):
            milliseconds.append(spent)
    return milliseconds


def _slowest(times: Sequence[float], addresses: Sequence[str]) -> str:
    place = max(range(len(times)), key=times.__getitem__)
    return f"{addresses[place % len(addresses)]} {times[place]:.0f} ms"


if __name__ == "__main__":
    asyncio.run(main())
