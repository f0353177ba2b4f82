"""A cursor is one that a page of ours gave, or it is refused: nothing else is asked of a store."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.api.paging import (
    CURSOR_CHARACTERS_MAX,
    KEYS,
    MOMENTS,
    Moments,
    Places,
)
from services.metrics.api.parameters import KEY_CHARACTERS_MAX
from shared.web.problems import Problem

STORABLE = st.characters(codec="utf-8", exclude_characters="\0")
KEYS_OF_OURS = st.text(STORABLE, min_size=1, max_size=KEY_CHARACTERS_MAX)
INSTANTS_OF_OURS = st.datetimes(timezones=st.just(UTC))


def packed(written: bytes) -> str:
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def is_refused(cursor: str) -> bool:
    return all(reads_nothing(places, cursor) for places in (KEYS, MOMENTS))


def reads_nothing(places: Places[str] | Moments, cursor: str) -> bool:
    try:
        places.read(cursor)
    except Problem as problem:
        return problem.code == "cursor_invalid"
    return False


@given(KEYS_OF_OURS)
def test_a_page_goes_on_behind_any_key(key: str) -> None:
    cursor = KEYS.written(key)

    assert KEYS.read(cursor) == key


@given(INSTANTS_OF_OURS, KEYS_OF_OURS)
def test_a_page_goes_on_behind_any_instant(instant: datetime, key: str) -> None:
    place = (instant, key)

    assert MOMENTS.read(MOMENTS.written(place)) == place


@pytest.mark.parametrize("mark", ["\x01", "号", "😀", '"'])
def test_a_cursor_of_the_longest_key_is_not_too_long(mark: str) -> None:
    cursor = KEYS.written(mark * KEY_CHARACTERS_MAX)

    assert len(cursor) <= CURSOR_CHARACTERS_MAX
    assert KEYS.read(cursor) == mark * KEY_CHARACTERS_MAX


def can_be_asked(cursor: str) -> bool:
    """Whether a store can be asked for what lies behind *cursor*, if that is a cursor at all."""
    try:
        key = KEYS.read(cursor)
    except Problem as problem:
        return problem.code == "cursor_invalid"
    return key is None or ("\0" not in key and 0 < len(key.encode()) <= 4 * KEY_CHARACTERS_MAX)


@given(st.text(max_size=80))
def test_any_text_is_refused_or_harmless(said: str) -> None:
    assert can_be_asked(said)


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: f'"{text}"'.encode()))
def test_any_bytes_are_refused_or_harmless(said: bytes) -> None:
    assert can_be_asked(packed(said))


@pytest.mark.parametrize(
    "inside",
    [
        b'"\\ud800"',
        b'"a\\u0000"',
        b'""',
        b'["a"]',
        b'"\\u00e9"',
        b' "a"',
        b'{"a":"b"}',
        b"[" * 700,
        b'["0001-01-01T00:00:00+23:59","a"]',
        b'[1e99,"a"]',
        b'[-99999999999999999999,"a"]',
        b'[999999999999999999,"a"]',
        b'[true,"a"]',
    ],
)
def test_what_no_page_gave_is_no_cursor(inside: bytes) -> None:
    assert is_refused(packed(inside))


def test_padding_and_foreign_letters_are_no_part_of_a_cursor() -> None:
    cursor = KEYS.written("XC1")

    assert all(is_refused(cursor + more) for more in ("=", "\n", " ", "é"))
