"""By when a rectification has to be done, and whether it was: from the days of its facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from shared.contracts.envelope import Event
from shared.contracts.rectification.facts import (
    DeadlineExtended,
    FindingRecorded,
    MeasureCompleted,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.rectification.words import VerifyFinding
from shared.policy.calendar import business_date
from shared.policy.counting import spent
from shared.policy.rectification import RectificationLimits, rectification_limits
from shared.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt to put it right: from the order, or from its reopening."""

    since: date
    is_ledger: bool = False
    extra_days: int = 0
    rectified_on: date | None = None


@dataclass(frozen=True, slots=True)
class RoundDeadlines:
    """The rounds of one rectification, each measured by the rules of the day it began."""

    rounds: tuple[Round, ...]
    rules: Rules

    @property
    def contact(self) -> date:
        """The last day for the first call."""
        since = self.rounds[-1].since
        return self._after(since, self._limits(since).contact_days)

    @property
    def rectify(self) -> date:
        """The last day for removing the cause."""
        return self._last_day(self.rounds[-1])

    @property
    def attempts_enough(self) -> int:
        """How many calls in vain are as good as one that reached somebody."""
        return self._limits(self.rounds[-1].since).attempts_enough

    @property
    def kept_so_far(self) -> bool:
        """Whether every round that ended did so in time."""
        return all(
            tried.rectified_on is None or tried.rectified_on <= self._last_day(tried)
            for tried in self.rounds
        )

    @property
    def kept(self) -> bool:
        """Whether every round ended in time; one that never ended did not."""
        return all(
            tried.rectified_on is not None and tried.rectified_on <= self._last_day(tried)
            for tried in self.rounds
        )

    def _last_day(self, tried: Round) -> date:
        limits = self._limits(tried.since)
        limit = limits.ledger_days if tried.is_ledger else limits.fix_now_days
        return self._after(tried.since, limit + tried.extra_days)

    def _limits(self, since: date) -> RectificationLimits:
        return rectification_limits(self.rules.policy_on(since))

    def _after(self, day: date, days: int) -> date:
        end = spent(self.rules.calendar, day, days)
        assert end is not None, "only a stop leaves an end open"  # noqa: S101 - a bug, not an input
        return end


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
        case FindingRecorded() as fact if tried:
            is_ledger = fact.finding is VerifyFinding.LEDGER
            return (*tried[:-1], replace(tried[-1], is_ledger=is_ledger))
        case DeadlineExtended() as fact if tried:
            extra_days = tried[-1].extra_days + fact.days
            return (*tried[:-1], replace(tried[-1], extra_days=extra_days))
        case MeasureCompleted() if tried:
            return (*tried[:-1], replace(tried[-1], rectified_on=day))
        case _:
            return tried
