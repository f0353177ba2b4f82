"""The words of credit that is used in a case."""

from enum import auto

from shared.contracts.words import Word


class CreditMode(Word):
    """信用+秒批, 信用+证明替代, 信用+容缺受理, 信用+审管联动."""

    INSTANT_APPROVAL = auto()
    PROOF_SUBSTITUTE = auto()
    TOLERANCE_BY_CREDIT = auto()
    APPROVAL_SUPERVISION_LINK = auto()
