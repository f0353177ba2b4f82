"""Who watches the bureau in containers: Prometheus finds every process, and Alertmanager."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from deploy.containers.standing import QUIET_SECONDS, ComposeStack, Unexpected

PROMETHEUS, ALERTMANAGER = 9090, 9093
WATCHING = ("prometheus", "alertmanager")
FOUND_SECONDS_MAX = 90
TOKEN_SECONDS = 3600
PROFILES = "COMPOSE_PROFILES"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n"
)
GATEWAY = "{{(index .IPAM.Config 0).Gateway}}"


@dataclass(frozen=True, slots=True)
class Watching:
    """The containers of the profile `monitoring`, for as long as it is tried."""

    standing: ComposeStack
    token: Callable[[], str]
    """Who may read measures; the bureau's issuer would give it to Prometheus."""

    async def tried(self) -> str:
        """Bring them up, see that they find everybody, and take them away."""
        composed = self.standing.composed
        before = composed.environment[PROFILES]
        async with self._issuer() as url:
            composed.environment.update(
                {PROFILES: f"{before},monitoring", "MONITORING_TOKEN_URL": url}
            )
            try:
                # Not all of the profile: where no registry is reached there is no Grafana.
                await self.standing.tell("up", "--detach", "--no-build", *WATCHING)
                return await self._found()
            finally:
                await self.standing.tell("rm", "--stop", "--force", *WATCHING)
                composed.environment[PROFILES] = before

    async def _found(self) -> str:
        """Return what Prometheus says, once everybody is up."""
        processes = set((await self.standing.tell("ps", "--services")).split())
        wanted = processes - {"kafka", "postgres", "backup", *WATCHING}
        began, missing = time.monotonic(), wanted
        async with httpx2.AsyncClient(
            base_url=self.standing.address(PROMETHEUS), trust_env=False
        ) as client:
            while time.monotonic() - began < FOUND_SECONDS_MAX:
                try:
                    targets = (await client.get("/api/v1/targets")).json()["data"]["activeTargets"]
                    missing = wanted - {
                        one["labels"]["process"] for one in targets if one["health"] == "up"
                    }
                    managers = (await client.get("/api/v1/alertmanagers")).json()["data"]
                    groups = (await client.get("/api/v1/rules")).json()["data"]["groups"]
                except (httpx2.HTTPError, ValueError):
                    continue
                finally:
                    await asyncio.sleep(QUIET_SECONDS)
                if not missing and managers["activeAlertmanagers"]:
                    rules = [rule for group in groups for rule in group["rules"]]
                    return (
                        f"{len(wanted)} processes scraped after {time.monotonic() - began:.0f} s, "
                        f"{len(rules)} rules, Alertmanager found"
                    )
        said = await self.standing.tell("logs", "--tail", "5", *WATCHING)
        raise Unexpected(f"not scraped: {sorted(missing)}; {said[-1000:]}")

    @asynccontextmanager
    async def _issuer(self) -> AsyncIterator[str]:
        """Give tokens to Prometheus, as the bureau's issuer does, at an address for containers."""
        network = f"{self.standing.composed.project}_default"
        host = await asyncio.to_thread(
            self.standing.composed.engine.tell,
            *("network", "inspect", network, "--format", GATEWAY),
        )

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            # What is not read would be answered with a reset.
            length = LENGTH.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            told = {
                "access_token": self.token(),
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
            }
            body = json.dumps(told).encode()
            writer.write(ANSWER % len(body) + body)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, host, 0)
        async with server:
            yield f"http://{host}:{server.sockets[0].getsockname()[1]}/token"
