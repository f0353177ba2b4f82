"""Sessions that were ended at supervision's desk: nobody comes in with them here either."""

from shared.commands.adoption import Adoption
from shared.contracts.access.facts import AccountSignedOut, SessionEnded
from shared.eventstore.port import EventStore
from shared.web.session import Endings


class EndedSessions:
    """Takes over what supervision says of sessions, and holds it against those who come."""

    def __init__(self, store: EventStore) -> None:
        self._adoption = Adoption(store, [SessionEnded.TYPE, AccountSignedOut.TYPE])
        self._endings = Endings(store)

    async def adopt(self, body: bytes) -> None:
        """Return when a session that *body* ends, if it does so, opens nothing here any more."""
        event = await self._adoption.adopt(body)
        if event is None:
            return
        if isinstance(event.data, SessionEnded):
            await self._endings.note_ended(event.data.session, event.actorid or "")
        elif isinstance(event.data, AccountSignedOut):
            await self._endings.note_signed_out(
                event.data.account, event.data.times, event.actorid or ""
            )
