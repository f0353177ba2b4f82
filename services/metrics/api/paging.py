"""Pages of a collection: an opaque cursor says where the next one begins."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from shared.runtime.problems import UNFIT, Problem

ROWS_MAX = 200
ROWS_USUAL = 50
CURSOR_CHARACTERS_MAX = 1000

Rows = Annotated[int, Query(alias="limit", ge=1, le=ROWS_MAX)]
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARACTERS_MAX)]

Place = Sequence[str]
"""The key behind which the next page begins."""


def place_of(cursor: str | None, width: int) -> Place | None:
    """
    Return the place that *cursor* names, None at the beginning.

    Raises:
        Problem: no page of ours gave this cursor.
    """
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
    except ValueError:
        raise _invalid() from None
    if not isinstance(place, list) or [type(part) for part in place] != [str] * width:
        raise _invalid()
    if any("\0" in part for part in place):
        raise _invalid()
    return place


def page(request: Request, items: Sequence[Any], following: Place | None) -> JSONResponse:
    """Return a page of *items*, and where the next one begins if there is one."""
    if following is None:
        return JSONResponse({"items": items, "next_cursor": None})
    packed = json.dumps(list(following), ensure_ascii=False, separators=(",", ":")).encode()
    cursor = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    url = request.url.include_query_params(cursor=cursor)
    link = f'<{url.path}?{url.query}>; rel="next"'
    return JSONResponse({"items": items, "next_cursor": cursor}, headers={"link": link})


def _invalid() -> Problem:
    return Problem(UNFIT, "cursor_invalid", field="cursor")
