"""The gateway over HTTP: one CloudEvent or a batch, with an answer for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.intake.api.deliveries import batch, is_batch, single
from services.intake.handlers.gateway import Gateway, Judgement, Reading, Status
from shared.commands.service import STORE_FAULTS
from shared.contracts.registry import FACTS
from shared.contracts.unreadable import Flaw, Unreadable
from shared.eventstore.port import StoreUnavailable
from shared.policy.publisher import Publisher
from shared.runtime.catalogue import Catalogue
from shared.runtime.measures import EVENT_INGEST_SECONDS
from shared.web.auth import PUBLISHER_ACCOUNT, Principal, Role
from shared.web.description import told
from shared.web.policies import StraightRoute, permit, principal_of
from shared.web.problems import CONFLICT, MALFORMED, UNFIT, Problem, ProblemKind, language_of

ACCEPTED, DUPLICATE, MULTI_STATUS = 202, 200, 207
FORBIDDEN, TOO_LARGE = 403, 413

STATUSES: Mapping[str, int] = {
    Flaw.NOT_JSON: MALFORMED,
    Flaw.NOT_AN_OBJECT: MALFORMED,
    Flaw.DUPLICATE_KEY: MALFORMED,
    Flaw.TOO_DEEP: MALFORMED,
    Flaw.TOO_LARGE: TOO_LARGE,
    "event_conflict": CONFLICT,
    "source_reserved": FORBIDDEN,
    "source_not_allowed": FORBIDDEN,
    "type_not_allowed": FORBIDDEN,
    "publisher_unknown": FORBIDDEN,
}
"""What is not listed is understood and does not fit: 422."""

OVERLOADED = ProblemKind(503, "overloaded")
OF_THE_STORE = frozenset({"event_conflict", "store_refused"})
VERDICTS = ("invalid_request", "time_in_future", "store_refused", *Flaw, *STATUSES)

STRUCTURED: Mapping[str, Any] = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": 256},
        "source": {"type": "string", "minLength": 1, "maxLength": 256},
        "type": {"enum": sorted(FACTS)},
        "time": {"type": "string", "format": "date-time"},
        "data": {"type": "object"},
    },
}
DESCRIBED: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": STRUCTURED},
            "application/cloudevents-batch+json": {
                "schema": {"type": "array", "items": STRUCTURED}
            },
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


class EventAnswer(BaseModel):
    """What became of one event; the stream and its version stand there once it is on record."""

    status: Status
    id: str | None = None
    stream: str | None = None
    version: int | None = None


class ToldOfEach(BaseModel):
    """What became of one event of a batch, and why it was rejected."""

    index: int
    status: Status
    id: str | None
    code: str | None = None
    field: str | None = None
    detail: str | None = None


EACH: Mapping[int | str, dict[str, Any]] = {
    MULTI_STATUS: {"model": list[ToldOfEach], "description": "What became of each event of a batch"}
}


def event_routes(gateway: Gateway, catalogue: Catalogue) -> APIRouter:
    """Return the gateway's two routes."""
    router = APIRouter(
        prefix="/v1/events",
        tags=["events"],
        dependencies=[permit(Role.PUBLISHER)],
        route_class=StraightRoute,
    )
    answers = Answers(catalogue)

    @router.post(
        "",
        status_code=ACCEPTED,
        responses={
            ACCEPTED: {"model": EventAnswer},
            DUPLICATE: {"model": EventAnswer, "description": "On record already"},
            **EACH,
        },
        openapi_extra={
            **DESCRIBED,
            **told(*map(kind_of, VERDICTS), OVERLOADED, STORE_FAULTS[StoreUnavailable].kind),
        },
    )
    async def publish(request: Request) -> JSONResponse:
        """Record one event, or each of a batch; accepted means committed to the store."""
        caller = await principal_of(request)
        publisher = _publisher(gateway, caller)
        body = await request.body()
        with EVENT_INGEST_SECONDS.time():
            if is_batch(request.headers):
                members = await _members(body)
                request.state.shares.spend(caller, len(members) - 1)
                judged = await gateway.take_all(members, publisher)
                return answers.each(request, judged)
            judgement = await gateway.take(single(request.headers, body), publisher)
        return answers.one(judgement)

    @router.post(
        "/validate",
        status_code=DUPLICATE,
        responses={DUPLICATE: {"model": EventAnswer}, **EACH},
        openapi_extra={
            **DESCRIBED,
            **told(*(kind_of(code) for code in VERDICTS if code not in OF_THE_STORE)),
        },
    )
    async def validate(request: Request) -> JSONResponse:
        """Give the same verdicts and record nothing; what is a repetition shows at recording."""
        caller = await principal_of(request)
        publisher = _publisher(gateway, caller)
        body = await request.body()
        if is_batch(request.headers):
            members = await _members(body)
            request.state.shares.spend(caller, len(members) - 1)
            judged = await gateway.validate_all(members, publisher)
            return answers.each(request, judged)
        return answers.one(gateway.validate(single(request.headers, body), publisher), DUPLICATE)

    return router


def _publisher(gateway: Gateway, caller: Principal) -> Publisher:
    known = gateway.publishers.by_id.get(caller.subject.removeprefix(PUBLISHER_ACCOUNT))
    if known is None:
        raise Problem(*kind_of("publisher_unknown"))
    return known


@dataclass(frozen=True, slots=True)
class Answers:
    """Puts a judgement into words."""

    catalogue: Catalogue

    def one(self, judgement: Judgement, accepted: int = ACCEPTED) -> JSONResponse:
        """Return the answer to a single event; a rejection becomes a problem."""
        if judgement.status is Status.REJECTED:
            raise problem(judgement)
        status = accepted if judgement.status is Status.ACCEPTED else DUPLICATE
        told = {
            "status": judgement.status.value,
            "id": judgement.event_id,
            "stream": judgement.stream,
            "version": judgement.version,
        }
        return JSONResponse({name: value for name, value in told.items() if value}, status)

    def each(self, request: Request, judged: list[Judgement]) -> JSONResponse:
        """Return the answer to a batch: what became of each of its events, in their order."""
        told = [self._told(request, index, one) for index, one in enumerate(judged)]
        return JSONResponse(told, MULTI_STATUS)

    def _told(self, request: Request, index: int, judgement: Judgement) -> dict[str, Any]:
        told: dict[str, Any] = {
            "index": index,
            "id": judgement.event_id,
            "status": judgement.status.value,
        }
        if judgement.code is not None:
            values = _values(judgement)
            text = self.catalogue.text(language_of(request), judgement.code, values)
            told |= {"code": judgement.code, "field": judgement.field, "detail": text.detail}
        return told


def problem(judgement: Judgement) -> Problem:
    kind = kind_of(judgement.code or "invalid_request")
    return Problem(*kind, field=judgement.field or None, values=_values(judgement))


def kind_of(code: str) -> ProblemKind:
    """Return how a single event is answered that was rejected with *code*."""
    return ProblemKind(STATUSES.get(code, UNFIT), code)


async def _members(body: bytes) -> list[Reading]:
    try:
        return await batch(body)
    except Unreadable as fault:
        unread = Judgement(
            Status.REJECTED, code=str(fault.code), field=fault.field, detail=fault.detail
        )
        raise problem(unread) from None


def _values(judgement: Judgement) -> dict[str, object]:
    return {"place": judgement.field or "-", "reason": judgement.detail or ""}
