"""What intake decides about a case between its acceptance and the decision."""

from services.intake.domain.case.commands import (
    ApproveExtension,
    CloseHold,
    CompleteStep,
    DenyExtension,
    ExpireSupplement,
    ForwardCase,
    MakeDecision,
    OpenHold,
    ReceiveSupplement,
    RequestExtension,
    StartStep,
    TerminateCase,
)
from services.intake.domain.case.limits import last_day
from services.intake.domain.case.refusals import (
    CaseAlreadyOver,
    CaseNotUnderWay,
    CaseUnknown,
    DeliveredDateImpossible,
    ExaminationNotBegun,
    ExtensionAlreadyGranted,
    ExtensionNotRequested,
    ExtensionTooLate,
    ExtensionTooLong,
    HoldAlreadyOpened,
    HoldNotOpen,
    HoldStillOpen,
    MaterialMissing,
    MaterialNotAwaited,
    RemediesNotTold,
    ReturnNotBackwards,
    StepNotOpen,
    StepStillOpen,
    SupplementHoldUsed,
)
from services.intake.domain.case.states import (
    Absent,
    Accepted,
    CorrectionPending,
    Course,
    Examining,
    Filed,
    Phase,
    UnderWay,
)
from shared.contracts.commitment.facts import SupplementExpired, SupplementReceived
from shared.contracts.handling.facts import (
    CaseForwarded,
    CaseTerminated,
    DecisionMade,
    ExtensionApproved,
    ExtensionDenied,
    ExtensionRequested,
    HoldClosed,
    HoldOpened,
    StepCompleted,
    StepStarted,
)
from shared.contracts.handling.words import Decision, HoldReason, StepAction
from shared.contracts.words import CaseType

EXTENSION_DAYS_MAX = 10
"""Working days (T-09)."""
JOINT_EXTENSION_DAYS_MAX = 15
"""Working days, where authorities decide jointly (T-10)."""


def start_step(phase: Phase, command: StartStep) -> StepStarted:
    match phase:
        case Accepted():
            return command.stated(StepStarted, step_no=1)
        case Examining(step_no=step_no, step=None):
            return command.stated(StepStarted, step_no=step_no + 1)
        case Examining(step_no=step_no):
            raise StepStillOpen(step_no=step_no)
        case _:
            raise _not_under_way(phase)


def complete_step(phase: Phase, command: CompleteStep) -> StepCompleted:
    _course_of(phase)
    if not isinstance(phase, Examining) or phase.step is None or phase.step_no != command.step_no:
        raise StepNotOpen(step_no=command.step_no)
    returned = command.action is StepAction.RETURN
    if returned != (command.return_to is not None) or (command.return_to or 0) >= command.step_no:
        raise ReturnNotBackwards(step_no=command.step_no)
    return command.stated(StepCompleted, step=phase.step)


def open_hold(phase: Phase, command: OpenHold) -> HoldOpened:
    course = _course_of(phase)
    if command.hold_id in course.holds_seen:
        raise HoldAlreadyOpened(hold_id=command.hold_id)
    if command.reason is HoldReason.SUPPLEMENT and course.supplement_used:
        raise SupplementHoldUsed
    return command.stated(HoldOpened)


def close_hold(phase: Phase, command: CloseHold) -> HoldClosed:
    if command.hold_id not in _course_of(phase).open_holds:
        raise HoldNotOpen(hold_id=command.hold_id)
    return command.stated(HoldClosed)


def request_extension(phase: Phase, command: RequestExtension) -> ExtensionRequested:
    _extensible(_course_of(phase), command.days)
    return command.stated(ExtensionRequested)


def approve_extension(phase: Phase, command: ApproveExtension) -> ExtensionApproved:
    """
    Return the one extension that the law allows, granted while the limit still runs.

    Where the statutory clock has stood still its end is not refused here:
    the clocks know the stretches, and let a late approval heal nothing.
    """
    course = _course_of(phase)
    _extensible(course, command.days)
    if course.extension_requested is None:
        raise ExtensionNotRequested
    due = last_day(
        command.calendar, course.effective_date, course.statutory_limit, course.statutory_unit
    )
    if command.on > due and not course.stood_still:
        raise ExtensionTooLate(due=due)
    return command.stated(ExtensionApproved, approved_date=command.on)


def _extensible(course: Course, days: int) -> None:
    joint = course.case.joint_case_id is not None
    days_max = JOINT_EXTENSION_DAYS_MAX if joint else EXTENSION_DAYS_MAX
    if course.extension_days:
        raise ExtensionAlreadyGranted(days=course.extension_days)
    if days > days_max:
        raise ExtensionTooLong(days=days, days_max=days_max)


def deny_extension(phase: Phase, command: DenyExtension) -> ExtensionDenied:
    if _course_of(phase).extension_requested is None:
        raise ExtensionNotRequested
    return command.stated(ExtensionDenied)


def receive_supplement(phase: Phase, command: ReceiveSupplement) -> SupplementReceived:
    course = _course_of(phase)
    if not course.material_awaited:
        raise MaterialNotAwaited
    delivered = command.delivered_date or command.on
    if not course.effective_date <= delivered <= command.on:
        raise DeliveredDateImpossible(earliest=course.effective_date, latest=command.on)
    return command.stated(SupplementReceived, delivered_date=delivered)


def expire_supplement(phase: Phase, command: ExpireSupplement) -> SupplementExpired:
    if not _course_of(phase).material_awaited:
        raise MaterialNotAwaited
    return command.stated(SupplementExpired)


def make_decision(phase: Phase, command: MakeDecision) -> DecisionMade:
    course = _course_of(phase)
    if isinstance(phase, Accepted) and course.case.case_type is not CaseType.IMMEDIATE:
        raise ExaminationNotBegun
    if course.open_holds:
        raise HoldStillOpen(hold_id=min(course.open_holds))
    if course.material_awaited:
        raise MaterialMissing
    denied = command.decision is Decision.DENIED
    if denied and not (command.remedies_told and command.reasons):
        raise RemediesNotTold
    return command.stated(DecisionMade, decision_date=command.on)


def forward(phase: Phase, command: ForwardCase) -> CaseForwarded:
    _course_of(phase)
    return command.stated(CaseForwarded)


def terminate(phase: Phase, command: TerminateCase) -> CaseTerminated:
    if isinstance(phase, Absent):
        raise CaseUnknown
    if not isinstance(phase, Filed | CorrectionPending | UnderWay):
        raise CaseAlreadyOver
    return command.stated(CaseTerminated)


def _course_of(phase: Phase) -> Course:
    match phase:
        case Accepted(course) | Examining(course):
            return course
        case _:
            raise _not_under_way(phase)


def _not_under_way(phase: Phase) -> CaseUnknown | CaseNotUnderWay:
    return CaseUnknown() if isinstance(phase, Absent) else CaseNotUnderWay()
