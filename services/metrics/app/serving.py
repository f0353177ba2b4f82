"""The API, put together over PostgreSQL."""

import asyncio
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI

from services.metrics.adapters.deadlines import Deadlines
from services.metrics.adapters.readings import Readings
from services.metrics.api.alerts import alert_routes
from services.metrics.api.pages import page_routes, sign_in_routes
from services.metrics.api.reading import reading_routes
from services.metrics.api.stream import Board, stream_routes
from services.metrics.app.rules import SEARCH_PATH, bureau_rules
from services.metrics.handlers.acknowledging import Acknowledging
from services.metrics.handlers.today import Today
from services.metrics.settings import MetricsSettings
from shared.eventstore.port import StoreUnavailable
from shared.eventstore.postgres import open_pool
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.gate import AuthSettings, Gate, tickets_verifier
from shared.runtime.ids import SystemIds
from shared.runtime.issuer import LocalIssuer
from shared.runtime.keys import file_keys
from shared.runtime.lifecycle import announce_ready
from shared.runtime.problems import Fault
from shared.runtime.server import serve
from shared.runtime.session import RememberedTickets, SignIn
from shared.runtime.settings import load_settings
from shared.runtime.web import Web, create_web

MESSAGES = files("services.metrics.api") / "messages"
FAULTS: dict[type[Exception], Fault] = {
    StoreUnavailable: Fault(503, "store_unavailable", retry_after_seconds=2)
}


async def run_api(settings: MetricsSettings, stopping: asyncio.Event) -> None:
    """Answer readers until *stopping*."""
    auth, clock = load_settings(AuthSettings), SystemClock()
    async with await open_pool(settings.postgres_dsn.get_secret_value(), SEARCH_PATH) as pool:
        readings = Readings(pool)
        today = Today(readings, bureau_rules(), clock, demo=settings.demo)
        board = Board(today, readings, clock)
        web = _web(board, Acknowledging(Deadlines(pool), readings, clock), auth)
        serving = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(board.run(stopping), name="board")
            tasks.create_task(
                serve(
                    web,
                    host=settings.host,
                    port=settings.port,
                    stopping=stopping,
                    serving=serving,
                ),
                name="http",
            )
            await serving.wait()
            announce_ready()


def _web(board: Board, acknowledging: Acknowledging, auth: AuthSettings) -> FastAPI:
    async def ready() -> bool:
        try:
            await board.readings.changes()
        except StoreUnavailable:
            return False
        return True

    return create_web(
        Web(
            title="casetrack metrics",
            gate=Gate.of(auth, board.clock),
            clock=board.clock,
            ids=SystemIds(),
            routers=[
                stream_routes(board),
                reading_routes(board.readings, bureau_rules(), board.clock),
                alert_routes(acknowledging),
                sign_in_routes(_sign_in(auth, board.clock)),
                page_routes(),
            ],
            ready=ready,
            faults=FAULTS,
            messages=[MESSAGES],
        )
    )


def _sign_in(auth: AuthSettings, clock: Clock) -> SignIn | None:
    """Return the sign-in by one-use link; there is one only beside the local issuer's key."""
    folder = Path(auth.session_jwks or auth.jwks).parent
    if not (folder / "issuer.pem").is_file():
        return None
    issuer = LocalIssuer.open(folder, clock, SystemIds())
    keys = file_keys(folder / "jwks.json", clock)
    return SignIn(tickets_verifier(keys, clock), RememberedTickets(clock), issuer)
