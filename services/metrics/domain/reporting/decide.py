"""What metrics decides about reports on the plan: for a figure that people count, once each."""

from services.metrics.domain.figures.reported import PARTS
from services.metrics.domain.reporting.commands import CorrectReport, ReportCommands, ReportProgress
from services.metrics.domain.reporting.refusals import (
    OFF_COURSE,
    IndicatorNotReported,
    PartUnknown,
    ReportDayImpossible,
    ReportExists,
    ReportUnknown,
)
from shared.commands.by_course import Recollection, by_course
from shared.commands.decider import Owners
from shared.contracts.envelope import Fact
from shared.contracts.plan.course import REPORT, ReportState
from shared.contracts.plan.facts import ProgressReported


def _report(report: Recollection, command: ReportProgress) -> Fact:
    if report.state != ReportState.ABSENT:
        raise ReportExists(report=command.report)
    parts = PARTS.get(command.indicator)
    if parts is None:
        raise IndicatorNotReported(indicator=command.indicator, known=", ".join(PARTS))
    if command.part not in parts:
        raise PartUnknown(part=command.part, known=", ".join(parts))
    _require_past(command)
    return command.stated(report_id=command.report, on=command.day or command.on)


def _correct(report: Recollection, command: CorrectReport) -> Fact:
    if report.state == ReportState.ABSENT:
        raise ReportUnknown(report=command.report)
    _require_past(command)
    wrong = report.all(ProgressReported)[-1]
    kept = {name: getattr(wrong, name) for name in ("indicator", "part", "org", "site_id")}
    return command.stated(**kept, corrects=command.report, on=command.day or wrong.on)


def _require_past(command: ReportCommands) -> None:
    if command.day is not None and command.day > command.on:
        raise ReportDayImpossible(day=command.day, latest=command.on)


def owners(report: Recollection, command: ReportCommands) -> Owners:
    """Return whose work a report counts."""
    if isinstance(command, ReportProgress):
        return (command.org.org_code,) if command.org else ()
    return [fact.org.org_code for fact in report.all(ProgressReported)[-1:] if fact.org]


DECIDER = by_course(REPORT, OFF_COURSE, {ReportProgress: _report, CorrectReport: _correct}, owners)
