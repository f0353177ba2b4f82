"""A bureau that stands in containers: brought up, asked, looked at, judged."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from deploy.containers.engine import Composed

INTAKE, METRICS = 8701, 8700
FINE = 200
HEALTHY_SECONDS_MAX = 180
PICTURE_SECONDS_MAX = 30.0
QUIET_SECONDS = 0.5
HEALTHY = "healthy"

Step = tuple[str, Callable[[], Awaitable[str]]]


class Unexpected(Exception):
    """Something was seen that should not be."""


@dataclass(frozen=True, slots=True)
class ComposeStack:
    """One project of Compose, and where it is reached."""

    composed: Composed
    ports: Mapping[int, int]
    """Where on this machine each port of a container is reached."""

    async def tell(self, *words: str) -> str:
        """Return what Compose answers to *words*."""
        return await asyncio.to_thread(self.composed.tell, *words)

    async def inside(self, service: str, *words: str) -> str:
        """Return what a command answers in the container of *service*."""
        return await self.tell("exec", "--no-TTY", service, *words)

    async def up(self, *words: str) -> None:
        """Bring up what is not, and wait until all is well: *words* may say how many of a kind."""
        await self.tell("up", "--detach", "--no-build", *words)
        for service in (await self.tell("ps", "--services")).split():
            await self.healthy(service)

    async def healthy(self, service: str) -> None:
        """Return once every container of *service* says that it is well, if it says how it is."""
        began = time.monotonic()
        while time.monotonic() - began < HEALTHY_SECONDS_MAX:
            states = [self.composed.state(name) for name in self.composed.names(service)]
            if states and {one.get("Health", {}).get("Status", HEALTHY) for one in states} == {
                HEALTHY
            }:
                return
            await asyncio.sleep(QUIET_SECONDS)
        said = await self.tell("logs", "--tail", "3", "--no-log-prefix", service)
        raise Unexpected(f"{service} is not healthy: {said}")

    def address(self, inside: int) -> str:
        return f"http://127.0.0.1:{self.ports[inside]}"

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx2.AsyncClient]:
        """Sign in with a link of the container's own; the page has to be there."""
        at = self.address(METRICS)
        link = await self.inside("metrics", "python", "-m", "deploy.sign_in", "DIRECTOR", at)
        async with httpx2.AsyncClient(
            base_url=at, follow_redirects=True, trust_env=False
        ) as client:
            page = await client.get(link.strip())
            if page.status_code != FINE or "<html" not in page.text:
                raise Unexpected(f"the page answered {page.status_code}")
            yield client

    async def items(self, client: httpx2.AsyncClient, path: str) -> list[dict[str, Any]]:
        """Return the first page of a collection."""
        answer = await client.get(path)
        if answer.status_code != FINE:
            raise Unexpected(f"{path} answered {answer.status_code}")
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def picture(self, client: httpx2.AsyncClient) -> dict[str, int]:
        """Return what the page shows of this moment, by the names of its tiles."""
        async with asyncio.timeout(PICTURE_SECONDS_MAX), client.stream("GET", "/v1/stream") as line:
            async for text in line.aiter_lines():
                told = json.loads(text.removeprefix("data: ")) if text[:6] == "data: " else {}
                if "now" in told:
                    return {name: int(count) for name, count in told["now"].items() if count}
        raise Unexpected("the stream ended before its first picture")

    async def command(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command answers
        """Return what `casetrack` answers in a container of its own."""
        told = await self.tell("run", "--rm", "--no-TTY", "command", *words, "--json")
        return json.loads(told)

    async def verified(self) -> int:
        """Compute everything anew from the events: how many subjects are as they should be."""
        told = await self.command("verify")
        if told["differences"]:
            raise Unexpected(f"{len(told['differences'])} differences")
        return int(told["subjects"])
