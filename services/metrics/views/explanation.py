"""Why a clock is due when it is, as a reader is told."""

from datetime import date
from enum import StrEnum

from msgspec import field

from services.metrics.views.view import Both, ShownInstant, View
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockParty


class ClockDayKind(StrEnum):
    """What a day of a deadline is."""

    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    STOPPED = "stopped"
    START = "start"
    DUE = "due"
    AFTER_DUE = "after_due"


class DeadlineDay(View, frozen=True, omit_defaults=True):
    """One day of a deadline: whether it counts, and why."""

    date: date
    counted: bool
    why: str
    """The kind and what it follows from, for programs."""
    kind: ClockDayKind
    law: str | None
    """The article that makes it what it is, in the reader's language."""
    name: str | None = None
    """The holiday that it belongs to or makes up for."""
    ground: str | None = None
    """The reason of the hold that stopped the clock."""
    event_id: str | None = None
    """The fact that made it what it is, where one did."""
    worked: bool | None = None
    """Whether the calendar makes it a working day."""


class ClockSpan(View, frozen=True):
    """Days on which the clock ran, or stood, the first and the last included."""

    first: date = field(name="from")
    last: date | None = field(name="to")
    """Null where it goes on."""
    running: bool
    reason: str | None
    """Why it stood."""
    legal_basis: str | None
    event_id: str | None
    """The fact with which the days began."""


class Extension(View, frozen=True):
    """Days that the head of the agency added to a limit."""

    on: date
    days: int
    event_id: str


class Near(View, frozen=True, omit_defaults=True):
    """When the row calls the limit near (临期): what it says of it, and no more."""

    by: str
    fraction: str | None = None
    days_min: int | None = None
    days_max: int | None = None
    zero_upto: int | None = None
    limit_min: int | None = None
    days: int | None = None
    at: str | None = None
    """From when on the day."""
    hours: int | None = None
    others: int | None = None
    """What was left at the start of the limit within which it has to fit."""


class OpenHours(View, frozen=True):
    """From when to when the hall is open on a working day."""

    opens: str
    closes: str


class Measured(View, frozen=True):
    """What the limit is measured with; with the stretches and the days it is all there is to it."""

    unit: str
    """
    As the row has it.

    Working days (WD), natural days (ND), hall hours (HH), until the hall closes (DH), until a
    day or an instant that somebody named (AT), at once (AO).
    """
    started_at: ShownInstant
    ended_at: ShownInstant | None
    """When the clock stopped for good."""
    seen_at: ShownInstant
    """As of then is told what is consumed and what remains."""
    until: str | None
    """The day or the instant that somebody named."""
    cut_off: str
    """The last moment of a due day."""
    hall: tuple[OpenHours, ...]
    near: Near | None
    unpublished: tuple[int, ...]
    """The years of the count whose notice has not appeared."""


class PartyTime(View, frozen=True):
    """Whose time it was, in whole units of the clock."""

    party: ClockParty
    elapsed: int
    """What passed while it was this party's turn, whether or not the clock ran."""
    counted: int
    """What of it counted against the limit."""


class Explanation(View, frozen=True):
    """
    All that a person, or another program, needs to find a due date again.

    Alerts keep the one that they were raised with.
    """

    subject: str
    sla_id: str
    clock: str
    """The name of the clock: committed, statutory …"""
    policy_version: str
    calendar_version: str
    limit: int
    """Extensions included."""
    unit: str
    started_by: str
    """The fact that started the clock."""
    starts_on: date
    due: date | None
    """Null while something keeps it open."""
    provisional: bool
    """Whether the count enters a year whose notice has not appeared."""
    extensions: tuple[Extension, ...]
    stretches: tuple[ClockSpan, ...]
    """Running and stopped by turns."""
    days: tuple[DeadlineDay, ...]
    consumed: int
    remaining: int
    """Below 0 where it is late."""
    ended_on: date | None
    level: AlertLevel | None
    """Of the alert that is explained; null where none stands."""
    raised_at: ShownInstant | None
    lateness_ms: int | None
    """How much later than its instant the alert was said."""
    causes: tuple[str, ...]
    """The facts that made the clock, in the order in which they acted on it."""
    sentence: Both
    episode: int = 0
    """Tells apart the runs of one limit on one subject."""
    name: Both | None = None
    """What the limit is called."""
    near_at: ShownInstant | None = None
    """The first instant at which the limit was near."""
    due_at: ShownInstant | None = None
    """The first instant at which it is late."""
    measured: Measured | None = None
    """Null in what was explained before that was kept."""
    used: tuple[PartyTime, ...] = ()
    """Whose time it was; what counted adds up to what is consumed. Empty in what alerts keep."""
