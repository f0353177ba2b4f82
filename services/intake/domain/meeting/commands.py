"""What may be asked of a meeting of the committee."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from shared.commands.command import Command
from shared.contracts.committee import facts
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantInstant
from shared.contracts.types import ActorId, Identifier, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCommand(Command):
    """Something asked of one meeting."""

    meeting_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeeting(MeetingCommand):
    """会议安排."""

    FACT: ClassVar[type[Fact]] = facts.MeetingScheduled

    referral_ids: Annotated[Several[Identifier], Field(min_length=1)]
    meeting_at: MeantInstant
    experts_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveMeeting(MeetingCommand):
    """会议改期, with the agenda as it is then."""

    FACT: ClassVar[type[Fact]] = facts.MeetingScheduled

    referral_ids: Annotated[Several[Identifier], Field(min_length=1)]
    meeting_at: MeantInstant
    experts_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMeeting(MeetingCommand):
    """召开会议."""

    FACT: ClassVar[type[Fact]] = facts.MeetingHeld

    present: Annotated[Several[ActorId], Field(min_length=1)]
    recused: Several[ActorId] = ()
    quorum_ok: bool
    legal_review_done: bool


AnyCommand = CallMeeting | MoveMeeting | HoldMeeting
