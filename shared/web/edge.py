"""The outermost layer of every request: trace, limits, safe headers, one log line."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.clock import Clock
from shared.runtime.ids import Ids
from shared.runtime.measures import REQUEST_SECONDS
from shared.runtime.traces import TraceSpan, request_span, traced
from shared.web.problems import HOST_REFUSED, SECURITY_HEADERS, Problem, ProblemAnswers
from shared.web.shares import Shares
from shared.web.wire import BODY_LATE

log = structlog.get_logger()

BODY_BYTES_MAX = 1024 * 1024
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
JSON_MEDIA = re.compile(r"application/(?:[\w.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
EVENT_MEDIA = re.compile(r"(?:[\w.-]+/(?:[\w.+-]+\+)?json\s*(?:;.*)?)?", re.IGNORECASE)
"""What the data of a CloudEvent in binary mode may be called; without a name they are JSON."""
BINARY_MODE = "ce-specversion"
"""A header that no page of somebody else's can send unasked."""
QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, but logged only where they fail."""

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

PRIVATE = (".localhost", ".local", ".internal")
"""Names that no public server has (RFC 6761, RFC 6762, and ICANN's `internal`)."""
HOSTS_KEPT_MAX = 256
"""Of so many names is remembered whether they are addresses; everybody uses one of few."""
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

LATE, TOO_LARGE, UNSUPPORTED, UNEXPECTED = 408, 413, 415, 500
CLIENT_ERROR = 400


@dataclass(slots=True)
class _Exchange:
    """What is learned of one request while it passes."""

    scope: Scope
    started: float
    trace_id: str
    status: int = UNEXPECTED
    received: int = 0
    answered: bool = False
    headers: Headers = field(init=False)

    def __post_init__(self) -> None:
        self.headers = Headers(scope=self.scope)

    @property
    def route(self) -> str:
        """The template: a path itself may hold anything, so it is no label and not logged."""
        return getattr(self.scope.get("route"), "path_format", None) or "unmatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is taken in: under which names, how large, and how much of it from one caller."""

    names: frozenset[str]
    body_bytes_max: int
    shares: Shares


class Edge:
    """ASGI middleware around everything else."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Clock,
        ids: Ids,
        answers: ProblemAnswers,
        bounds: Bounds,
    ) -> None:
        self._app = app
        self._clock = clock
        self._ids = ids
        self._answers = answers
        self._names = bounds.names
        self._body_bytes_max = bounds.body_bytes_max
        self._shares = bounds.shares

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not traced() or scope["path"] in QUIET_ROUTES:
            await self._exchange(None, scope, receive, send)
            return
        with request_span(Headers(scope=scope)) as span:
            await self._exchange(span, scope, receive, send)

    async def _exchange(
        self, span: TraceSpan | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        trace_id = span.trace_id if span else self._trace_id(scope)
        exchange = _Exchange(scope, self._clock.monotonic(), trace_id)
        state = scope.setdefault("state", {})
        state |= {"trace_id": exchange.trace_id, "shares": self._shares}
        with structlog.contextvars.bound_contextvars(trace_id=exchange.trace_id):
            try:
                await self._pass(exchange, receive, send)
            finally:
                if principal := state.get("principal"):
                    self._shares.give_back(principal)
                self._note(exchange)
                if span:
                    _tell(span, exchange)

    async def _pass(self, exchange: _Exchange, receive: Receive, send: Send) -> None:
        async def counted() -> Message:
            message = await receive()
            if BODY_LATE in exchange.scope["state"]:
                return _given_up(exchange)
            exchange.received += len(message.get("body", b""))
            if exchange.received > self._body_bytes_max:
                raise HTTPException(TOO_LARGE)
            return message

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status, exchange.answered = message["status"], True
                headers = MutableHeaders(scope=message)
                _dress(headers, over_tls=host in self._names)
                if principal := exchange.scope["state"].get("principal"):
                    headers.update(self._shares.told(principal))
            await send(message)

        host = _host(exchange.headers)
        if problem := (
            _misdirected(host, self._names)
            or _refused_unread(exchange.headers, self._body_bytes_max)
        ):
            response = self._answers.respond(Request(exchange.scope), problem)
            await response(exchange.scope, receive, dressed)
        else:
            await self._app(exchange.scope, counted, dressed)

    def _trace_id(self, scope: Scope) -> str:
        given = TRACEPARENT.fullmatch(Headers(scope=scope).get("traceparent", ""))
        return given[1] if given else self._ids.new().replace("-", "")

    def _note(self, exchange: _Exchange) -> None:
        seconds = self._clock.monotonic() - exchange.started
        method = exchange.scope["method"] if exchange.scope["method"] in METHODS else "other"
        REQUEST_SECONDS.labels(method, exchange.route, str(exchange.status)).observe(seconds)
        if exchange.route in QUIET_ROUTES and exchange.status < CLIENT_ERROR:
            return
        state = exchange.scope["state"]
        principal = state.get("principal")
        log.info(
            "request_handled",
            method=method,
            route=exchange.route,
            status=exchange.status,
            duration_ms=round(seconds * 1000, 2),
            principal=principal.subject if principal else None,
            code=state.get("code") or ("unexpected" if exchange.status == UNEXPECTED else None),
        )


def _tell(span: TraceSpan, exchange: _Exchange) -> None:
    """Name *span* by the template alone, as the log does."""
    method = exchange.scope["method"] if exchange.scope["method"] in METHODS else "other"
    span.tell(
        f"{method} {exchange.route}",
        **{
            "http.request.method": method,
            "http.route": exchange.route,
            "http.response.status_code": exchange.status,
        },
    )


def _host(headers: Headers) -> str:
    """Return the name by which a request addresses us, without its port."""
    name, _, port = headers.get("host", "").lower().rpartition(":")
    return (name if name and port.isdecimal() else f"{name}:{port}".removeprefix(":")).rstrip(".")


def _misdirected(host: str, names: frozenset[str]) -> Problem | None:
    """
    Return why a request under the name *host* is not for us.

    A page of somebody else's may have its own name lead to our address (DNS
    rebinding). That takes a name of the public DNS: addresses, single names and
    names under `PRIVATE` are not such, and are taken as they come.
    """
    if host in names or "." not in host or host.endswith(PRIVATE) or _is_address(host):
        return None
    return Problem(*HOST_REFUSED)


@lru_cache(maxsize=HOSTS_KEPT_MAX)
def _is_address(host: str) -> bool:
    try:
        ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _refused_unread(headers: Headers, body_bytes_max: int) -> Problem | None:
    """Return why a body is not even read: it says itself that it is too large, or no JSON."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > body_bytes_max:
        return Problem(TOO_LARGE, "too_large")
    has_body = int(length) > 0 or "transfer-encoding" in headers
    media = EVENT_MEDIA if BINARY_MODE in headers else JSON_MEDIA
    if has_body and not media.fullmatch(headers.get("content-type", "")):
        return Problem(UNSUPPORTED, "content_type_refused")
    return None


def _given_up(exchange: _Exchange) -> Message:
    """Refuse a request whose body is late; where it is being answered already, it ends."""
    if exchange.answered:
        return {"type": "http.disconnect"}
    raise HTTPException(LATE, headers={"connection": "close"})


def _dress(headers: MutableHeaders, *, over_tls: bool) -> None:
    if over_tls:
        headers.setdefault("strict-transport-security", STRICT_TRANSPORT)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("cache-control", "no-store")
