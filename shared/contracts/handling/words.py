"""The words of the work on a case: steps, holds, decision, result, delivery."""

from enum import auto

from shared.contracts.words import Word


class Step(Word):
    """环节: 承办, 审核, 批准, 自定义."""

    HANDLE = auto()
    CHECK = auto()
    APPROVE = auto()
    CUSTOM = auto()


class StepAction(Word):
    """业务动作: 通过, 退回, 其他."""

    PASS = auto()
    RETURN = auto()
    OTHER = auto()


class HoldReason(Word):
    """Why work on a case pauses (特别程序)."""

    HEARING = auto()
    BIDDING = auto()
    AUCTION = auto()
    TESTING = auto()
    DETECTION = auto()
    QUARANTINE = auto()
    APPRAISAL = auto()
    EXPERT_REVIEW = auto()
    ONSITE_VERIFICATION = auto()
    APPLICANT_RECTIFY = auto()
    PUBLIC_NOTICE = auto()
    SUPPLEMENT = auto()
    TOLERANCE_GRACE = auto()
    SUPERIOR_REPLY = auto()
    OTHER = auto()


class HoldBasis(Word):
    """The ground of a hold; the statutory clock knows only the first two."""

    LICENSING_LAW_45 = auto()
    OTHER_LAW = auto()
    LOCAL_RULE = auto()


class Decision(Word):
    """准予 or 不予许可."""

    APPROVED = auto()
    DENIED = auto()


class ResultType(Word):
    """办结结果; the national codes are 0 to 6 in this order."""

    CERTIFICATE_ISSUED = auto()
    RETURNED = auto()
    VOIDED = auto()
    DELETED = auto()
    FORWARDED = auto()
    CORRECTION_ABANDONED = auto()
    CLOSED_OTHER = auto()


class DeliveryMode(Word):
    """How a result is served (送达方式)."""

    WINDOW = auto()
    EXPRESS = auto()
    E_LICENCE = auto()
    SELF_SERVICE = auto()


class DigitalInstrument(Word):
    """四电: 电子证照, 电子印章, 电子签名, 电子档案."""

    E_LICENCE = auto()
    E_SEAL = auto()
    E_SIGNATURE = auto()
    E_ARCHIVE = auto()
