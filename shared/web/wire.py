"""HTTP on the wire: parsed in C, with bounds that the parser itself does not have."""

import asyncio
import math
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024
BODY_LATE = "body_late"
"""In a request's state, where its body comes too slowly to be waited for."""

OVERFULL = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"retry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long clients may keep a server waiting, and how many of them it has at a time."""

    connections_max: int = 1_000
    """One more, and whoever has kept us waiting longest gives way."""
    head_seconds: float = 10.0
    """From the connection, or from the first byte of a later head, to its end."""
    body_seconds: float = 10.0
    """What a small body may take; a large one has the time that it needs at the least pace."""
    body_bytes_per_second_min: int = 16 * 1024
    taking_seconds: float = 30.0
    """As long a client may take nothing of what we send it."""


class Door:
    """Where the clients of one server come in, and where those that are too slow are shown out."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._awaited: dict[BoundedHttp, None] = {}

    def enter(self, newcomer: "BoundedHttp") -> None:
        """Let *newcomer* in; where that is one too many, whoever was awaited longest leaves."""
        self.awaits(newcomer)
        if len(newcomer.connections) > self.patience.connections_max:
            longest = next(iter(self._awaited))
            if longest is newcomer:
                newcomer.transport.write(OVERFULL)
            longest.transport.close()
            self.awaits_no_more(longest)

    def awaits(self, client: "BoundedHttp") -> None:
        self._awaited[client] = None

    def awaits_no_more(self, client: "BoundedHttp") -> None:
        self._awaited.pop(client, None)


class BoundedHttp(HttpToolsProtocol):
    """
    Hangs up on a request whose address and headers do not end, or do not end in time.

    A body that comes too slowly is for the application to answer, which is
    given nothing more of it and finds `BODY_LATE` in the request's state.
    """

    def __init__(self, *, door: Door, **more: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**more)
        self._door = door
        self._in_head, self._answering = True, False
        self._head_bytes = self._body_bytes = 0
        self._awaited_since = self._taken_at = self.loop.time()
        self._untaken_bytes = 0
        self._answered: Any = None
        """The request whose answer is under way; others may have come behind it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as there
        super().connection_made(transport)
        self._door.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.awaits_no_more(self)
        # uvicorn tells only the request that came last.
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:  # noqa: ANN401 - uvicorn's own
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        if self._in_head and not self._head_bytes:
            self._awaited_since = self.loop.time()
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._in_head, self._answering, self._body_bytes = False, True, 0
        self._awaited_since = self.loop.time()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        # Counted from the next arrival: what is left of this one is a small part of a head.
        self._in_head, self._head_bytes = True, 0
        self._door.awaits_no_more(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._answering = bool(self.pipeline)
        super().on_response_complete()
        if self._in_head and not self._answering:
            self._awaited_since = self.loop.time()
            self._door.awaits(self)

    def look(self, now: float) -> None:
        """Hang up where this client keeps us waiting too long; asked once in a while."""
        patience = self._door.patience
        if self.flow.write_paused or self.transport.is_closing():
            self._look_at_what_is_taken(now, patience.taking_seconds)
            return
        self._taken_at = now
        if self.flow.read_paused:
            self._awaited_since, self._body_bytes = now, 0
        elif now - self._awaited_since > self._seconds_max(patience):
            self._give_up(now)

    def _seconds_max(self, patience: Patience) -> float:
        if not self._in_head:
            pace = patience.body_bytes_per_second_min
            return patience.body_seconds + self._body_bytes / pace
        return math.inf if self._answering else patience.head_seconds

    def _look_at_what_is_taken(self, now: float, seconds_max: float) -> None:
        untaken_bytes = self.transport.get_write_buffer_size()
        if untaken_bytes < self._untaken_bytes or self._taken_at == now:
            self._taken_at = now
        elif now - self._taken_at > seconds_max:
            # Closing would wait for the client to take it.
            self.transport.abort()
        self._untaken_bytes = untaken_bytes

    def _give_up(self, now: float) -> None:
        if self._in_head or not self._answering or BODY_LATE in self.cycle.scope["state"]:
            self.transport.close()
            return
        self.cycle.scope["state"][BODY_LATE] = True
        self._awaited_since, self._body_bytes = now, 0
        self.cycle.message_event.set()
