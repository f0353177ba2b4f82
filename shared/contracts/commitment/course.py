"""The course of a promise: what is missing comes later, or the case ends (domain.md 3.7)."""

from enum import StrEnum

from shared.contracts.commitment import facts as commitment
from shared.contracts.course import ABSENT, Course, Guard, leads


class CommitmentState(StrEnum):
    """Where a promise stands."""

    ABSENT = ABSENT
    SIGNED = "SIGNED"
    SUPPLIED = "SUPPLIED"
    EXPIRED = "EXPIRED"


C = CommitmentState

COMPLETE = Guard("complete", lambda fact: fact.complete)

OTHERWISE = "accepted_otherwise"
NOT_AWAITED = "material_not_awaited"

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
    ),
)
