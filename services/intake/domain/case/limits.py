"""The days that count before acceptance, and the day to which the bureau commits itself by it."""

from datetime import date

from services.intake.domain.case.commands import AcceptApplication
from services.intake.domain.case.refusals import (
    CommittedBeyondStatutory,
    PromiseBeyondCalendar,
    StepsBeyondCommitted,
)
from services.intake.domain.case.states import Filing
from shared.contracts.moments import LAST_DAY
from shared.contracts.words import LimitUnit
from shared.policy.calendar import WorkCalendar
from shared.policy.counting import due


def complete_since(filing: Filing) -> date:
    """Return the day on which all the material was there: never before the application itself."""
    return max(filing.received_date, filing.completed_on or filing.received_date)


def deemed_after(filing: Filing, silence_days: int, calendar: WorkCalendar) -> date:
    """Return the last day on which the bureau may break its silence."""
    return last_day(calendar, complete_since(filing), silence_days, LimitUnit.WD)


def promise_date(command: AcceptApplication, effective: date) -> date:
    """
    Return the committed day.

    It lies within the law's limit and leaves room for the steps (T-18), and it
    is a day that somebody lives to see.
    """
    calendar = command.calendar
    promised = last_day(calendar, effective, command.committed_limit, command.committed_unit)
    lawful = last_day(calendar, effective, command.statutory_limit, command.statutory_unit)
    same_unit = command.committed_unit is command.statutory_unit
    if promised > lawful or (same_unit and command.committed_limit > command.statutory_limit):
        raise CommittedBeyondStatutory(
            committed=command.committed_limit, statutory=command.statutory_limit
        )
    if promised > LAST_DAY:
        raise PromiseBeyondCalendar(promised=promised, latest=LAST_DAY)
    steps = sum(step.limit for step in command.steps)
    if last_day(calendar, effective, steps, LimitUnit.WD) > promised:
        raise StepsBeyondCommitted(steps=steps, committed=command.committed_limit)
    return promised


def last_day(calendar: WorkCalendar, start: date, limit: int, unit: LimitUnit) -> date:
    """Return the day on which *limit* ends when nothing stops it."""
    end = due(calendar, start, limit, unit)
    assert end is not None, "only a stop leaves an end open"  # noqa: S101 - a bug, not an input
    return end
