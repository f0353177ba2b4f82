"""What metrics decides about reports on the plan: for a figure that people count, once each."""

from services.metrics.domain.figures.reported import PARTS, item_of
from services.metrics.domain.reporting.commands import CorrectReport, ReportCommands, ReportProgress
from services.metrics.domain.reporting.refusals import (
    OFF_COURSE,
    IndicatorNotReported,
    PartUnknown,
    ReportDayImpossible,
    ReportExists,
    ReportUnknown,
    TargetNotSet,
    TargetOfAnother,
)
from shared.commands.by_course import Recollection, by_course
from shared.commands.decider import Owners
from shared.contracts.envelope import Fact
from shared.contracts.plan.course import REPORT, ReportState
from shared.contracts.plan.facts import ProgressReported
from shared.contracts.types import OrgRef

KEPT = ("indicator", "part", "org", "site_id", "target_id")
"""What a correction does not change: another figure would have to forget it."""


def _report(report: Recollection, command: ReportProgress) -> Fact:
    if report.state != ReportState.ABSENT:
        raise ReportExists(report=command.report)
    parts = PARTS.get(command.indicator)
    if parts is None:
        raise IndicatorNotReported(indicator=command.indicator, known=", ".join(PARTS))
    if command.part not in parts:
        raise PartUnknown(part=command.part, known=", ".join(parts))
    _require_past(command)
    _require_fitting(command)
    return command.stated(report_id=command.report, on=command.day or command.on)


def _correct(report: Recollection, command: CorrectReport) -> Fact:
    if report.state == ReportState.ABSENT:
        raise ReportUnknown(report=command.report)
    _require_past(command)
    wrong = report.all(ProgressReported)[-1]
    kept = {name: getattr(wrong, name) for name in KEPT}
    return command.stated(**kept, corrects=command.report, on=command.day or wrong.on)


def _require_past(command: ReportCommands) -> None:
    if command.day is not None and command.day > command.on:
        raise ReportDayImpossible(day=command.day, latest=command.on)


def _require_fitting(command: ReportProgress) -> None:
    """Refuse a report against what is no target, or one that counts for something else."""
    if command.target_id is None:
        return
    target = command.target
    if target is None:
        raise TargetNotSet(target_id=command.target_id)
    elsewhere = _code_of(target.org) != _code_of(command.org)
    if elsewhere or target.plan_item != item_of(command.indicator):
        raise TargetOfAnother(target_id=command.target_id, item=target.plan_item)


def _code_of(org: OrgRef | None) -> str | None:
    return org.org_code if org else None


def owners(report: Recollection, command: ReportCommands) -> Owners:
    """Return whose work a report counts."""
    if isinstance(command, ReportProgress):
        return (command.org.org_code,) if command.org else ()
    return [fact.org.org_code for fact in report.all(ProgressReported)[-1:] if fact.org]


DECIDER = by_course(REPORT, OFF_COURSE, {ReportProgress: _report, CorrectReport: _correct}, owners)
