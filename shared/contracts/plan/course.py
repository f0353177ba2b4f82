"""The course of a report on the plan: it is made once, and corrected as often as it has to be."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads, stays
from shared.contracts.plan.facts import ProgressReported


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
