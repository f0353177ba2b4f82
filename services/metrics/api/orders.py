"""Orders (督办): listed, one, issued, and answered by whom they were sent to."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api import sheet
from services.metrics.api.answers import answer, answered, leading_on, page, prefers
from services.metrics.api.order_sheet import order_sheet
from services.metrics.api.paging import MOMENTS
from services.metrics.api.parameters import CURSOR_INVALID, READING, ROWS_USUAL, Cursor, Label, Rows
from services.metrics.api.roles import (
    ORDER_ANSWERERS,
    ORDER_ISSUERS,
    READERS,
    WORKERS,
    SeenOrganisations,
)
from services.metrics.domain.supervising import commands, refusals
from services.metrics.handlers.order_records import OrderRecords
from services.metrics.handlers.orders import ALL, Ordering, OrderQuery, OrderReadings
from services.metrics.views.order import OrderLine, OrderPage
from shared.commands.counter import Collection, command_routes
from shared.commands.counter import Path as CommandPath
from shared.contracts.supervision.course import OrderState
from shared.web.description import told
from shared.web.policies import Of, permit
from shared.web.problems import Problem, kind_of

ORDER_UNKNOWN = kind_of(refusals.OrderUnknown)._replace(status=404)

ORDERS = Collection(
    name="orders",
    subject="order_id",
    refusals=(
        refusals.OrderExists,
        refusals.OrderUnknown,
        refusals.OrderAnsweredAlready,
        refusals.OrderAlertUnknown,
        refusals.OrderAddresseeMissing,
    ),
    first=CommandPath(commands.IssueOrder, ORDER_ISSUERS, ours=frozenset({"case_no"})),
    paths=MappingProxyType({"answer": CommandPath(commands.AnswerOrder, ORDER_ANSWERERS)}),
)

AS_ASKED = {"vary": "accept"}
TO_KEEP = {**AS_ASKED, "content-disposition": 'attachment; filename="orders.csv"'}

OrderId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


async def wanted_of(
    state: Annotated[list[OrderState] | None, Query()] = None,
    alert_id: Label | None = None,
    case_no: Label | None = None,
) -> OrderQuery:
    """Return which orders are asked for."""
    states: Sequence[OrderState] = state or ALL
    return OrderQuery(states, alert_id, case_no)


def order_routes(orders: OrderReadings, records: OrderRecords, ordering: Ordering) -> APIRouter:
    """Return the routes of orders."""
    router = APIRouter()
    responses = answered(OrderPage)
    responses[200]["content"][sheet.MEDIA_TYPE] = {"schema": {"type": "string"}}
    router.include_router(command_routes([ORDERS], ordering.take, of=Of.REGISTER))

    @router.get(
        "/v1/orders",
        tags=["orders"],
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=responses,
        openapi_extra=told(CURSOR_INVALID, *READING),
    )
    async def listed(
        request: Request,
        wanted: Annotated[OrderQuery, Depends(wanted_of)],
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List orders, newest first: those that were sent to the caller's organisations.

        As `text/csv` it is the data set of table 11 of GB/T 39046-2020, with the cards.
        """
        behind = MOMENTS.read(cursor)
        if prefers(request.headers.get("accept", ""), sheet.MEDIA_TYPE):
            told_of = await records.within(seen).listed(wanted, behind, rows)
            cursor = MOMENTS.written(told_of.following) if told_of.following else None
            table = Response(order_sheet(told_of.items), 200, TO_KEEP, sheet.MEDIA_TYPE)
            return leading_on(request, table, cursor)
        found = await orders.within(seen).listed(wanted, behind, rows)
        cursor = MOMENTS.written(found.following) if found.following else None
        response = page(request, OrderPage(found.items, cursor))
        response.headers.update(AS_ASKED)
        return response

    @router.get(
        "/v1/orders/{order_id}",
        tags=["orders"],
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=answered(OrderLine),
        openapi_extra=told(ORDER_UNKNOWN, *READING),
    )
    async def one(order_id: OrderId, seen: SeenOrganisations) -> Response:
        """Return an order, with its answer where there is one."""
        found = await orders.within(seen).one(order_id)
        if found is None:
            raise Problem(*ORDER_UNKNOWN, field="order_id")
        return answer(found)

    return router
