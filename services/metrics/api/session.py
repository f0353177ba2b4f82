"""The way in for browsers: a one-use link becomes a cookie, and the way out."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from msgspec import structs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.metrics.api.answers import answer, answered
from services.metrics.api.notices import notice
from services.metrics.api.parameters import READING, WORD, WRITING
from services.metrics.api.viewer import pages_for, parts_for, viewer_of
from services.metrics.handlers.freshness import Glimpses
from services.metrics.handlers.leaving import Leaving
from services.metrics.views.today import SessionShown
from shared.runtime.catalogue import Catalogue
from shared.web.addresses import named
from shared.web.auth import (
    LABEL_CHARACTERS_MAX,
    TOKEN_CHARACTERS_MAX,
    Principal,
    Role,
    Unauthenticated,
)
from shared.web.description import told
from shared.web.gate import Gate
from shared.web.policies import Caller, Of, permit, public
from shared.web.problems import (
    NOT_FOUND,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    UNAVAILABLE,
    Problem,
    ProblemKind,
)
from shared.web.session import SignIn, forget_session, keep_session

AccountInPath = Annotated[
    str, Path(min_length=1, max_length=LABEL_CHARACTERS_MAX, pattern=WORD, examples=["zhang.wei"])
]
TICKET_USED = ProblemKind(401, "ticket_used")
SEE_OTHER, DONE = 303, 204
UNKNOWN = 401


def sign_in_routes(sign_in: SignIn | None, leaving: Leaving, catalogue: Catalogue) -> APIRouter:
    """Return the way in; without a key that signs sessions there is none."""
    router = APIRouter(tags=["session"])

    @router.get(
        "/sign-in",
        dependencies=[public()],
        status_code=SEE_OTHER,
        response_class=RedirectResponse,
        openapi_extra=told(TOKEN_INVALID, TOKEN_EXPIRED, TICKET_USED, NOT_FOUND, UNAVAILABLE),
    )
    async def enter(
        request: Request,
        ticket: Annotated[
            str, Query(min_length=1, max_length=TOKEN_CHARACTERS_MAX, pattern=r"^[A-Za-z0-9._-]+$")
        ],
    ) -> Response:
        """
        Turn the ticket of a one-use link into a session, and show the page.

        The session that the browser has had until now ends with it (ASVS 5.0, 7.2.4).
        """
        if sign_in is None:
            raise Problem(*NOT_FOUND)

        async def leave() -> None:
            if (before := await _bearer_before(request)) is not None:
                await leaving.end(before)

        try:
            token = await sign_in.redeem(ticket, _came_from(request), leave)
        except Unauthenticated:
            if "text/html" in request.headers.get("accept", ""):
                return notice(request, catalogue, "link_refused", UNKNOWN)
            raise
        answer = RedirectResponse("/", SEE_OTHER)
        keep_session(request, answer, token)
        return answer

    return router


def session_routes(sign_in: SignIn | None, leaving: Leaving, glimpses: Glimpses) -> APIRouter:
    """Return what a session is, and what becomes of it: prolonged, left, or ended by others."""
    router = APIRouter(tags=["session"])

    @router.get(
        "/v1/session",
        dependencies=[permit()],
        responses=answered(SessionShown),
        openapi_extra=told(*READING),
    )
    async def shown(request: Request, caller: Caller) -> Response:
        """
        Tell who is signed in, which pages there are for them, and how far these may be trusted.

        Asking is no sign that somebody is there, and prolongs nothing.
        """
        standing = structs.asdict(await glimpses.look())
        pages, parts = pages_for(caller, request.app), parts_for(caller, request.app)
        principal = viewer_of(caller)
        return answer(SessionShown(**standing, principal=principal, pages=pages, parts=parts))

    @router.post("/v1/session", status_code=DONE, dependencies=[permit()])
    async def stay(request: Request, caller: Caller) -> Response:
        """Say that somebody is there: the browser's session ends that much later."""
        answer = Response(status_code=DONE)
        if sign_in is not None and (token := sign_in.prolong(caller)) is not None:
            keep_session(request, answer, token)
        return answer

    @router.delete("/v1/session", status_code=DONE, dependencies=[permit()])
    async def leave(request: Request, caller: Caller, *, everywhere: bool = False) -> Response:
        """End the browser's session, wherever else its cookie may lie, or all of the account."""
        await leaving.end(caller)
        if everywhere:
            await leaving.end_all(caller.subject, caller)
        answer = Response(status_code=DONE)
        forget_session(request, answer)
        return answer

    @router.delete(
        f"/v1/sessions/{named('account')}",
        status_code=DONE,
        dependencies=[permit(Role.OPS, of=Of.BUREAU)],
        openapi_extra=told(*WRITING),
    )
    async def send_out(account: AccountInPath, caller: Caller) -> Response:
        """
        End every session of an account, and its live streams with them.

        Whoever has a token of the issuer keeps it until it expires, and may sign in again.
        """
        await leaving.end_all(account, caller)
        return Response(status_code=DONE)

    return router


async def _bearer_before(request: Request) -> Principal | None:
    """Return who the browser was until now, None where it was nobody."""
    gate: Gate = request.app.state.gate
    try:
        return await gate.principal(request)
    except Unauthenticated:
        return None


def _came_from(request: Request) -> str:
    return request.client.host if request.client else ""
