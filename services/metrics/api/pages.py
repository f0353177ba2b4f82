"""The built dashboard: it holds nothing that is not public, the data come to it later."""

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from services.metrics.api.notices import notice
from shared.runtime.catalogue import Catalogue
from shared.web.policies import public
from shared.web.problems import Problem

BUILT = Path(__file__).parents[1] / "dashboard" / "dist"
NOT_FOUND, NOT_BUILT = 404, 503
ASK_AGAIN = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""


def page_routes(catalogue: Catalogue, built: Path = BUILT) -> APIRouter:
    """Return the page and its parts, served from the folder *built*."""
    router = APIRouter(include_in_schema=False, dependencies=[public()])

    @router.get("/")
    async def page(request: Request) -> Response:
        if not (built / "index.html").is_file():
            return notice(request, catalogue, "page_not_built", NOT_BUILT)
        return _file(built, "index.html", ASK_AGAIN)

    @router.get("/favicon.svg")
    async def icon() -> Response:
        return _file(built, "favicon.svg", ASK_AGAIN)

    @router.get("/assets/{name}")
    async def asset(name: str) -> Response:
        return _file(built / "assets", name, FOR_EVER)

    return router


def _file(folder: Path, name: str, caching: str) -> Response:
    if "\0" in name:
        raise Problem(NOT_FOUND, "not_found")
    path = (folder / name).resolve()
    if path.parent != folder.resolve() or not path.is_file():
        raise Problem(NOT_FOUND, "not_found")
    return FileResponse(path, headers={"cache-control": caching})
