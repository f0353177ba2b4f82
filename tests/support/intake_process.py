"""Intake as a process of its own, over real servers or none."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from tests.support.eventually import eventually
from tests.support.ports import free_port

NOBODY_LISTENS = "127.0.0.1:1"


@dataclass(frozen=True)
class Running:
    """The process, and the way to talk to it."""

    process: asyncio.subprocess.Process
    client: httpx2.AsyncClient
    token: dict[str, str]

    async def publish(self, content: bytes, kind: str = "cloudevents") -> httpx2.Response:
        headers = {**self.token, "content-type": f"application/{kind}+json"}
        return await self.client.post("/v1/events", content=content, headers=headers)


@asynccontextmanager
async def intake_process(
    folder: Path, *, dsn: str, kafka: str = NOBODY_LISTENS, env: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Give a running intake whose keys are in *folder*; it is killed in the end."""
    issuer = LocalIssuer.open(folder, SystemClock(), SystemIds())
    port, ready = free_port(), folder / f"ready-{SystemIds().new()}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.intake",
        env={
            **os.environ,
            "INTAKE_POSTGRES_DSN": dsn,
            "INTAKE_KAFKA": kafka,
            "INTAKE_PORT": str(port),
            "INTAKE_TRIAL": "true",
            "AUTH_JWKS": str(folder / "jwks.json"),
            "CASETRACK_READY_FILE": str(ready),
            **(env or {}),
        },
    )
    token = {"authorization": f"Bearer {issuer.issue(Bearer(Role.PUBLISHER))}"}
    try:
        await eventually(ready.exists)
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
        ) as client:
            yield Running(process, client, token)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
