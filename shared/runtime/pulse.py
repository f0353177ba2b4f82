"""How the reading of a process goes: said at its probe, in its measures and in its log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

import structlog
from pydantic import BaseModel, ConfigDict, Field

from shared.runtime.clock import Clock
from shared.runtime.measures import CONSUMER_STILL_SECONDS, CONSUMER_UP, CONSUMER_WAITING

STILL_SECONDS_MAX = 30.0
"""So long a consumer that has something to take may take nothing."""

USUAL_SECONDS_MAX = 10.0
"""So long somebody's transaction may be open without a word."""

log = structlog.get_logger()


class Condition(StrEnum):
    """What a consumer does."""

    JOINING = "joining"
    READING = "reading"
    WAITING = "waiting"
    """It reads, and something of it waits until a fault is over."""
    AWAY = "away"
    """A fault ended the reading; it begins again by itself."""


class PulseReport(BaseModel):
    """What a probe tells of one consumer."""

    model_config = ConfigDict(frozen=True)

    group: str
    condition: Condition
    since: str = Field(json_schema_extra={"format": "date-time"})
    fault: str | None
    held: tuple[str, ...]
    """What stands still, each with the kind of fault that it waits for."""
    waiting: int
    still_seconds: float


class Pulse:
    """One consumer of this process; nothing that it says is about a case or a person."""

    def __init__(self, group: str, clock: Clock) -> None:
        self.group = group
        self.clock = clock
        self._condition = Condition.JOINING
        self._since: datetime = clock.now()
        self._fault = ""
        self._held: dict[str, str] = {}
        self._lasting: dict[str, float] = {}
        self._waiting = 0
        self._moved_at = clock.monotonic()
        CONSUMER_UP.labels(group=group).set(0)
        CONSUMER_STILL_SECONDS.labels(group=group).set_function(self.still_seconds)

    def reading(self) -> None:
        """Say that it reads."""
        self._turn(Condition.WAITING if self._held else Condition.READING)

    def away(self, fault: Exception) -> None:
        """Say that *fault* ended the reading for now."""
        self._held.clear()
        self._turn(Condition.AWAY, fault)

    def hold(self, what: str, fault: Exception) -> None:
        """Say that *what*, a partition, stands still until *fault* is over."""
        if self._held.get(what) != type(fault).__name__:
            self._held[what] = type(fault).__name__
            self._turn(Condition.WAITING, fault)

    def hold_lasting(self, what: str, fault: Exception) -> None:
        """Say the same once it has been said for a while: for a moment it is usual."""
        began = self._lasting.setdefault(what, self.clock.monotonic())
        if self.clock.monotonic() - began > USUAL_SECONDS_MAX:
            self.hold(what, fault)

    def release(self, what: str) -> None:
        """Say that nothing holds *what* any more."""
        self._lasting.pop(what, None)
        if self._held.pop(what, None) and not self._held:
            self._turn(Condition.READING)

    def moved(self) -> None:
        """Say that a record was taken, or that there is none to take."""
        self._moved_at = self.clock.monotonic()

    def behind(self, waiting: int) -> None:
        """Say how many records wait to be taken."""
        self._waiting = waiting
        CONSUMER_WAITING.labels(group=self.group).set(waiting)
        if not waiting:
            self.moved()

    def still_seconds(self) -> float:
        """Return for how long it has taken nothing, although it should have."""
        busy = self._waiting or self._condition is not Condition.READING
        return round(self.clock.monotonic() - self._moved_at, 1) if busy else 0.0

    def stands_still(self) -> bool:
        """Return whether somebody must look."""
        halted = self._condition in (Condition.WAITING, Condition.AWAY)
        return halted or self.still_seconds() > STILL_SECONDS_MAX

    def told(self) -> PulseReport:
        """Return all of it, for a probe."""
        return PulseReport(
            group=self.group,
            condition=self._condition,
            since=self._since.isoformat(timespec="seconds"),
            fault=self._fault or None,
            held=tuple(f"{what}: {fault}" for what, fault in sorted(self._held.items())),
            waiting=self._waiting,
            still_seconds=self.still_seconds(),
        )

    def _turn(self, condition: Condition, fault: Exception | None = None) -> None:
        name = type(fault).__name__ if fault else self._fault
        if condition is Condition.READING:
            name = ""
        if (condition, name) == (self._condition, self._fault):
            return
        self._condition, self._fault, self._since = condition, name, self.clock.now()
        CONSUMER_UP.labels(group=self.group).set(condition is Condition.READING)
        if condition is Condition.READING:
            log.info("consumer_reading", group=self.group)
        elif condition is Condition.AWAY:
            log.warning("consumer_away", group=self.group, fault=repr(fault))
        else:
            # What a handler raised may quote the record.
            log.warning("consumer_waiting", group=self.group, fault=name, held=sorted(self._held))


_BEATING: dict[str, Pulse] = {}


@contextmanager
def beating(pulse: Pulse) -> Iterator[Pulse]:
    """Let this process tell of *pulse*."""
    _BEATING[pulse.group] = pulse
    try:
        yield pulse
    finally:
        del _BEATING[pulse.group]


def pulse_of(group: str, clock: Clock) -> Pulse:
    """Return the one of *group* that this process tells of, or one that nobody hears of."""
    return _BEATING.get(group) or Pulse(group, clock)


def pulses() -> Sequence[Pulse]:
    """Return those that this process tells of, by the names of their groups."""
    return [_BEATING[group] for group in sorted(_BEATING)]
