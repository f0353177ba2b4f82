"""What becomes of a log: events of ours, each with its place, and what could not be told."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.contracts.envelope import Event


class Oddity(StrEnum):
    """Why something of a log is not told; the gateway's own words where it has one for the same."""

    MISSING = "missing_attribute"
    UNREADABLE = "unreadable_attribute"
    TOO_LONG = "attribute_too_long"
    INVALID = "invalid_attribute"
    TWICE = "duplicate_attribute"
    TOO_LARGE = "case_too_large"
    OUTSIDE = "outside_case"
    UNKNOWN = "unknown_element"


class Remark(StrEnum):
    """What is told otherwise than the log has it."""

    RENAMED = "renamed"
    EMPTY = "empty_attribute"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where in the file something stands: in which case, on which line, as its which event."""

    case: int
    line: int
    event: int | None = None
    case_no: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """What the log has and we cannot tell; *text* is what it says there."""

    place: LogPlace
    code: Oddity
    field: str
    text: str = ""
    count: int = 1
    """How many events are lost by it."""


@dataclass(frozen=True, slots=True)
class Remarked:
    """Where what is told differs from the log: *field* was empty, or is no name of its own."""

    place: LogPlace
    code: Remark
    field: str


@dataclass(frozen=True, slots=True)
class Telling:
    """An event of ours, and where in the log it comes from."""

    place: LogPlace
    event: Event


@dataclass(frozen=True, slots=True)
class ToldCase:
    """What became of one case, or of an element that stands in none."""

    events: int
    """How many the log has here."""
    tellings: list[Telling] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    notes: list[Remarked] = field(default_factory=list)
    is_case: bool = True
