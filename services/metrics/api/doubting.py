"""What a publisher told while somebody else may have had its key."""

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.course import described, told_by
from services.metrics.api.parameters import WRITING
from services.metrics.api.roles import ACTORS
from services.metrics.handlers.doubting import Doubting, HearSearch, Suspicion
from services.metrics.views.publisher import DoubtProgress, PublisherDoubted
from shared.contracts.moments import MeantInstant
from shared.contracts.types import Identifier, Prose
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import BAD_REQUEST


class DoubtForm(BaseModel):
    """From when until before when we learned of what is doubted, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: MeantInstant
    until: MeantInstant
    reason: Prose = Field(min_length=1, pattern=r"^[^\x00]*$")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since >= self.until:
            raise PydanticCustomError("interval_empty", "the interval ends before it begins")
        return self


def doubting_routes(doubting: Doubting) -> APIRouter:
    """Return the route by which a publisher's word of some hours is doubted."""
    router = APIRouter(prefix="/v1/publishers", tags=["publishers"])

    @router.post(
        "/{publisher_id}/doubts",
        dependencies=[permit(*ACTORS, of=Of.BUREAU)],
        responses=described(DoubtProgress, PublisherDoubted),
        openapi_extra=told(BAD_REQUEST, *WRITING),
    )
    async def doubt(
        publisher_id: Identifier,
        form: DoubtForm,
        caller: Caller,
        request: Request,
        *,
        preview: bool = False,
    ) -> Response:
        """
        Say of all that a publisher told in an interval that it is not believed.

        Each fact is rejected as by its own judgement, except those of which somebody has
        said something; each can be confirmed afterwards.
        """
        suspicion = Suspicion(publisher_id, form.since, form.until, form.reason)
        role = next(role for role in ACTORS if caller.has(role))

        async def work(hear: HearSearch) -> PublisherDoubted:
            return await doubting.handle(
                suspicion, caller.subject, role, preview=preview, hear=hear
            )

        return await told_by(work, request)

    return router
