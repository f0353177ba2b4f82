"""What the bureau aims at of its own accord, and what people report of it (catalogue 4.11)."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field, PlainSerializer

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.types import (
    Code,
    Count,
    Doc,
    Identifier,
    Name,
    Note,
    OrgRef,
    Several,
    ShortCode,
)

QUANTITY_MAX = 10_000_000

Quantity = Annotated[
    Decimal,
    Field(ge=0, le=QUANTITY_MAX, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""How much: times, people, hours; of the smaller ones a hundredth."""


class TargetSet(Fact):
    """The bureau aims at so much by a day (设定目标); what is set anew takes its place."""

    TYPE: ClassVar[str] = "casetrack.plan.target.set.v1"
    STREAM: ClassVar[str] = "target"
    ABOUT: ClassVar[str] = "target_id"

    target_id: Identifier
    plan_item: Count
    """The item of the plan that it belongs to, by its number."""
    name: Name
    unit: ShortCode
    """In which it is counted, in the bureau's own words: 个, 次, 学时."""
    value: Quantity
    """How much should be reached; 0 gives the target up."""
    due: Day
    org: OrgRef | None = None
    """Whose it is."""


class ProgressReported(Fact):
    """Somebody has counted what was done, held or issued (进度填报); a correction replaces it."""

    TYPE: ClassVar[str] = "casetrack.plan.progress.reported.v1"
    STREAM: ClassVar[str] = "report"
    ABOUT: ClassVar[str] = "report"

    report_id: Identifier
    indicator: Code
    """The figure that it counts for, by its id in the catalogue."""
    part: Code
    """What was counted, by the figure's own word."""
    quantity: Quantity
    on: Day
    org: OrgRef | None = None
    site_id: Code | None = None
    target_id: Identifier | None = None
    """The target of the bureau's own that it brings nearer, beside the figure."""
    note: Note | None = None
    evidence: Several[Doc] = ()
    corrects: Identifier | None = None
    """The report, as it was named first, in whose place this one stands."""

    @property
    def report(self) -> str:
        return self.corrects or self.report_id
