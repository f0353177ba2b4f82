"""The way of one event as processes: gateway, relay and metrics worker over real servers."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.issuer import LocalIssuer
from tests.support.eventually import eventually

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 20.0

COUNT_FOLDED = """
SELECT count(*)
FROM metrics.timeline
"""


@dataclass(frozen=True)
class WholeWay:
    """The running processes, by name, and how to reach what they make."""

    home: Path
    gateway: str
    auditor_dsn: str

    async def folded(self, count: int, *, within: float = 120.0) -> None:
        """Return once the projection holds *count* facts."""
        connection = await asyncpg.connect(self.auditor_dsn)
        try:

            async def reached() -> bool:
                return bool(await connection.fetchval(COUNT_FOLDED) == count)

            await eventually(reached, within=within)
        finally:
            await connection.close()


@asynccontextmanager
async def whole_way(
    home: Path, *, role_dsn: Callable[[str], str], kafka: str
) -> AsyncIterator[WholeWay]:
    """Give the running way; its keys lie where the command looks for them."""
    keys = home / "keys"
    keys.mkdir(parents=True)
    LocalIssuer.open(keys, SystemClock(), SystemIds())
    port = _free_port()
    parts: Mapping[str, tuple[list[str], dict[str, str]]] = {
        "intake": (["services.intake"], {"INTAKE_PORT": str(port)}),
        "relay": (["shared.relay"], {"RELAY_OWNERS": "intake"}),
        "metrics": (["services.metrics", "worker"], {}),
    }
    async with AsyncExitStack() as stack:
        for name, (module, extra) in parts.items():
            env = {
                f"{name.upper()}_POSTGRES_DSN": role_dsn(f"casetrack_{name}"),
                f"{name.upper()}_KAFKA": kafka,
                "AUTH_JWKS": str(keys / "jwks.json"),
                **extra,
            }
            await stack.enter_async_context(_running(home / name, module, env))
        yield WholeWay(home, f"http://127.0.0.1:{port}", role_dsn("casetrack_auditor"))


@asynccontextmanager
async def _running(place: Path, module: list[str], env: Mapping[str, str]) -> AsyncIterator[None]:
    ready = place.with_suffix(".ready")
    with place.with_suffix(".log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *module,
            env={**os.environ, **env, "CASETRACK_READY_FILE": str(ready)},
            stdout=log,
            stderr=log,
        )
    try:
        await eventually(
            lambda: ready.exists() or process.returncode is not None, within=START_SECONDS_MAX
        )
        assert process.returncode is None, place.with_suffix(".log").read_text()[-4000:]
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), STOP_SECONDS_MAX)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
