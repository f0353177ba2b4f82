"""No number that names a person comes into a store or a letter, whichever field it stands in."""

from base64 import b64encode

import pytest

from shared.contracts.documents import write
from shared.contracts.envelope import STANDING
from shared.contracts.foreign import read_foreign
from shared.contracts.registry import FACTS, INBOX
from shared.contracts.unreadable import Flaw, Unreadable
from shared.eventstore.port import StoreRefused
from shared.eventstore.rows import row_of
from shared.kafka.dead_letters import (
    Cut,
    LetterCut,
    LetterOrigin,
    Refusal,
    dead_letter,
    read_dead_letter,
    replayed,
)
from shared.kafka.port import Partition, Record
from tests.support.facts import activity
from tests.support.planted import MOBILE, NUMBERS, PERSON, WRITTEN, planted_events

DERIVED = {Flaw.KEY_MISMATCH, Flaw.INVALID_ATTRIBUTE}
"""What is answered where key or subject do not agree any more with what the data say."""

READ_PAST = {*STANDING, "recordedtime"}


def verdict(raw: bytes) -> str:
    try:
        row_of(read_foreign(raw), was_read=True)
    except (Unreadable, StoreRefused) as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_no_field_of_any_fact_takes_such_a_number(kind: str) -> None:
    taken = {}
    for number, written in zip(NUMBERS, WRITTEN, strict=True):
        for word in (number, written.format(number)):
            for place, document, bounded in planted_events(kind, word):
                code = verdict(write(document))
                right = {Flaw.PERSONAL_DATA} | DERIVED
                if place[0] not in READ_PAST and not (bounded and code) and code not in right:
                    taken[place, word] = code

    assert taken == {}


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_the_same_facts_are_taken_without_it(kind: str) -> None:
    assert any(verdict(write(one.document)) == "" for one in planted_events(kind, PERSON[:1]))


@pytest.mark.parametrize("was_read", [True, False])
def test_what_is_refused_names_the_place_and_not_the_number(*, was_read: bool) -> None:
    with pytest.raises(StoreRefused) as refused:
        row_of(activity(1, name=f"电话 {MOBILE}"), was_read=was_read)

    told = refused.value
    assert (told.code, told.field, told.detail) == ("personal_data", "data.activity", "mobile")


@pytest.mark.parametrize(
    "record",
    [
        Record(INBOX, b"key", b'{"note": "\\n%b' % MOBILE.encode(), partition=0, offset=7),
        Record(INBOX, MOBILE.encode(), b"{}", partition=0, offset=7),
        Record(INBOX, b"key", b"{}", (("ce_actorid", MOBILE.encode()),), 0, 7),
        Record(INBOX, b"key", b"{}", ((f"x-{MOBILE}", None),), 0, 7),
    ],
)
def test_a_letter_withholds_what_names_a_person(record: Record) -> None:
    refusal = Refusal("not_json", MOBILE, f"at {MOBILE}", 1)
    stored = dead_letter(record, "casetrack-intake", refusal)

    letter = read_dead_letter(stored)

    assert MOBILE not in repr(stored)
    assert (letter.origin, letter.cut) == (
        LetterOrigin("casetrack-intake", Partition(INBOX, 0), 7),
        Cut(len(record.value or b""), ""),
    )
    with pytest.raises(LetterCut):
        replayed(letter)


def test_a_letter_withholds_what_was_refused_for_it_and_is_packed() -> None:
    packed = b64encode(MOBILE.encode())
    record = Record(INBOX, b"key", packed, partition=0, offset=7)

    stored = dead_letter(record, "casetrack-intake", Refusal(Flaw.PERSONAL_DATA, "", "", 1))

    assert packed not in (stored.value or b"")
