"""What a publisher told while somebody else may have had its key: found, and no longer believed."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from services.metrics.domain.entry import Order, order_of
from services.metrics.handlers.judging import Judgement, judgement_event
from services.metrics.ports.chronicles import Chronicle, Chronicles
from services.metrics.views.publisher import DoubtProgress, PublisherDoubted, SuspectFact
from shared.commands.deciding import Desk
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from shared.policy.calendar import ZONE

DOSSIERS_PER_STEP_MAX = 500
FACTS_PER_TRANSACTION_MAX = 500
EXAMPLES_MAX = 20
JUDGED = {FactConfirmed.TYPE: True, FactRejected.TYPE: False}

HearSearch = Callable[[DoubtProgress], Awaitable[None]]


class _Told(msgspec.Struct):
    source: str
    id: str
    type: str
    time: datetime
    recordedtime: datetime | None = None
    publisher: str | None = None
    sequence: str | None = None
    data: dict[str, Any] = {}

    @property
    def order(self) -> Order:
        return order_of(self.time, self.sequence, self.id)

    @property
    def name(self) -> tuple[str, str]:
        return self.source, self.id


_TOLD = msgspec.json.Decoder(_Told)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Whose word is doubted, from when until before when we learned of it, and why."""

    publisher: str
    since: datetime
    until: datetime
    reason: str


@dataclass(slots=True)
class Found:
    """The sum over dossiers; of very many facts the first are named and all are counted."""

    cases: int = 0
    facts: int = 0
    rejected: int = 0
    judged: int = 0
    examples: list[SuspectFact] = field(default_factory=list)


class Doubting:
    """Records of every fact in doubt that it is not believed, as a supervisor would one by one."""

    def __init__(self, desk: Desk, chronicles: Chronicles) -> None:
        self._desk = desk
        self._chronicles = chronicles

    async def handle(
        self, suspicion: Suspicion, by: str, role: str, *, preview: bool, hear: HearSearch
    ) -> PublisherDoubted:
        """
        Return what the publisher told in that time; unless it is a preview, it is believed no more.

        What somebody has judged stays as it is. Said again after an interruption it goes on:
        each fact is rejected once in this way, and stays what a person makes of it afterwards.

        Raises:
            StoreUnavailable: what is rejected so far is; the same may be said again.
        """
        found, done, last = Found(), 0, ""
        of = await self._chronicles.dossiers()
        await hear(DoubtProgress(done, of))
        words = (suspicion.publisher, *JUDGED)
        while step := await self._chronicles.holding(words, last, DOSSIERS_PER_STEP_MAX):
            unjudged = [fact for chronicle in step for fact in _noted(chronicle, suspicion, found)]
            if not preview:
                await self._reject(unjudged, suspicion, by, role)
            found.rejected += len(unjudged)
            last, done = step[-1].dossier, done + len(step)
            await hear(DoubtProgress(done, max(done, of)))
        return PublisherDoubted(
            suspicion.publisher,
            suspicion.since,
            suspicion.until,
            preview,
            found.cases,
            found.facts,
            found.rejected,
            found.judged,
            found.examples,
        )

    async def _reject(
        self, facts: Sequence[tuple[str, _Told]], suspicion: Suspicion, by: str, role: str
    ) -> None:
        rejections = [
            judgement_event(
                Judgement(fact.id, fact.source, believed=False, reason=suspicion.reason),
                dossier,
                by,
                role,
                self._desk,
                _id_of(fact),
            )
            for dossier, fact in facts
        ]
        for first in range(0, len(rejections), FACTS_PER_TRANSACTION_MAX):
            # One that is on record already, not folded yet, stays as it is.
            await self._desk.store.record(rejections[first : first + FACTS_PER_TRANSACTION_MAX])


def _noted(chronicle: Chronicle, suspicion: Suspicion, found: Found) -> list[tuple[str, _Told]]:
    """Add one dossier's facts in doubt to *found*; return those that nobody has judged."""
    facts = [_TOLD.decode(body) for body in chronicle.bodies]
    words = _words(facts)
    suspect = [fact for fact in facts if _is_meant(fact, suspicion)]
    suspect.sort(key=attrgetter("recordedtime", "name"))
    unjudged = [fact for fact in suspect if fact.name not in words]
    found.cases += bool(suspect)
    found.facts += len(suspect)
    found.judged += len(suspect) - len(unjudged)
    for fact in suspect[: EXAMPLES_MAX - len(found.examples)]:
        at = (fact.recordedtime or fact.time).astimezone(ZONE)
        believed = words.get(fact.name)
        found.examples.append(
            SuspectFact(chronicle.dossier, fact.id, fact.source, fact.type, at, believed)
        )
    return [(chronicle.dossier, fact) for fact in unjudged]


def _is_meant(fact: _Told, suspicion: Suspicion) -> bool:
    return (
        fact.publisher == suspicion.publisher
        and fact.recordedtime is not None
        and suspicion.since <= fact.recordedtime < suspicion.until
    )


def _words(facts: Sequence[_Told]) -> Mapping[tuple[str, str], bool]:
    """Return what people have said of facts, by source and id: the last word counts."""
    words = sorted((fact for fact in facts if fact.type in JUDGED), key=attrgetter("order"))
    return {(one.data["fact_source"], one.data["fact_id"]): JUDGED[one.type] for one in words}


def _id_of(fact: _Told) -> str:
    """Return the id of the one rejection of *fact* that is not a person's word about it alone."""
    said = "\0".join(("doubt", *fact.name)).encode()
    return f"doubt-{hashlib.sha256(said).hexdigest()}"
