"""The counter (窗口): where commands are handed in over HTTP, one path a command."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType, ModuleType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.commands.access import ACCESS_REFUSALS, Grants, Reach, strangers
from shared.commands.deciding import Answer, IdempotencyKeyReused, Occasion
from shared.commands.forms import Form
from shared.commands.idempotency import MALFORMED_KEY, MISSING, Once
from shared.commands.numbers import NumberOfAnotherKind
from shared.commands.service import STORE_FAULTS
from shared.contracts.rejection import Blame, Rejection
from shared.policy.calendar import ZONE
from shared.policy.organisations import organisations
from shared.runtime.clock import Clock
from shared.runtime.traces import current_span
from shared.web.addresses import named
from shared.web.auth import Principal
from shared.web.description import told
from shared.web.edge import TRACEPARENT
from shared.web.policies import Caller, Of, note_refusal, permit
from shared.web.problems import UNFIT, Problem, ProblemKind, kind_of

CREATED = 201

PlaceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]

ORGANISATION_UNKNOWN = ProblemKind(UNFIT, "organisation_unknown")

MISNUMBERED = kind_of(NumberOfAnotherKind)

ANY_COMMAND = (
    MISSING,
    MALFORMED_KEY,
    ORGANISATION_UNKNOWN,
    *map(kind_of, ACCESS_REFUSALS),
    kind_of(IdempotencyKeyReused),
    *(fault.kind for fault in STORE_FAULTS.values()),
)
"""What stands in the way of a command, whichever it is."""

Fields = dict[str, Any]
"""The fields of a command; the subject of a first one is None where its sender names none."""

Take = Callable[[type[Any], Fields, Occasion], Awaitable[Answer]]
"""Completes a command of the given type by what is ours, and applies it."""


@dataclass(frozen=True, slots=True)
class Path:
    """One command, the roles that may give it, and those of its fields that are *ours* to fill."""

    command: type[Any]
    grants: Grants
    """Who may give it, and on whose subjects."""
    ours: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    """Fields that may name an organisation which is none of the bureau's."""
    signed: str | None = None
    """The field in which the caller stands, whom nobody names but we."""
    sealed: str | None = None
    """The field in which the caller's organisation stands."""

    @property
    def unasked(self) -> frozenset[str]:
        """What the body does not say."""
        return self.ours | {name for name in (self.signed, self.sealed) if name}


@dataclass(frozen=True, slots=True)
class Collection:
    """The commands on one kind of subject; *subject* is the field that names it."""

    name: str
    subject: str
    refusals: tuple[type[Rejection], ...]
    """What its commands may be declined with."""
    first: Path | None = None
    paths: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))

    def begins_with(self, command: type[Any]) -> bool:
        """Say whether *command* begins a subject."""
        return self.first is not None and command is self.first.command


class Taken(BaseModel):
    """What a command came to: the subject's stream, its version now, and the facts added."""

    subject: str
    stream: str
    version: int
    event_ids: list[str]


async def occasion(
    request: Request,
    caller: Caller,
    once: Once,
    casetrack_window: Annotated[PlaceId | None, Header()] = None,
    casetrack_site: Annotated[PlaceId | None, Header()] = None,
) -> Occasion:
    """Return the occasion of this request; the instant is ours, never the sender's."""
    clock: Clock = request.app.state.clock
    return Occasion(
        at=clock.now().astimezone(ZONE),
        actorid=caller.subject,
        windowid=casetrack_window,
        siteid=casetrack_site,
        districtcode=request.app.state.district,
        traceparent=_traceparent(request.headers.get("traceparent", "")),
        repetition=once,
    )


def _traceparent(given: str) -> str | None:
    """Return what the facts say of where they came from: from this request, where it is traced."""
    if span := current_span():
        return span.traceparent
    return given if TRACEPARENT.fullmatch(given) else None


Now = Annotated[Occasion, Depends(occasion)]


