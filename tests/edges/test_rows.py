"""What becomes a row can be sent, and is read again as what it was."""

from datetime import datetime, timedelta, timezone

import pytest

from shared.contracts.documents import EVENT_BYTES_MAX
from shared.contracts.envelope import Event
from shared.contracts.registry import decode, encode
from shared.eventstore.port import TooLarge, Unstorable
from shared.eventstore.rows import row_of
from tests.support.facts import activity, foreign

YEAR_ONE = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))


def filled_to(size: int) -> Event:
    """Return an event whose body has exactly *size* bytes."""
    event = activity(1, kilobytes=size // 1_006)
    full = {**event.data.model_dump()["attributes"], "rest 0": "", "rest 1": ""}
    missing = size - len(encode(renamed(event, attributes=full)))
    assert 0 <= missing <= 2_000
    rest = {"rest 0": "x" * min(missing, 1_000), "rest 1": "x" * max(missing - 1_000, 0)}
    return renamed(event, attributes=full | rest)


def renamed(event: Event, **names: object) -> Event:
    return event.model_copy(update={"data": event.data.model_copy(update=names)})


@pytest.mark.parametrize("was_read", [True, False])
def test_what_fits_is_read_again_as_it_was(*, was_read: bool) -> None:
    event = activity(1, name="受理 😀\n\x01")

    row = row_of(event, was_read=was_read)

    assert decode(row.body) == event
    assert row.occurred_at == event.time


@pytest.mark.parametrize("was_read", [True, False])
def test_the_body_is_measured_as_it_is_stored(*, was_read: bool) -> None:
    row_of(foreign(1).model_copy(update={"activity": "😀" * 60}), was_read=was_read)
    with pytest.raises(TooLarge) as refused:
        row_of(activity(1, kilobytes=1_042, name="\x01" * 256), was_read=was_read)

    assert refused.value.code == "too_large"


def test_the_largest_body_is_one_that_its_reader_reads() -> None:
    row = row_of(filled_to(EVENT_BYTES_MAX))

    assert len(row.body) == EVENT_BYTES_MAX
    with pytest.raises(TooLarge):
        row_of(filled_to(EVENT_BYTES_MAX + 1))


@pytest.mark.parametrize("was_read", [True, False])
@pytest.mark.parametrize(
    ("event", "code", "field"),
    [
        (renamed(activity(1), activity="x\0y"), "forbidden_character", "data.activity"),
        (activity(1).model_copy(update={"actorid": "\0"}), "forbidden_character", "actorid"),
        (renamed(activity(1), activity="\ud800"), "forbidden_character", ""),
        (activity(1).model_copy(update={"time": YEAR_ONE}), "invalid_attribute", "time"),
    ],
)
def test_what_nobody_could_read_or_order_again_is_no_row(
    event: Event, code: str, field: str, *, was_read: bool
) -> None:
    with pytest.raises(Unstorable) as refused:
        row_of(event, was_read=was_read)

    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "event",
    [
        renamed(activity(1), activity="x" * 257),
        renamed(activity(1), case_no="another"),
        activity(1).model_copy(update={"source": ""}),
    ],
)
def test_what_we_say_ourselves_has_passed_the_reader(event: Event) -> None:
    with pytest.raises(Unstorable):
        row_of(event)
