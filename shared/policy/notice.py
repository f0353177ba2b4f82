"""The holiday notice of a year as a file, in the format of the open holiday-cn data set."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.policy.calendar import WorkCalendar

DAYS_MAX = 120


class NoticeDay(BaseModel):
    """A day that the notice takes off, or makes a working day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    day: date = Field(alias="date")
    off: bool = Field(alias="isOffDay")


class Notice(BaseModel):
    """What the State Council says about one year; *papers* are where it says so."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    year: Annotated[int, Field(ge=2000, le=2200)]
    papers: tuple[str, ...] = ()
    days: Annotated[tuple[NoticeDay, ...], Field(max_length=DAYS_MAX)]

    def published_in(self, calendar: WorkCalendar) -> WorkCalendar:
        """Return *calendar* with this notice in place of what it knew of the year."""
        off = {one.day: one.name for one in self.days if one.off}
        on = {one.day: one.name for one in self.days if not one.off}
        return calendar.published(self.year, off, on)


def read_notice(document: bytes) -> Notice:
    """Return the notice that *document* holds; pydantic's error says where it is at fault."""
    return Notice.model_validate_json(document)