def command_routes(collections: Iterable[Collection], take: Take, of: Of = Of.ANY) -> APIRouter:
    """Return one route for each command; the app's state has our `clock` and `district`."""
    router = APIRouter()
    for collection in collections:
        address, subject = f"/v1/{collection.name}", collection.subject
        kinds = [*map(kind_of, collection.refusals), *ANY_COMMAND]
        if collection.first:
            first = Counter(collection.first, subject, take, first=True)
            is_named = subject not in collection.first.unasked
            _add(router, address, first, kinds + [MISNUMBERED] * is_named, of)
        # A subject's name may have a slash in it, so the longer of two endings comes first.
        for path in sorted(collection.paths, key=len, reverse=True):
            counter = Counter(collection.paths[path], subject, take)
            _add(router, f"{address}/{named(subject)}/{path}", counter, kinds, of)
    return router


def refusals_in(module: ModuleType) -> tuple[type[Rejection], ...]:
    """Return every refusal that *module* defines."""
    named = (one for one in vars(module).values() if isinstance(one, type))
    return tuple(
        one
        for one in named
        if issubclass(one, Rejection) and hasattr(one, "code") and one.__module__ == module.__name__
    )


def _add(
    router: APIRouter, address: str, counter: "Counter", kinds: Iterable[ProblemKind], of: Of
) -> None:
    router.add_api_route(
        address,
        counter.serve,
        methods=["POST"],
        status_code=CREATED,
        responses={CREATED: {"model": Taken}},
        name=counter.path.command.__name__,
        tags=[address.split("/")[2]],
        dependencies=[permit(*counter.path.grants, of=of)],
        openapi_extra=counter.described() | told(*kinds),
    )


class Counter:
    """Where one command is handed in."""

    def __init__(self, path: Path, subject: str, take: Take, *, first: bool = False) -> None:
        self.path = path
        self._subject = subject
        self._take = take
        self._form = Form(path.command, subject, ours=path.unasked, first=first)

    async def serve(self, request: Request, caller: Caller, now: Now) -> JSONResponse:
        words = self._form.read(await request.body())
        named = request.path_params.get(self._subject)
        if named is not None:
            words[self._subject] = self._form.subject(named)
        for place in strangers(words, organisations()):
            if place not in self.path.outside:
                raise Problem(*ORGANISATION_UNKNOWN, field=place)
        try:
            acting = self._acting(caller, now)
            words |= self._signature(acting)
            return _told(await self._take(self.path.command, words, acting))
        except Rejection as refusal:
            if refusal.blame is Blame.CALLER:
                note_refusal(refusal.code, refusal.code, caller)
            raise

    def _acting(self, caller: Principal, now: Occasion) -> Occasion:
        """Return the occasion with the role and the organisation for which *caller* acts."""
        reach = Reach.of(caller, self.path.grants, organisations())
        return replace(now, actorrole=reach.role.value, actororg=reach.org, reach=reach)

    def described(self) -> dict[str, Any]:
        """Return what the service's description cannot know from our own signature."""
        described: dict[str, Any] = dict(self._form.described)
        if not self._form.first:
            subject = {"name": self._subject, "in": "path", "required": True}
            described["parameters"] = [{**subject, "schema": self._form.subject_described}]
        return described

    def _signature(self, acting: Occasion) -> Fields:
        """Return the fields in which we say who asks, and for which organisation."""
        signature: Fields = {}
        if self.path.signed:
            signature[self.path.signed] = acting.actorid
        if self.path.sealed and acting.actororg:
            signature[self.path.sealed] = organisations().named(acting.actororg)
        return signature


def _told(answer: Answer) -> JSONResponse:
    _, _, subject = answer.stream.partition("-")
    return JSONResponse(
        {
            "subject": subject,
            "stream": answer.stream,
            "version": answer.version,
            "event_ids": list(answer.event_ids),
        },
        CREATED,
        {"idempotent-replayed": "true"} if answer.repeated else None,
    )
