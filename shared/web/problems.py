"""
Every answer that is not a success: problem+json (RFC 9457) with a stable code.

Written by hand rather than with fastapi-problem: that one puts the text of an
unexpected exception and the rejected input into the body, and knows one language.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.contracts.identities import concealed
from shared.contracts.naming import Language
from shared.contracts.rejection import Blame, Rejection
from shared.runtime.catalogue import Catalogue
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.language import accepted
from shared.runtime.refused import distrust_of
from shared.web.auth import Unauthenticated
from shared.web.keys import KeysUnavailable
from shared.web.sign_ins import WEAK

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:casetrack:problem:"
ERRORS_MAX = 100

SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

STATUS_CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "token_missing",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "body_late",
    413: "too_large",
    415: "content_type_refused",
    422: "invalid_request",
    429: "too_many_requests",
    500: "unexpected",
    503: "unavailable",
}

MALFORMED, FORBIDDEN, CONFLICT, UNFIT = 400, 403, 409, 422

BLAMED: Mapping[Blame, int] = {
    Blame.HISTORY: CONFLICT,
    Blame.COMMAND: UNFIT,
    Blame.CALLER: FORBIDDEN,
}
"""How a refusal is answered, by what stands in the way."""


class ProblemKind(NamedTuple):
    """A kind of problem; its code is a promise to callers, and has its words in the catalogues."""

    status: int
    code: str


TOKEN_MISSING = ProblemKind(401, "token_missing")
TOKEN_INVALID = ProblemKind(401, "token_invalid")
TOKEN_EXPIRED = ProblemKind(401, "token_expired")
PUBLISHER_KEY_REFUSED = ProblemKind(401, "publisher_key_refused")
SIGN_IN_TOO_WEAK = ProblemKind(401, WEAK)
ORIGIN_REFUSED = ProblemKind(401, "origin_refused")
NOT_PERMITTED = ProblemKind(403, "not_permitted")
ORGANISATION_IS_ANOTHER = ProblemKind(403, "organisation_is_another")
OWN_ORGANISATION_UNKNOWN = ProblemKind(403, "own_organisation_unknown")
NOT_FOUND = ProblemKind(404, "not_found")
BAD_REQUEST = ProblemKind(MALFORMED, "bad_request")
"""What FastAPI says of a body that it cannot even decode; ours says `not_json`."""
NOT_JSON = ProblemKind(MALFORMED, "not_json")
TOO_LARGE = ProblemKind(413, "too_large")
CONTENT_TYPE_REFUSED = ProblemKind(415, "content_type_refused")
LATE = ProblemKind(408, "body_late")
HOST_REFUSED = ProblemKind(421, "host_refused")
TOO_MANY = ProblemKind(429, "too_many_requests")
INVALID = ProblemKind(UNFIT, "invalid_request")
PARAMETER_UNKNOWN = ProblemKind(UNFIT, "parameter_unknown")
PARAMETER_REPEATED = ProblemKind(UNFIT, "parameter_repeated")
RATE_LIMITED = ProblemKind(429, "rate_limited")
UNAVAILABLE = ProblemKind(503, "unavailable")


class Problem(Exception):
    """An answer of the edge that is no success: raised by an API, told in the reader's language."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(status, code, field)
        self.status = status
        self.code = code
        self.field = field
        self.headers = dict(headers or {})
        self.values = dict(values or {})


@dataclass(frozen=True, slots=True)
class FaultAnswer:
    """How a fault of the world is answered: `FaultAnswer(503, "store_unavailable", 2)`."""

    status: int
    code: str
    retry_after_seconds: int | None = None

    @property
    def kind(self) -> ProblemKind:
        return ProblemKind(self.status, self.code)

    @property
    def headers(self) -> dict[str, str]:
        seconds = self.retry_after_seconds
        return {} if seconds is None else {"retry-after": str(seconds)}


SAID_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class ServerTrouble:
    """Why a server of ours does not serve: said once a minute, whatever number of requests asks."""

    clock: Clock = field(default_factory=SystemClock)
    _said: str = ""
    _said_at: float = 0.0

    def tell(self, code: str, failure: Exception) -> None:
        why, now = repr(failure), self.clock.monotonic()
        if why != self._said or now - self._said_at > SAID_AGAIN_SECONDS:
            self._said, self._said_at = why, now
            distrust = distrust_of(failure)
            reason = None if distrust is None else distrust.value
            log.warning("requests_not_served", code=code, reason=reason, fault=why)


KEYS_UNAVAILABLE = FaultAnswer(*UNAVAILABLE, 2)
UNEXPECTED = FaultAnswer(500, "unexpected")


