"""Cases: listed, one by one, with their facts and with their deadlines."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.metrics.api.paging import KEYS, PAGE, page
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    CaseNo,
    Cursor,
    Day,
    Rows,
    Word,
)
from services.metrics.api.roles import READERS
from services.metrics.handlers.cases import Cases, Wanted
from shared.contracts.handling.course import Phase
from shared.contracts.supervision.words import AlertLevel
from shared.runtime.catalogue import Catalogue
from shared.web.addresses import named
from shared.web.description import told
from shared.web.policies import permit
from shared.web.problems import Problem, ProblemKind, language_of

CASE_UNKNOWN = ProblemKind(404, "case_unknown")


async def wanted_of(
    phase: Annotated[list[Phase] | None, Query()] = None,
    level: AlertLevel | None = None,
    item: Word | None = None,
    source: Word | None = None,
    due: Day | None = None,
) -> Wanted:
    """Return which cases are asked for."""
    return Wanted(tuple(phase) if phase else None, item, source, level, due)


ONE = f"/{named('case_no')}"


def case_routes(cases: Cases, catalogue: Catalogue) -> APIRouter:
    """Return the routes of cases; *catalogue* has the words for what contradicts a case."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"], dependencies=[permit(*READERS)])

    @router.get("", responses=PAGE, openapi_extra=told(CURSOR_INVALID, *READING))
    async def listed(
        request: Request,
        wanted: Annotated[Wanted, Depends(wanted_of)],
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> JSONResponse:
        """
        List cases, greatest number first; a page may be short and still have a next one.

        `due` asks for what turns red on that day unless somebody acts.
        """
        found = await cases.listed(wanted, KEYS.read(cursor), rows)
        return page(
            request, found.items, KEYS.written(found.following) if found.following else None
        )

    @router.get(f"{ONE}/timeline", responses=PAGE, openapi_extra=told(CASE_UNKNOWN, *READING))
    async def timeline(request: Request, case_no: CaseNo) -> JSONResponse:
        """Return every fact of a case in the order of business time."""
        facts = _known(await cases.timeline(case_no))
        for fact in facts:
            if fact["anomaly"] is not None:
                text = catalogue.text(language_of(request), f"anomaly.{fact['anomaly']}", {})
                fact["anomaly"] = text.detail
        return page(request, facts)

    @router.get(f"{ONE}/clocks", responses=PAGE, openapi_extra=told(CASE_UNKNOWN, *READING))
    async def clocks(request: Request, case_no: CaseNo) -> JSONResponse:
        """Return the deadlines of a case with everything that makes them."""
        language = language_of(request).value
        return page(request, _known(await cases.clocks(case_no, language)))

    # Behind the two others, whose addresses this one matches as well.
    @router.get(ONE, openapi_extra=told(CASE_UNKNOWN, *READING))
    async def one(case_no: CaseNo) -> JSONResponse:
        """Return a case as it stands."""
        return JSONResponse(_known(await cases.one(case_no)))

    return router


def _known(answer: Any) -> Any:  # noqa: ANN401 - whatever was found
    if answer is None:
        raise Problem(*CASE_UNKNOWN, field="case_no")
    return answer
