"""What intake decides about an applicant's promise, where the case itself allows it."""

from services.intake.domain.commitment.commands import (
    AnyCommand,
    ExpireSupplement,
    ReceiveSupplement,
    SignPromise,
    VerifyPromise,
    WithdrawPromise,
)
from services.intake.domain.commitment.refusals import (
    OFF_COURSE,
    AcceptedOtherwise,
    MaterialNotAwaited,
    PromiseDateMissing,
    PromiseDatePassed,
    PromiseNotToVerify,
    ToleranceNotWithdrawable,
)
from services.intake.domain.commitment.states import Commitment
from services.intake.domain.refusals import DeliveredDateImpossible
from shared.commands.off_course import require_on_course
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.envelope import Fact
from shared.contracts.intake.words import AcceptanceMode


def decide(commitment: Commitment, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to *commitment*, or raise what stands in its way."""
    if isinstance(command, SignPromise) and not commitment.suits(command.mode):
        raise AcceptedOtherwise(mode=str(commitment.accepted_as))
    require_on_course(COMMITMENT, commitment.state, command, OFF_COURSE)
    return [_stated(commitment, command)]


def _stated(commitment: Commitment, command: AnyCommand) -> Fact:
    match command:
        case SignPromise():
            return _sign(command)
        case WithdrawPromise() if commitment.signed_as == AcceptanceMode.TOLERANCE:
            raise ToleranceNotWithdrawable
        case VerifyPromise() if commitment.accepted_as is not AcceptanceMode.COMMITMENT:
            raise PromiseNotToVerify
        case ReceiveSupplement() | ExpireSupplement() if not commitment.awaited:
            raise MaterialNotAwaited
        case ReceiveSupplement():
            return _receive(commitment, command)
        case _:
            return command.stated()


def _sign(command: SignPromise) -> Fact:
    """State the promise; material that is tolerated comes by a day that it names (K-03)."""
    if command.mode == "TOLERANCE" and command.promise_date is None:
        raise PromiseDateMissing
    if command.promise_date is not None and command.promise_date < command.on:
        raise PromiseDatePassed(today=command.on)
    return command.stated()


def _receive(commitment: Commitment, command: ReceiveSupplement) -> Fact:
    delivered = command.delivered_date or command.on
    if not commitment.effective_date <= delivered <= command.on:
        raise DeliveredDateImpossible(earliest=commitment.effective_date, latest=command.on)
    return command.stated(delivered_date=delivered)