@dataclass(frozen=True, slots=True)
class ProblemAnswers:
    """Turns whatever went wrong into a response; the only place that knows which status it is."""

    catalogue: Catalogue
    faults: Mapping[type[Exception], FaultAnswer] = field(default_factory=dict)
    trouble: ServerTrouble = field(default_factory=ServerTrouble)

    def install(self, app: FastAPI) -> None:
        app.state.problems = self
        for kind, answer in self._by_kind().items():
            app.add_exception_handler(kind, answer)

    def _by_kind(self) -> dict[type[Exception], Callable[[Request, Exception], Response]]:
        known: list[type[Exception]] = [Problem, Rejection, Unauthenticated, KeysUnavailable]
        known += [HTTPException, RequestValidationError, Exception, *self.faults]
        return dict.fromkeys(known, self.answer)

    def answer(self, request: Request, failure: Exception) -> Response:
        match failure:
            case Problem():
                return self.respond(request, failure)
            case Rejection():
                return self.respond(request, _of_rejection(failure))
            case Unauthenticated():
                return self.respond(request, _of_unknown_caller(failure))
            case RequestValidationError():
                return self._respond_invalid(request, failure)
            case HTTPException():
                code = STATUS_CODES.get(failure.status_code, "bad_request")
                headers = failure.headers or {}
                return self.respond(request, Problem(failure.status_code, code, headers=headers))
            case _:
                return self.respond(request, self._of_fault(request, failure))

    def _of_fault(self, request: Request, failure: Exception) -> Problem:
        faults: dict[type, FaultAnswer] = {KeysUnavailable: KEYS_UNAVAILABLE, **self.faults}
        kinds = type(failure).__mro__
        fault = next((faults[kind] for kind in kinds if kind in faults), UNEXPECTED)
        if fault is UNEXPECTED:
            # The request's log context has ended here, so the trace is named again.
            log.error("request_failed", trace_id=request.state.trace_id, exc_info=failure)
        elif fault.status == UNAVAILABLE.status:
            self.trouble.tell(fault.code, failure)
        place = getattr(failure, "field", None) or None
        return Problem(fault.status, fault.code, field=place, headers=fault.headers)

    def _respond_invalid(self, request: Request, failure: RequestValidationError) -> Response:
        errors = failure.errors()[:ERRORS_MAX]
        if errors and errors[0]["type"] == "json_invalid":
            return self.respond(request, Problem(*NOT_JSON))
        language = language_of(request)
        listed = [self._listed(language, error) for error in errors]
        first = str(listed[0]["field"]) if listed else None
        problem = Problem(*INVALID, field=first)
        return self.respond(request, problem, listed)

    def _listed(self, language: Language, error: Mapping[str, object]) -> dict[str, str]:
        """Return one wrong field; never the input, which may be somebody's number."""
        kind = f"invalid.{error['type']}"
        known = kind if kind in self.catalogue.texts[language] else "invalid.other"
        values = error.get("ctx")
        text = self.catalogue.text(language, known, values if isinstance(values, dict) else {})
        location = error["loc"]
        parts = location if isinstance(location, tuple) else ()
        return {
            "field": concealed(".".join(str(part) for part in parts if part != "body")),
            "code": str(error["type"]),
            "detail": text.detail,
        }

    def respond(
        self,
        request: Request,
        problem: Problem,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> Response:
        """Return the response for *problem*; its code goes into the request's log line."""
        language = language_of(request)
        text = self.catalogue.text(language, problem.code, problem.values)
        request.state.code = problem.code
        body: dict[str, object] = {
            "type": TYPE + problem.code,
            "title": text.title,
            "status": problem.status,
            # What was refused may be quoted, and is somebody's number at times.
            "detail": concealed(text.detail),
            "code": problem.code,
            "trace_id": getattr(request.state, "trace_id", ""),
        }
        if problem.field is not None:
            body["field"] = concealed(problem.field)
        if errors:
            body["errors"] = list(errors)
        headers = {**SECURITY_HEADERS, "content-language": language.value, **problem.headers}
        return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


def problem_of(request: Request, failure: Exception) -> Response:
    """Return how the edge would have answered, for an answer that has begun already."""
    problems: ProblemAnswers = request.app.state.problems
    return problems.answer(request, failure)


def kind_of(rejection: type[Rejection]) -> ProblemKind:
    """Return how a refusal is answered: by what stands in the way of the command."""
    return ProblemKind(BLAMED[rejection.blame], rejection.code)


def _of_rejection(rejection: Rejection) -> Problem:
    return Problem(*kind_of(type(rejection)), field=rejection.field, values=rejection.values)


def _of_unknown_caller(refusal: Unauthenticated) -> Problem:
    error = refusal.code if refusal.code == SIGN_IN_TOO_WEAK.code else "invalid_token"
    said = {"realm": "casetrack", "error": error, **refusal.asked}
    challenge = "Bearer " + ", ".join(f'{name}="{value}"' for name, value in said.items())
    return Problem(401, refusal.code, headers={"www-authenticate": challenge})


def language_of(request: Request) -> Language:
    return accepted(request.headers.get("accept-language"))
