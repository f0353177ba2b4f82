"""The way in for browsers: a one-use link becomes a cookie, and the way out."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.metrics.api.notices import notice
from shared.runtime.catalogue import Catalogue
from shared.web.auth import TOKEN_CHARACTERS_MAX, Unauthenticated
from shared.web.description import told
from shared.web.policies import Caller, permit, public
from shared.web.problems import (
    NOT_FOUND,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    UNAVAILABLE,
    Problem,
    ProblemKind,
)
from shared.web.session import Endings, SignIn, forget_session, keep_session

TICKET_USED = ProblemKind(401, "ticket_used")
SEE_OTHER, DONE = 303, 204
UNKNOWN = 401


def session_routes(sign_in: SignIn | None, endings: Endings, catalogue: Catalogue) -> APIRouter:
    """Return sign-in and sign-out; without a key that signs sessions there is no sign-in."""
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
        """Turn the ticket of a one-use link into a session, and show the page."""
        if sign_in is None:
            raise Problem(*NOT_FOUND)
        try:
            token = await sign_in.redeem(ticket, _came_from(request))
        except Unauthenticated:
            if "text/html" in request.headers.get("accept", ""):
                return notice(request, catalogue, "link_refused", UNKNOWN)
            raise
        answer = RedirectResponse("/", SEE_OTHER)
        keep_session(request, answer, token)
        return answer

    @router.delete("/v1/session", status_code=DONE, dependencies=[permit()])
    async def leave(request: Request, caller: Caller) -> Response:
        """End the browser's session, wherever else its cookie may lie."""
        await endings.end(caller)
        answer = Response(status_code=DONE)
        forget_session(request, answer)
        return answer

    return router


def _came_from(request: Request) -> str:
    return request.client.host if request.client else ""
