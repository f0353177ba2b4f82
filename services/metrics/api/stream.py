"""Server-Sent Events: a snapshot of today, then what changes, as fast as the reader can take it."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Header
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.metrics.api.answers import schema_of
from services.metrics.api.event_stream import MEDIA_TYPE, EventStream, Put
from services.metrics.api.parameters import READING
from services.metrics.api.roles import READERS, SeenOrganisations
from services.metrics.api.viewer import viewer_of
from services.metrics.handlers.live import Board, Boards, Edition
from services.metrics.views.today import Delta, Snapshot
from shared.eventstore.port import StoreUnavailable
from shared.runtime.measures import SSE_CLIENTS
from shared.runtime.traces import SpanKind, span
from shared.web.auth import Principal
from shared.web.description import told
from shared.web.gate import Gate
from shared.web.policies import Caller, Of, permit
from shared.web.problems import Problem, ProblemKind

RETRY = b"retry: 2000\n\n"
HEARTBEAT_SECONDS = 5.0
"""As often a reader hears how late it is, even where nothing else changes."""
STREAM_SECONDS_MAX = 3600.0
"""After an hour a reader comes again, and shows who it is again."""
STREAMS_MAX = 500
STREAMS_PER_READER_MAX = 5
EVENT_ID = re.compile(r"([0-9]{1,18})-[0-9a-f]{1,32}")
TOO_MANY = ProblemKind(429, "too_many_streams")
GOODBYE = b"event: bye\ndata: {}\n\n"
RESET = b"event: reset\ndata: {}\n\n"

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events: a snapshot, then deltas; `reset` where a snapshot follows anew, "
        "`bye` at the end.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"type": "string"},
                "x-events": {"snapshot": schema_of(Snapshot), "delta": schema_of(Delta)},
            }
        },
    }
}


@dataclass(slots=True)
class Audience:
    """Who watches, and how often the same person does."""

    by_subject: Counter[str] = field(default_factory=Counter)

    def admit(self, subject: str) -> None:
        """
        Return where one more may watch.

        Raises:
            Problem: there are too many.
        """
        full = self.by_subject.total() >= STREAMS_MAX
        if full or self.by_subject[subject] >= STREAMS_PER_READER_MAX:
            raise Problem(*TOO_MANY, headers={"retry-after": "10"})

    @contextmanager
    def seated(self, subject: str) -> Iterator[None]:
        """Hold a seat while the block lasts, from the moment of being admitted."""
        self.admit(subject)
        self.by_subject[subject] += 1
        SSE_CLIENTS.inc()
        try:
            yield
        finally:
            SSE_CLIENTS.dec()
            self.by_subject[subject] -= 1
            if not self.by_subject[subject]:
                del self.by_subject[subject]


def stream_routes(boards: Boards, gate: Gate) -> APIRouter:
    """Return the route of the live picture."""
    router = APIRouter(
        prefix="/v1", tags=["stream"], dependencies=[permit(*READERS, of=Of.REGISTER)]
    )
    audience = Audience()

    @router.get(
        "/stream",
        response_class=Response,
        responses=STREAMED,
        openapi_extra=told(TOO_MANY, *READING),
    )
    async def stream(
        caller: Caller,
        seen: SeenOrganisations,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> Response:
        """
        Send today as it is, or what changed since `Last-Event-ID`; then every change of it.

        Whoever is of another organisation is shown its own day, and that of those below it.
        """
        board = boards.of(seen)
        # Whoever waits for the first picture has a seat already, and no more than there are.
        with audience.seated(caller.subject), board.watched():
            edition = await board.fresh()
        return LiveStream(Listener(board, gate, caller, last_event_id, edition), audience)

    return router


@dataclass(slots=True)
class Listener:
    """What one reader has been told."""

    board: Board
    gate: Gate
    reader: Principal
    last_event_id: str | None
    told: Edition
    heard_at: float = field(init=False)
    known_at: float = field(init=False)
    """When the reader was last known to be one who may read."""

    def __post_init__(self) -> None:
        self.heard_at = self.known_at = self.board.clock.monotonic()

    def opening(self) -> list[bytes]:
        """Return what the reader hears first."""
        known, edition = self.last_event_id, self.told
        if known is None:
            return [self._snapshot(edition)]
        if known == edition.event_id:
            return []
        told = EVENT_ID.fullmatch(known)
        first = self.board.first_changes
        if told is None or first is None or int(told[1]) < first:
            return [RESET, self._snapshot(edition)]
        delta = edition.after(int(told[1]))
        return [_frame(b"delta", delta, edition)] if delta else []

    async def following(self) -> bytes | None:
        """Return the next frame, empty where nothing is to be said, None at the end."""
        edition = await self.board.turned(self.told.number, HEARTBEAT_SECONDS)
        now = self.board.clock.monotonic()
        if self.board.closing or not await self._may_read_on(now):
            return None
        if edition is None:
            delta: bytes | None = self.told.silence(now - self.told.read_at)
        else:
            delta = edition.since(self.told.number)
            self.told = edition
        if delta is None and now - self.heard_at >= HEARTBEAT_SECONDS:
            delta = self.told.heartbeat()
        if delta is None:
            return b""
        self.heard_at = now
        return _frame(b"delta", delta, self.told)

    def causes(self) -> tuple[str, ...]:
        """Return the trace of what the reader is told."""
        return (self.told.trace,) if self.told.trace else ()

    async def _may_read_on(self, now: float) -> bool:
        """Whether the token or session that opened the stream still holds."""
        if now - self.known_at < HEARTBEAT_SECONDS:
            return True
        self.known_at = now
        try:
            return await self.gate.still(self.reader)
        except StoreUnavailable:
            # While the store is away, nobody can have ended the session either.
            return True

    def _snapshot(self, edition: Edition) -> bytes:
        return _frame(b"snapshot", edition.snapshot(viewer_of(self.reader)), edition)


def _frame(event: bytes, document: bytes, edition: Edition) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (edition.event_id.encode(), event, document)


class LiveStream(EventStream):
    """
    The answer that does not end by itself.

    Nothing is queued for a reader: whoever is slow gets, when it can take
    more, the difference between what it was told and the newest edition.
    """

    def __init__(self, listener: Listener, audience: Audience) -> None:
        super().__init__()
        self._listener = listener
        self._audience = audience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._audience.seated(self._listener.reader.subject), self._listener.board.watched():
            await super().__call__(scope, receive, send)

    async def tell(self, put: Put) -> None:
        """Tell until the reader is here too long, or we stop."""
        try:
            async with asyncio.timeout(STREAM_SECONDS_MAX):
                await put(RETRY + b"".join(self._listener.opening()))
                while (frame := await self._listener.following()) is not None:
                    if frame:
                        with span("push", kind=SpanKind.PRODUCER, causes=self._listener.causes()):
                            await put(frame)
        except TimeoutError:
            pass
        await put(GOODBYE)
