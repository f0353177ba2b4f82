"""The words of the committee: why a case comes to it, and what it concludes."""

from enum import auto

from shared.contracts.words import Word


class CommitteeReason(Word):
    """Why a case goes to the review committee (审议事由)."""

    SAFETY = auto()
    ENVIRONMENT = auto()
    LARGE_IMPACT = auto()
    LEGAL_UNCLEAR = auto()
    DISPUTE = auto()
    INTENDED_REFUSAL = auto()
    ON_GRADING_LIST = auto()
    OTHER = auto()


class CommitteeOutcome(Word):
    """审议结论."""

    APPROVE = auto()
    APPROVE_WITH_CONDITIONS = auto()
    DENY = auto()
    DEFER = auto()
    RETURN_TO_SECTION = auto()
