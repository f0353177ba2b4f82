"""How a browser signs in: a one-use link becomes a cookie that no script can read."""

from collections.abc import Mapping
from typing import Any, Protocol

from starlette.responses import Response

from shared.runtime.clock import Clock
from shared.web.auth import SKEW_SECONDS, Role, Unauthenticated, Verifier
from shared.web.issuer import DAY_OF_WORK, Bearer, LocalIssuer

COOKIE = "casetrack_session"
TICKETS_REMEMBERED_MAX = 10_000


class UsedTickets(Protocol):
    """Remembers which tickets were spent."""

    async def claim(self, jti: str, until: float) -> bool:
        """Return True for the first claim of *jti*, and False for every other before *until*."""
        ...


class RememberedTickets:
    """Spent tickets in this process's memory: enough where one process answers sign-ins."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: dict[str, float] = {}

    async def claim(self, jti: str, until: float) -> bool:
        now = self._clock.now().timestamp()
        self._spent = {known: end for known, end in self._spent.items() if end > now}
        if jti in self._spent or len(self._spent) >= TICKETS_REMEMBERED_MAX:
            return False
        self._spent[jti] = until
        return True


class SignIn:
    """Turns a ticket into a session."""

    def __init__(self, tickets: Verifier, used: UsedTickets, issuer: LocalIssuer) -> None:
        self._tickets = tickets
        self._used = used
        self._issuer = issuer

    async def redeem(self, ticket: str) -> str:
        """
        Return the session token for *ticket*.

        Raises:
            Unauthenticated: the ticket is not ours, too old, or was used before.
        """
        principal = await self._tickets.verify(ticket)
        claims = await self._tickets.claims(ticket)
        if not await self._used.claim(*_identity(claims)):
            raise Unauthenticated("ticket_used_before", code="ticket_used")
        role: Role = min(principal.roles)
        return self._issuer.session(Bearer(role, principal.org, principal.name))


def _identity(claims: Mapping[str, Any]) -> tuple[str, float]:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise Unauthenticated("ticket_without_identity")
    # Remembered beyond its end by as much as a skewed clock would still accept it.
    return jti, float(claims["exp"]) + SKEW_SECONDS


def keep_session(response: Response, token: str, *, secure: bool) -> None:
    """Set the cookie of a session; *secure* is False only on loopback, where there is no TLS."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(DAY_OF_WORK.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=secure,
    )


def end_session(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
