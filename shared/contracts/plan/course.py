"""The courses of what people say of the plan: a target that they set, a report that they make."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads, stays
from shared.contracts.plan.facts import ProgressReported, TargetSet


class TargetState(StrEnum):
    """Whether a target was set."""

    ABSENT = ABSENT
    SET = "SET"


TARGET = Course(
    "target",
    "target_id",
    tuple((state,) for state in TargetState),
    (
        *leads(TargetSet, {TargetState.ABSENT: TargetState.SET}, unless=("target_unknown",)),
        *stays(TargetSet, (TargetState.SET,), unless=("target_exists",)),
    ),
    prefix="MB",
)
"""It is set anew as often as it has to be: its last word counts."""


class ReportState(StrEnum):
    """Whether a report was made."""

    ABSENT = ABSENT
    REPORTED = "REPORTED"


REPORT = Course(
    "report",
    "report",
    tuple((state,) for state in ReportState),
    (
        *leads(
            ProgressReported,
            {ReportState.ABSENT: ReportState.REPORTED},
            unless=("report_unknown",),
        ),
        *stays(ProgressReported, (ReportState.REPORTED,), unless=("report_exists",)),
    ),
    prefix="JD",
)
"""It is made once, and corrected as often as it has to be."""
