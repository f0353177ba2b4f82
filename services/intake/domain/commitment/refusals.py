"""
Refusals around a promise.

IntakeRejection
├── PromiseAlreadySigned
├── AcceptedOtherwise
├── PromiseDateMissing
├── PromiseDatePassed
└── MaterialNotAwaited
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.commitment.facts import PromiseSigned, SupplementExpired, SupplementReceived
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


OFF_COURSE = off_course(
    COMMITMENT,
    Refused(PromiseAlreadySigned, (PromiseSigned,)),
    Refused(MaterialNotAwaited, (SupplementReceived, SupplementExpired)),
)
