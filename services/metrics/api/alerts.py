"""What people do with an alert: they say that they have seen it."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from services.metrics.handlers.acknowledging import Acknowledging
from services.metrics.handlers.today import Document
from shared.runtime.auth import Role
from shared.runtime.policies import Caller, permit
from shared.runtime.problems import Problem

CONFLICT = 409
ANSWERABLE = (Role.SUPERVISOR, Role.DIRECTOR, Role.HANDLER, Role.APPROVER)


class Acknowledgement(BaseModel):
    """A word to go with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: str | None = Field(None, max_length=500)


def alert_routes(acknowledging: Acknowledging) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["alerts"])

    @router.post("/alerts/{alert_id}/acknowledge", dependencies=[permit(*ANSWERABLE)])
    async def acknowledge(
        alert_id: Annotated[str, Path(min_length=1, max_length=64)],
        word: Acknowledgement,
        caller: Caller,
    ) -> Document:
        """Acknowledge a standing alert; a second time says nothing new."""
        event_id = await acknowledging.handle(alert_id, caller.subject, word.note)
        if event_id is None:
            raise Problem(CONFLICT, "alert_not_standing", field="alert_id")
        return {"alert_id": alert_id, "state": "ACKNOWLEDGED", "event_id": event_id}

    return router
