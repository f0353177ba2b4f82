"""When, where and by whom a command is given, as far as the request tells."""

from typing import Annotated

from fastapi import Depends, Header
from pydantic import StringConstraints
from starlette.requests import Request

from shared.eventstore.deciding import Occasion, Repetition
from shared.policy.calendar import ZONE
from shared.runtime.clock import Clock
from shared.runtime.edge import TRACEPARENT
from shared.runtime.idempotency import Once
from shared.runtime.policies import Caller

Place = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


async def occasion(
    request: Request,
    caller: Caller,
    once: Once,
    casetrack_window: Annotated[Place | None, Header()] = None,
    casetrack_site: Annotated[Place | None, Header()] = None,
) -> Occasion:
    """Return the occasion of this request; the instant is ours, never the sender's."""
    clock: Clock = request.app.state.clock
    traceparent = request.headers.get("traceparent", "")
    return Occasion(
        at=clock.now().astimezone(ZONE),
        actorid=caller.subject,
        windowid=casetrack_window,
        siteid=casetrack_site,
        districtcode=request.app.state.district,
        traceparent=traceparent if TRACEPARENT.fullmatch(traceparent) else None,
        repetition=Repetition(once.principal, once.key, once.digest),
    )


Now = Annotated[Occasion, Depends(occasion)]
"""A parameter of a command's handler: what all its facts have in common."""
