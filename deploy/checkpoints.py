"""Checkpoints signed, published and read again: what the stores are measured by."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import jwt
import msgspec
from aiokafka.errors import KafkaError

from deploy.topics import empty_topics
from services.metrics.handlers.difference import Difference, What
from shared.contracts.registry import Owner
from shared.eventstore.books import open_books
from shared.eventstore.checkpoint import (
    Bearing,
    Book,
    Checkpoint,
    Footing,
    Growth,
    Signed,
    Walk,
    beginning,
    growths,
    signed_digest,
)
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway, Onlooker
from shared.kafka.port import Partition, Record, Sender
from shared.kafka.reader import kafka_reader, load_between, places_of
from shared.kafka.topics import CHECKPOINTS
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import crash
from shared.web import statements
from shared.web.keys import KeySet, KeysUnavailable, SigningKey
from shared.web.statements import (
    NotBelieved,
    believed,
    public_half,
    publish_half,
    replace_file,
)

TYPE = "casetrack-checkpoint+jws"
"""No signature that was given for anything else passes for one of these."""


@dataclass(frozen=True, slots=True)
class Signer:
    """
    Signs what has come into the stores, and remembers what it signed last.

    The memory lies beside the key and not on Kafka: who empties the topic cannot
    make us begin anew.
    """

    key: SigningKey
    path: Path
    """What the files of the memory are called like."""

    @classmethod
    def open(cls, path: Path, memory: Path | None = None) -> "Signer":
        """
        Return the signer with the key in *path*; the first call makes the key.

        The public half and what was signed last lie in the folder *memory*, else beside the key.
        """
        key = SigningKey.load(path)
        remembered = path if memory is None else memory / path.name
        publish_half(key, public_half(remembered))
        return cls(key, remembered)

    async def sign_all(self, dsn: str, sender: Sender, clock: Clock) -> list[Checkpoint]:
        """
        Publish a checkpoint of each store that has grown, and return them.

        Raises:
            StoreUnavailable, StoreRefused: the database went away, or does not let us in.
            SendUnknown: nobody knows whether it was published.
        """
        made = [await self.sign(dsn, owner, sender, clock) for owner in Owner]
        return [one for one in made if one is not None]

    async def sign(self, dsn: str, owner: Owner, sender: Sender, clock: Clock) -> Checkpoint | None:
        """
        Publish what stands in the store of *owner*; None where nothing has come since the last.

        Who is killed on the way signs again, and continues the same checkpoint.

        Raises:
            StoreUnavailable: the database went away.
            SendUnknown: nobody knows whether it was published.
        """
        last = self._last(owner)
        async with open_books(dsn, owner) as books:
            grown = await books.grown(last.checkpoint)
        if grown is None:
            return None
        checkpoint = msgspec.structs.replace(
            grown, number=grown.number + 1, at=clock.now(), previous=last.digest
        )
        words = signed(checkpoint, self.key)
        crash("checkpoint.signed")
        await sender.send([Record(CHECKPOINTS, owner.value.encode(), words)])
        crash("checkpoint.published")
        replace_file(self._memory(owner), words)
        return checkpoint

    async def altered(self, dsn: str, owner: Owner) -> list[Book]:
        """
        Return the books of *owner* that are no longer what we signed last, read from their start.

        Raises:
            StoreUnavailable: the database went away.
        """
        last = self._last(owner).checkpoint
        altered = []
        async with open_books(dsn, owner) as books:
            for book in Book:
                found = Footing()
                async for _, leaf in books.rows(book, 0, last.below):
                    found = found.add(leaf)
                altered += [] if found == last.books[book] else [book]
        return altered

    def forget(self) -> list[bytes]:
        """Begin anew with the next checkpoint; return what was signed last."""
        kept = [memory for memory in map(self._memory, Owner) if memory.exists()]
        words = [memory.read_bytes() for memory in kept]
        for memory in kept:
            memory.unlink()
        return words

    def _last(self, owner: Owner) -> Signed:
        memory = self._memory(owner)
        if not memory.exists():
            return beginning(owner)
        # Whoever writes here holds the key, or held the one before it.
        words = memory.read_bytes()
        payload = jwt.api_jws.decode(words, options={"verify_signature": False})
        return Signed(msgspec.json.decode(payload, type=Checkpoint), signed_digest(words))

    def _memory(self, owner: Owner) -> Path:
        return self.path.with_suffix(f".{owner.value}.jws")


def signed(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Return *checkpoint* as a compact JWS."""
    return statements.signed(msgspec.json.encode(checkpoint), key, TYPE).encode()


