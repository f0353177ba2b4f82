"""The stream behind the page: a snapshot, then what changes, through every interruption."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import httpx2
import msgspec
from msgspec.structs import replace

from deploy.command.server_events import MEDIA_TYPE, Message, Unfinished
from services.metrics.views.today import Delta, Snapshot, changed
from shared.runtime.clock import Clock

PATH = "/v1/stream"
SILENT_SECONDS_MAX = 30.0
"""Twice the heartbeat: whoever says nothing for so long is gone."""
CONNECT_SECONDS_MAX = 5.0
RETRY_SECONDS = 2.0


class Link(StrEnum):
    """How the line to the API is."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"


@dataclass(slots=True)
class Watched:
    """The picture as far as we have been told, and what the line is like."""

    picture: Snapshot | None = None
    link: Link = Link.CONNECTING
    fault: str = ""
    told: str = ""
    """The id of the last message, for going on where we stopped."""

    def hear(self, message: Message) -> None:
        """Take a message in; a delta replaces whole keys."""
        self.told = message.event_id or self.told
        match message.event:
            case "snapshot":
                self.picture = msgspec.json.decode(message.data, type=Snapshot)
            case "delta" if self.picture is not None:
                delta = msgspec.json.decode(message.data, type=Delta)
                self.picture = replace(self.picture, **changed(delta))
            case "reset":
                self.picture, self.told = None, ""
            case _:
                return


@dataclass(slots=True)
class Follower:
    """Follows the stream at *url* and goes on after every interruption."""

    url: str
    headers: Callable[[], Mapping[str, str]]
    """Fresh ones whenever they are asked for: a token does not live as long as a screen."""
    clock: Clock
    changed: Callable[[], None]
    watched: Watched = field(default_factory=Watched)

    async def run(self) -> None:
        """Follow for ever."""
        timeout = httpx2.Timeout(CONNECT_SECONDS_MAX, read=SILENT_SECONDS_MAX)
        async with httpx2.AsyncClient(timeout=timeout, trust_env=False) as client:
            while True:
                try:
                    await self._follow(client)
                except (httpx2.HTTPError, OSError, ValueError) as fault:
                    self.watched.fault = str(fault) or type(fault).__name__
                self.watched.link = Link.RECONNECTING
                self.changed()
                await self.clock.sleep(RETRY_SECONDS)

    async def _follow(self, client: httpx2.AsyncClient) -> None:
        headers = {**self.headers(), "Accept": MEDIA_TYPE}
        if self.watched.told:
            headers["Last-Event-ID"] = self.watched.told
        async with client.stream("GET", f"{self.url}{PATH}", headers=headers) as answer:
            answer.raise_for_status()
            self.watched.link, self.watched.fault = Link.LIVE, ""
            self.changed()
            async for message in messages(answer.aiter_lines()):
                self.watched.hear(message)
                self.changed()


async def messages(lines: AsyncIterator[str]) -> AsyncIterator[Message]:
    """Yield the events of a stream from its lines."""
    event = Unfinished()
    async for line in lines:
        if message := event.take(line):
            yield message
