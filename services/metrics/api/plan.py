"""The bureau's annual plan: all items, one, its own targets, and what people report of it."""

from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered, page
from services.metrics.api.kpis import QUESTION, Question, narrowed_of
from services.metrics.api.paging import DAYS
from services.metrics.api.parameters import CURSOR_INVALID, ROWS_USUAL, Cursor, DayAsked, Rows
from services.metrics.api.roles import (
    READERS,
    REPORTERS,
    TARGET_SETTERS,
    WORKERS,
    SeenOrganisations,
)
from services.metrics.domain.figures.dimensions import Narrowed
from services.metrics.domain.reporting import commands, refusals
from services.metrics.domain.targets import commands as target_commands
from services.metrics.domain.targets import refusals as target_refusals
from services.metrics.handlers.kpis import FigureQuery
from services.metrics.handlers.plan import PlanReadings
from services.metrics.handlers.reporting import Reporting
from services.metrics.handlers.targets import Targeting
from services.metrics.views.plan import PlanItem, PlanPage, ReportPage, TargetPage
from shared.commands.counter import Collection, command_routes, refusals_in
from shared.commands.counter import Path as CommandPath
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import Problem, ProblemKind

# Not called `item`: that is what figures are narrowed to, by its code.
ItemNumber = Annotated[int, Path(examples=[12])]
PLAN_ITEM_UNKNOWN = ProblemKind(404, "plan_item_unknown")


async def until_of(
    until: Annotated[DayAsked | None, Query(alias="to")] = None,
    *,
    narrowed: Annotated[Narrowed, Depends(narrowed_of)],
) -> FigureQuery:
    """Return what is asked: always since the year of its last day began."""
    return FigureQuery(None, until, narrowed)


YearAsked = Annotated[FigureQuery, Depends(until_of)]


REPORTS = Collection(
    name="plan/reports",
    subject="report",
    refusals=refusals_in(refusals),
    first=CommandPath(commands.ReportProgress, REPORTERS, ours=frozenset({"report", "target"})),
    paths=MappingProxyType(
        {
            "corrections": CommandPath(
                commands.CorrectReport, REPORTERS, ours=frozenset({"report_id"})
            )
        }
    ),
)

TARGETS = Collection(
    name="plan/targets",
    subject="target_id",
    refusals=refusals_in(target_refusals),
    first=CommandPath(target_commands.SetTarget, TARGET_SETTERS, ours=frozenset({"target_id"})),
    paths=MappingProxyType(
        {"revisions": CommandPath(target_commands.ReviseTarget, TARGET_SETTERS)}
    ),
)


def plan_routes(readings: PlanReadings, reporting: Reporting, targeting: Targeting) -> APIRouter:
    """Return the routes of the plan."""
    router = APIRouter()
    router.include_router(command_routes([REPORTS], reporting.take, of=Of.REGISTER))
    router.include_router(command_routes([TARGETS], targeting.take, of=Of.REGISTER))
    # The words before the number, which takes whatever stands there.
    router.include_router(_said_of_it(readings))
    router.include_router(_items(readings))
    return router


def _reading() -> APIRouter:
    may = permit(*READERS, *WORKERS, of=Of.REGISTER)
    return APIRouter(prefix="/v1/plan", tags=["plan"], dependencies=[may])


def _said_of_it(readings: PlanReadings) -> APIRouter:
    """Return the routes of what people report of the plan, and of what they aim at."""
    router = _reading()

    @router.get(
        "/reports",
        responses=answered(ReportPage),
        openapi_extra=told(CURSOR_INVALID, *QUESTION),
    )
    async def reported(
        request: Request,
        asked: Question,
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List what people have reported from `from` to `to`, as corrected, the last day first.

        What was reported against one target on one day is told together.
        """
        found = await readings.within(seen).reported(asked, DAYS.read(cursor), rows)
        cursor = DAYS.written(found.following) if found.following else None
        return page(request, ReportPage(found.items, cursor))

    @router.get(
        "/targets",
        responses=answered(TargetPage),
        openapi_extra=told(CURSOR_INVALID, *QUESTION),
    )
    async def aimed_at(
        request: Request,
        asked: YearAsked,
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List the bureau's own targets that are due in the year of `to`, as of that day.

        Those due last come first; what is given up is not told.
        """
        found = await readings.within(seen).targets(asked, DAYS.read(cursor), rows)
        cursor = DAYS.written(found.following) if found.following else None
        return page(request, TargetPage(found.items, cursor))

    return router


def _items(readings: PlanReadings) -> APIRouter:
    """Return the routes of the plan's items."""
    router = _reading()

    @router.get("", responses=answered(PlanPage), openapi_extra=told(*QUESTION))
    async def listed(
        request: Request, asked: YearAsked, caller: Caller, seen: SeenOrganisations
    ) -> Response:
        """
        List the items of the plan with their figures since the year began, up to `to`.

        A count that the plan wants of the whole year says what should have been `expected` by then.
        """
        plan = await readings.within(seen).listed(asked)
        may = {"reports": caller.has(*REPORTERS), "sets_targets": caller.has(*TARGET_SETTERS)}
        return page(request, structs.replace(plan, **may))

    @router.get(
        "/{number}",
        responses=answered(PlanItem),
        openapi_extra=told(PLAN_ITEM_UNKNOWN, *QUESTION),
    )
    async def one(number: ItemNumber, asked: YearAsked, seen: SeenOrganisations) -> Response:
        """Return one item of the plan, by its number."""
        found = await readings.within(seen).one(number, asked)
        if found is None:
            raise Problem(*PLAN_ITEM_UNKNOWN, field="number")
        return answer(found)

    return router
