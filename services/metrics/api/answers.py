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
    response = answer(view)
    if view.next_cursor is not None:
        url = request.url.include_query_params(cursor=view.next_cursor)
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response
