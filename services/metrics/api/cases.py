"""Cases: listed, one by one, with their facts and with their deadlines."""

from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered, page
from services.metrics.api.paging import KEYS
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    CaseNoInPath,
    Cursor,
    DayAsked,
    Label,
    Rows,
)
from services.metrics.api.roles import READERS, WORKERS, SeenOrganisations
from services.metrics.handlers.cases import CASES, CaseQuery, Cases
from services.metrics.views.case import (
    Case,
    CasePage,
    ClockPage,
    OrganisationPage,
    TimelineFact,
    TimelinePage,
)
from shared.contracts.handling.course import OPEN, Phase
from shared.contracts.naming import Language
from shared.contracts.supervision.words import AlertLevel
from shared.runtime.catalogue import Catalogue
from shared.web.addresses import named
from shared.web.description import told
from shared.web.policies import Of, permit
from shared.web.problems import Problem, ProblemKind, language_of

T = TypeVar("T")

CASE_UNKNOWN = ProblemKind(404, "case_unknown")


async def about_of(
    item: Label | None = None,
    about: Annotated[Label, Query(description="what the name or code of the item has in it")] = "",
    begins: Annotated[Label, Query(description="what the case number begins with")] = "",
    organisation: Label | None = None,
    channel: Label | None = None,
) -> CaseQuery:
    """Return the cases of which items, organisations and channels are asked for."""
    return CaseQuery(
        item=item, about=about, begins=begins, organisation=organisation, channel=channel
    )


async def wanted_of(
    phase: Annotated[list[Phase] | None, Query()] = None,
    level: AlertLevel | None = None,
    source: Label | None = None,
    due: DayAsked | None = None,
    *,
    is_open: Annotated[
        bool | None, Query(alias="open", description="whether something is left to do")
    ] = None,
    about: Annotated[CaseQuery, Depends(about_of)],
) -> CaseQuery:
    """Return which cases are asked for."""
    phases = tuple(phase) if phase else None
    if is_open is not None:
        phases = tuple(one for one in phases or CASES if (one in OPEN) is is_open)
    return replace(about, phases=phases, source=source, level=level, due=due)


ONE = f"/{named('case_no')}"


F = TypeVar("F", bound=TimelineFact)


def worded(fact: F, catalogue: Catalogue, language: Language) -> F:
    """Return *fact* with what is held against it in words."""
    if fact.anomaly is None:
        return fact
    said = {"publisher": fact.publisher or fact.source, "days": fact.late_days or 0}
    text = catalogue.text(language, f"anomaly.{fact.anomaly}", said)
    return structs.replace(fact, anomaly=text.detail)


def case_routes(cases: Cases, catalogue: Catalogue) -> APIRouter:
    """Return the routes of cases; *catalogue* has the words for what contradicts a case."""
    router = APIRouter(
        prefix="/v1/cases",
        tags=["cases"],
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
    )

    @router.get("", responses=answered(CasePage), openapi_extra=told(CURSOR_INVALID, *READING))
    async def listed(
        request: Request,
        wanted: Annotated[CaseQuery, Depends(wanted_of)],
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List cases, greatest number first; a page may be short and still have a next one.

        `due` asks for what turns red on that day unless somebody acts.
        """
        found = await cases.within(seen).listed(wanted, KEYS.read(cursor), rows)
        cursor = KEYS.written(found.following) if found.following else None
        return page(request, CasePage(found.items, cursor))

    @router.get(
        f"{ONE}/timeline",
        responses=answered(TimelinePage),
        openapi_extra=told(CASE_UNKNOWN, *READING),
    )
    async def timeline(
        request: Request, case_no: CaseNoInPath, seen: SeenOrganisations
    ) -> Response:
        """Return every fact of a case in the order of business time."""
        facts = _known(await cases.within(seen).timeline(case_no))
        language = language_of(request)
        return page(
            request, TimelinePage([worded(fact, catalogue, language) for fact in facts], None)
        )

    @router.get(
        f"{ONE}/clocks", responses=answered(ClockPage), openapi_extra=told(CASE_UNKNOWN, *READING)
    )
    async def clocks(request: Request, case_no: CaseNoInPath, seen: SeenOrganisations) -> Response:
        """
        Return the deadlines of a case with everything that makes them.

        `used` says of each, and of the whole case, whose time it was; the parts make the whole.
        """
        language = language_of(request).value
        return page(request, _known(await cases.within(seen).clocks(case_no, language)))

    # Behind the two others, whose addresses this one matches as well.
    @router.get(ONE, responses=answered(Case), openapi_extra=told(CASE_UNKNOWN, *READING))
    async def one(case_no: CaseNoInPath, seen: SeenOrganisations) -> Response:
        """Return a case as it stands."""
        return answer(_known(await cases.within(seen).one(case_no)))

    return router


def organisation_routes(cases: Cases) -> APIRouter:
    """Return the route of where cases are open."""
    router = APIRouter(
        prefix="/v1/organisations",
        tags=["cases"],
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
    )

    @router.get("", responses=answered(OrganisationPage), openapi_extra=told(*READING))
    async def listed(request: Request, seen: SeenOrganisations) -> Response:
        """List the organisations in which cases are open, the most first."""
        return page(request, OrganisationPage(await cases.within(seen).by_organisation(), None))

    return router


def _known(found: T | None) -> T:
    if found is None:
        raise Problem(*CASE_UNKNOWN, field="case_no")
    return found
