"""Cards: listed, and one with its explanation and everything that became of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered, page
from services.metrics.api.paging import MOMENTS
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    AlertId,
    Cursor,
    Label,
    Rows,
)
from services.metrics.api.roles import READERS, WORKERS, SeenOrganisations
from services.metrics.handlers.alerts import AlertQuery, Alerts
from services.metrics.views.alert import Alert, AlertPage
from shared.contracts.supervision.course import STANDING, AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.web.description import told
from shared.web.policies import Of, permit
from shared.web.problems import Problem, ProblemKind, language_of

ALERT_UNKNOWN = ProblemKind(404, "alert_unknown")


async def wanted_of(
    state: Annotated[list[AlertState] | None, Query()] = None,
    level: AlertLevel | None = None,
    case_no: Label | None = None,
    sla: Label | None = None,
) -> AlertQuery:
    """Return which cards are asked for."""
    return AlertQuery(state or STANDING, level, case_no, sla)


def alert_routes(alerts: Alerts) -> APIRouter:
    """Return the routes of cards."""
    router = APIRouter(prefix="/v1/alerts", tags=["alerts"])

    @router.get(
        "",
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=answered(AlertPage),
        openapi_extra=told(CURSOR_INVALID, *READING),
    )
    async def listed(
        request: Request,
        wanted: Annotated[AlertQuery, Depends(wanted_of)],
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """List cards, newest first: those that stand, unless `state` asks for others."""
        found = await alerts.within(seen).listed(wanted, MOMENTS.read(cursor), rows)
        cursor = MOMENTS.written(found.following) if found.following else None
        return page(request, AlertPage(found.items, cursor))

    @router.get(
        "/{alert_id}",
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=answered(Alert),
        openapi_extra=told(ALERT_UNKNOWN, *READING),
    )
    async def one(request: Request, alert_id: AlertId, seen: SeenOrganisations) -> Response:
        """Return a card with everything that made it."""
        found = await alerts.within(seen).one(alert_id, language_of(request).value)
        if found is None:
            raise Problem(*ALERT_UNKNOWN, field="alert_id")
        return answer(found)

    return router
