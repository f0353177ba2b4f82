"""
Refusals around reports on the plan.

Rejection
└── ReportRejection
    ├── IndicatorNotReported
    ├── PartUnknown
    ├── ReportDayImpossible
    ├── ReportExists
    ├── ReportUnknown
    ├── TargetNotSet
    └── TargetOfAnother
"""

from shared.commands.off_course import off_course
from shared.contracts.plan.course import REPORT
from shared.contracts.rejection import Blame, Rejection


class ReportRejection(Rejection):
    """A report that was understood and declined."""


class IndicatorNotReported(ReportRejection):
    """No figure of that id is counted by people."""

    code = "indicator_not_reported"
    blame = Blame.COMMAND
    field = "indicator"


class PartUnknown(ReportRejection):
    """The figure counts no such thing."""

    code = "part_unknown"
    blame = Blame.COMMAND
    field = "part"


class ReportDayImpossible(ReportRejection):
    """Nobody has done tomorrow's work."""

    code = "report_day_impossible"
    blame = Blame.COMMAND
    field = "day"


class ReportExists(ReportRejection):
    """The number is taken, though it is ours; whoever was wrong corrects."""

    code = "report_exists"
    field = "report"


class ReportUnknown(ReportRejection):
    """There is no such report to correct."""

    code = "report_unknown"
    field = "report"


class TargetNotSet(ReportRejection):
    """There is no such target that a report could bring nearer."""

    code = "target_not_set"
    blame = Blame.COMMAND
    field = "target_id"


class TargetOfAnother(ReportRejection):
    """The target is of another item than the figure, or of another organisation."""

    code = "target_of_another"
    blame = Blame.COMMAND
    field = "target_id"


OFF_COURSE = off_course(REPORT)
"""The course has a row for each state; what stands in the way is said by the rules."""
