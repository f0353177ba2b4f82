"""Checkpoints: what rows bear out, where a change shows, and what is missing in between."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shared.contracts.registry import Owner
from shared.eventstore.checkpoint import (
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

Rows = Sequence[tuple[int, bytes]]

ROWS: Rows = [(xid, b"row %d" % xid) for xid in (3, 3, 5, 8, 9, 12)]
AT = datetime(2026, 11, 28, tzinfo=UTC)


def signed_after(last: Signed, rows: Rows, below: int) -> Signed:
    """Return what is signed behind *last* once all before *below* has ended."""
    base = last.checkpoint
    footing = base.books[Book.EVENTS]
    for xid, leaf in rows:
        if base.below <= xid < below:
            footing = footing.add(leaf)
    told = Checkpoint(
        Owner.INTAKE,
        base.number + 1,
        AT + timedelta(minutes=below),
        below,
        {**base.books, Book.EVENTS: footing},
        last.digest,
    )
    return Signed(told, signed_digest(repr(told).encode()))


def published(*bounds: int) -> list[Signed]:
    told = [beginning(Owner.INTAKE)]
    for below in bounds:
        told.append(signed_after(told[-1], ROWS, below))
    return told[1:]


def measured(told: Sequence[Signed], rows: Rows) -> dict[int, bool]:
    """Return by its number whether *rows* bear a checkpoint out."""
    walk = Walk(Book.EVENTS, growths(Owner.INTAKE, told))
    bearings = [one for xid, leaf in rows for one in walk.step(xid, leaf)]
    bearings += walk.end()
    return {growth.told.number: found == expected for growth, found, expected in bearings}


def test_a_tally_is_what_its_description_says() -> None:
    once = hashlib.sha256(bytes(32) + b"first").digest()

    assert Footing().add(b"first").add(b"next") == Footing(
        2, hashlib.sha256(once + b"next").digest()
    )


def test_what_was_signed_is_borne_out_whatever_came_since() -> None:
    told = published(5, 6, 12)

    assert measured(told, ROWS) == {1: True, 2: True, 3: True}
    assert measured(told, [*ROWS, (13, b"later")]) == {1: True, 2: True, 3: True}
    assert measured([], ROWS) == {}


def test_a_change_shows_where_it_was_made_and_nowhere_else() -> None:
    told = published(5, 6, 12)
    changed = [(xid, b"other" if xid == 5 else leaf) for xid, leaf in ROWS]

    assert measured(told, changed) == {1: True, 2: False, 3: True}


def test_rows_that_went_came_or_changed_places_show() -> None:
    told = published(5, 9)
    swapped = [(8, ROWS[2][1]), (8, ROWS[3][1])]

    assert measured(told, ROWS[2:]) == {1: False, 2: True}
    assert measured(told, []) == {1: False, 2: False}
    assert measured(told, sorted([*ROWS, (4, b"slipped in")])) == {1: False, 2: True}
    assert measured(told, [*ROWS[:2], *reversed(swapped)]) == {1: True, 2: False}


def test_who_was_killed_behind_publication_signs_the_same_again() -> None:
    first, second = published(5, 9)
    again = signed_after(first, ROWS, 12)
    told = [first, second, second, again]

    assert [growth.gap for growth in growths(Owner.INTAKE, told)] == [False, False, False]
    assert measured(told, ROWS) == {1: True, 2: True}
    assert measured(told, [row for row in ROWS if row[0] != 8]) == {1: True, 2: False}


def test_one_that_is_missing_is_told_and_its_rows_are_measured_by_the_next() -> None:
    first, _, third = published(5, 9, 12)

    (_, over) = growths(Owner.INTAKE, [first, third])
    (alone,) = growths(Owner.INTAKE, [third])

    assert over == Growth(first.checkpoint, third.checkpoint, gap=True)
    assert alone == Growth(beginning(Owner.INTAKE).checkpoint, third.checkpoint, gap=True)
    assert measured([first, third], ROWS) == {1: True, 3: True}
    assert measured([first, third], [row for row in ROWS if row[0] != 5]) == {1: True, 3: False}
