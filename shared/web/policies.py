"""Who may call what: every route names its policy, or the service does not start."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import Depends, FastAPI, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from shared.policy.organisations import organisations
from shared.runtime.measures import ACCESS_REFUSED
from shared.web.auth import Principal, Role, Unauthenticated
from shared.web.gate import SAFE_METHODS, Gate
from shared.web.parameters import known_parameters, refuse_unknown
from shared.web.problems import (
    NOT_PERMITTED,
    ORGANISATION_IS_ANOTHER,
    ORIGIN_REFUSED,
    OWN_ORGANISATION_UNKNOWN,
    PARAMETER_REPEATED,
    PARAMETER_UNKNOWN,
    PUBLISHER_KEY_REFUSED,
    RATE_LIMITED,
    SIGN_IN_TOO_WEAK,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    TOKEN_MISSING,
    TOO_MANY,
    UNAVAILABLE,
    Problem,
    ProblemKind,
)

log = structlog.get_logger()

MARK = "casetrack_policy"
"""The attribute by which a route's dependency is known to be its policy: what it refuses with."""
ADMITS = "casetrack_admits"
"""The attribute that says whom a policy lets in."""

STRANGERS = (
    TOKEN_MISSING,
    TOKEN_INVALID,
    TOKEN_EXPIRED,
    SIGN_IN_TOO_WEAK,
    PUBLISHER_KEY_REFUSED,
    UNAVAILABLE,
)
"""How whoever has no trusted token is answered, or everybody while the keys are away."""

F = TypeVar("F", bound=Callable[..., Awaitable[object]])

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="an access token")


class RouteWithoutPolicy(Exception):
    """A route that says neither `permit(…)` nor `public()`: the service must not start."""

    def __init__(self, routes: list[str]) -> None:
        super().__init__(", ".join(routes))
        self.routes = routes


class Of(Enum):
    """Of which organisation a caller has to be."""

    ANY = "any"
    """Also of none: a machine, or who only looks at the own session."""
    REGISTER = "register"
    """Of one that stands in the register: what is told is narrowed to it."""
    BUREAU = "bureau"
    """Of the bureau itself: what is told is everybody's, or holds for all."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whom a route lets in: who has one of *roles*, anybody known where there are none."""

    roles: Sequence[Role]
    of: Of

    def admits(self, principal: Principal) -> bool:
        """Say whether *principal* is let in."""
        fits = not self.roles or principal.has(*self.roles)
        return fits and _refusal(principal, self.of) is None


OUTSIDERS: Mapping[Of, Sequence[ProblemKind]] = {
    Of.ANY: (),
    Of.REGISTER: (OWN_ORGANISATION_UNKNOWN,),
    Of.BUREAU: (ORGANISATION_IS_ANOTHER, OWN_ORGANISATION_UNKNOWN),
}
"""How whoever is of another one is answered."""


def permit(*roles: Role, of: Of = Of.ANY) -> Any:  # noqa: ANN401 - FastAPI types its own dependencies so
    """
    Let in whoever has one of *roles*; without any, whoever has a trusted token.

    *of* says of which organisation they have to be.

    They are told of a parameter that the route does not know. What is open to
    everybody is not so strict: balancers and browsers add what they like.
    """

    async def authorise(
        request: Request,
        _: Annotated[object, Security(_bearer)],
    ) -> Principal:
        principal = await _recognised(request)
        if roles and not principal.has(*roles):
            note_refusal("not_permitted", "role_is_another", principal)
            raise Problem(*NOT_PERMITTED)
        _require(principal, of)
        refuse_unknown(request)
        return principal

    setattr(authorise, ADMITS, Admission(roles, of))
    refusals = [*STRANGERS, TOO_MANY, RATE_LIMITED, *([NOT_PERMITTED] if roles else [])]
    return Depends(_marked(authorise, [*refusals, *OUTSIDERS[of]]))


def public() -> Any:  # noqa: ANN401 - FastAPI types its own dependencies so
    """Let in everybody: health, readiness and the sign-in, nothing else."""

    async def admit() -> None:
        pass

    return Depends(_marked(admit, ()))


async def principal_of(request: Request) -> Principal:
    """Return whom the route's policy let in."""
    # A coroutine, because FastAPI sends plain functions through a thread: 0.3 ms a request.
    principal: Principal = request.state.principal
    return principal


Caller = Annotated[Principal, Depends(principal_of)]
"""A parameter of a handler: who is asking."""