@dataclass(slots=True)
class Published:
    """The checkpoints that are believed, in the order of their publication, and what is not."""

    told: dict[Owner, list[Signed]] = field(default_factory=dict)
    forged: list[Difference] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.told.values()))

    @property
    def newest_at(self) -> datetime | None:
        """When the last one was signed."""
        return max((one.checkpoint.at for told in self.told.values() for one in told), default=None)

    def below(self, owner: Owner) -> int:
        """Return below which transaction the store of *owner* is signed."""
        return max((one.checkpoint.below for one in self.told.get(owner, ())), default=0)

    async def take(self, record: Record, keys: KeySet) -> None:
        """Raise KeysUnavailable where there are no keys at all."""
        words = record.value or b""
        try:
            payload = await believed(words, keys, TYPE)
            checkpoint = msgspec.json.decode(payload, type=Checkpoint)
        except (NotBelieved, msgspec.MsgspecError) as fault:
            place = f"{record.topic}/{record.partition}/{record.offset}"
            self.forged.append(Difference(place, What.CHECKPOINT_FORGED, str(fault), None))
            return
        self.told.setdefault(checkpoint.owner, []).append(Signed(checkpoint, signed_digest(words)))


class _Retelling(Onlooker):
    """Tells once what lies on the checkpoints' topic."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker, kafka_reader(broker))

    async def ends(self) -> Mapping[Partition, int]:
        """Return where each partition ends in which something lies."""
        places = await places_of(self._reader, CHECKPOINTS)
        starts, ends = (
            await self._reader.beginning_offsets(places),
            await self._reader.end_offsets(places),
        )
        return {Partition(*one): ends[one] for one in places if ends[one] > starts[one]}

    async def records(self) -> AsyncGenerator[Record, None]:
        """Raise BrokerAway where nobody answers any more."""
        reader = self._reader
        try:
            places = await places_of(reader, CHECKPOINTS)
            starts, ends = await reader.beginning_offsets(places), await reader.end_offsets(places)
            for place in places:
                async for record in load_between(reader, place, starts[place], ends[place]):
                    yield record
        except (KafkaError, OSError) as fault:
            raise BrokerAway(str(fault)) from fault


async def load_checkpoints(broker: Broker, keys: KeySet) -> Published:
    """
    Return what is published; nothing where nobody has ever signed.

    Raises:
        BrokerAway: Kafka does not answer, or not to us.
    """
    published = Published()
    try:
        async with _Retelling(broker) as told, aclosing(told.records()) as records:
            async for record in records:
                await published.take(record, keys)
    except KeysUnavailable:
        return Published()
    return published


async def set_aside(broker: Broker, signer: Signer, file: Path) -> None:
    """
    Keep in *file* every checkpoint that was published, one a line, and let signing begin anew.

    For after a restore: what was lost is told as a difference for as long as somebody
    publishes what was signed before.

    Raises:
        FileExistsError: there is such a file.
        BrokerAway: Kafka does not answer, or not to us.
    """
    with file.open("xb") as kept:
        try:
            async with _Retelling(broker) as told, aclosing(told.records()) as records:
                ends = await told.ends()
                known = [record.value or b"" async for record in records]
            # The last ones may be with us alone.
            kept.writelines(dict.fromkeys(b"%s\n" % words for words in [*known, *signer.forget()]))
            await empty_topics(broker, ends)
        except (KafkaError, OSError) as fault:
            raise BrokerAway(str(fault)) from fault


async def unsigned_since(dsn: str, published: Published) -> datetime | None:
    """
    Return when the oldest row was recorded that no checkpoint covers, None where all are covered.

    Raises:
        StoreUnavailable: the database went away.
    """
    found: list[datetime] = []
    for owner in Owner:
        async with open_books(dsn, owner) as books:
            oldest = await books.oldest(published.below(owner))
        found += [] if oldest is None else [oldest]
    return min(found, default=None)


async def unborne(dsn: str, published: Published) -> AsyncIterator[Difference]:
    """
    Yield what is *published* and the stores do not bear out any more, and what is not believed.

    Raises:
        StoreUnavailable: the database went away.
    """
    for forged in published.forged:
        yield forged
    for owner, told in published.told.items():
        measured = list(growths(owner, told))
        for difference in _gaps(measured):
            yield difference
        async with open_books(dsn, owner) as books:
            below = max(growth.told.below for growth in measured)
            for book in Book:
                walk = Walk(book, measured)
                async for xid, leaf in books.rows(book, 0, below):
                    for difference in _differing(book, walk.step(xid, leaf)):
                        yield difference
                for difference in _differing(book, walk.end()):
                    yield difference


def _gaps(measured: Sequence[Growth]) -> Iterator[Difference]:
    for base, told, gap in measured:
        if gap:
            found = {"number": base.number, "at": base.at} if base.number else None
            expected = {"number": told.number - 1, "before": told.at}
            yield Difference(told.owner.value, What.CHECKPOINT_GAP, found, expected)


def _differing(book: Book, bearings: Iterator[Bearing]) -> Iterator[Difference]:
    for (base, told, _), found, expected in bearings:
        if found != expected:
            since = base.at if base.number else None
            place = {"number": told.number, "since": since, "until": told.at}
            yield Difference(
                f"{told.owner.value}/{book.value}",
                What.CHECKPOINT,
                {"rows": found.rows, "digest": found.digest.hex()},
                {"rows": expected.rows, "digest": expected.digest.hex(), **place},
            )
