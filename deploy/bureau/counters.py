"""The bureau's counters, seen from outside: commands over HTTP, given once however often sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from deploy.delivery import PASSING, UNAUTHORISED
from deploy.faults import ServerUnreachable
from shared.runtime.clock import Clock
from shared.web.auth import Role

ANSWER_SECONDS_MAX = 30.0
PATIENCE_SECONDS = 60.0
"""A service that was killed is back long before."""
PAUSE_SECONDS = 0.5
CREATED = 201
NOT_FOUND = 404
REFUSALS_KEPT_MAX = 20

SERVICE = {
    "cases": "intake",
    "inspections": "intake",
    "referrals": "intake",
    "meetings": "intake",
    "appointments": "intake",
    "visits": "intake",
    "tool-uses": "intake",
    "sites": "intake",
    "scenes": "intake",
    "grading-lists": "intake",
    "committee-rules": "intake",
    "item-lists": "intake",
    "item-changes": "intake",
    "tasks": "assist",
    "policies": "assist",
    "walkthroughs": "assist",
    "problems": "assist",
    "projects": "assist",
    "agents": "assist",
    "service-lists": "assist",
    "outreach": "assist",
    "needs": "assist",
    "engagements": "assist",
    "benefits": "assist",
    "unclaimed-benefits": "assist",
    "ratings": "review",
    "rectifications": "review",
    "tickets": "review",
    "matters": "review",
    "complaints": "review",
    "plan": "metrics",
}
"""Which service takes the commands of a collection."""


class TurnedDown(Exception):
    """A service understood a command and declined it."""


@dataclass(slots=True)
class Counters:
    """The way to every service; *bearer* gives a fresh token for a role."""

    client: httpx2.AsyncClient
    addresses: Mapping[str, str]
    bearer: Callable[[Role], str]
    clock: Clock
    given: int = 0
    refusals: list[str] = field(default_factory=list)
    _tokens: dict[Role, str] = field(default_factory=dict)

    async def give(
        self, role: Role, path: str, words: Mapping[str, Any], *, key: str, window: str
    ) -> str:
        """
        Hand in a command at ``/v1/<path>`` and return its subject.

        Raises:
            Refused: the service declined it.
            ServerUnreachable: nobody answered for a minute.
        """
        headers = {"Idempotency-Key": key, "Casetrack-Window": window}
        address = f"{self.addresses[SERVICE[path.partition('/')[0]]]}/v1/{path}"
        answer = await self._ask(role, "POST", address, headers=headers, json=dict(words))
        if answer.status_code != CREATED:
            self._note(f"{path}: {answer.status_code} {answer.json().get('code')}")
            raise TurnedDown(path)
        self.given += 1
        return str(answer.json()["subject"])

    async def case(self, case_no: str) -> dict[str, Any] | None:
        """Return what metrics knows of a case; None where it has not heard of it yet."""
        address = f"{self.addresses['metrics']}/v1/cases/{case_no}"
        answer = await self._ask(Role.SUPERVISOR, "GET", address)
        if answer.status_code == NOT_FOUND:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def _ask(self, role: Role, method: str, address: str, **request: Any) -> httpx2.Response:  # noqa: ANN401 - handed on
        give_up_at = self.clock.monotonic() + PATIENCE_SECONDS
        headers = request.pop("headers", {})
        while True:
            token = self._tokens.get(role) or self._tokens.setdefault(role, self.bearer(role))
            told = {**headers, "Authorization": f"Bearer {token}"}
            try:
                answer = await self.client.request(
                    method, address, headers=told, timeout=ANSWER_SECONDS_MAX, **request
                )
            except httpx2.TransportError as fault:
                trouble = str(fault) or type(fault).__name__
            else:
                if answer.status_code not in {*PASSING, UNAUTHORISED}:
                    return answer
                trouble = f"HTTP {answer.status_code}"
                self._tokens.pop(role, None)
            if self.clock.monotonic() > give_up_at:
                raise ServerUnreachable(server=address, reason=trouble)
            await self.clock.sleep(PAUSE_SECONDS)

    def _note(self, refusal: str) -> None:
        if len(self.refusals) < REFUSALS_KEPT_MAX:
            self.refusals.append(refusal)

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
