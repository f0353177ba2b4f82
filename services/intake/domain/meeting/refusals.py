"""
Refusals around one meeting of the committee.

IntakeRejection
├── MeetingAlreadyCalled
├── MeetingNotScheduled
└── MeetingAlreadyHeld
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.committee.course import MEETING, MeetingState


class MeetingAlreadyCalled(IntakeRejection):
    """The meeting's id is taken."""

    code = "meeting_already_called"


class MeetingNotScheduled(IntakeRejection):
    """No such meeting was called, or not for this referral."""

    code = "meeting_not_scheduled"


class MeetingAlreadyHeld(IntakeRejection):
    """The meeting is over."""

    code = "meeting_already_held"


OFF_COURSE = off_course(
    MEETING,
    Refused(MeetingNotScheduled, states=(MeetingState.ABSENT,)),
    Refused(MeetingAlreadyHeld, states=(MeetingState.HELD,)),
)
"""Why nothing comes of it where the course has no row."""
