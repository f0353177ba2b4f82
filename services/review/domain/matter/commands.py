"""What may be asked of an unfinished matter."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import CaseNo, Identifier, ItemCode
from shared.contracts.unfinished import facts
from shared.contracts.unfinished.words import UnfinishedCause


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCommand(Command):
    """Something asked of one matter."""

    matter_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMatter(MatterCommand):
    """登记未办成事."""

    FACT: ClassVar[type[Fact]] = facts.MatterRecorded

    visit_id: Identifier | None = None
    case_no: CaseNo | None = None
    item_code: ItemCode
    cause: UnfinishedCause
    source: Literal["WINDOW", "DESK", "HOTLINE", "ONLINE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAboutMatter(MatterCommand):
    """联系当事人; each attempt counts."""

    FACT: ClassVar[type[Fact]] = facts.MatterContacted

    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveMatter(MatterCommand):
    """办成或答复."""

    FACT: ClassVar[type[Fact]] = facts.MatterResolved

    outcome: Literal["DONE", "EXPLAINED", "NOT_POSSIBLE"]
    case_no: CaseNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpMatter(MatterCommand):
    """未办成事回访."""

    FACT: ClassVar[type[Fact]] = facts.MatterFollowedUp

    level: Satisfaction | None = None


AnyCommand = RecordMatter | ContactAboutMatter | ResolveMatter | FollowUpMatter
