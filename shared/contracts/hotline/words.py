"""The words of a hotline ticket."""

from enum import auto

from shared.contracts.words import Word


class HotlineKind(Word):
    """工单类型: 咨询, 求助, 投诉, 举报, 建议, 表扬, 紧急."""

    CONSULT = auto()
    HELP = auto()
    COMPLAINT = auto()
    REPORT = auto()
    SUGGESTION = auto()
    PRAISE = auto()
    EMERGENCY = auto()


class FiveZeroKind(Word):
    """Which of the five zeros was broken (五零): 距离, 投诉, 推诿, 差错, 积压."""

    DISTANCE = auto()
    COMPLAINT = auto()
    SHIRKING = auto()
    ERROR = auto()
    BACKLOG = auto()
