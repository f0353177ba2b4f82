"""A process serves, says so, and leaves when it is asked to, even with a reader still listening."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from shared.web.server import AddressTaken, serve
from shared.web.wire import BoundedHttp
from tests.support.ports import free_port

CHECKOUT = Path(__file__).parents[2]
SECONDS_MAX = 40.0

TOY = """
import asyncio, sys
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route
from shared.runtime.lifecycle import announce_ready, crash, run
from shared.web.server import serve

async def stream(request):
    async def endless():
        while True:
            yield b": still here\\n\\n"
            await asyncio.sleep(0.05)
    return StreamingResponse(endless(), media_type="text/event-stream")

async def main(stopping):
    serving = asyncio.Event()
    app = Starlette(routes=[Route("/", stream)])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(app, port=int(sys.argv[1]), stopping=stopping, serving=serving))
        await serving.wait()
        crash("toy.serving")
        announce_ready()

sys.exit(run("toy", main))
"""


@asynccontextmanager
async def toy(port: int, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        TOY,
        str(port),
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_with(process: asyncio.subprocess.Process, event: str) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(SECONDS_MAX):
        while line := (await process.stderr.readline()).decode():
            if event in line:
                return line
    raise AssertionError(event)


async def test_a_stop_ends_open_streams_and_leaves_nothing(tmp_path: Path) -> None:
    ready, port = tmp_path / "ready", free_port()
    async with toy(port, CASETRACK_READY_FILE=str(ready)) as process:
        await line_with(process, "process_ready")
        assert ready.read_text(encoding="ascii").strip() == str(process.pid)
        async with (
            httpx2.AsyncClient() as client,
            client.stream("GET", f"http://127.0.0.1:{port}/") as answer,
        ):
            await anext(answer.aiter_bytes())
            process.send_signal(signal.SIGTERM)
            await line_with(process, "process_stopped")
        status = await asyncio.wait_for(process.wait(), SECONDS_MAX)

    assert status == 0
    assert not ready.exists()


async def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    port = free_port()
    async with toy(port, CASETRACK_READY_FILE=str(tmp_path / "ready")) as process:
        await line_with(process, "process_ready")
        async with (
            httpx2.AsyncClient() as client,
            client.stream("GET", f"http://127.0.0.1:{port}/") as answer,
        ):
            await anext(answer.aiter_bytes())
            process.send_signal(signal.SIGTERM)
            await line_with(process, "process_stopping")
            process.send_signal(signal.SIGINT)
            said = await line_with(process, "process_stop")
            status = await asyncio.wait_for(process.wait(), SECONDS_MAX)

    assert "process_stopped" in said, "whoever waits says first that it is overdue"
    assert status == 0


async def test_a_named_crash_is_as_sudden_as_a_kill(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    environment = {"CASETRACK_CRASH": "toy.serving", "CASETRACK_READY_FILE": str(ready)}
    async with toy(free_port(), **environment) as process:
        status = await asyncio.wait_for(process.wait(), SECONDS_MAX)

    assert status == 137
    assert not ready.exists()


async def test_a_taken_port_ends_the_process_and_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with toy(port) as process:
            line = await line_with(process, "process_failed")
            status = await asyncio.wait_for(process.wait(), SECONDS_MAX)

    assert status == 1
    assert f"127.0.0.1:{port} is in use" in line


async def test_a_taken_port_is_no_mystery_to_the_caller() -> None:
    async def nothing(*_: object) -> None: ...

    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(AddressTaken):
        await serve(nothing, port=other.getsockname()[1], stopping=asyncio.Event())


async def test_the_body_of_an_answer_waits_for_nobody_to_confirm_its_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On asyncio's own loop, too: there it was 40 ms for each answer on a connection that lasts."""
    at_once = list[int]()
    meet = BoundedHttp.connection_made

    def met(self: BoundedHttp, transport: asyncio.Transport) -> None:
        told = transport.get_extra_info("socket")
        at_once.append(told.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        meet(self, transport)

    monkeypatch.setattr(BoundedHttp, "connection_made", met)
    stopping, serving, port = asyncio.Event(), asyncio.Event(), free_port()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(Starlette(), port=port, stopping=stopping, serving=serving))
        await serving.wait()
        async with httpx2.AsyncClient(trust_env=False) as client:
            await client.get(f"http://127.0.0.1:{port}/")
        stopping.set()

    assert at_once == [1]
