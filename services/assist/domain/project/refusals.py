"""
Refusals around one key project.

AssistRejection
├── ProjectUnknown
├── MilestoneAlreadyReached
└── ActualDateImpossible
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.assist.course import PROJECT, ProjectState
from shared.contracts.rejection import Blame


class ProjectUnknown(AssistRejection):
    """No such project stands on the list."""

    code = "project_unknown"


class MilestoneAlreadyReached(AssistRejection):
    """A project reaches each of its milestones once."""

    code = "milestone_already_reached"
    field = "milestone"


class ActualDateImpossible(AssistRejection):
    """Nobody has reached tomorrow what is to be reached."""

    code = "actual_date_impossible"
    blame = Blame.COMMAND
    field = "actual"


OFF_COURSE = off_course(PROJECT, Refused(ProjectUnknown, states=(ProjectState.ABSENT,)))
"""A project may be enrolled at any time, also anew; only then does it reach a milestone."""
