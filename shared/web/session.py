"""How a browser signs in: a one-use link becomes a cookie that no script can read."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response

from shared.web.auth import Principal, Role, Unauthenticated, Verifier, identity
from shared.web.issuer import DAY_OF_WORK, Bearer, LocalIssuer

log = structlog.get_logger()

COOKIE = "casetrack_session"
HOST_COOKIE = f"__Host-{COOKIE}"
"""A name that browsers take over TLS alone, and from no neighbour of ours (RFC 6265bis 4.1.3.2)."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

TICKET_SPENT = "ticket-spent"
SESSION_ENDED = "session-ended"
ACCOUNT_SIGNED_OUT = "account-signed-out"
"""Of an account, with the number of the time: all its sessions ended at once."""


class Claims(Protocol):
    """Where a name is claimed once and for ever: an event store."""

    async def claim(self, kind: str, name: str, holder: str) -> str:
        """Return whose *name* is among its *kind*: *holder*'s, if nobody came before."""
        ...

    async def holder(self, kind: str, name: str) -> str | None:
        """Return whose *name* is among its *kind*; None while nobody has claimed it."""
        ...


async def _nothing() -> None:
    pass


def _used() -> Unauthenticated:
    return Unauthenticated("ticket_used_before", code="ticket_used")


class SignIn:
    """Turns a ticket into a session, which lasts while somebody is there."""

    def __init__(
        self,
        tickets: Verifier,
        claims: Claims,
        issuer: LocalIssuer,
        idle: timedelta = DAY_OF_WORK,
    ) -> None:
        self._tickets = tickets
        self._claims = claims
        self._endings = Endings(claims)
        self._issuer = issuer
        self._idle = idle

    async def redeem(
        self, ticket: str, came_from: str = "", leave: Callable[[], Awaitable[None]] = _nothing
    ) -> str:
        """
        Return the session token for *ticket*, which is spent with it, over any restart.

        What there is to *leave* is left first: where that fails, the ticket is good for
        another try.

        Raises:
            Unauthenticated: the ticket is not ours, too old, or was used before.
        """
        try:
            principal = await self._tickets.verify(ticket)
            name = identity(await self._tickets.claims(ticket))
            if await self._claims.holder(TICKET_SPENT, name) is not None:
                raise _used()
            await leave()
            await self._spend(name)
        except Unauthenticated as refusal:
            log.warning("sign_in_refused", reason=refusal.reason, address=came_from)
            raise
        role: Role = min(principal.roles)
        log.info("signed_in", principal=principal.subject, role=role.value, address=came_from)
        session = self._issuer.begun(await self._endings.epoch(principal.subject))
        return self._issuer.session(_bearer(principal), session, self._idle)

    def prolong(self, principal: Principal) -> str | None:
        """Return a new token for the session of *principal*, None where none can go on."""
        session = principal.session
        if session is None or self._issuer.left(session) <= timedelta(0):
            return None
        return self._issuer.session(_bearer(principal), session, self._idle)

    async def _spend(self, name: str) -> None:
        visit = self._issuer.visit()
        if await self._claims.claim(TICKET_SPENT, name, visit) != visit:
            raise _used()


def _bearer(principal: Principal) -> Bearer:
    return Bearer(min(principal.roles), principal.org, principal.name)


class Endings:
    """
    Which sessions were ended before their time: one by one, or all of an account.

    The times at which all of an account's were ended are counted, and a session knows how many
    had been before it began: so it does not matter what any clock says.
    """

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._epochs: dict[str, int] = {}

    async def note_ended(self, session: str, by: str) -> None:
        """Note that the session of this name is over; nothing opens it again."""
        await self._claims.claim(SESSION_ENDED, session, by)

    async def note_signed_out(self, account: str, times: int, by: str) -> None:
        """Note that all sessions of *account* have been ended, *times* in all."""
        # The earlier ones, too: a service may have begun to hear of them behind those.
        for time in range(await self.epoch(account) + 1, times + 1):
            await self._claims.claim(ACCOUNT_SIGNED_OUT, f"{time}:{account}", by)

    async def epoch(self, account: str) -> int:
        """Return how often all sessions of *account* have been ended."""
        epoch = self._epochs.get(account, 0)
        while await self._claims.holder(ACCOUNT_SIGNED_OUT, f"{epoch + 1}:{account}") is not None:
            epoch += 1
            # It never goes back, and few accounts are ever ended.
            self._epochs[account] = epoch
        return epoch

    async def has_ended(self, principal: Principal) -> bool:
        """Say whether the session by which *principal* came was ended; one of none never is."""
        session = principal.session
        if session is None:
            return False
        if await self._claims.holder(SESSION_ENDED, session.name) is not None:
            return True
        return await self.epoch(principal.subject) > session.epoch


def session_of(request: Request) -> str | None:
    """Return the session token that the browser sent, under the name that it must have here."""
    return request.cookies.get(_cookie(request))


def keep_session(request: Request, response: Response, token: str) -> None:
    """Set the cookie of a session; only on loopback, where there is no TLS, one without it."""
    name = _cookie(request)
    response.set_cookie(
        name,
        token,
        max_age=int(DAY_OF_WORK.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=name == HOST_COOKIE,
    )


def forget_session(request: Request, response: Response) -> None:
    name = _cookie(request)
    secure = name == HOST_COOKIE
    response.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=secure)


def _cookie(request: Request) -> str:
    return COOKIE if request.url.hostname in LOOPBACK else HOST_COOKIE
