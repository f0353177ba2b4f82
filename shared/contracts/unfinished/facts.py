"""What becomes of a matter that was not done on the spot (未办成事, catalogue 4.10)."""

from typing import ClassVar, Literal

from shared.contracts.envelope import Fact
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import CaseNo, Identifier, ItemCode
from shared.contracts.unfinished.words import UnfinishedCause


class MatterFact(Fact):
    """A fact of one matter's history; a case that it names is only mentioned."""

    STREAM: ClassVar[str] = "matter"
    ABOUT: ClassVar[str] = "matter_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    matter_id: Identifier


class MatterRecorded(MatterFact):
    """Somebody came and could not get it done (登记未办成事)."""

    TYPE: ClassVar[str] = "casetrack.unfinished.matter.recorded.v1"

    visit_id: Identifier | None = None
    case_no: CaseNo | None = None
    item_code: ItemCode
    cause: UnfinishedCause
    source: Literal["WINDOW", "DESK", "HOTLINE", "ONLINE"]


class MatterContacted(MatterFact):
    """Whoever came was called (当日联系)."""

    TYPE: ClassVar[str] = "casetrack.unfinished.contact.made.v1"

    reached: bool


class MatterResolved(MatterFact):
    """It is done, or it was explained why it is not (办成或答复)."""

    TYPE: ClassVar[str] = "casetrack.unfinished.matter.resolved.v1"

    outcome: Literal["DONE", "EXPLAINED", "NOT_POSSIBLE"]
    case_no: CaseNo | None = None


class MatterFollowedUp(MatterFact):
    """Whoever came was asked how satisfied one is (未办成事回访)."""

    TYPE: ClassVar[str] = "casetrack.unfinished.followup.completed.v1"

    level: Satisfaction | None = None
