"""What intake decides about an application until it is accepted, refused or withdrawn."""

from services.intake.domain.case.commands import (
    AcceptApplication,
    ExpireCorrection,
    PrecheckApplication,
    ReceiveApplication,
    ReceiveCorrection,
    RejectApplication,
    RequestCorrection,
    WithdrawApplication,
)
from services.intake.domain.case.limits import complete_since, deemed_after, promise_date
from services.intake.domain.case.refusals import (
    AcceptanceAlreadySettled,
    AlreadyPrechecked,
    CaseAlreadyOver,
    CaseAlreadyReceived,
    CaseUnknown,
    CorrectionAlreadyRequested,
    CorrectionDeadlinePassed,
    CorrectionNotPending,
    CorrectionNotYetDue,
    CorrectionUnanswered,
    DeliveredDateImpossible,
    NotYetDeemed,
    RightAgencyMissing,
)
from services.intake.domain.case.states import (
    Absent,
    CorrectionPending,
    Filed,
    Filing,
    Phase,
    Prechecked,
    Submitted,
    UnderWay,
)
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationPrechecked,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionExpired,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.intake.words import AcceptanceMode, RejectReason
from shared.contracts.types import CaseRef


def receive(phase: Phase, command: ReceiveApplication) -> ApplicationReceived:
    if not isinstance(phase, Absent):
        raise CaseAlreadyReceived(case_no=command.case_no)
    case = CaseRef(
        case_no=command.case_no,
        item_code=command.item_code,
        item_version=command.item_version,
        case_type=command.case_type,
        joint_case_id=command.joint_case_id,
        project_code=command.project_code,
    )
    return command.stated(ApplicationReceived, case=case, received_date=command.on)


def precheck(phase: Phase, command: PrecheckApplication) -> ApplicationPrechecked:
    if isinstance(phase, Prechecked):
        raise AlreadyPrechecked
    _open_filing(phase)
    return command.stated(ApplicationPrechecked)


def request_correction(phase: Phase, command: RequestCorrection) -> CorrectionRequested:
    """
    Return the one notice that the law allows, with the day by which it wants an answer.

    Where the applicant's answer was incomplete another round is recorded
    rather than refused: it breaks the rule, and supervisors must see it.
    """
    deadline = command.deadline or command.answer_by
    if isinstance(phase, CorrectionPending) and phase.answered:
        notices = phase.filing.notices
    elif notices := _open_filing(phase).notices:
        raise CorrectionAlreadyRequested
    if deadline < command.on:
        raise CorrectionDeadlinePassed(today=command.on)
    return command.stated(CorrectionRequested, round=notices + 1, deadline=deadline)


def receive_correction(phase: Phase, command: ReceiveCorrection) -> CorrectionReceived:
    filing = _pending(phase).filing
    delivered = command.delivered_date or command.on
    if not filing.received_date <= delivered <= command.on:
        raise DeliveredDateImpossible(earliest=filing.received_date, latest=command.on)
    return command.stated(CorrectionReceived, round=filing.notices, delivered_date=delivered)


def expire_correction(phase: Phase, command: ExpireCorrection) -> CorrectionExpired:
    pending = _pending(phase)
    deadline = pending.deadline or command.on
    if pending.deadline is not None and command.on <= deadline:
        raise CorrectionNotYetDue(deadline=deadline)
    return command.stated(CorrectionExpired, round=pending.filing.notices, deadline=deadline)


def accept(phase: Phase, command: AcceptApplication) -> ApplicationAccepted:
    """
    Return the acceptance, with the date to which the bureau commits itself.

    The limits run from the day on which the last corrected material came
    (T-07), and in silence from the day of receipt (T-05), not from the day on
    which a clerk clicks.
    """
    filing = _open_filing(phase)
    corrected = filing.completed_on is not None
    effective = complete_since(filing) if corrected else command.on
    if command.mode is AcceptanceMode.DEEMED:
        after = deemed_after(filing, command.calendar)
        if command.on <= after:
            raise NotYetDeemed(after=after)
        effective = complete_since(filing)
    return command.stated(
        ApplicationAccepted,
        case=filing.case,
        effective_date=effective,
        promise_date=promise_date(command, effective),
    )


def reject(phase: Phase, command: RejectApplication) -> ApplicationRejected:
    _open_filing(phase)
    if command.reason is RejectReason.NOT_OUR_POWER and command.right_agency is None:
        raise RightAgencyMissing
    return command.stated(ApplicationRejected)


def withdraw(phase: Phase, command: WithdrawApplication) -> ApplicationWithdrawn:
    if isinstance(phase, Absent):
        raise CaseUnknown
    if not isinstance(phase, Filed | CorrectionPending | UnderWay):
        raise CaseAlreadyOver
    return command.stated(ApplicationWithdrawn)


def _open_filing(phase: Phase) -> Filing:
    match phase:
        case Submitted(filing) | Prechecked(filing):
            return filing
        case CorrectionPending():
            raise CorrectionUnanswered
        case Absent():
            raise CaseUnknown
        case _:
            raise AcceptanceAlreadySettled


def _pending(phase: Phase) -> CorrectionPending:
    match phase:
        case CorrectionPending():
            return phase
        case Absent():
            raise CaseUnknown
        case _:
            raise CorrectionNotPending
