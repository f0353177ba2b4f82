"""Figures: all of them, one with its course, and the cases behind it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.metrics.api.cases import Word
from services.metrics.api.paging import ROWS_USUAL, Cursor, Rows, page, place_of
from services.metrics.api.roles import READERS
from services.metrics.domain.kpis import BY_ID, Kpi
from services.metrics.handlers.kpis import DAYS_MAX, Asked, Kpis
from shared.runtime.policies import permit
from shared.runtime.problems import UNFIT, Problem

NOT_FOUND = 404

KpiId = Annotated[str, Path(max_length=40)]


async def asked_of(
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    item: Word = None,
    window: Word = None,
    channel: Word = None,
) -> Asked:
    """Return what is asked, where its days can be answered."""
    if since and until and not 0 <= (until - since).days < DAYS_MAX:
        raise Problem(UNFIT, "days_invalid", field="from", values={"days": DAYS_MAX})
    return Asked(since, until, item, window, channel)


Question = Annotated[Asked, Depends(asked_of)]


def kpi_routes(kpis: Kpis) -> APIRouter:
    """Return the routes of figures."""
    router = APIRouter(prefix="/v1/kpis", tags=["kpis"], dependencies=[permit(*READERS)])

    @router.get("")
    async def listed(request: Request, asked: Question) -> JSONResponse:
        """List the figures with their values over the days from `from` to `to`."""
        return page(request, await kpis.listed(asked), None)

    @router.get("/{kpi_id}")
    async def one(kpi_id: KpiId, asked: Question) -> JSONResponse:
        """Return a figure by business day, item, window and channel."""
        return JSONResponse(await kpis.one(_known(kpi_id), asked))

    @router.get("/{kpi_id}/cases")
    async def cases(
        request: Request,
        kpi_id: KpiId,
        asked: Question,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> JSONResponse:
        """List the cases that a figure counts, each with what it adds."""
        below = place_of(cursor, 1)
        found = await kpis.cases(_known(kpi_id), asked, below[0] if below else None, rows)
        return page(request, found.items, [found.following] if found.following else None)

    return router


def _known(kpi_id: str) -> Kpi:
    if kpi_id not in BY_ID:
        raise Problem(NOT_FOUND, "kpi_unknown", field="kpi_id")
    return BY_ID[kpi_id]
