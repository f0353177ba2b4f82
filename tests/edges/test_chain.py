"""The hash chain: whatever is changed in a stream is named."""

import hashlib
import json
from collections.abc import Iterable
from random import Random

from services.metrics.handlers.chains import ChainWalk
from services.metrics.handlers.difference import What
from services.metrics.ports.audit import ChainRow
from shared.contracts.registry import encode
from shared.eventstore.chain import GENESIS, digest_of, link
from tests.support.facts import foreign

STREAM = "case-受理1"


def chain(length: int) -> list[ChainRow]:
    rows: list[ChainRow] = []
    previous = GENESIS
    for version in range(1, length + 1):
        event = foreign(version)
        body = encode(event)
        row = ChainRow(
            STREAM,
            version,
            True,  # noqa: FBT003 - published
            body,
            digest_of(body),
            previous,
            link(previous, STREAM, version, body, published=True),
            event.source,
            event.id,
            event.type,
            event.partitionkey,
            event.time,
        )
        rows.append(row)
        previous = row.hash
    return rows


def found(rows: Iterable[ChainRow]) -> list[tuple[int, What]]:
    """Return which rows are not what was written."""
    walk = ChainWalk()
    return [(row.version, one.what) for row in rows for one in walk.step(row)]


def test_a_link_is_what_its_description_says() -> None:
    name = STREAM.encode()
    written_out = (
        bytes(32)
        + len(name).to_bytes(4, "big")
        + name
        + (7).to_bytes(8, "big")
        + b"\x01"
        + '{"a":"文"}'.encode()
    )

    linked = link(GENESIS, STREAM, 7, '{"a":"文"}'.encode(), published=True)

    assert linked == hashlib.sha256(written_out).digest()


def test_an_untouched_chain_has_nothing_to_say() -> None:
    assert found(chain(20)) == []
    assert found([]) == []


def test_any_changed_character_is_named() -> None:
    chance = Random(3)  # noqa: S311 - a repeatable choice
    rows = chain(20)
    for _ in range(200):
        at = chance.randrange(20)
        body = rows[at].body
        place = chance.randrange(len(body))
        other = bytes([body[place] ^ 1 << chance.randrange(7)])
        changed = rows[at]._replace(body=body[:place] + other + body[place + 1 :])

        assert (at + 1, What.CHAIN) in found([*rows[:at], changed, *rows[at + 1 :]])


def test_a_hidden_fact_two_swapped_and_one_removed_are_named() -> None:
    rows = chain(5)
    hidden, swapped, removed = (
        found([*rows[:2], rows[2]._replace(published=False), *rows[3:]]),
        found([rows[0], rows[2], rows[1], *rows[3:]]),
        found([*rows[:3], rows[4]]),
    )

    assert hidden == [(3, What.CHAIN)]
    assert {version for version, _ in swapped} == {3, 2, 4}
    assert removed == [(5, What.VERSION), (5, What.CHAIN)]


def test_the_same_fact_told_in_another_way_has_the_same_digest() -> None:
    document = json.loads(encode(foreign(1)))
    told_again = dict(reversed(document.items())) | {
        "recordedtime": "2030-01-01T00:00:00Z",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }

    assert digest_of(json.dumps(told_again, indent=2).encode()) == digest_of(encode(foreign(1)))
    assert digest_of(encode(foreign(2))) != digest_of(encode(foreign(1)))