class StraightRoute(APIRoute):
    """
    A route whose handler takes the request as it is: `permit` first, then the handler.

    For machines that send hundreds a second: FastAPI's own way there, which looks
    up what a handler might depend on, costs more than all that a gateway decides.

    Raises:
        RouteWithoutPolicy: neither the route nor its router permits anybody.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        policies = list(_policies(self.dependant))
        if not policies:
            raise RouteWithoutPolicy([self.path])
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            for policy in policies:
                await policy(request, None)
            response: Response = await endpoint(request)
            return response

        return handle


def refuse_routes_without_policy(app: FastAPI) -> None:
    """
    Return if every route of *app* names its policy.

    Raises:
        RouteWithoutPolicy: naming those that do not.
    """
    # A built web app (`frontend`) is kept apart from the routes, and must say it too.
    built = app.router._iter_low_priority_routes()  # noqa: SLF001 - FastAPI has no public way
    routes: list[Any] = [*app.router.routes, *built]
    silent = [
        f"{' '.join(sorted(context.methods or ()))} {context.path or 'frontend'}".strip()
        for context in iter_route_contexts(routes)
        if not _has_policy(context)
    ]
    if silent:
        raise RouteWithoutPolicy(silent)


def refusals_of(app: FastAPI) -> dict[tuple[str, str], set[ProblemKind]]:
    """Return what the policy of each route refuses with, by method and path."""
    return {
        (method, str(context.path_format)): set(_refusals(context, method))
        for context in iter_route_contexts(app.router.routes)
        for method in context.methods or ()
    }


def admissions_of(app: FastAPI) -> dict[tuple[str, str], Admission]:
    """Return whom each route lets in that is not open to everybody, by method and path."""
    return {
        (method, str(context.path_format)): admission
        for context in iter_route_contexts(app.router.routes)
        for method in sorted(context.methods or ())
        for policy in _policies(context.dependant)
        if (admission := getattr(policy, ADMITS, None)) is not None
    }


def _refusals(context: Any, method: str) -> Iterator[ProblemKind]:  # noqa: ANN401 - a route of any kind
    for policy in _policies(context.dependant):
        refusals: Sequence[ProblemKind] = getattr(policy, MARK)
        yield from refusals
        if refusals and method not in SAFE_METHODS:
            yield ORIGIN_REFUSED
        if refusals:
            yield PARAMETER_UNKNOWN
        if refusals and known_parameters(context.dependant):
            yield PARAMETER_REPEATED


def _require(principal: Principal, of: Of) -> None:
    refusal = _refusal(principal, of)
    if refusal is not None:
        note_refusal(refusal.code, refusal.code, principal)
        raise Problem(*refusal)


def _refusal(principal: Principal, of: Of) -> ProblemKind | None:
    """Return how *principal* is answered where others are let in; None where nothing is wrong."""
    if of is Of.ANY:
        return None
    register = organisations()
    own = register.today(principal.org)
    if own is None:
        return OWN_ORGANISATION_UNKNOWN
    return ORGANISATION_IS_ANOTHER if of is Of.BUREAU and own != register.bureau else None


async def _recognised(request: Request) -> Principal:
    known: Principal | None = getattr(request.state, "principal", None)
    if known is not None:
        return known
    gate: Gate = request.app.state.gate
    try:
        principal = await gate.principal(request)
    except Unauthenticated as refusal:
        note_refusal(refusal.code, refusal.reason, None)
        raise
    request.state.shares.take(principal)
    request.state.principal = principal
    return principal


def note_refusal(code: str, reason: str, principal: Principal | None) -> None:
    """Count and log that somebody was refused; *reason* and *code* name no subject."""
    ACCESS_REFUSED.labels(code).inc()
    subject = principal.subject if principal else None
    log.warning("access_refused", code=code, reason=reason, principal=subject)


def _marked(policy: F, refusals: Sequence[ProblemKind]) -> F:
    setattr(policy, MARK, refusals)
    return policy


def _has_policy(context: Any) -> bool:  # noqa: ANN401 - a route of any kind
    dependant = getattr(context, "dependant", None)
    return isinstance(dependant, Dependant) and any(_policies(dependant))


def _policies(dependant: Dependant) -> Iterator[Callable[..., Awaitable[object]]]:
    for part in _flattened(dependant):
        if part.call is not None and hasattr(part.call, MARK):
            yield part.call


def _flattened(dependant: Dependant) -> Iterator[Dependant]:
    for part in dependant.dependencies:
        yield part
        yield from _flattened(part)
