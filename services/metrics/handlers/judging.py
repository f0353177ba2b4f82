"""What a supervisor says of a fact that another system has told: that it is true, or is not."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from services.metrics.handlers.narrowing import narrowed
from services.metrics.ports.readings import Readings
from services.metrics.views.case import Judged
from shared.commands.deciding import Desk
from shared.contracts.envelope import Event
from shared.contracts.standing import speaker_of
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from shared.policy.calendar import ZONE


class _Identity(msgspec.Struct):
    source: str
    id: str
    publisher: str | None = None


_IDENTITY = msgspec.json.Decoder(_Identity)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody says of a fact."""

    fact_id: str
    fact_source: str
    believed: bool
    reason: str


def judgement_event(
    word: Judgement, dossier: str, by: str, role: str, desk: Desk, event_id: str
) -> Event:
    """Return *word* as a fact of supervision that *by* states."""
    now = desk.clock.now().astimezone(ZONE)
    kind = FactConfirmed if word.believed else FactRejected
    return Event.of(
        kind(
            fact_id=word.fact_id,
            fact_source=word.fact_source,
            by=by,
            reason=word.reason,
        ),
        id=event_id,
        source=desk.source,
        time=now,
        recordedtime=now,
        partitionkey=dossier,
        actorid=by,
        actorrole=role,
    )


class Judging:
    """Records judgements, as supervision's *desk* records everything."""

    def __init__(self, desk: Desk, readings: Readings) -> None:
        self._desk = desk
        self._readings = readings

    def within(self, organisations: Collection[str] | None) -> "Judging":
        """Return the same for who sees *organisations* alone, None for every one."""
        return Judging(self._desk, narrowed(self._readings, organisations))

    async def handle(self, case_no: str, word: Judgement, by: str, role: str) -> Judged | None:
        """
        Record *word* about a fact of the case; return None where nobody else told such a fact.

        What we state ourselves was decided, and is taken back by a command or not at all.
        The last word counts, so one that is said again changes nothing.

        Raises:
            StoreUnavailable: nothing is known; the same word may be said again.
        """
        if not _is_told(word, await self._readings.timeline(case_no)):
            return None
        event = judgement_event(word, case_no, by, role, self._desk, self._desk.ids.new())
        await self._desk.store.record([event])
        return Judged(case_no, word.fact_id, word.fact_source, word.believed, event.id)


def _is_told(word: Judgement, bodies: Iterable[str]) -> bool:
    wanted = (word.fact_source, word.fact_id)
    told = (_IDENTITY.decode(body) for body in bodies)
    return any(
        (one.source, one.id) == wanted and speaker_of(one.source, one.publisher) != ""
        for one in told
    )
