"""What intake decides about a case."""

from typing import assert_never

from services.intake.domain.case import acceptance, examination, outcome, promise
from services.intake.domain.case.commands import (
    AcceptApplication,
    AmendCase,
    AnyCommand,
    ApproveExtension,
    ArchiveCase,
    CloseCase,
    CloseHold,
    CompleteStep,
    DeliverResult,
    DenyExtension,
    DiscloseDecision,
    ExpireCorrection,
    ExpireSupplement,
    ForwardCase,
    IssueResult,
    MakeDecision,
    OpenHold,
    PrecheckApplication,
    ReceiveApplication,
    ReceiveCorrection,
    ReceiveSupplement,
    RejectApplication,
    RequestCorrection,
    RequestExtension,
    RevokeDecision,
    SignPromise,
    StartStep,
    TerminateCase,
    WithdrawApplication,
)
from services.intake.domain.case.states import Case, Phase
from shared.contracts.envelope import Fact


def decide(case: Case, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to *case*, or raise the refusal that stands in its way."""
    return [_decided(case.phase, command)]


def _decided(phase: Phase, command: AnyCommand) -> Fact:  # noqa: C901, PLR0911, PLR0912 - the contents
    match command:
        case ReceiveApplication():
            return acceptance.receive(phase, command)
        case PrecheckApplication():
            return acceptance.precheck(phase, command)
        case RequestCorrection():
            return acceptance.request_correction(phase, command)
        case ReceiveCorrection():
            return acceptance.receive_correction(phase, command)
        case ExpireCorrection():
            return acceptance.expire_correction(phase, command)
        case SignPromise():
            return promise.sign(phase, command)
        case AcceptApplication():
            return acceptance.accept(phase, command)
        case RejectApplication():
            return acceptance.reject(phase, command)
        case WithdrawApplication():
            return acceptance.withdraw(phase, command)
        case StartStep():
            return examination.start_step(phase, command)
        case CompleteStep():
            return examination.complete_step(phase, command)
        case OpenHold():
            return examination.open_hold(phase, command)
        case CloseHold():
            return examination.close_hold(phase, command)
        case RequestExtension():
            return examination.request_extension(phase, command)
        case ApproveExtension():
            return examination.approve_extension(phase, command)
        case DenyExtension():
            return examination.deny_extension(phase, command)
        case ReceiveSupplement():
            return examination.receive_supplement(phase, command)
        case ExpireSupplement():
            return examination.expire_supplement(phase, command)
        case MakeDecision():
            return examination.make_decision(phase, command)
        case ForwardCase():
            return examination.forward(phase, command)
        case TerminateCase():
            return examination.terminate(phase, command)
        case CloseCase():
            return outcome.close(phase, command)
        case IssueResult():
            return outcome.issue(phase, command)
        case DeliverResult():
            return outcome.deliver(phase, command)
        case DiscloseDecision():
            return outcome.disclose(phase, command)
        case ArchiveCase():
            return outcome.archive(phase, command)
        case AmendCase():
            return outcome.amend(phase, command)
        case RevokeDecision():
            return outcome.revoke(phase, command)
        case _:
            assert_never(command)
