"""What acceptance promises: the day to which the bureau commits itself, and its bounds (T-18)."""

from datetime import date

from services.intake.domain.case.commands import AcceptApplication
from services.intake.domain.case.refusals import CommittedBeyondStatutory, StepsBeyondCommitted
from shared.contracts.enums import LimitUnit
from shared.policy.calendar import WorkCalendar
from shared.policy.counting import due


def promise_date(command: AcceptApplication, effective: date) -> date:
    """Return the committed day, which lies within the law's limit and leaves room for the steps."""
    calendar = command.calendar
    promised = last_day(calendar, effective, command.committed_limit, command.committed_unit)
    lawful = last_day(calendar, effective, command.statutory_limit, command.statutory_unit)
    same_unit = command.committed_unit is command.statutory_unit
    if promised > lawful or (same_unit and command.committed_limit > command.statutory_limit):
        raise CommittedBeyondStatutory(
            committed=command.committed_limit, statutory=command.statutory_limit
        )
    steps = sum(step.limit for step in command.steps)
    if last_day(calendar, effective, steps, LimitUnit.WD) > promised:
        raise StepsBeyondCommitted(steps=steps, committed=command.committed_limit)
    return promised


def last_day(calendar: WorkCalendar, start: date, limit: int, unit: LimitUnit) -> date:
    """Return the day on which *limit* ends when nothing stops it."""
    end = due(calendar, start, limit, unit)
    assert end is not None, "only a stop leaves an end open"  # noqa: S101 - a bug, not an input
    return end
