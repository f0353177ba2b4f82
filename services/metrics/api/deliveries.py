"""Deliveries: channels, what they were told, a test of one, and another try."""

from fastapi import APIRouter
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered, page
from services.metrics.api.paging import MOMENTS
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    WRITING,
    AlertId,
    Cursor,
    Label,
    Rows,
)
from services.metrics.handlers.alerts import LAST, NEWEST
from services.metrics.ports.deliveries import DeliveryDesk
from services.metrics.views.delivery import ChannelPage, DeliveryLine, DeliveryPage
from shared.policy.calendar import local
from shared.runtime.clock import Clock
from shared.runtime.ids import Ids
from shared.web.auth import Role
from shared.web.description import told
from shared.web.policies import Of, permit
from shared.web.problems import BAD_REQUEST, CONFLICT, Problem, ProblemKind

DELIVERY_UNKNOWN = ProblemKind(404, "delivery_unknown")
CHANNEL_UNKNOWN = ProblemKind(404, "channel_unknown")
DELIVERY_SENT = ProblemKind(CONFLICT, "delivery_sent")
WATCHING = permit(Role.OPS, Role.AUDITOR, of=Of.BUREAU)
OPERATING = permit(Role.OPS, of=Of.BUREAU)


class ChannelNamed(BaseModel):
    """Which channel is tested."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str = Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9-]*$")


def channel_routes(desk: DeliveryDesk) -> APIRouter:
    """Return the route of channels."""
    router = APIRouter(prefix="/v1/channels", tags=["deliveries"], dependencies=[WATCHING])

    @router.get("", responses=answered(ChannelPage), openapi_extra=told(*READING))
    async def channels(request: Request) -> Response:
        """List the channels that there ever were, and how each is."""
        lines = [
            replace(one, failing_since=local(one.failing_since) if one.failing_since else None)
            for one in await desk.channels()
        ]
        return page(request, ChannelPage(lines, None))

    return router


def delivery_routes(desk: DeliveryDesk, clock: Clock, ids: Ids) -> APIRouter:
    """Return the routes of deliveries."""
    router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"])
    _watch(router, desk)
    _operate(router, desk, clock, ids)
    return router


def _watch(router: APIRouter, desk: DeliveryDesk) -> None:

    @router.get(
        "",
        dependencies=[WATCHING],
        responses=answered(DeliveryPage),
        openapi_extra=told(CURSOR_INVALID, *READING),
    )
    async def listed(
        request: Request,
        channel: Label | None = None,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """List what was sent to whom, or is to be, newest first."""
        found = await desk.listed(MOMENTS.read(cursor) or (NEWEST, LAST), channel, rows)
        last = found[-1] if len(found) == rows else None
        following = MOMENTS.written((last.made_at, last.delivery_id)) if last else None
        return page(request, DeliveryPage([_shown(one) for one in found], following))

    @router.get(
        "/{delivery_id}",
        dependencies=[WATCHING],
        responses=answered(DeliveryLine),
        openapi_extra=told(DELIVERY_UNKNOWN, *READING),
    )
    async def one(delivery_id: AlertId) -> Response:
        """Return how a delivery stands."""
        return answer(_known(await desk.one(delivery_id)))


def _operate(router: APIRouter, desk: DeliveryDesk, clock: Clock, ids: Ids) -> None:
    @router.post(
        "/test",
        dependencies=[OPERATING],
        responses=answered(DeliveryLine),
        openapi_extra=told(BAD_REQUEST, CHANNEL_UNKNOWN, *WRITING),
    )
    async def test(named: ChannelNamed) -> Response:
        """
        Send a test to a channel, also to one that is left alone for a while or was closed.

        The answer is the delivery; how it went stands there a moment later.
        """
        delivery_id = ids.new()
        if not await desk.test(named.channel, delivery_id, clock.now()):
            raise Problem(*CHANNEL_UNKNOWN, field="channel")
        return answer(_known(await desk.one(delivery_id)))

    @router.post(
        "/{delivery_id}/retry",
        dependencies=[OPERATING],
        responses=answered(DeliveryLine),
        openapi_extra=told(DELIVERY_UNKNOWN, DELIVERY_SENT, *WRITING),
    )
    async def retry(delivery_id: AlertId) -> Response:
        """Try a delivery again, also one that was given up; what was sent is not sent twice."""
        found = await desk.retry(delivery_id, clock.now())
        if found is not None and found.sent_at is not None:
            raise Problem(*DELIVERY_SENT, field="delivery_id")
        return answer(_known(found))


def _known(found: DeliveryLine | None) -> DeliveryLine:
    if found is None:
        raise Problem(*DELIVERY_UNKNOWN, field="delivery_id")
    return _shown(found)


def _shown(one: DeliveryLine) -> DeliveryLine:
    """Return *one* in the bureau's own time."""
    return replace(
        one,
        made_at=local(one.made_at),
        tried_at=local(one.tried_at) if one.tried_at else None,
        sent_at=local(one.sent_at) if one.sent_at else None,
    )
