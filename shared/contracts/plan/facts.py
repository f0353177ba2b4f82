"""What people report of the plan, since no system tells of it (catalogue 4.11)."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field, PlainSerializer

from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.types import Code, Doc, Identifier, Note, OrgRef, Several

QUANTITY_MAX = 10_000_000

Quantity = Annotated[
    Decimal,
    Field(ge=0, le=QUANTITY_MAX, decimal_places=2),
    PlainSerializer(float, return_type=float, when_used="json"),
]
"""How much: times, people, hours; of the smaller ones a hundredth."""


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
    note: Note | None = None
    evidence: Several[Doc] = ()
    corrects: Identifier | None = None
    """The report, as it was named first, in whose place this one stands."""

    @property
    def report(self) -> str:
        return self.corrects or self.report_id
