"""What assist decides about a key project: a milestone is reached once, and never tomorrow."""

from services.assist.domain.project.commands import ReachMilestone
from services.assist.domain.project.refusals import (
    OFF_COURSE,
    ActualDateImpossible,
    MilestoneAlreadyReached,
)
from shared.commands.by_course import Recollection, by_course
from shared.contracts.assist.course import PROJECT
from shared.contracts.assist.facts import MilestoneReached
from shared.contracts.envelope import Fact


def _reach(project: Recollection, command: ReachMilestone) -> Fact:
    if command.actual > command.on:
        raise ActualDateImpossible(actual=command.actual, latest=command.on)
    if any(one.milestone == command.milestone for one in project.all(MilestoneReached)):
        raise MilestoneAlreadyReached(milestone=command.milestone)
    return command.stated()


DECIDER = by_course(PROJECT, OFF_COURSE, {ReachMilestone: _reach})
