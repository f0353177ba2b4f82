"""Instants of the bureau: midnights, cut-offs, and the seconds that hall hours are counted in."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from shared.policy.calendar import ZONE
from shared.policy.counting import DAY_SECONDS, HORIZON_ORDINAL

INSTANTS_KEPT_MAX = 16_384
"""Midnights and cut-offs that are remembered; twenty years of both fit."""

SECOND = timedelta(seconds=1)


@lru_cache(INSTANTS_KEPT_MAX)
def midnight(day: date) -> datetime:
    """Return the instant at which *day* begins for the bureau."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def moment_of(day: date, at: time) -> datetime:
    """Return the instant of *day* at which the bureau's clocks show *at*."""
    return datetime.combine(day, at, ZONE) if at != time.min else midnight(day)


@lru_cache(INSTANTS_KEPT_MAX)
def cut_off(day: date, last: time) -> datetime:
    """Return the first instant at which *day* is over for a deadline; *last* is its last moment."""
    moment = datetime.combine(day, last, ZONE)
    # The last day of all has no instant after it; only what was let in before starts there.
    return moment if day == date.max else moment + SECOND


def second_of(instant: datetime) -> int:
    """Return the number that *instant* has for hall hours; a part of a second is none."""
    local = instant.astimezone(ZONE)
    second = (local.hour * 60 + local.minute) * 60 + local.second
    return local.toordinal() * DAY_SECONDS + second


def instant_of_second(number: int) -> datetime:
    """Return the instant that *number* is for hall hours, at most the last that a count reaches."""
    day, second = divmod(number, DAY_SECONDS)
    if day > HORIZON_ORDINAL:
        return midnight(date.fromordinal(HORIZON_ORDINAL + 1))
    return midnight(date.fromordinal(day)) + timedelta(seconds=second)
