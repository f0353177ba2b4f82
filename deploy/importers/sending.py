"""One log on its way to the gateway: in order by case, a few requests at once, counted."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any
from zlib import crc32

from deploy.delivery import Delivery, Verdict
from deploy.faults import first_of
from deploy.importers.document import LogUnreadable, pieces
from deploy.importers.mapping import Import
from deploy.importers.reading import read_log
from deploy.importers.told import LogPlace, Telling, ToldCase, Unusable
from shared.contracts.handling.facts import ActivityRecorded
from shared.contracts.registry import encode

BATCH_EVENTS = 100
LANES = 4
"""Requests in flight. A case keeps its lane, so that its events arrive in their order."""
LANE_BATCHES_MAX = 2
SHOWN_MAX = 20
"""So many reasons are kept; all are counted."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event as it is sent, and where in the log it comes from."""

    place: LogPlace
    case_no: str
    body: bytes


Queue = asyncio.Queue[list[Parcel] | None]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which part of a log is sent, in what order and how often; as logged, unless for a test."""

    cases_max: int | None = None
    seed: int | None = None
    times: int = 1


@dataclass(slots=True)
class Tally:
    """What became of one log."""

    cases: int = 0
    events: int = 0
    """How many the log has; what its cases say themselves is sent besides."""
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    rejections: list[dict[str, Any]] = field(default_factory=list)
    meant: int = 0
    """How many of them stand for more than an activity of some name."""
    noted: int = 0
    """What is told otherwise than the log has it: cases renamed, values that were empty."""
    notes: list[dict[str, Any]] = field(default_factory=list)

    def read(self, told: ToldCase) -> None:
        """Count what one part of the log has, and what of it cannot be sent."""
        self.events += told.events
        self.cases += told.is_case
        self.meant += sum(map(_is_meant, told.tellings))
        for note in told.notes:
            self.noted += 1
            _keep(self.notes, {**_position(note.place), "code": note.code, "field": note.field})
        for flaw in told.unusable:
            self.rejected += flaw.count
            _keep(self.rejections, {**_position(flaw.place), **_flaw(flaw)})

    def count(self, place: LogPlace, verdict: Verdict) -> None:
        match verdict.status:
            case "accepted":
                self.accepted += 1
            case "duplicate":
                self.duplicate += 1
            case _:
                self.rejected += 1
                reason = verdict.model_dump(exclude={"status"}, exclude_none=True)
                _keep(self.rejections, {**_position(place), **reason})


@dataclass(slots=True)
class Sending:
    """The import of one file."""

    path: Path
    log: Import
    arrangement: Arrangement
    settled: Callable[[int, float], None]
    """Called with how many events just got their verdicts, and how much of the log is done."""
    tally: Tally = field(default_factory=Tally)
    _raw: BufferedReader | None = None
    _total: int = 0
    _sent: int = 0

    async def run(self, delivery: Delivery) -> None:
        """
        Send every event of the log and count the verdicts.

        Raises:
            LogUnreadable: the file breaks off; what stood before has been sent.
            Fault: the gateway is away for too long, or refuses us.
        """
        queues: list[Queue] = [asyncio.Queue(LANE_BATCHES_MAX) for _ in range(LANES)]
        try:
            with self.path.open("rb") as self._raw:
                async with asyncio.TaskGroup() as tasks:
                    for queue in queues:
                        tasks.create_task(self._lane(queue, delivery))
                    damage = await self._fill(queues, self._arranged(self._raw))
        except ExceptionGroup as several:
            raise first_of(several) from None
        if damage is not None:
            raise damage

    async def _lane(self, queue: Queue, delivery: Delivery) -> None:
        while (batch := await queue.get()) is not None:
            verdicts = await delivery.send([parcel.body for parcel in batch])
            for parcel, verdict in zip(batch, verdicts, strict=True):
                self.tally.count(parcel.place, verdict)
            self._sent += len(batch)
            self.settled(len(batch), self._fraction())

    async def _fill(self, queues: list[Queue], parcels: Iterator[Parcel]) -> LogUnreadable | None:
        """Hand every parcel to its lane; return the damage that ended them too early, if any."""
        batches: list[list[Parcel]] = [[] for _ in queues]
        damage = None
        try:
            for parcel in parcels:
                lane = crc32(parcel.case_no.encode()) % len(queues)
                batches[lane].append(parcel)
                if len(batches[lane]) == BATCH_EVENTS:
                    await queues[lane].put(batches[lane])
                    batches[lane] = []
        except LogUnreadable as fault:
            damage = fault
        for queue, batch in zip(queues, batches, strict=True):
            if batch:
                await queue.put(batch)
            await queue.put(None)
        return damage

    def _arranged(self, raw: BufferedReader) -> Iterator[Parcel]:
        parcels = (parcel for parcel in self._parcels(raw) for _ in range(self.arrangement.times))
        if self.arrangement.seed is None:
            return parcels
        whole = list(parcels)
        self._total = len(whole)
        random.Random(self.arrangement.seed).shuffle(whole)  # noqa: S311 - an order, no secret
        return iter(whole)

    def _parcels(self, raw: BufferedReader) -> Iterator[Parcel]:
        for told in self.log.told(read_log(pieces(raw))):
            self.tally.read(told)
            for telling in told.tellings:
                event = telling.event
                yield Parcel(telling.place, event.partitionkey, encode(event))
            if self.tally.cases == self.arrangement.cases_max:
                return

    def _fraction(self) -> float:
        if self._total:
            return self._sent / self._total
        size = self.path.stat().st_size
        return self._raw.tell() / size if self._raw is not None and size else 0.0


def _is_meant(telling: Telling) -> bool:
    event = telling.event
    return not (event.derived or isinstance(event.data, ActivityRecorded))


def _keep(reasons: list[dict[str, Any]], reason: dict[str, Any]) -> None:
    if len(reasons) < SHOWN_MAX:
        reasons.append(reason)


def _position(place: LogPlace) -> dict[str, Any]:
    return {key: value for key, value in asdict(place).items() if value is not None}


def _flaw(flaw: Unusable) -> dict[str, Any]:
    lost = {"lost": flaw.count} if flaw.count > 1 else {}
    detail = {"detail": flaw.text} if flaw.text else {}
    return {"code": flaw.code.value, "field": flaw.field, **detail, **lost}
