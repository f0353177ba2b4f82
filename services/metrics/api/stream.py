"""Server-Sent Events: a snapshot of today, then what changes, as fast as the reader can take it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
import structlog
from fastapi import APIRouter, Header
from starlette.responses import StreamingResponse

from services.metrics.adapters.readings import Readings
from services.metrics.handlers.today import Document, Today
from shared.eventstore.port import StoreUnavailable
from shared.runtime.auth import Principal
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause
from shared.runtime.policies import Caller, permit

log = structlog.get_logger()

PICTURES_REMEMBERED_MAX = 120
"""A reader that comes back within so many pictures gets a delta; later it begins anew."""
LOOK_SECONDS = 1.0
COALESCED_SECONDS = 0.1
READERS_MAX = 500
TIME_KEYS = frozenset({"as_of", "complete_to", "lag_seconds"})
"""What changes with the time alone."""
HEARTBEAT_PICTURES = 5
"""Every so many looks the reader is told that nothing else has changed."""

ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Picture:
    """The page at one moment; the number is what a reader comes back with."""

    number: int
    document: Document


@dataclass(slots=True)
class Board:
    """The newest picture, painted once for all readers."""

    today: Today
    readings: Readings
    clock: Clock
    pictures: deque[Picture] = field(default_factory=lambda: deque(maxlen=PICTURES_REMEMBERED_MAX))
    readers: int = 0
    _painted: asyncio.Condition = field(default_factory=asyncio.Condition)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopping: asyncio.Event) -> None:
        """Paint after every commit that is told of, and every second all the same."""
        while not stopping.is_set():
            try:
                async with self.readings.woken(self._woken.set) as stands:
                    while stands() and not stopping.is_set():
                        await self._paint()
                        await self._rest(stopping)
            except StoreUnavailable:
                log.warning("picture_postponed")
                await pause(self.clock, LOOK_SECONDS, stopping)
        async with self._painted:
            self._painted.notify_all()

    async def _rest(self, stopping: asyncio.Event) -> None:
        await pause(self.clock, COALESCED_SECONDS, stopping)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
        self._woken.clear()

    async def _paint(self) -> None:
        document = await self.today.load()
        # Begins with the time, so that no number of an earlier process means another picture.
        fresh = round(self.clock.now().timestamp() * 1000)
        number = self.pictures[-1].number + 1 if self.pictures else fresh
        async with self._painted:
            self.pictures.append(Picture(number, document))
            self._painted.notify_all()

    async def after(self, number: int) -> Picture | None:
        """Return the newest picture once there is one behind *number*; None at the end."""
        async with self._painted:
            if not self.pictures or self.pictures[-1].number <= number:
                await self._painted.wait()
            newest = self.pictures[-1] if self.pictures else None
            return newest if newest and newest.number > number else None

    def remembered(self, number: int) -> Picture | None:
        return next((one for one in self.pictures if one.number == number), None)


def stream_routes(board: Board) -> APIRouter:
    router = APIRouter(tags=["stream"], dependencies=[permit()])

    @router.get("/v1/stream")
    async def stream(
        caller: Caller, last_event_id: Annotated[str | None, Header()] = None
    ) -> StreamingResponse:
        """Send today as it is, then every change of it."""
        return StreamingResponse(
            _frames(board, caller, last_event_id),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    return router


async def _frames(
    board: Board, caller: Principal, last_event_id: str | None
) -> AsyncIterator[bytes]:
    if board.readers >= READERS_MAX:
        yield _frame("bye", {}, None)
        return
    board.readers += 1
    try:
        known = _known(board, last_event_id)
        if last_event_id and known is None:
            yield _frame("reset", {}, None)
        async for frame in _told(board, caller, known):
            yield frame
    finally:
        board.readers -= 1


async def _told(board: Board, caller: Principal, known: Picture | None) -> AsyncIterator[bytes]:
    if known is None:
        newest = await board.after(0)
        if newest is None:
            return
        yield _frame("snapshot", {**newest.document, "principal": _named(caller)}, newest.number)
        known = newest
    # What a slow reader missed is not queued: it gets the newest picture's difference at once.
    told = known
    while (newest := await board.after(known.number)) is not None:
        known = newest
        changes = _difference(told.document, newest.document)
        beats = newest.number - told.number >= HEARTBEAT_PICTURES
        if changes and (beats or not TIME_KEYS.issuperset(changes)):
            yield _frame("delta", changes, newest.number)
            told = newest
    yield _frame("bye", {}, None)


def _known(board: Board, last_event_id: str | None) -> Picture | None:
    if last_event_id is None or not last_event_id.isdecimal():
        return None
    return board.remembered(int(last_event_id))


def _difference(before: Document, after: Document) -> Document:
    return {key: value for key, value in after.items() if before.get(key) != value}


def _named(caller: Principal) -> dict[str, str]:
    return {"name": caller.name, "role": min(caller.roles).value}


def _frame(event: str, document: Any, number: int | None) -> bytes:  # noqa: ANN401 - any JSON
    identity = b"" if number is None else b"id: %d\n" % number
    return identity + b"event: " + event.encode() + b"\ndata: " + ENCODE(document) + b"\n\n"
