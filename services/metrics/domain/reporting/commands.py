"""What may be asked of a report on the plan."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.plan.facts import ProgressReported, Quantity, TargetSet
from shared.contracts.types import Code, Doc, Identifier, Note, OrgRef, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportProgress(Command):
    """进度填报."""

    FACT: ClassVar[type[Fact]] = ProgressReported

    report: Identifier
    indicator: Code
    part: Code
    quantity: Quantity
    day: MeantDay | None = None
    """On which it was done; none is today."""
    org: OrgRef | None = None
    """Whose it is; none is that of its target, else the organisation of whoever reports."""
    site_id: Code | None = None
    target_id: Identifier | None = None
    """The target of the bureau's own that it brings nearer, if any."""
    target: TargetSet | None = None
    """What was said of that target last; none where it was never set."""
    note: Note | None = None
    evidence: Several[Doc] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectReport(Command):
    """更正填报: the quantity, its day and what proves it; what was counted and what for stays."""

    FACT: ClassVar[type[Fact]] = ProgressReported

    report: Identifier
    report_id: Identifier
    """Of the correction itself."""
    quantity: Quantity
    day: MeantDay | None = None
    """None is the day of what is corrected."""
    note: Note | None = None
    evidence: Several[Doc] = ()


ReportCommands = ReportProgress | CorrectReport
