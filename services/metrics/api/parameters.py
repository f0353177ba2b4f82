"""What a reading path may be asked: bounded, storable values, one type for each kind."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from shared.commands.service import STORE_FAULTS
from shared.contracts.moments import MeantDay
from shared.eventstore.port import NamesAPerson, StoreRefused, StoreUnavailable
from shared.web.problems import UNFIT, ProblemKind

KEY_CHARACTERS_MAX = 256
WORD = r"^[^\x00]*$"
"""PostgreSQL holds every character but this one."""

READING = tuple(STORE_FAULTS[fault].kind for fault in (StoreUnavailable, StoreRefused))
"""What stands in the way of reading anything."""
WRITING = (*READING, STORE_FAULTS[NamesAPerson].kind)
"""What stands in the way of saying anything."""

CURSOR_INVALID = ProblemKind(UNFIT, "cursor_invalid")

ROWS_MAX = 200
ROWS_USUAL = 50

CaseNoInPath = Annotated[
    str, Path(min_length=1, max_length=KEY_CHARACTERS_MAX, pattern=WORD, examples=["XC2024000815"])
]
AlertId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
KpiId = Annotated[str, Path(min_length=1, max_length=40, pattern=WORD, examples=["L03.accepted"])]

Label = Annotated[str, Field(max_length=KEY_CHARACTERS_MAX, pattern=WORD)]

Rows = Annotated[int, Query(alias="limit", ge=1, le=ROWS_MAX)]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before, as it came")]

DayAsked = MeantDay
