"""A stage for the built page: serves it and plays it a stream, to test the rendering alone."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from shared.web.problems import SECURITY_HEADERS
from tests.support.eventually import eventually

START_SECONDS_MAX = 60.0
LOOK_SECONDS = 0.02
END = None

Frame = tuple[str, object] | None
Told = tuple[str, object, str]
"""The path of a command, its body, and the key that tells it from others."""
Answer = Callable[[Mapping[str, str]], object]


class Stage:
    """What the page is served: a snapshot, the deltas sent to it, and a few documents."""

    def __init__(self) -> None:
        self.snapshot: dict[str, Any] = {}
        self.documents: dict[str, object] = {}
        self.answers: dict[str, Answer] = {}
        self.commands: list[Told] = []
        """What was told to it, in the order in which it came."""
        self.replies: dict[str, tuple[int, object]] = {}
        """How commands are answered, by path; others are carried out."""
        self.pages = ["today", "mine", "alerts", "cases", "plan", "operations"]
        """Which there are for whoever is signed in."""
        self.parts = ["channels", "tries"]
        """What else there is on them."""
        self.refusal: int | None = None
        self.said: list[str] = []
        """Of the session, by the methods of the requests."""
        self.away = False
        """Whether nothing can be said of it just now."""
        self.address = ""
        self._listeners: set[asyncio.Queue[Frame]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, event: str, body: object) -> None:
        """Send one event to every page that listens, as soon as one does."""
        await eventually(lambda: self._listeners)
        self._to_all((event, body))

    def answer(self, path: str, made: Answer) -> list[Mapping[str, str]]:
        """Answer *path* by its query from now on; return the list of queries that come."""
        asked: list[Mapping[str, str]] = []

        def noted(query: Mapping[str, str]) -> object:
            asked.append(query)
            return made(query)

        self.answers[path] = noted
        return asked

    def hang_up(self) -> None:
        """End every open stream, as a dying service would."""
        self._to_all(END)

    def _to_all(self, frame: Frame) -> None:
        assert self._loop is not None
        for queue in tuple(self._listeners):
            self._loop.call_soon_threadsafe(queue.put_nowait, frame)

    @property
    def listening(self) -> int:
        return len(self._listeners)

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        yield
        self.hang_up()

    async def frames(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[Frame] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield "retry: 200\n\n" + _frame(0, "snapshot", self.snapshot)
            sequence = 0
            while (frame := await queue.get()) is not None:
                sequence += 1
                yield _frame(sequence, *frame)
        finally:
            self._listeners.discard(queue)


def _frame(sequence: int, event: str, body: object) -> str:
    return f"id: {sequence}\nevent: {event}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"


OF_THE_SESSION = ("as_of", "complete_to", "lag_seconds", "rebuilding", "demo", "principal")
"""What is told of it besides the pages, as a snapshot tells it."""


def _add_session(app: FastAPI, stage: Stage) -> None:
    @app.get("/v1/session")
    async def shown() -> dict[str, Any]:
        if stage.refusal is not None:
            raise HTTPException(stage.refusal)
        told = {name: stage.snapshot[name] for name in OF_THE_SESSION}
        return told | {"pages": stage.pages, "parts": stage.parts}

    @app.api_route("/v1/session", methods=["POST", "DELETE"], status_code=204)
    async def session(request: Request) -> Response:
        stage.said.append(request.method)
        if stage.away:
            raise HTTPException(503)
        if request.method == "DELETE":
            stage.refusal = 401
            stage.hang_up()
        return Response(status_code=204)


def _app(stage: Stage, page: Path) -> FastAPI:
    app = FastAPI(lifespan=stage.lifespan)

    @app.get("/v1/stream")
    async def stream() -> StreamingResponse:
        if stage.refusal is not None:
            raise HTTPException(stage.refusal)
        return StreamingResponse(stage.frames(), media_type="text/event-stream")

    _add_session(app, stage)

    @app.get("/v1/{path:path}")
    async def document(path: str, request: Request) -> object:
        if path in stage.answers:
            return stage.answers[path](request.query_params)
        if path not in stage.documents:
            raise HTTPException(404)
        return stage.documents[path]

    @app.post("/v1/{path:path}")
    async def command(path: str, request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        stage.commands.append((path, await request.json(), key))
        status, body = stage.replies.get(path, (200, {}))
        return JSONResponse(body, status)

    @app.middleware("http")
    async def as_strict_as_the_services(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await answer(request)
        response.headers.update(SECURITY_HEADERS)
        return response

    app.mount("/", StaticFiles(directory=page, html=True))
    return app


@contextmanager
def staged(page: Path) -> Iterator[Stage]:
    """Serve *page* on a free local port, in a thread of its own, until the block ends."""
    stage = Stage()
    settings = uvicorn.Config(
        _app(stage, page), port=0, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, name="stage")
    thread.start()
    deadline = time.monotonic() + START_SECONDS_MAX
    while not server.started:
        assert time.monotonic() < deadline, "the stage did not start"
        time.sleep(LOOK_SECONDS)
    port = server.servers[0].sockets[0].getsockname()[1]
    stage.address = f"http://127.0.0.1:{port}"
    try:
        yield stage
    finally:
        stage.hang_up()
        server.should_exit = True
        thread.join()
