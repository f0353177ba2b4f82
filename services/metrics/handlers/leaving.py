"""Who leaves, or is sent out: told to every service before it holds here."""

import structlog

from shared.commands.deciding import Desk
from shared.contracts.access.facts import AccessFact, AccountSignedOut, SessionEnded
from shared.contracts.envelope import Event
from shared.policy.calendar import ZONE
from shared.web.auth import Principal
from shared.web.session import Endings

log = structlog.get_logger()


class Leaving:
    """
    Ends sessions. What was said and does not hold here yet is said again by whoever asks again.

    Once a session is over here its bearer cannot ask any more: so the others are told first.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._endings = Endings(desk.store)

    async def end(self, principal: Principal) -> None:
        """End the session by which *principal* came, wherever its cookie lies."""
        session = principal.session
        if session is None:
            return
        await self._tell(SessionEnded(session=session.name), f"session-{session.name}", principal)
        await self._endings.note_ended(session.name, principal.subject)
        log.info("signed_out", principal=principal.subject)

    async def end_all(self, account: str, by: Principal) -> None:
        """End every session of *account*, wherever it is signed in."""
        times = await self._endings.epoch(account) + 1
        # Whoever is quicker with the same number has ended them as well.
        await self._tell(AccountSignedOut(account=account, times=times), self._desk.ids.new(), by)
        await self._endings.note_signed_out(account, times, by.subject)
        log.info("account_signed_out", account=account, principal=by.subject)

    async def _tell(self, fact: AccessFact, event_id: str, by: Principal) -> None:
        now = self._desk.clock.now().astimezone(ZONE)
        event = Event.of(
            fact,
            id=event_id,
            source=self._desk.source,
            time=now,
            recordedtime=now,
            partitionkey=fact.subject,
            actorid=by.subject,
            actorrole=min(by.roles),
        )
        # One that is on record already differs by its instant alone.
        await self._desk.store.record([event])
