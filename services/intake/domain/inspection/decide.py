"""What intake decides about a site inspection."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from services.intake.domain.inspection.commands import (
    AnyCommand,
    ConcludeVisit,
    ExpireDefect,
    FollowUpInspection,
    InspectionCommand,
    OrderDefect,
    OrderInspection,
    ScheduleVisit,
    StartVisit,
)
from services.intake.domain.inspection.refusals import (
    OFF_COURSE,
    DefectDeadlinePassed,
    DefectNotYetDue,
    InspectionAlreadyAnswered,
    InspectionNotConcluded,
    InspectionNotStarted,
    TooFewInspectors,
)
from services.intake.domain.inspection.states import Inspection
from shared.commands.off_course import require_on_course
from shared.contracts.envelope import Fact
from shared.contracts.inspection.course import INSPECTION, NEVER_TOOK_PLACE, InspectionState
from shared.contracts.inspection.facts import INSPECTORS_MIN


def decide(inspection: Inspection, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the inspection, or raise what stands in its way."""
    require_on_course(INSPECTION, inspection.state, command, OFF_COURSE)
    rule = RULES.get(type(command))
    return [rule(inspection, command) if rule else command.stated()]


def owners(inspection: Inspection, command: AnyCommand) -> Collection[str]:
    """Return the organisations that inspect; an order is given by those that handle the cases."""
    return command.handling_orgs if isinstance(command, OrderInspection) else inspection.orgs


def _order(_: Inspection, command: OrderInspection) -> Fact:
    return command.stated(attempt_no=1)


def _schedule(inspection: Inspection, command: ScheduleVisit) -> Fact:
    if len(set(command.inspectors)) < INSPECTORS_MIN:
        raise TooFewInspectors(inspectors_min=INSPECTORS_MIN)
    moved = inspection.state == InspectionState.SCHEDULED
    number = inspection.reschedules + 1 if moved else 0
    return command.stated(contact_at=command.at, reschedule_no=number)


def _start(_: Inspection, command: StartVisit) -> Fact:
    return command.stated(arrived_at=command.at)


def _conclude(inspection: Inspection, command: ConcludeVisit) -> Fact:
    fact = command.stated()
    if inspection.state == InspectionState.SCHEDULED and not NEVER_TOOK_PLACE.holds(fact):
        raise InspectionNotStarted
    return fact


def _order_defect(_: Inspection, command: OrderDefect) -> Fact:
    deadline = command.deadline or command.answer_by
    if deadline < command.on:
        raise DefectDeadlinePassed(today=command.on)
    return command.stated(deadline=deadline)


def _expire(inspection: Inspection, command: ExpireDefect) -> Fact:
    deadline = inspection.deadline
    assert deadline is not None, "a defect is open by its order"  # noqa: S101 - a bug, not an input
    if command.on <= deadline:
        raise DefectNotYetDue(deadline=deadline)
    return command.stated(deadline=deadline)


def _follow_up(inspection: Inspection, command: FollowUpInspection) -> Fact:
    if not inspection.is_concluded:
        raise InspectionNotConcluded
    if inspection.has_answered:
        raise InspectionAlreadyAnswered
    return command.stated()


RULES: Mapping[type[InspectionCommand], Callable[[Inspection, Any], Fact]] = {
    OrderInspection: _order,
    ScheduleVisit: _schedule,
    StartVisit: _start,
    ConcludeVisit: _conclude,
    OrderDefect: _order_defect,
    ExpireDefect: _expire,
    FollowUpInspection: _follow_up,
}
"""What a command needs beside the course; the others are granted as they stand."""
