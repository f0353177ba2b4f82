"""What intake decides about a meeting of the committee."""

from services.intake.domain.meeting.commands import AnyCommand, CallMeeting, MoveMeeting
from services.intake.domain.meeting.refusals import (
    OFF_COURSE,
    MeetingAlreadyCalled,
    MeetingNotScheduled,
)
from services.intake.domain.meeting.states import Meeting
from shared.commands.off_course import require_on_course
from shared.contracts.committee.course import MEETING, MeetingState
from shared.contracts.envelope import Fact


def decide(meeting: Meeting, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the meeting, or raise what stands in its way."""
    require_on_course(MEETING, meeting.state, command, OFF_COURSE)
    match command:
        case CallMeeting() if meeting.state != MeetingState.ABSENT:
            raise MeetingAlreadyCalled
        case MoveMeeting() if meeting.state == MeetingState.ABSENT:
            raise MeetingNotScheduled
        case _:
            return [command.stated()]
