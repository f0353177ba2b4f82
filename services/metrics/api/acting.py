"""What people do about cards: acknowledge, send up, and withdraw them, which takes two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.alerts import ALERT_UNKNOWN
from services.metrics.api.answers import answer, answered
from services.metrics.api.parameters import WRITING, AlertId
from services.metrics.api.roles import ACKNOWLEDGERS, ACTORS, SeenOrganisations
from services.metrics.domain.supervising import refusals
from services.metrics.handlers.acting import Acting, Saying
from services.metrics.views.alert import Acknowledged, Escalated, Revoked
from services.metrics.views.view import View
from shared.commands.deciding import Occasion
from shared.commands.service import STORE_FAULTS
from shared.contracts.rejection import SamePerson
from shared.contracts.types import ActorId, Note
from shared.eventstore.port import ConcurrencyConflict
from shared.policy.calendar import ZONE
from shared.policy.organisations import organisations
from shared.runtime.clock import Clock
from shared.web.auth import Principal, Role
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import BAD_REQUEST, Problem, kind_of

NOT_STANDING = kind_of(refusals.AlertNotStanding)
NOT_SENT_UP = (refusals.AlertAcknowledgedAlready, refusals.LadderEnds)
NOT_WITHDRAWN = (
    SamePerson,
    refusals.ApproverIsAnother,
    refusals.RevocationNotProposed,
    refusals.RevocationProposedAlready,
)
ACTING = (
    BAD_REQUEST,
    ALERT_UNKNOWN,
    NOT_STANDING,
    *WRITING,
    STORE_FAULTS[ConcurrencyConflict].kind,
)
"""What stands in the way of acting on a card, whatever it is."""
LEVELS_MAX = 20
NO_NUL = r"^[^\x00]*$"


class AlertRemark(BaseModel):
    """A word to go with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: Note | None = Field(None, pattern=NO_NUL)


class Climb(AlertRemark):
    """To which level; the next one, where nothing is said."""

    to_level: int | None = Field(None, ge=1, le=LEVELS_MAX)


class Withdrawal(BaseModel):
    """Why a card is to be withdrawn, and who is asked to agree."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Annotated[Note, Field(min_length=1, pattern=NO_NUL)] | None = None
    approved_by: Annotated[ActorId, Field(pattern=NO_NUL)] | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something to a card, and when."""

    caller: Principal
    at: datetime

    def word(self, roles: Sequence[Role], text: str | None) -> Saying:
        """Return *text* as the caller's, in the first of *roles* that the caller has."""
        caller = self.caller
        role = next(role.value for role in roles if caller.has(role))
        org = organisations().today(caller.org)
        occasion = Occasion(at=self.at, actorid=caller.subject, actorrole=role, actororg=org)
        return Saying(caller.subject, occasion, text)


async def speaker_of(request: Request, caller: Caller) -> Speaker:
    """Return who speaks; the instant is ours."""
    clock: Clock = request.app.state.clock
    return Speaker(caller, clock.now().astimezone(ZONE))


Spoken = Annotated[Speaker, Depends(speaker_of)]


def acting_routes(acting: Acting) -> APIRouter:
    """Return the routes by which people act on cards."""
    router = APIRouter(prefix="/v1/alerts/{alert_id}", tags=["alerts"])
    desk = AlertDesk(acting)
    for path, roles, view, refused, act in (
        ("/acknowledge", ACKNOWLEDGERS, Acknowledged, (), desk.acknowledge),
        ("/escalate", ACTORS, Escalated, NOT_SENT_UP, desk.escalate),
        ("/revoke", ACTORS, Revoked, NOT_WITHDRAWN, desk.revoke),
    ):
        router.post(
            path,
            dependencies=[permit(*roles, of=Of.REGISTER)],
            responses=answered(view),
            openapi_extra=told(*map(kind_of, refused), *ACTING),
        )(act)
    return router


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """Where people say what they do about cards that they see."""

    acting: Acting

    async def acknowledge(
        self,
        alert_id: AlertId,
        spoken: Spoken,
        seen: SeenOrganisations,
        said: AlertRemark | None = None,
    ) -> Response:
        """Say that a standing card was seen; said again, it is answered like the first time."""
        word = spoken.word(ACKNOWLEDGERS, said.note if said else None)
        return _known(await self.acting.within(seen).acknowledge(alert_id, word))

    async def escalate(
        self,
        alert_id: AlertId,
        spoken: Spoken,
        seen: SeenOrganisations,
        said: Climb | None = None,
    ) -> Response:
        """
        Send a card up that nobody has acknowledged, to the next level or to `to_level`.

        Whoever names the level may say it again: to one that is reached nothing changes.
        """
        said = said or Climb()
        word = spoken.word(ACTORS, said.note)
        return _known(await self.acting.within(seen).escalate(alert_id, word, said.to_level))

    async def revoke(
        self,
        alert_id: AlertId,
        spoken: Spoken,
        seen: SeenOrganisations,
        said: Withdrawal | None = None,
    ) -> Response:
        """
        Ask that a card be withdrawn, or agree to it: two persons do it, each by their own sign-in.

        The first one's request with its `reason` is a proposal, and the card stands. Somebody else
        who hands in the same, or nothing, agrees: the card is withdrawn, and is not raised
        again for the same claim. `approved_by` names the one who is asked to agree.
        """
        said = said or Withdrawal()
        word = spoken.word(ACTORS, said.reason)
        return _known(await self.acting.within(seen).revoke(alert_id, word, said.approved_by))


def _known(said: View | None) -> Response:
    if said is None:
        raise Problem(*ALERT_UNKNOWN, field="alert_id")
    return answer(said)
