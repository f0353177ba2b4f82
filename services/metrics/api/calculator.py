"""The calculator: until when, day by day, of a limit or of an item, before anybody has filed."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered
from services.metrics.api.parameters import READING, DayAsked, Label
from services.metrics.api.roles import READERS, WORKERS, SeenOrganisations
from services.metrics.domain.reasons.filing import LIMIT_DAYS_MAX
from services.metrics.handlers.calculating import Calculating
from services.metrics.views.explanation import Explanation
from services.metrics.views.filing import FiledItem
from shared.contracts.moments import MeantInstant
from shared.contracts.words import LimitUnit
from shared.web.description import told
from shared.web.policies import Of, permit
from shared.web.problems import Problem, ProblemKind, language_of

ITEM_UNKNOWN = ProblemKind(404, "item_unknown")


def calculator_routes(calculating: Calculating) -> APIRouter:
    """Return the routes of the calculator."""
    router = APIRouter(
        prefix="/v1/due",
        tags=["calculator"],
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
    )

    @router.get("", responses=answered(Explanation))
    async def due(
        request: Request,
        limit: Annotated[int, Query(ge=0, le=LIMIT_DAYS_MAX)],
        unit: LimitUnit = LimitUnit.WD,
        start: Annotated[DayAsked | None, Query(alias="from")] = None,
    ) -> Response:
        """Say when a limit ends that begins on `from`, else today, and which days do not count."""
        return answer(calculating.due(start, limit, unit, language_of(request).value))

    @router.get("/filed", responses=answered(FiledItem), openapi_extra=told(ITEM_UNKNOWN, *READING))
    async def filed(
        request: Request,
        item: Label,
        seen: SeenOrganisations,
        at: MeantInstant | None = None,
    ) -> Response:
        """
        Say until when an item would be done that is handed in complete at `at`, else now.

        By what was promised when a case of it was accepted last, in the caller's organisations.
        """
        language = language_of(request).value
        found = await calculating.within(seen).filed(item, at, language)
        if found is None:
            raise Problem(*ITEM_UNKNOWN, field="item")
        return answer(found)

    return router
