"""The hash chain: whatever is changed in a stream is named."""

import hashlib
import json
from dataclasses import replace
from random import Random

from shared.eventstore.chain import GENESIS, Break, Link, digest_of, link, verify_chain
from tests.support.facts import foreign

STREAM = "case-受理1"


def chain(length: int) -> list[Link]:
    rows: list[Link] = []
    previous = GENESIS
    for version in range(1, length + 1):
        body = foreign(version)[1]
        hashed = link(previous, STREAM, version, body, published=True)
        rows.append(Link(STREAM, version, True, body, previous, hashed))  # noqa: FBT003 - a column
        previous = hashed
    return rows


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


def test_an_untouched_chain_verifies() -> None:
    assert verify_chain(chain(20)) is None
    assert verify_chain([]) is None


def test_any_changed_byte_is_named() -> None:
    chance = Random(3)  # noqa: S311 - a repeatable choice
    rows = chain(20)
    for _ in range(200):
        at = chance.randrange(20)
        body = bytearray(rows[at].body)
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        changed = [*rows[:at], replace(rows[at], body=bytes(body)), *rows[at + 1 :]]

        assert verify_chain(changed) == Break(STREAM, at + 1)


def test_a_hidden_fact_two_swapped_and_one_removed_are_named() -> None:
    rows = chain(5)

    assert verify_chain([*rows[:2], replace(rows[2], published=False), *rows[3:]]) == Break(
        STREAM, 3
    )
    assert verify_chain([rows[0], rows[2], rows[1], *rows[3:]]) == Break(STREAM, 2)
    assert verify_chain([*rows[:3], rows[4]]) == Break(STREAM, 4)


def test_the_same_fact_told_in_another_way_has_the_same_digest() -> None:
    document = json.loads(foreign(1)[1])
    told_again = dict(reversed(document.items())) | {
        "recordedtime": "2030-01-01T00:00:00Z",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }

    assert digest_of(json.dumps(told_again, indent=2).encode()) == digest_of(foreign(1)[1])
    assert digest_of(foreign(2)[1]) != digest_of(foreign(1)[1])
