"""Views as answers over HTTP: encoded once, and described by the schemas of the views."""

from typing import Any

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.views.schema import REFERENCE
from services.metrics.views.view import Page, View

MEDIA_TYPE = "application/json"
ENCODE = json.Encoder().encode


def schema_of(view: type[View]) -> dict[str, Any]:
    """Return where `openapi.json` describes *view*."""
    return {"$ref": REFERENCE.format(name=view.__name__)}


def answered(view: type[View]) -> dict[int | str, dict[str, Any]]:
    """Return, for a route's `responses`, that it answers with a *view*."""
    return {200: {"content": {MEDIA_TYPE: {"schema": schema_of(view)}}}}


def answer(view: View) -> Response:
    return Response(ENCODE(view), media_type=MEDIA_TYPE)


def page(request: Request, view: Page[Any]) -> Response:
    """Return a page, with the address of the next one where there is one."""
    return leading_on(request, answer(view), view.next_cursor)


def leading_on(request: Request, response: Response, cursor: str | None) -> Response:
    """Return the *response* with the address of the page that begins at *cursor*, if any does."""
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def prefers(accept: str, other: str) -> bool:
    """Say whether who sent *accept* would rather have *other* than a document."""
    weights = {MEDIA_TYPE: 0.0, other: 0.0}
    for part in accept.split(","):
        kind, *more = (word.strip().lower() for word in part.split(";"))
        if kind in weights:
            weights[kind] = next((_weight(word) for word in more if word.startswith("q=")), 1.0)
    return weights[other] > weights[MEDIA_TYPE]


def _weight(word: str) -> float:
    try:
        return float(word.removeprefix("q="))
    except ValueError:
        return 0.0
