"""
What a dead letter looks like: the bytes as they came, and why they were refused.

Where a number in them names a person the bytes are withheld: there they would lie for as
long as letters do, before more readers than the topic from which they came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from shared.contracts.identities import concealed, identity_in_bytes
from shared.contracts.unreadable import Flaw
from shared.kafka.port import Headers, Partition, Record
from shared.kafka.topics import MESSAGE_BYTES_MAX, dead_letter_topic, topic_below
from shared.kafka.unpacking import Illegible

# The names that brokers themselves will write for share groups (KIP-1191), so that generic tools
# understand them, and ours beside them.
TOPIC = "__dlq.errors.topic"
PARTITION = "__dlq.errors.partition"
OFFSET = "__dlq.errors.offset"
GROUP = "__dlq.errors.group"
DELIVERIES = "__dlq.errors.delivery.count"
MESSAGE = "__dlq.errors.message"
CODE = "casetrack-error-code"
FIELD = "casetrack-error-field"
SENT_AT = "casetrack-sent-at-ms"
REPLAY_OF = "casetrack-replay-of"
CUT_BYTES = "casetrack-cut-bytes"
CUT_SHA256 = "casetrack-cut-sha256"

OURS = frozenset(
    {TOPIC, PARTITION, OFFSET, GROUP, DELIVERIES, MESSAGE, CODE, FIELD, SENT_AT, REPLAY_OF}
    | {CUT_BYTES, CUT_SHA256}
)

SAID = OURS - {REPLAY_OF}

LOST = "lost"
"""Of a fact of ours that Kafka told, and no store has any more."""

MESSAGE_CHARACTERS_MAX = 1_000
FIELD_CHARACTERS_MAX = 200
DIGITS_MAX = 18

LETTER_BYTES_MAX = MESSAGE_BYTES_MAX - 64 * 1024
"""Of what came; the rest is for the reason and for Kafka's own framing."""
CUT_PART_BYTES_MAX = 128 * 1024
"""Of the key, of all headers and of the value, where together they do not fit."""
HEADER_BYTES = 10
"""What the lengths of a header's name and value take at most."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was not handled, and how often it was tried."""

    code: str
    field: str
    message: str
    deliveries: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What can still be told of a value that did not fit, was illegible or is withheld."""

    value_bytes: int
    value_sha256: str
    """Empty where it is withheld: what names a person can be found again by its hash."""


class LetterOrigin(NamedTuple):
    """Who refused which record: there is one letter for each."""

    group: str
    place: Partition
    offset: int
    sent_at_ms: int = 0
    """In a topic that was made anew another record has the same offset."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused record: *record* is what came, for the topic below whose name the letter lies."""

    letter_id: str
    """``<dead letter topic>-<partition>-<offset>``."""
    record: Record
    group: str
    refusal: Refusal
    refused_at_ms: int
    replay_of: str
    """The id of the letter that this one was replayed from; empty where it was not."""
    cut: Cut | None = None
    """Where the letter has only the beginnings of key, headers and value."""

    @property
    def origin(self) -> LetterOrigin | None:
        """What the letter is about; None where it does not say."""
        number, offset = self.record.partition, self.record.offset
        if number is None or offset is None:
            return None
        place = Partition(self.record.topic, number)
        return LetterOrigin(self.group, place, offset, self.record.timestamp_ms or 0)


class LetterUnrecorded(Exception):
    """Nobody has the letter's fact on record: sent again, it would be folded all the same."""

    def __init__(self, letter_id: str) -> None:
        super().__init__(letter_id)
        self.letter_id = letter_id


class LetterCut(Exception):
    """The letter does not hold all of its record, so the record cannot be sent again."""

    def __init__(self, letter_id: str) -> None:
        super().__init__(letter_id)
        self.letter_id = letter_id


def dead_letter(record: Record, group: str, refusal: Refusal) -> Record:
    """Return what to send to the dead-letter topic for *record*: less than our topics take."""
    told = {
        TOPIC: record.topic,
        PARTITION: str(record.partition),
        OFFSET: str(record.offset),
        GROUP: group,
        DELIVERIES: str(refusal.deliveries),
        MESSAGE: concealed(refusal.message)[:MESSAGE_CHARACTERS_MAX],
        CODE: refusal.code,
        FIELD: concealed(refusal.field)[:FIELD_CHARACTERS_MAX],
        SENT_AT: str(record.timestamp_ms or 0),
    }
    reason = tuple((name, text.encode("utf-8", "backslashreplace")) for name, text in told.items())
    letter = Record(
        topic=dead_letter_topic(record.topic),
        # A record without key and value is a tombstone, which cannot be sent.
        key=record.key,
        value=record.value if record.value is not None or record.key is not None else b"",
        headers=(*_originals(record.headers, kept=(REPLAY_OF,)), *reason),
        # The letters of one partition lie together, so that one of two can be found.
        partition=record.partition,
    )
    if refusal.code == Flaw.PERSONAL_DATA or _names_a_person(record):
        return _withheld(letter)
    size = len(record.key or b"") + len(record.value or b"") + sum(map(_size, record.headers))
    fits = size <= LETTER_BYTES_MAX and not isinstance(record.value, Illegible)
    return letter if fits else shortened(letter)


