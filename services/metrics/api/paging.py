"""Cursors: opaque words for the place where the next page of a collection begins."""

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Generic, TypeVar

import msgspec

from services.metrics.api.parameters import CURSOR_INVALID, KEY_CHARACTERS_MAX, WORD
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.ports.readings import AlertOrder, AlertPlace, ClockPlace
from shared.web.problems import Problem

CURSOR_CHARACTERS_MAX = 2_100
"""As many has the longest key of ours, each character of it escaped."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_CHARACTERS_MAX, pattern=WORD)]
Microseconds = Annotated[
    int,
    msgspec.Meta(
        ge=(datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND,
        le=(datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND,
    ),
]
"""Since 1970: every instant that Python can name in UTC, and PostgreSQL holds more."""

EpisodeNumber = Annotated[int, msgspec.Meta(ge=0, le=32_767)]

P = TypeVar("P")


class Places(Generic[P]):
    """
    Reads and writes the cursors of one kind of list.

    A cursor is good if, and only if, it is letter by letter what we write for a
    place. So whatever somebody makes up is refused here, before a store sees it.
    """

    def __init__(self, decoder: msgspec.json.Decoder[P]) -> None:
        self._decoder = decoder

    def read(self, cursor: str | None) -> P | None:
        """
        Return the place that *cursor* names, None at the beginning.

        Raises:
            Problem: no page of ours gave this cursor.
        """
        if cursor is None:
            return None
        try:
            place = self._decoder.decode(_unpacked(cursor))
        except (ValueError, msgspec.DecodeError):
            raise _invalid() from None
        if self.written(place) != cursor:
            raise _invalid()
        return place

    def written(self, place: P) -> str:
        """Return the cursor that names *place*."""
        return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


KEYS = Places[str](msgspec.json.Decoder(Key))
"""Behind a subject."""


DAYS = Places[tuple[date, str]](msgspec.json.Decoder(tuple[date, Key]))
"""Behind a subject of a day."""


_MOMENTS = Places[tuple[int, str]](msgspec.json.Decoder(tuple[Microseconds, Key]))


class Moments:
    """The cursors of a list that is ordered by instants, and where they are equal by a key."""

    def read(self, cursor: str | None) -> tuple[datetime, str] | None:
        """Like `Places.read`; the instant is in UTC."""
        place = _MOMENTS.read(cursor)
        return (EPOCH + place[0] * MICROSECOND, place[1]) if place else None

    def written(self, place: tuple[datetime, str]) -> str:
        """Return the cursor that names *place*."""
        return _MOMENTS.written(((place[0] - EPOCH) // MICROSECOND, place[1]))


MOMENTS = Moments()


@dataclass(frozen=True, slots=True)
class AlertPlaces:
    """The cursors of a list of alerts in *order*; that of another order is none of them."""

    order: AlertOrder

    def read(self, cursor: str | None) -> AlertPlace | None:
        """Like `Places.read`."""
        return (MOMENTS if self.order is AlertOrder.NEWEST else DAYS).read(cursor)

    def written(self, place: AlertPlace) -> str:
        """Return the cursor that names *place*."""
        at, alert_id = place
        return MOMENTS.written((at, alert_id)) if isinstance(at, datetime) else DAYS.written(place)


_CLOCKS = Places[tuple[int, str, str, str, int]](
    msgspec.json.Decoder(tuple[Microseconds, Key, Key, Key, EpisodeNumber])
)


class Clocks:
    """The cursors of a list of clocks in the order in which they are due."""

    def read(self, cursor: str | None) -> ClockPlace | None:
        """Like `Places.read`; the instant is in UTC."""
        place = _CLOCKS.read(cursor)
        return (EPOCH + place[0] * MICROSECOND, ClockKey(*place[1:])) if place else None

    def written(self, place: ClockPlace) -> str:
        """Return the cursor that names *place*."""
        due_at, key = place
        return _CLOCKS.written(((due_at - EPOCH) // MICROSECOND, *key))


CLOCKS = Clocks()


def _invalid() -> Problem:
    return Problem(*CURSOR_INVALID, field="cursor")


def _unpacked(cursor: str) -> bytes:
    if len(cursor) > CURSOR_CHARACTERS_MAX:
        raise ValueError(cursor[:1])
    return base64.urlsafe_b64decode(cursor + "==")
