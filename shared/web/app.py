"""The HTTP edge that every service has: health, measures, its own description, deny by default."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import Clock
from shared.runtime.ids import Ids
from shared.runtime.measures import Scraped, exposition
from shared.runtime.pulse import PulseReport, pulses
from shared.web.description import Described
from shared.web.edge import BODY_BYTES_MAX, Bounds, Edge
from shared.web.gate import Gate
from shared.web.policies import permit, public, refuse_routes_without_policy
from shared.web.problems import FaultAnswer, ProblemAnswers, ServerTrouble
from shared.web.shares import Shares

PAGES = files("shared.web") / "pages"
UNAVAILABLE = 503


class Alive(BaseModel):
    """The process answers."""

    status: Literal["up"] = "up"


class Serving(BaseModel):
    """Requests can be served; nobody is named who has nothing to tell."""

    status: Literal["ready", "degraded"]
    behind: tuple[str, ...] = ()
    """Where work piles up, readers of Kafka among it."""
    consumers: tuple[PulseReport, ...] = ()


class NotServing(BaseModel):
    """Requests cannot be served just now."""

    status: Literal["not ready"]
    consumers: tuple[PulseReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests can be served now, and what is *behind* although they can."""

    serves: bool
    behind: tuple[str, ...] = ()
    """Where work piles up (`outbox`): nothing is lost by it, and a person has to look."""
    fault: Exception | None = None
    """Because of which nothing is served, where a server of ours is away."""


Ready = Callable[[], Awaitable[Readiness]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


async def always_ready() -> Readiness:
    return Readiness(serves=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """What a service gives to get its edge."""

    title: str
    gate: Gate
    clock: Clock
    ids: Ids
    routers: Iterable[APIRouter] = ()
    ready: Ready = always_ready
    faults: Mapping[type[Exception], FaultAnswer] = field(default_factory=dict)
    messages: Iterable[Traversable] = ()
    """Folders with `zh-CN.json` and `en.json` for the service's own codes."""
    schemas: Mapping[str, Any] = field(default_factory=dict)
    """Of answers that are no pydantic models, by the names that routes call them by."""
    lifespan: Lifespan | None = None
    shares: Shares | None = None
    """Of a service that events reach by another door, too; None: this door's own."""
    body_bytes_max: int = BODY_BYTES_MAX
    process: Scraped | None = None
    """Whose measures are shown; None: all that there are."""


def create_web(web: Web) -> FastAPI:
    """
    Return the service's edge; routes may be added to it until it starts.

    Raises:
        RouteWithoutPolicy: a route names no policy. The check runs again at the start.
    """
    app = Described(
        title=web.title,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # A redirection would carry the ticket of a sign-in link, and whatever host was named.
        redirect_slashes=False,
        lifespan=_guarded(web.lifespan),
    )
    app.schemas = web.schemas
    app.state.gate = web.gate
    answers = ProblemAnswers(Catalogue.read(OWN, *web.messages), web.faults)
    answers.install(app)
    app.add_middleware(
        Edge,
        clock=web.clock,
        ids=web.ids,
        answers=answers,
        bounds=Bounds(
            names=web.gate.names,
            body_bytes_max=web.body_bytes_max,
            shares=web.shares or Shares.as_set(web.clock),
        ),
    )
    # Routes are tried in their order, and a probe comes more rarely than a request.
    for router in (*web.routers, _operations(web, answers.trouble), _description()):
        app.include_router(router)
    refuse_routes_without_policy(app)
    return app


def _guarded(lifespan: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        refuse_routes_without_policy(app)
        if lifespan is None:
            yield
            return
        async with lifespan(app):
            yield

    return live


def _operations(web: Web, trouble: ServerTrouble) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", dependencies=[public()])
    async def health() -> Alive:
        """Say that the process answers; nothing about what it depends on."""
        return Alive()

    @router.get(
        "/readyz",
        dependencies=[public()],
        response_model=Serving,
        response_model_exclude_unset=True,
        responses={UNAVAILABLE: {"model": NotServing, "description": "Not ready"}},
    )
    async def readiness() -> Serving | JSONResponse:
        """Say whether requests can be served now, and what is behind, readers of Kafka among it."""
        now, consumers = await web.ready(), pulses()
        told = {"consumers": tuple(pulse.told() for pulse in consumers)} if consumers else {}
        if now.fault is not None:
            trouble.tell("not_ready", now.fault)
        if not now.serves:
            answer = NotServing(status="not ready", **told)
            document = answer.model_dump(mode="json", exclude_unset=True)
            return JSONResponse(document, UNAVAILABLE, {"retry-after": "1"})
        behind = (*now.behind, *(pulse.group for pulse in consumers if pulse.stands_still()))
        if behind:
            return Serving(status="degraded", behind=behind, **told)
        return Serving(status="ready", **told)

    @router.get("/metrics", dependencies=[permit()], response_class=PlainTextResponse)
    async def measures() -> Response:
        """Return the measures in Prometheus' text format."""
        return Response(exposition(web.process), media_type=CONTENT_TYPE_LATEST)

    return router


def _description() -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[permit()])

    @router.get("/openapi.json")
    async def contract(request: Request) -> dict[str, Any]:
        app: FastAPI = request.app
        return app.openapi()

    @router.get("/docs")
    async def page() -> Response:
        return _asset("docs.html", "text/html")

    @router.get("/docs/page.js")
    async def script() -> Response:
        return _asset("docs.js", "text/javascript")

    @router.get("/docs/page.css")
    async def style() -> Response:
        return _asset("docs.css", "text/css")

    return router


def _asset(name: str, media_type: str) -> Response:
    return Response((PAGES / name).read_bytes(), media_type=media_type)
