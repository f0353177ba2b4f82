"""What intake decides about an applicant's promise (容缺办理, 告知承诺)."""

from services.intake.domain.case.commands import SignPromise
from services.intake.domain.case.refusals import (
    AcceptedOtherwise,
    CaseUnknown,
    CorrectionUnanswered,
    PromiseAlreadySigned,
    PromiseDateMissing,
    PromiseDatePassed,
    PromiseTooLate,
)
from services.intake.domain.case.states import (
    Absent,
    Accepted,
    CorrectionPending,
    Examining,
    Phase,
    Prechecked,
    Submitted,
)
from shared.contracts.commitment.facts import PromiseSigned


def sign(phase: Phase, command: SignPromise) -> PromiseSigned:
    """
    Return the one promise of a case: before its acceptance, or in the mode of its acceptance.

    Material that is tolerated comes by a day that the promise names (K-03).
    """
    if _has_promised(phase, command):
        raise PromiseAlreadySigned
    if command.mode == "TOLERANCE" and command.promise_date is None:
        raise PromiseDateMissing
    if command.promise_date is not None and command.promise_date < command.on:
        raise PromiseDatePassed(today=command.on)
    return command.stated(PromiseSigned)


def _has_promised(phase: Phase, command: SignPromise) -> bool:
    match phase:
        case Submitted(filing) | Prechecked(filing):
            return filing.promised
        case Accepted(course) | Examining(course):
            if course.mode != command.mode:
                raise AcceptedOtherwise(mode=course.mode.value)
            return course.promised
        case CorrectionPending():
            raise CorrectionUnanswered
        case Absent():
            raise CaseUnknown
        case _:
            raise PromiseTooLate
