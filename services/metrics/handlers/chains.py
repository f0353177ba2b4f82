"""Whether recorded history is what was written: versions without a hole, hashes, columns."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from services.metrics.handlers.difference import Difference, What, unequal
from services.metrics.ports.audit import ChainRow
from shared.contracts.moments import recorded_instant
from shared.eventstore.chain import GENESIS, digest_of, link

COLUMNS = ("occurred_at", "source", "id", "type", "partitionkey")
"""What is told by the body, and stands beside it for those who search."""


class _Head(msgspec.Struct):
    source: str
    id: str
    type: str
    time: str
    partitionkey: str


_HEAD = msgspec.json.Decoder(_Head)


@dataclass(slots=True)
class ChainWalk:
    """Walks through the rows of one store, stream by stream, and holds no more than the last."""

    stream: str = ""
    version: int = 0
    previous: bytes = GENESIS
    streams: int = 0

    def step(self, row: ChainRow) -> Iterator[Difference]:
        """Yield what is wrong with the next *row*."""
        if row.stream != self.stream:
            self.stream, self.version, self.previous = row.stream, 0, GENESIS
            self.streams += 1
        self.version += 1
        yield from self._linked(row)
        yield from _described(row)
        # What follows is judged by what stands here, or one break would show in every row behind.
        self.version, self.previous = row.version, row.hash

    def _linked(self, row: ChainRow) -> Iterator[Difference]:
        if row.version != self.version:
            yield Difference(self.stream, What.VERSION, row.version, self.version)
        expected = link(
            row.previous_hash, self.stream, row.version, row.body, published=row.published
        )
        found = (row.previous_hash, row.hash)
        if found != (self.previous, expected):
            place = {"version": row.version}
            yield Difference(
                self.stream,
                What.CHAIN,
                place | {"previous_hash": found[0].hex(), "hash": found[1].hex()},
                place | {"previous_hash": self.previous.hex(), "hash": expected.hex()},
            )


def _described(row: ChainRow) -> Iterator[Difference]:
    """Yield what the columns say otherwise than the body, which is what the chain covers."""
    try:
        head, digest = _HEAD.decode(row.body), digest_of(row.body)
        occurred_at = recorded_instant(head.time)
    except ValueError as fault:
        yield Difference(row.stream, What.COLUMNS, {"version": row.version}, str(fault))
        return
    stored = {name: getattr(row, name) for name in COLUMNS}
    told = {
        "occurred_at": occurred_at,
        **{name: getattr(head, name) for name in COLUMNS[1:]},
    }
    if pair := unequal(stored, told):
        place = {"version": row.version}
        yield Difference(row.stream, What.COLUMNS, place | pair[0], place | pair[1])
    if row.digest != digest:
        yield Difference(row.stream, What.DIGEST, row.digest.hex(), digest.hex())
