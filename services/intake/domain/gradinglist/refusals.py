"""
Refusals around the grading list.

IntakeRejection
├── GradeUnchanged
├── GradingVersionTaken
└── ItemGradedTwice
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import off_course
from shared.contracts.committee.course import GRADING_LIST
from shared.contracts.rejection import Blame


class GradingVersionTaken(IntakeRejection):
    """The version is out: other grades make another version."""

    code = "grading_version_taken"
    field = "list_version"


class ItemGradedTwice(IntakeRejection):
    """A revision gives each item one grade."""

    code = "item_graded_twice"
    blame = Blame.COMMAND
    field = "changes"


class GradeUnchanged(IntakeRejection):
    """A revision names what it changes alone."""

    code = "grade_unchanged"
    blame = Blame.COMMAND
    field = "changes"


OFF_COURSE = off_course(GRADING_LIST)
"""The list may be revised at any time."""
