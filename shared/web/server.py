"""Uvicorn as one task among others: our signals, our logs, a bounded farewell."""

import asyncio
import contextlib
import resource
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import structlog
import uvicorn
from starlette.types import ASGIApp

from shared.web.wire import BoundedHttp, Door, Patience

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
FAREWELL_SECONDS_MAX = 5
"""After this an open stream is cut: servers wait for it for ever by themselves."""
KEEP_ALIVE_SECONDS = 10
DESCRIPTORS_KEPT = 200
"""Of the files that the process may have open, for everything but clients."""
BACKLOG = 256


class AddressTaken(Exception):
    """Somebody else listens there already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"{host}:{port} is in use; set another port")
        self.host = host
        self.port = port


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, serving: asyncio.Event) -> None:
        super().__init__(config)
        self._serving = serving

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process's lifecycle."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections ten times a second: a timer for each would cost more."""
        now = asyncio.get_running_loop().time()
        for connection in [*self.server_state.connections]:
            if isinstance(connection, BoundedHttp):
                connection.look(now)
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        host, port = sockets[0].getsockname()[:2] if sockets else ("", 0)
        log.info("http_serving", host=host, port=port)
        self._serving.set()


async def serve(
    app: ASGIApp,
    *,
    port: int,
    stopping: asyncio.Event,
    host: str = LOOPBACK,
    serving: asyncio.Event | None = None,
    patience: Patience | None = None,
) -> None:
    """
    Serve *app* until *stopping*; *serving* is set once connections are accepted.

    Raises:
        AddressTaken: the port is somebody else's.
    """
    listener = _listener(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            http=partial(BoundedHttp, door=Door(_within_means(patience or Patience()))),  # type: ignore[arg-type] # it makes one
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=FAREWELL_SECONDS_MAX,
        ),
        serving or asyncio.Event(),
    )
    async with asyncio.TaskGroup() as tasks:
        life = tasks.create_task(server.serve(sockets=[listener]), name="server")
        bell = tasks.create_task(_stop(server, stopping), name="bell")
        await asyncio.wait({life})
        bell.cancel()


def _within_means(patience: Patience) -> Patience:
    """Return *patience* with no more connections than there are descriptors for."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return patience
    most = max(1, descriptors - DESCRIPTORS_KEPT)
    return replace(patience, connections_max=min(patience.connections_max, most))


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as fault:
        raise AddressTaken(host, port) from fault
    # Connections take after it. The body of an answer comes behind its head: else it waits for the
    # client to confirm that, 40 ms. uvloop sets this by itself, asyncio's loop not on our socket.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def _stop(server: uvicorn.Server, stopping: asyncio.Event) -> None:
    await stopping.wait()
    server.should_exit = True
