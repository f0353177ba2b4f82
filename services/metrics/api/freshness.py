"""How far the projection may be trusted."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from services.metrics.api.answers import answer, answered
from services.metrics.api.parameters import READING
from services.metrics.api.roles import READERS
from services.metrics.handlers.freshness import (
    Freshness,
    behind_told,
    outboxes_told,
    rebuilding_told,
    rounds_told,
)
from services.metrics.handlers.waiting import lanes_behind
from services.metrics.ports.clock_rounds import ClockRounds
from services.metrics.ports.deadlines import Deadlines
from services.metrics.ports.glances import Glances
from services.metrics.views.freshness import Completeness
from shared.policy.calendar import local
from shared.runtime.clock import Clock
from shared.web.description import told
from shared.web.policies import Of, permit


def freshness_routes(
    glances: Glances, deadlines: Deadlines, clock_rounds: ClockRounds, clock: Clock
) -> APIRouter:
    """Return the route that says up to when everything is complete."""
    router = APIRouter(
        prefix="/v1", tags=["freshness"], dependencies=[permit(*READERS, of=Of.BUREAU)]
    )
    freshness = Freshness()

    @router.get("/freshness", responses=answered(Completeness), openapi_extra=told(*READING))
    async def fresh() -> Response:
        """Return up to when the figures are complete, and where partitions and outboxes are."""
        offsets, outboxes = await glances.offsets(), await glances.outboxes()
        rebuilding, rounds = await glances.rebuilding(), await clock_rounds.rounds()
        now = clock.now()
        waiting = await lanes_behind(deadlines, now)
        lag = freshness.lag_seconds(offsets, outboxes, now)
        return answer(
            Completeness(
                as_of=local(now),
                complete_to=local(now - timedelta(seconds=lag)) if offsets else None,
                lag_seconds=lag,
                rebuilding=rebuilding_told(rebuilding),
                partitions=freshness.partitions(offsets, now),
                outboxes=outboxes_told(outboxes),
                behind=behind_told(waiting),
                clocks=rounds_told(rounds),
            )
        )

    return router
