"""From the rows of a stream back to what happened."""

from collections.abc import Iterable

import structlog

from shared.contracts.envelope import Event
from shared.contracts.registry import decode
from shared.contracts.unreadable import Unreadable
from shared.eventstore.port import History, HistoryUnreadable

log = structlog.get_logger()


def history_of(stream: str, bodies: Iterable[bytes], after: int = 0) -> History:
    """
    Return the history that *bodies*, oldest first, tell behind version *after*.

    Raises:
        HistoryUnreadable: one of them says nothing that we understand; the log says which.
    """
    events: list[Event] = []
    for version, body in enumerate(bodies, start=after + 1):
        try:
            events.append(decode(body))
        except Unreadable as fault:
            log.error(  # noqa: TRY400 - where we read it from is no news
                "history_unreadable",
                stream=stream,
                version=version,
                reason=fault.code,
                field=fault.field,
            )
            raise HistoryUnreadable(stream, version) from fault
    return History(after + len(events), tuple(events))
