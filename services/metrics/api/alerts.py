"""Cards: listed, and one with its explanation and everything that became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered, page
from services.metrics.api.paging import AlertPlaces
from services.metrics.api.parameters import (
    CURSOR_INVALID,
    READING,
    ROWS_USUAL,
    AlertId,
    Cursor,
    DayAsked,
    Label,
    Rows,
)
from services.metrics.api.roles import (
    ACKNOWLEDGERS,
    ACTORS,
    ORDER_ANSWERERS,
    ORDER_ISSUERS,
    READERS,
    WORKERS,
    SeenOrganisations,
)
from services.metrics.handlers.alerts import AlertQuery, Alerts
from services.metrics.ports.readings import AlertOrder
from services.metrics.views.alert import Alert, AlertAction, AlertPage, CardGroups
from services.metrics.views.order import OrderLine
from shared.contracts.supervision.course import (
    REVOCABLE,
    STANDING,
    UNANSWERED,
    AlertState,
    OrderState,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.organisations import organisations
from shared.web.auth import Principal, Role
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import Problem, ProblemKind, language_of

ALERT_UNKNOWN = ProblemKind(404, "alert_unknown")

OPEN_TO: Mapping[AlertAction, tuple[Sequence[Role], Sequence[AlertState]]] = {
    AlertAction.ACKNOWLEDGE: (ACKNOWLEDGERS, UNANSWERED),
    AlertAction.ESCALATE: (ACTORS, UNANSWERED),
    AlertAction.ORDER: ([*ORDER_ISSUERS], STANDING),
    AlertAction.REVOKE: (ACTORS, REVOCABLE),
}
"""By whom each thing can be done, and in which states of the card."""


def actions_of(caller: Principal, state: AlertState) -> tuple[AlertAction, ...]:
    """Return what *caller* can do about a card in *state*."""
    return tuple(
        action
        for action, (roles, states) in OPEN_TO.items()
        if caller.has(*roles) and state in states
    )


def actions_on(caller: Principal, card: Alert) -> tuple[AlertAction, ...]:
    """Return what *caller* can do about *card*, of which all is known: also who has asked whom."""
    allowed = actions_of(caller, card.state)
    proposal = card.proposal
    asked = proposal is not None and (
        proposal.by != caller.subject and proposal.approver in (None, caller.subject)
    )
    if proposal is not None and not asked:
        allowed = tuple(one for one in allowed if one is not AlertAction.REVOKE)
    if caller.has(*ORDER_ANSWERERS) and any(_is_to(caller, order) for order in card.orders):
        allowed = (*allowed, AlertAction.ANSWER)
    return allowed


def _is_to(caller: Principal, order: OrderLine) -> bool:
    """Say whether *order* waits for the answer of *caller*'s own organisation."""
    today = organisations().today
    return order.state is OrderState.ISSUED and today(order.org_code) == today(caller.org)


async def about_of(
    case_no: Label | None = None,
    begins: Annotated[Label | None, Query(description="what the case number begins with")] = None,
    sla: Label | None = None,
    organisation: Label | None = None,
) -> AlertQuery:
    """Return the cards of which cases, limits and organisations are asked for."""
    return AlertQuery(case_no=case_no, begins=begins, sla=sla, organisation=organisation)


async def wanted_of(
    state: Annotated[list[AlertState] | None, Query()] = None,
    level: AlertLevel | None = None,
    due_from: DayAsked | None = None,
    due_to: DayAsked | None = None,
    sort: AlertOrder = AlertOrder.NEWEST,
    *,
    about: Annotated[AlertQuery, Depends(about_of)],
) -> AlertQuery:
    """Return which cards are asked for."""
    return replace(
        about, states=state or STANDING, level=level, due_from=due_from, due_to=due_to, order=sort
    )


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
        caller: Caller,
        seen: SeenOrganisations,
        cursor: Cursor = None,
        rows: Rows = ROWS_USUAL,
    ) -> Response:
        """
        List cards that stand, unless `state` asks for others: newest first, or by `sort`.

        A cursor goes on in the order in which its page was sorted.
        """
        places = AlertPlaces(wanted.order)
        found = await alerts.within(seen).listed(wanted, places.read(cursor), rows)
        cursor = places.written(found.following) if found.following else None
        lines = [structs.replace(one, actions=actions_of(caller, one.state)) for one in found.items]
        return page(request, AlertPage(lines, cursor))

    # Before the next one, which matches its address as well.
    @router.get(
        "/groups",
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=answered(CardGroups),
        openapi_extra=told(*READING),
    )
    async def groups(seen: SeenOrganisations) -> Response:
        """Count the cards that stand, by limit and by organisation."""
        return answer(await alerts.within(seen).counted())

    @router.get(
        "/{alert_id}",
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=answered(Alert),
        openapi_extra=told(ALERT_UNKNOWN, *READING),
    )
    async def one(
        request: Request, alert_id: AlertId, caller: Caller, seen: SeenOrganisations
    ) -> Response:
        """Return a card with everything that made it."""
        found = await alerts.within(seen).one(alert_id, language_of(request).value)
        if found is None:
            raise Problem(*ALERT_UNKNOWN, field="alert_id")
        return answer(structs.replace(found, actions=actions_on(caller, found)))

    return router
