"""One's own: what waits for whoever works, and what became of what a publisher told."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answered, page
from services.metrics.api.cases import worded
from services.metrics.api.paging import CLOCKS, KEYS
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    Cursor,
    Label,
    Rows,
)
from services.metrics.api.roles import HEARERS, SeenOrganisations, hears
from services.metrics.handlers.mine import Mine, OwnQuery
from services.metrics.views.mine import OwnCasePage, SentPage, WorkPage
from shared.contracts.handling.course import OPEN, Phase
from shared.runtime.catalogue import Catalogue
from shared.web.auth import Role
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import language_of


async def wanted_of(
    phase: Annotated[list[Phase] | None, Query()] = None, *, personal: bool = False
) -> OwnQuery:
    """Return which of the own cases are asked for."""
    return OwnQuery(tuple(phase or OPEN), personal)


def work_routes(mine: Mine) -> APIRouter:
    """Return the routes of lists to work from."""
    router = APIRouter(prefix="/v1/mine", tags=["mine"])

    @router.get(
        "/tasks",
        dependencies=[permit(*HEARERS, of=Of.REGISTER)],
        responses=answered(WorkPage),
        openapi_extra=told(CURSOR_INVALID, *READING),
    )
    async def tasks(
        request: Request,
        caller: Caller,
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List what waits for somebody of the caller's role, and until when; the most urgent first.

        What the rows of the policy tell that role of, and what runs: while a clock
        stands still, others have to act.
        """
        whose = partial(hears, caller)
        found = await mine.within(seen).work(whose, CLOCKS.read(cursor), rows)
        cursor = CLOCKS.written(found.following) if found.following else None
        return page(request, WorkPage(found.items, cursor))

    @router.get(
        "/cases",
        dependencies=[permit(*HEARERS, of=Of.REGISTER)],
        responses=answered(OwnCasePage),
        openapi_extra=told(CURSOR_INVALID, *READING),
    )
    async def cases(
        request: Request,
        caller: Caller,
        wanted: Annotated[OwnQuery, Depends(wanted_of)],
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List the open cases of the own organisation, each with what the caller did last about it.

        With `personal` only those about which the caller has done something, or of which a
        step was given to the caller. A page may be short and still have a next one.
        """
        found = await mine.within(seen).cases(caller.subject, wanted, KEYS.read(cursor), rows)
        cursor = KEYS.written(found.following) if found.following else None
        return page(request, OwnCasePage(found.items, cursor))

    return router


def sent_routes(mine: Mine, catalogue: Catalogue) -> APIRouter:
    """Return the route of what was told; *catalogue* has words for what is held against it."""
    router = APIRouter(prefix="/v1/mine", tags=["mine"])

    @router.get(
        "/events",
        dependencies=[permit(Role.PUBLISHER)],
        responses=answered(SentPage),
        openapi_extra=told(CURSOR_INVALID, *READING),
    )
    async def events(
        request: Request,
        caller: Caller,
        case_no: Label | None = None,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List what the caller, a publisher, has told, and what became of each fact.

        Greatest case number first; a case is told whole, and a page may be short and still
        have a next one. What the gateway refused is not among it: that was its answer.
        """
        # Whatever it told of, whose ever that is.
        of_all = mine.within(None)
        found = await of_all.sent(caller.publisher or "", case_no, KEYS.read(cursor), rows)
        cursor = KEYS.written(found.following) if found.following else None
        language = language_of(request)
        facts = [worded(fact, catalogue, language) for fact in found.items]
        return page(request, SentPage(facts, cursor))

    return router