def shortened(letter: Record) -> Record:
    """Return *letter* with the beginnings of key, headers and value only, and that it was cut."""
    value = letter.value or b""
    said = tuple(header for header in letter.headers if header[0] in SAID)
    cut = (
        (CUT_BYTES, str(len(value)).encode()),
        (CUT_SHA256, sha256(value).hexdigest().encode()),
    )
    return replace(
        letter,
        key=letter.key and letter.key[:CUT_PART_BYTES_MAX],
        value=bytes(value[:CUT_PART_BYTES_MAX]),
        headers=(*_first_of(_originals(letter.headers, kept=(REPLAY_OF,))), *said, *cut),
    )


def _names_a_person(record: Record) -> bool:
    headers = (part or b"" for name, value in record.headers for part in (name.encode(), value))
    return any(map(identity_in_bytes, (record.key or b"", record.value or b"", *headers)))


def _withheld(letter: Record) -> Record:
    """Return *letter* without key, headers and value: where they lie it says."""
    kept = tuple(header for header in letter.headers if header[0] in SAID)
    cut = ((CUT_BYTES, str(len(letter.value or b"")).encode()), (CUT_SHA256, b""))
    return replace(letter, key=None, value=b"", headers=(*kept, *cut))


def _first_of(headers: Headers) -> Iterable[tuple[str, bytes | None]]:
    left = CUT_PART_BYTES_MAX
    for header in headers:
        left -= _size(header)
        if left < 0:
            return
        yield header


def _size(header: tuple[str, bytes | None]) -> int:
    name, value = header
    return HEADER_BYTES + len(name.encode("utf-8", "backslashreplace")) + len(value or b"")


def read_dead_letter(stored: Record) -> DeadLetter:
    """Return what *stored*, a record of a dead-letter topic, tells."""
    text = {
        name: (value or b"").decode("utf-8", "replace")
        for name, value in stored.headers
        if name in OURS
    }
    record = Record(
        # Where the letter lies says it; a header says what whoever wrote it likes.
        topic=topic_below(stored.topic),
        key=stored.key,
        value=stored.value,
        headers=_originals(stored.headers),
        partition=_number(text.get(PARTITION)),
        offset=_number(text.get(OFFSET)),
        timestamp_ms=_number(text.get(SENT_AT)),
    )
    return DeadLetter(
        letter_id=f"{stored.topic}-{stored.partition}-{stored.offset}",
        record=record,
        group=text.get(GROUP, ""),
        refusal=Refusal(
            text.get(CODE, ""),
            text.get(FIELD, ""),
            text.get(MESSAGE, ""),
            _number(text.get(DELIVERIES)) or 0,
        ),
        refused_at_ms=stored.timestamp_ms or 0,
        replay_of=text.get(REPLAY_OF, "")[:FIELD_CHARACTERS_MAX],
        cut=None if CUT_SHA256 not in text else _cut(text),
    )


def replayed(letter: DeadLetter) -> Record:
    """
    Return *letter*'s record as it came, for the topic that it came from.

    Raises:
        LetterUnrecorded: it is of ours, and its store came back without it.
        LetterCut: not all of it is there.
    """
    if letter.refusal.code == LOST:
        raise LetterUnrecorded(letter.letter_id)
    if letter.cut:
        raise LetterCut(letter.letter_id)
    mark = (REPLAY_OF, letter.letter_id.encode())
    return replace(
        letter.record,
        headers=(*letter.record.headers, mark),
        partition=None,
        offset=None,
        timestamp_ms=None,
    )


def _originals(headers: Headers, kept: tuple[str, ...] = ()) -> Headers:
    return tuple((name, value) for name, value in headers if name not in OURS or name in kept)


def _cut(text: Mapping[str, str]) -> Cut:
    return Cut(_number(text.get(CUT_BYTES)) or 0, text[CUT_SHA256][:FIELD_CHARACTERS_MAX])


def _number(text: str | None) -> int | None:
    # Anybody may have written a letter, and thousands of digits are a fault of Python's.
    return int(text) if text and text.isdecimal() and len(text) <= DIGITS_MAX else None
