"""The holiday notice of a year as a file, in the format of the open holiday-cn data set."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.moments import LAST_DAY, Day
from shared.policy.calendar import WEEK_WORKDAYS, WorkCalendar

DAYS_MAX = 120
YEAR_MONTHS = 12
FIRST_YEAR = 2008
"""Since then a year has the seven holidays of today."""


class Holiday(NamedTuple):
    """A holiday (全国年节及纪念日放假办法): at least so many days off between two of the year."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    days: int
    since: int = FIRST_YEAR

    def days_off(self, days: "tuple[NoticeDay, ...]", year: int) -> int:
        first, last = date(year, *self.first), date(year, *self.last)
        return sum(one.off and first <= one.day <= last for one in days)


HOLIDAYS = (
    Holiday("元旦", (1, 1), (1, 1), 1),
    Holiday("春节", (1, 20), (2, 23), 3),
    Holiday("春节", (1, 20), (2, 23), 4, since=2025),
    Holiday("清明节", (4, 4), (4, 6), 1),
    Holiday("劳动节", (5, 1), (5, 1), 1),
    Holiday("劳动节", (5, 1), (5, 2), 2, since=2025),
    Holiday("端午节", (5, 27), (6, 26), 1),
    Holiday("国庆节", (10, 1), (10, 3), 3),
    Holiday("中秋节、国庆节", (9, 7), (10, 8), 4),
)
"""What every notice has; a holiday of moon or sun lies between the days that it can fall on."""


class NoticeDay(BaseModel):
    """A day that the notice takes off, or makes a working day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[str, StringConstraints(max_length=100)]
    day: Day = Field(alias="date")
    off: bool = Field(alias="isOffDay")


class Notice(BaseModel):
    """
    What the State Council says about one year; *papers* are where it says so.

    All of it: a part of a notice would make days final that nobody has settled.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_DAY.year)]
    papers: tuple[str, ...] = ()
    days: Annotated[tuple[NoticeDay, ...], Field(max_length=DAYS_MAX)]

    @model_validator(mode="after")
    def _settles_its_year(self) -> Self:
        for fault in (*self._contradictions(), *self._gaps()):
            raise fault
        return self

    def _contradictions(self) -> Iterator[PydanticCustomError]:
        for day, times in Counter(one.day for one in self.days).items():
            if not self._may_name(day):
                yield PydanticCustomError(
                    "notice_year",
                    "{day} is no day of the notice for {year}",
                    {"day": str(day), "year": self.year},
                )
            if times > 1:
                yield PydanticCustomError("notice_twice", "{day} is there twice", {"day": str(day)})
        for one in self.days:
            if not one.off and one.day.weekday() < WEEK_WORKDAYS:
                yield PydanticCustomError(
                    "notice_workday", "{day} is a working day anyway", {"day": str(one.day)}
                )

    def _gaps(self) -> Iterator[PydanticCustomError]:
        for holiday in HOLIDAYS:
            found = holiday.days_off(self.days, self.year)
            if self.year >= holiday.since and found < holiday.days:
                yield PydanticCustomError(
                    "notice_partial",
                    "{found} of at least {days} days off for {name}: not the whole notice",
                    {"found": found, "days": holiday.days, "name": holiday.name},
                )

    def _may_name(self, day: date) -> bool:
        """Whether *day* is of this year or a month beside it: 2019 took days of December 2018."""
        months = (day.year - self.year) * YEAR_MONTHS + day.month
        return 0 <= months <= YEAR_MONTHS + 1

    @property
    def days_off(self) -> dict[date, str]:
        """The days that it takes off, with their holidays."""
        return {one.day: one.name for one in self.days if one.off}

    @property
    def make_ups(self) -> dict[date, str]:
        """The days that it makes working days, with the holidays that they make up for."""
        return {one.day: one.name for one in self.days if not one.off}

    def published_in(self, calendar: WorkCalendar) -> WorkCalendar:
        """Return *calendar* with this notice in place of what it knew of the year."""
        return calendar.published([self.year], self.days_off, self.make_ups)


def read_notice(document: bytes) -> Notice:
    """Return the notice that *document* holds; pydantic's error says where it is at fault."""
    return Notice.model_validate_json(document)
