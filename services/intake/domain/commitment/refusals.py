"""
Refusals around a promise.

IntakeRejection
├── PromiseAlreadySigned
├── AcceptedOtherwise
├── PromiseDateMissing
├── PromiseDatePassed
├── MaterialNotAwaited
├── PromiseUnknown
├── ToleranceNotWithdrawable
├── PromiseNotToVerify
└── NoBreachFound
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.commitment.facts import (
    BreachHandled,
    PromiseSigned,
    PromiseWithdrawn,
    SupplementExpired,
    SupplementReceived,
    VerificationCompleted,
)
from shared.contracts.rejection import Blame


class PromiseAlreadySigned(IntakeRejection):
    """A case rests on one promise, which names all that is missing."""

    code = "promise_already_signed"


class AcceptedOtherwise(IntakeRejection):
    """The case was accepted in a mode that needs no such promise."""

    code = "accepted_otherwise"
    field = "mode"


class PromiseDateMissing(IntakeRejection):
    """Who promises to bring material later says by when (K-01)."""

    code = "promise_date_missing"
    blame = Blame.COMMAND
    field = "promise_date"


class PromiseDatePassed(IntakeRejection):
    """Nothing can be promised for yesterday."""

    code = "promise_date_passed"
    blame = Blame.COMMAND
    field = "promise_date"


class MaterialNotAwaited(IntakeRejection):
    """The case was not accepted with material to follow, or it is all here."""

    code = "material_not_awaited"


class PromiseUnknown(IntakeRejection):
    """Nobody signed such a promise, or it is over."""

    code = "promise_unknown"


class ToleranceNotWithdrawable(IntakeRejection):
    """Material that was tolerated is supplied, or the case ends (K-01)."""

    code = "tolerance_not_withdrawable"


class PromiseNotToVerify(IntakeRejection):
    """Only a result that was issued on a promise is verified afterwards."""

    code = "promise_not_to_verify"


class NoBreachFound(IntakeRejection):
    """No verification has found that the promise is broken."""

    code = "no_breach_found"


OFF_COURSE = off_course(
    COMMITMENT,
    Refused(PromiseAlreadySigned, (PromiseSigned,)),
    Refused(MaterialNotAwaited, (SupplementReceived, SupplementExpired)),
    Refused(NoBreachFound, (BreachHandled,)),
    Refused(PromiseUnknown, (PromiseWithdrawn, VerificationCompleted)),
)
