"""A process without an API says over HTTP how it is, where it is given a port."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.lifecycle import tell_ready, withdraw_ready
from shared.runtime.measures import Scraped
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.probes import probed
from tests.support.eventually import eventually
from tests.support.ports import free_port

OK, UNKNOWN, NOT_READY = 200, 401, 503


@pytest.fixture
def issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalIssuer:
    monkeypatch.setenv("AUTH_JWKS", str(tmp_path / "jwks.json"))
    monkeypatch.setenv("CASETRACK_READY_FILE", str(tmp_path / "ready"))
    return LocalIssuer.open(tmp_path, SystemClock(), SystemIds())


async def test_a_process_tells_its_health_readiness_and_measures(
    issuer: LocalIssuer,
) -> None:
    stopping, port = asyncio.Event(), free_port()

    async def main(stopping: asyncio.Event) -> None:
        await stopping.wait()

    async def status(path: str, **headers: str) -> int:
        try:
            return (await client.get(path, headers=headers)).status_code
        except httpx2.TransportError:
            return 0

    token = issuer.issue(Bearer(Role.OPS))
    async with (
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(probed(Scraped.RELAY, main, "127.0.0.1", port)(stopping))
        await eventually(lambda: status("/healthz"))
        before = await status("/readyz")
        tell_ready()
        after = await status("/readyz")
        withdraw_ready()
        again = await status("/readyz")
        measured = await client.get("/metrics", headers={"authorization": f"Bearer {token}"})
        unknown = await status("/metrics")
        stopping.set()

    assert (before, after, again, unknown) == (NOT_READY, OK, NOT_READY, UNKNOWN)
    assert "process_resident_memory_bytes" in measured.text
