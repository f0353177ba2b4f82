"""Long work over HTTP: how far it is, for whoever asks for events, and at the end the answer."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import ENCODE, answer, answered, schema_of
from services.metrics.api.event_stream import MEDIA_TYPE, EventStream, Put, ReaderTooSlow, frame
from services.metrics.views.view import View
from shared.web.problems import problem_of

P = TypeVar("P", bound=View)

Work = Callable[[Callable[[P], Awaitable[None]]], Awaitable[View]]
"""Does the work and returns the answer; whom it is given is told how far it is."""


def described(progress: type[View], result: type[View]) -> dict[int | str, dict[str, Any]]:
    """Return, for a route's `responses`, that it answers with *result*, or tells events."""
    answers = answered(result)
    answers[200]["description"] = (
        "The answer. To whom accepts events: `progress` now and then, and at the end the same as "
        "`result`, or a `problem`; the work ends with whoever leaves."
    )
    answers[200]["content"][MEDIA_TYPE] = {
        "schema": {"type": "string"},
        "x-events": {
            "progress": schema_of(progress),
            "result": schema_of(result),
            "problem": {"$ref": "#/components/schemas/Problem"},
        },
    }
    return answers


async def told_by(work: Work[P], request: Request) -> Response:
    """Return what comes of *work*, or the stream that tells of it where *request* accepts one."""
    if MEDIA_TYPE in request.headers.get("accept", ""):
        return WorkStream(work, request)
    return answer(await work(_nobody))


async def _nobody(_: object) -> None:
    """Hear nothing."""


class WorkStream(EventStream):
    """How far some work is, and at the end what came of it."""

    def __init__(self, work: Work[Any], request: Request) -> None:
        super().__init__()
        self._work = work
        self._request = request

    async def tell(self, put: Put) -> None:
        async def hear(progress: View) -> None:
            await put(frame("progress", ENCODE(progress)))

        try:
            result = await self._work(hear)
        except ReaderTooSlow:
            raise
        except Exception as failure:  # noqa: BLE001 - the edge can answer no more, the stream can
            await put(frame("problem", bytes(problem_of(self._request, failure).body)))
        else:
            await put(frame("result", ENCODE(result)))
