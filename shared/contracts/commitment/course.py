"""The course of a promise: what is missing comes later, or the case ends (domain.md 3.7)."""

from enum import StrEnum

from shared.contracts.commitment import facts as commitment
from shared.contracts.course import ABSENT, Course, Guard, leads, stays


class CommitmentState(StrEnum):
    """Where a promise stands."""

    ABSENT = ABSENT
    SIGNED = "SIGNED"
    SUPPLIED = "SUPPLIED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    VERIFIED_OK = "VERIFIED_OK"
    VERIFIED_BREACH = "VERIFIED_BREACH"
    CURED = "CURED"
    REVOKED = "REVOKED"


C = CommitmentState

COMPLETE = Guard("complete", lambda fact: fact.complete)

TOLERATED = Guard("tolerated", lambda fact: fact.mode == "TOLERANCE")
KEPT = Guard("kept", lambda fact: fact.result == "OK")
BROKEN = Guard("broken", lambda fact: fact.result == "BREACH")
RECTIFIED = Guard("rectified", lambda fact: fact.action == "RECTIFIED")
SET_ASIDE = Guard("set_aside", lambda fact: fact.action == "REVOKED")

OTHERWISE = "accepted_otherwise"
NOT_AWAITED = "material_not_awaited"
NOT_TO_VERIFY = "promise_not_to_verify"
TOLERANCE_STANDS = "tolerance_not_withdrawable"

# The acceptance itself may be all that is known of the promise: it may begin with its end.
COMMITMENT = Course(
    "commitment",
    "commit_id",
    tuple((state,) for state in C),
    (
        *leads(commitment.PromiseSigned, {C.ABSENT: C.SIGNED}, unless=(OTHERWISE,)),
        *leads(
            commitment.SupplementReceived,
            {C.ABSENT: C.SUPPLIED, C.SIGNED: C.SUPPLIED},
            COMPLETE,
            unless=(NOT_AWAITED,),
        ),
        *leads(
            commitment.SupplementReceived,
            {C.ABSENT: C.SIGNED, C.SIGNED: C.SIGNED},
            unless=(NOT_AWAITED,),
        ),
        *leads(
            commitment.SupplementExpired,
            {C.ABSENT: C.EXPIRED, C.SIGNED: C.EXPIRED},
            unless=(NOT_AWAITED,),
        ),
        *leads(commitment.PromiseWithdrawn, {C.SIGNED: C.WITHDRAWN}, unless=(TOLERANCE_STANDS,)),
        *leads(
            commitment.VerificationCompleted,
            {C.ABSENT: C.VERIFIED_OK, C.SIGNED: C.VERIFIED_OK},
            KEPT,
            unless=(NOT_TO_VERIFY,),
        ),
        *leads(
            commitment.VerificationCompleted,
            {C.ABSENT: C.VERIFIED_BREACH, C.SIGNED: C.VERIFIED_BREACH},
            BROKEN,
            unless=(NOT_TO_VERIFY,),
        ),
        *leads(commitment.BreachHandled, {C.VERIFIED_BREACH: C.CURED}, RECTIFIED),
        *leads(commitment.BreachHandled, {C.VERIFIED_BREACH: C.REVOKED}, SET_ASIDE),
        # A penalty mends nothing: the breach is still to be put right.
        *stays(commitment.BreachHandled, (C.VERIFIED_BREACH,)),
    ),
    marks=((commitment.PromiseSigned, TOLERATED),),
)
