"""What a part of the stack is: a process that the supervisor keeps alive."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals

import httpx2

from deploy.stack.places import Account

ANSWER_SECONDS_MAX = 2.0
HTTP_OK = 200

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class StackPart:
    """
    One process: how it starts, when it is ready, how it is asked to stop.

    *prepare* runs before every start, also before one after a crash. *niceness* is
    how far the part stands back where processors are short.
    """

    name: str
    argv: tuple[str, ...]
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    prepare: Callable[[], Awaitable[None]] | None = None
    account: Account | None = None
    stop_signal: Signals = SIGTERM
    niceness: int = 0


@dataclass(frozen=True, slots=True)
class PartGroup:
    """Parts that start together; *settle* runs once all are ready, before the next stage."""

    parts: tuple[StackPart, ...]
    settle: Callable[[], Awaitable[None]] | None = None


def answers_http(url: str) -> Probe:
    """Return a probe: the service at *url* says that it can serve."""

    async def probe() -> bool:
        try:
            async with httpx2.AsyncClient(timeout=ANSWER_SECONDS_MAX, trust_env=False) as client:
                answer = await client.get(f"{url}/readyz")
        except (httpx2.HTTPError, OSError):
            return False
        return answer.status_code == HTTP_OK

    return probe


def wrote(path: Path) -> Probe:
    """Return a probe: the part has written its ready file."""

    async def probe() -> bool:
        return path.exists()  # noqa: ASYNC240 - one look at a local file

    return probe
