"""Figures: all of them, one with its course, and the cases behind it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered, page
from services.metrics.api.paging import DAYS
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    Cursor,
    DayAsked,
    KpiId,
    Label,
    Rows,
)
from services.metrics.api.roles import READERS, WORKERS, SeenOrganisations
from services.metrics.domain.figures import register
from services.metrics.domain.figures.dimensions import Dimension, Narrowed, narrowed_to
from services.metrics.domain.figures.figure import Figure
from services.metrics.handlers.kpis import Breakdown, DaysInvalid, FigureQuery, Kpis
from services.metrics.views.case import ElapsedPage
from services.metrics.views.kpi import KpiCasePage, KpiCourse, KpiPage
from shared.web.description import told
from shared.web.policies import Of, permit
from shared.web.problems import Problem, ProblemKind, kind_of

KPI_UNKNOWN = ProblemKind(404, "kpi_unknown")
QUESTION = (kind_of(DaysInvalid), *READING)


async def narrowed_of(
    organisation: Label | None = None,
    section: Label | None = None,
    window: Label | None = None,
    item: Label | None = None,
    channel: Label | None = None,
    site: Label | None = None,
) -> Narrowed:
    """Return what figures are narrowed to."""
    return narrowed_to(
        organisation=organisation,
        section=section,
        window=window,
        item=item,
        channel=channel,
        site=site,
    )


async def asked_of(
    since: Annotated[DayAsked | None, Query(alias="from")] = None,
    until: Annotated[DayAsked | None, Query(alias="to")] = None,
    *,
    narrowed: Annotated[Narrowed, Depends(narrowed_of)],
) -> FigureQuery:
    """Return what is asked."""
    return FigureQuery(since, until, narrowed)


async def broken_down(
    asked: Annotated[FigureQuery, Depends(asked_of)], by: Breakdown | None = None
) -> FigureQuery:
    """Return what is asked, told by one dimension where one is named, or by the day alone."""
    return replace(asked, by=by)


Question = Annotated[FigureQuery, Depends(asked_of)]
BrokenDown = Annotated[FigureQuery, Depends(broken_down)]


def kpi_routes(kpis: Kpis) -> APIRouter:
    """Return the routes of figures."""
    router = APIRouter(
        prefix="/v1/kpis", tags=["kpis"], dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)]
    )

    @router.get("", responses=answered(KpiPage), openapi_extra=told(*QUESTION))
    async def listed(request: Request, asked: Question, seen: SeenOrganisations) -> Response:
        """
        List the figures with their values over the days from `from` to `to`.

        A gauge counts everything up to `to`, and says so: its `since` is null.
        """
        return page(request, KpiPage(await kpis.within(seen).listed(asked), None))

    @router.get(
        "/{kpi_id}", responses=answered(KpiCourse), openapi_extra=told(KPI_UNKNOWN, *QUESTION)
    )
    async def one(kpi_id: KpiId, asked: BrokenDown, seen: SeenOrganisations) -> Response:
        """Return a figure by business day, and by one dimension, by each of them, or by none."""
        return answer(await kpis.within(seen).one(_known(kpi_id), asked))

    @router.get(
        "/{kpi_id}/cases",
        responses=answered(KpiCasePage),
        openapi_extra=told(KPI_UNKNOWN, CURSOR_INVALID, *QUESTION),
    )
    async def cases(
        request: Request,
        kpi_id: KpiId,
        asked: Question,
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """List the cases that a figure counts, the last day first, each with what it adds."""
        found = await kpis.within(seen).cases(_known(kpi_id), asked, DAYS.read(cursor), rows)
        cursor = DAYS.written(found.following) if found.following else None
        return page(request, KpiCasePage(found.items, cursor))

    return router


def elapsed_routes(kpis: Kpis) -> APIRouter:
    """Return the route of who used up the time."""
    router = APIRouter(
        prefix="/v1/elapsed",
        tags=["kpis"],
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
    )

    @router.get("", responses=answered(ElapsedPage), openapi_extra=told(*QUESTION))
    async def elapsed(
        request: Request,
        asked: Question,
        seen: SeenOrganisations,
        by: Dimension = "item",
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        Tell who used up the working days of the cases that ended from `from` to `to`.

        The parties' days add up to the whole; the cases behind them are those of figure L20.
        """
        return page(request, await kpis.within(seen).elapsed(asked, by, rows))

    return router


def _known(kpi_id: str) -> Figure:
    figure = register.REGISTER.by_id.get(kpi_id)
    if figure is None:
        raise Problem(*KPI_UNKNOWN, field="kpi_id")
    return figure
