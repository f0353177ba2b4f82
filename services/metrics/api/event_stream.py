"""Server-Sent Events on the wire: told one by one, to a reader that may be slow or leave."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

log = structlog.get_logger()

MEDIA_TYPE = "text/event-stream"
SEND_SECONDS_MAX = 15.0
"""A reader that takes nothing for so long is cut off; it comes back when it can."""
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

Put = Callable[[bytes], Awaitable[None]]
"""Sends frames, and waits until the reader can take more."""


class EventStream(Response):
    """An answer that is told bit by bit; a reader that leaves ends the telling."""

    media_type = MEDIA_TYPE

    def __init__(self) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]

    @abstractmethod
    async def tell(self, put: Put) -> None:
        """Say all there is to say."""

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(self._told(send))
            leaving = tasks.create_task(_gone(receive))
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
            telling.cancel()
            leaving.cancel()

    async def _told(self, send: Send) -> None:
        async def put(frames: bytes) -> None:
            await _put(send, frames)

        try:
            await self.tell(put)
        except ReaderTooSlow:
            log.warning("reader_too_slow")
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def frame(event: str, document: bytes) -> bytes:
    """Return one event, without an id: nobody goes on from it."""
    return b"event: %s\ndata: %s\n\n" % (event.encode(), document)


class ReaderTooSlow(Exception):
    """The reader's connection takes nothing more."""


async def _put(send: Send, frames: bytes) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS_MAX):
            await send({"type": "http.response.body", "body": frames, "more_body": True})
    except TimeoutError:
        raise ReaderTooSlow from None


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
