"""The words of a walk through the public's way."""

from enum import auto

from shared.contracts.words import Word


class WalkPart(Word):
    """六个一: 调研, 业务检查, 审批服务, 服务回访, 座谈, 业务会商."""

    FIELD_RESEARCH = auto()
    BUSINESS_CHECK = auto()
    APPROVAL_SERVICE = auto()
    SERVICE_FOLLOWUP = auto()
    FORUM = auto()
    CONSULTATION = auto()
