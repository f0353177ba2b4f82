"""The one reading of time: instants as RFC 3339 has them, days, and which of them can be meant."""

import re
from contextlib import suppress
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, TypeAdapter, ValidationInfo
from pydantic_core import PydanticCustomError

FIRST_DAY = date(1990, 1, 1)
"""
The first day that anybody can mean.

What lies before is another system's word for "unset": 0001-01-01, 1753-01-01,
1899-12-30, 1900-01-01, 1970-01-01, 1980-01-01. No figure reaches behind it.
"""

LAST_DAY = date(2098, 12, 31)
"""
The last day that anybody can mean.

Land is granted for seventy years, so a licence may name a day of 2096. From
2099-12-31 on days stand for "never", as 9999-12-31 does: such a field is left out.
"""

_ZONE = timezone(timedelta(hours=8))
# In UTC, as what is on record: to compare instants of two zones takes twenty times as long.
FIRST_INSTANT = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=_ZONE).astimezone(
    UTC
)
END_INSTANT = datetime(LAST_DAY.year + 1, 1, 1, tzinfo=_ZONE).astimezone(UTC)
"""The instants of those days for the bureau, the end not included."""

OUTSIDE = f"not within {FIRST_DAY} and {LAST_DAY}; leave out what is not set"

RECORDED = "recorded"
"""The context of a validation that reads what is on record, and not what somebody says now."""

_EARLIER_INSTANT = TypeAdapter[datetime](AwareDatetime)
_EARLIER_DAY = TypeAdapter(date)

_EASTERNMOST = timezone(timedelta(hours=14))
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
    r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_PLAIN = re.compile(
    r"[12]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z", re.ASCII
).fullmatch
"""As we write instants ourselves: nothing to cut off, no leap second, no edge of the calendar."""
_LOCAL = re.compile(
    r"\d{4}-\d\d-\d\d(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?", re.ASCII
)
_MINUTE_SECONDS = 60
_LAST_MINUTE = (23, 59)
_DAY_CHARACTERS = len("2026-11-23")

M = TypeVar("M", bound=date)


def instant_of(text: str) -> datetime:
    """
    Return the instant that *text* spells in RFC 3339's `date-time`.

    What is finer than a microsecond is cut off and never rounded, so that a
    moment before midnight stays before it; a leap second is the last
    microsecond of its day.

    Raises:
        ValueError: it spells none, or one that has no date in some zone.
    """
    if _PLAIN(text) is not None:
        return datetime.fromisoformat(text)
    if _INSTANT.fullmatch(text) is None:
        raise ValueError("no instant of RFC 3339")
    if text[17:19] == "60":
        return _leap_second(text)
    instant = datetime.fromisoformat(f"{text[:-1]}Z" if text[-1] == "z" else text)
    if instant.year in (MINYEAR, MAXYEAR):
        _placed(instant)
    return instant


def _leap_second(text: str) -> datetime:
    offset = "Z" if text[-1] in "Zz" else text[-6:]
    instant = datetime.fromisoformat(f"{text[:17]}59.999999{offset}")
    utc = _placed(instant)
    if (utc.hour, utc.minute) != _LAST_MINUTE:
        raise ValueError("no leap second of UTC")
    return instant


def _placed(instant: datetime) -> datetime:
    """Return *instant* in UTC, where it can be said in every zone."""
    try:
        instant.astimezone(_EASTERNMOST)
        return instant.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("an instant without a date") from fault


def local_instant_of(text: str, zone: tzinfo) -> datetime:
    """
    Return the instant that *text* spells, in *zone* where it names no offset.

    For logs and command lines: a blank may stand for the T, and without an
    offset seconds or the whole time of day may be missing.

    Raises:
        ValueError: it spells none.
    """
    joined = text.replace(" ", "T", 1)
    if _LOCAL.fullmatch(joined) is None:
        return instant_of(joined)
    local = datetime.fromisoformat(joined).replace(tzinfo=zone)
    # With its offset in place of its zone: in an hour that summer time skips or repeats, an
    # instant of a zone equals none of any other zone.
    return instant_of(local.isoformat())


def day_of(text: str) -> date:
    """
    Return the day that *text* spells as YYYY-MM-DD.

    Raises:
        ValueError: it spells none.
    """
    if len(text) != _DAY_CHARACTERS or text[4] != "-" or text[7] != "-":
        raise ValueError("no day of RFC 3339")
    return date.fromisoformat(text)


def is_meant(moment: date) -> bool:
    """Whether *moment*, a day or an aware instant, is one that anybody can mean."""
    if isinstance(moment, datetime):
        return FIRST_INSTANT <= moment < END_INSTANT
    return FIRST_DAY <= moment <= LAST_DAY


def meant_day_of(text: str) -> date:
    """
    Return the day that *text* spells, which must be one that can be meant.

    Raises:
        ValueError: it spells none, or one outside.
    """
    day = day_of(text)
    if not is_meant(day):
        raise ValueError(OUTSIDE)
    return day


def recorded_instant(text: str) -> datetime:
    """
    Return the instant that *text*, which is on record, was taken for when it was let in.

    Earlier releases took digits for seconds since 1970, and minutes for instants.

    Raises:
        ValueError: nobody ever took it for one.
    """
    try:
        return instant_of(text)
    except ValueError:
        return _EARLIER_INSTANT.validate_python(text)


def _recorded_day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        return _EARLIER_DAY.validate_python(text)


def _instant(value: object, info: ValidationInfo) -> datetime:
    if isinstance(value, str):
        with suppress(ValueError):
            return recorded_instant(value) if info.context is RECORDED else instant_of(value)
    elif isinstance(value, datetime) and (offset := value.utcoffset()) is not None:
        # The local mean time of old has seconds in its offset, which RFC 3339 cannot say.
        return value.astimezone(UTC) if offset.seconds % _MINUTE_SECONDS else value
    raise PydanticCustomError(
        "instant", "not an instant of RFC 3339, such as 2026-11-23T09:00:00+08:00"
    )


def _day(value: object, info: ValidationInfo) -> date:
    if isinstance(value, str):
        with suppress(ValueError):
            return _recorded_day(value) if info.context is RECORDED else day_of(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("day", "not a day, such as 2026-11-23")


def _meant(moment: M) -> M:
    if not is_meant(moment):
        raise PydanticCustomError(
            "moment_outside", OUTSIDE, {"first": str(FIRST_DAY), "last": str(LAST_DAY)}
        )
    return moment


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""When something happened, however long ago: what is on record is read whatever it says."""

Day = Annotated[date, BeforeValidator(_day)]
"""A business date, whichever: what is on record is read whatever it says."""

MeantInstant = Annotated[Instant, AfterValidator(_meant)]
MeantDay = Annotated[Day, AfterValidator(_meant)]
"""The same where they are asked of somebody: an unset or endless one is refused."""
