"""What a dead letter looks like: the bytes as they came, and why they were refused."""

from dataclasses import dataclass, replace

from shared.kafka.port import Headers, Record
from shared.kafka.topics import dead_letter_topic

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

OURS = frozenset(
    {TOPIC, PARTITION, OFFSET, GROUP, DELIVERIES, MESSAGE, CODE, FIELD, SENT_AT, REPLAY_OF}
)

MESSAGE_CHARACTERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was not handled, and how often it was tried."""

    code: str
    field: str
    message: str
    deliveries: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused record: *record* is what came, with its own place, key, value and headers."""

    letter_id: str
    """``<dead letter topic>-<partition>-<offset>``."""
    record: Record
    group: str
    refusal: Refusal
    refused_at_ms: int
    replay_of: str
    """The id of the letter that this one was replayed from; empty where it was not."""


def dead_letter(record: Record, group: str, refusal: Refusal) -> Record:
    """Return what to send to the dead-letter topic for *record*."""
    told = {
        TOPIC: record.topic,
        PARTITION: str(record.partition),
        OFFSET: str(record.offset),
        GROUP: group,
        DELIVERIES: str(refusal.deliveries),
        MESSAGE: refusal.message[:MESSAGE_CHARACTERS_MAX],
        CODE: refusal.code,
        FIELD: refusal.field,
        SENT_AT: str(record.timestamp_ms or 0),
    }
    reason = tuple((name, text.encode("utf-8", "backslashreplace")) for name, text in told.items())
    return Record(
        topic=dead_letter_topic(record.topic),
        # A record without key and value is a tombstone, which cannot be sent.
        key=record.key,
        value=record.value if record.value is not None or record.key is not None else b"",
        headers=(*_originals(record.headers, kept=(REPLAY_OF,)), *reason),
    )


def read_dead_letter(stored: Record) -> DeadLetter:
    """Return what *stored*, a record of a dead-letter topic, tells."""
    text = {
        name: value.decode("utf-8", "replace") for name, value in stored.headers if name in OURS
    }
    record = Record(
        topic=text.get(TOPIC, stored.topic.removeprefix("dlq.")),
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
        replay_of=text.get(REPLAY_OF, ""),
    )


def replayed(letter: DeadLetter) -> Record:
    """Return *letter*'s record as it came, for the topic that it came from."""
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


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
