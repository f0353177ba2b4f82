"""What intake decides about the grading list: a version is out once, with each item once."""

from services.intake.domain.gradinglist.commands import ReviseGradingList
from services.intake.domain.gradinglist.refusals import (
    OFF_COURSE,
    GradeUnchanged,
    GradingVersionTaken,
    ItemGradedTwice,
)
from shared.commands.by_course import Recollection, by_course
from shared.contracts.committee.course import GRADING_LIST
from shared.contracts.committee.facts import GradingListRevised
from shared.contracts.envelope import Fact


def _revise(known: Recollection, command: ReviseGradingList) -> Fact:
    if any(one.list_version == command.list_version for one in known.all(GradingListRevised)):
        raise GradingVersionTaken(list_version=command.list_version)
    graded: set[str] = set()
    for change in command.changes:
        if change.item_code in graded:
            raise ItemGradedTwice(item_code=change.item_code)
        if change.before is change.after:
            raise GradeUnchanged(item_code=change.item_code)
        graded.add(change.item_code)
    return command.stated()


DECIDER = by_course(GRADING_LIST, OFF_COURSE, {ReviseGradingList: _revise})
