"""By when a rectification has to be done, and whether it was: from the days of its facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from shared.contracts.envelope import Event, Fact
from shared.contracts.rectification.facts import (
    DeadlineExtended,
    FindingRecorded,
    MeasureCompleted,
    RectificationAssigned,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.facts import AppealDecided, AppealFiled
from shared.policy.calendar import business_date
from shared.policy.counting import Stop, merged, spent
from shared.policy.rectification import RectificationLimits, rectification_limits
from shared.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt to put it right: from the order, or from its reopening."""

    since: date
    is_ledger: bool = False
    extra_days: int = 0
    rectified_on: date | None = None
    assigned_on: date | None = None
    """When it was first handed to somebody, who may appeal against the rating from then on."""


@dataclass(frozen=True, slots=True)
class RoundDeadlines:
    """The rounds of one rectification, each measured by the rules of the day it began."""

    rounds: tuple[Round, ...]
    rules: Rules
    appeals: tuple[Stop, ...] = ()
    """When the rating was appealed against, and when that was decided: no day of it counts."""

    @property
    def contact(self) -> date:
        """The last day for the first call."""
        since = self.rounds[-1].since
        return self._day(since, self._limits(since).contact_days)

    @property
    def rectify(self) -> date:
        """The last day for removing the cause."""
        last = self.rounds[-1]
        return self._day(last.since, self._days(last))

    @property
    def appeal(self) -> date | None:
        """The last day for an appeal against the rating; None while nobody has it in hand."""
        assigned_on = self.rounds[0].assigned_on
        if assigned_on is None:
            return None
        days = self._limits(assigned_on).appeal_days
        return None if days is None else self._day(assigned_on, days)

    @property
    def attempts_enough(self) -> int:
        """How many calls in vain are as good as one that reached somebody."""
        return self._limits(self.rounds[-1].since).attempts_enough

    @property
    def kept_so_far(self) -> bool:
        """Whether every round that ended did so in time."""
        return all(
            tried.rectified_on is None or self._in_time(tried, tried.rectified_on)
            for tried in self.rounds
        )

    @property
    def kept(self) -> bool:
        """Whether every round ended in time; one that never ended did not."""
        return all(
            tried.rectified_on is not None and self._in_time(tried, tried.rectified_on)
            for tried in self.rounds
        )

    def _in_time(self, tried: Round, on: date) -> bool:
        """Say whether *on* is early enough; while an appeal is pending any day is."""
        last = spent(self.rules.calendar, tried.since, self._days(tried), merged(self.appeals))
        return last is None or on <= last

    def _days(self, tried: Round) -> int:
        limits = self._limits(tried.since)
        limit = limits.ledger_days if tried.is_ledger else limits.fix_now_days
        return limit + tried.extra_days

    def _limits(self, since: date) -> RectificationLimits:
        return rectification_limits(self.rules.policy_on(since))

    def _day(self, since: date, days: int) -> date:
        """Return the last of *days*, as if an appeal that is pending were not."""
        decided = merged(stop for stop in self.appeals if stop[1] is not None)
        end = spent(self.rules.calendar, since, days, decided)
        assert end is not None, "only a stop leaves an end open"  # noqa: S101 - a bug, not an input
        return end


def appeals(events: Iterable[Event]) -> tuple[Stop, ...]:
    """Return the days from each appeal that *events* of a rating tell of to its decision."""
    found: list[Stop] = []
    for event in sorted(events, key=lambda event: event.order):
        day = business_date(event.time)
        if isinstance(event.data, AppealFiled):
            found.append((day, None))
        elif isinstance(event.data, AppealDecided) and found and found[-1][1] is None:
            found[-1] = (found[-1][0], day)
    return tuple(found)


def rounds(events: Iterable[Event]) -> tuple[Round, ...]:
    """Return the rounds that *events* tell of, in business time; none before the order."""
    tried: tuple[Round, ...] = ()
    for event in sorted(events, key=lambda event: event.order):
        tried = _tried(tried, event)
    return tried


def _tried(tried: tuple[Round, ...], event: Event) -> tuple[Round, ...]:
    day = business_date(event.time)
    match event.data:
        case RectificationOpened() if not tried:
            return (Round(day),)
        case RectificationReopened() if tried:
            return (*tried, Round(day))
        case fact if tried:
            return (*tried[:-1], _went_on(tried[-1], fact, day))
        case _:
            return tried


def _went_on(last: Round, fact: Fact, day: date) -> Round:
    match fact:
        case RectificationAssigned():
            return replace(last, assigned_on=last.assigned_on or day)
        case FindingRecorded(finding=finding):
            return replace(last, is_ledger=finding is VerifyFinding.LEDGER)
        case DeadlineExtended(days=days):
            return replace(last, extra_days=last.extra_days + days)
        case MeasureCompleted():
            return replace(last, rectified_on=day)
        case _:
            return last
