"""What intake does with a decided case: close, issue, serve, publish, archive, set aside."""

from services.intake.domain.case.amendment import readable
from services.intake.domain.case.commands import (
    AmendCase,
    ArchiveCase,
    CloseCase,
    DeliverResult,
    DiscloseDecision,
    IssueResult,
    RevokeDecision,
)
from services.intake.domain.case.refusals import (
    AmendmentUnreadable,
    CaseAlreadyClosed,
    CaseAlreadyDelivered,
    CaseNotApproved,
    CaseNotClosed,
    CaseNotDecided,
    CaseUnknown,
    DecisionAlreadyRevoked,
)
from services.intake.domain.case.states import (
    Absent,
    Archived,
    Closed,
    Decided,
    Delivered,
    Phase,
    Revoked,
)
from shared.contracts.handling.facts import (
    CaseAmended,
    CaseArchived,
    CaseClosed,
    DecisionDisclosed,
    DecisionRevoked,
    ResultDelivered,
    ResultIssued,
)
from shared.contracts.handling.words import Decision


def close(phase: Phase, command: CloseCase) -> CaseClosed:
    match _standing(phase):
        case Decided() | Delivered(closed=False):
            return command.stated(CaseClosed, closed_date=command.on)
        case _:
            raise CaseAlreadyClosed


def issue(phase: Phase, command: IssueResult) -> ResultIssued:
    match _standing(phase):
        case Decided(Decision.APPROVED) | Closed(Decision.APPROVED):
            return command.stated(ResultIssued)
        case Decided() | Closed():
            raise CaseNotApproved
        case _:
            raise CaseAlreadyDelivered


def deliver(phase: Phase, command: DeliverResult) -> ResultDelivered:
    match _standing(phase):
        case Decided() | Closed():
            return command.stated(ResultDelivered, delivered_date=command.on)
        case _:
            raise CaseAlreadyDelivered


def disclose(phase: Phase, command: DiscloseDecision) -> DecisionDisclosed:
    _standing(phase)
    return command.stated(DecisionDisclosed, published_date=command.on)


def archive(phase: Phase, command: ArchiveCase) -> CaseArchived:
    match _standing(phase):
        case Closed() | Delivered(closed=True):
            return command.stated(CaseArchived)
        case _:
            raise CaseNotClosed


def amend(phase: Phase, command: AmendCase) -> CaseAmended:
    if isinstance(phase, Absent):
        raise CaseUnknown
    if not readable(command.field, command.new):
        raise AmendmentUnreadable(field=command.field)
    return command.stated(CaseAmended)


def revoke(phase: Phase, command: RevokeDecision) -> DecisionRevoked:
    _standing(phase)
    return command.stated(DecisionRevoked)


def _standing(phase: Phase) -> Decided | Closed | Delivered | Archived:
    """Return *phase* where a decision was made and still stands."""
    match phase:
        case Decided() | Closed() | Delivered() | Archived():
            return phase
        case Revoked():
            raise DecisionAlreadyRevoked
        case Absent():
            raise CaseUnknown
        case _:
            raise CaseNotDecided
