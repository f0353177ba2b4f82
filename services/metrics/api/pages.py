"""The way in for browsers: a one-use link, the cookie that it becomes, and the built page."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, RedirectResponse, Response

from shared.runtime.policies import permit, public
from shared.runtime.problems import Problem
from shared.runtime.session import SignIn, end_session, keep_session

BUILT = Path(__file__).parents[1] / "dashboard" / "dist"
NOT_FOUND = 404
SEE_OTHER = 303
FOR_EVER = "public, max-age=31536000, immutable"


def sign_in_routes(sign_in: SignIn | None) -> APIRouter:
    """Return the sign-in; without a local issuer there is none."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in", dependencies=[public()])
    async def enter(ticket: Annotated[str, Query(max_length=4096)] = "") -> Response:
        """Turn the ticket of a one-use link into a session."""
        if sign_in is None:
            raise Problem(NOT_FOUND, "not_found")
        answer = RedirectResponse("/", SEE_OTHER)
        keep_session(answer, await sign_in.redeem(ticket), secure=False)
        return answer

    @router.post("/sign-out", dependencies=[permit()])
    async def leave() -> Response:
        answer = RedirectResponse("/", SEE_OTHER)
        end_session(answer)
        return answer

    return router


def page_routes(built: Path = BUILT) -> APIRouter:
    """Return the page and its parts: they hold nothing that is not public, the data come later."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", dependencies=[public()])
    async def page() -> Response:
        return _file(built, "index.html", "no-cache")

    @router.get("/favicon.svg", dependencies=[public()])
    async def icon() -> Response:
        return _file(built, "favicon.svg", "no-cache")

    @router.get("/assets/{name}", dependencies=[public()])
    async def asset(name: str) -> Response:
        return _file(built / "assets", name, FOR_EVER)

    return router


def _file(folder: Path, name: str, caching: str) -> Response:
    path = (folder / name).resolve()
    if path.parent != folder.resolve() or not path.is_file():
        raise Problem(NOT_FOUND, "not_found")
    return FileResponse(path, headers={"cache-control": caching})
