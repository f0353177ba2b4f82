"""The words of a rating: how satisfied, by which channel, about what, and why not."""

from enum import auto

from shared.contracts.words import Word


class Satisfaction(Word):
    """满意度, by name: the standard and the live interfaces number it in opposite directions."""

    VERY_SATISFIED = auto()
    SATISFIED = auto()
    BASICALLY_SATISFIED = auto()
    DISSATISFIED = auto()
    VERY_DISSATISFIED = auto()


GOOD = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASICALLY_SATISFIED)
"""Whoever says one of these is satisfied: the three upper levels."""

BAD = frozenset({Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED})
"""差评: the two lowest levels (V-01)."""


class ReviewChannel(Word):
    """评价渠道; SYSTEM_DEFAULT is no praise."""

    PC = auto()
    MOBILE = auto()
    QR = auto()
    HALL_TABLET = auto()
    HALL_TERMINAL = auto()
    SMS = auto()
    SYSTEM_DEFAULT = auto()
    PHONE = auto()
    PAPER = auto()
    HOTLINE = auto()


class ReviewPhase(Word):
    """The stage of service that is rated."""

    ACCEPTANCE = auto()
    COMPLETION = auto()
    INSPECTION = auto()
    ASSIST = auto()
    RECTIFICATION = auto()
    HOTLINE = auto()


class BadReviewCause(Word):
    """差评原因."""

    ATTITUDE = auto()
    EFFICIENCY = auto()
    GUIDE_ACCURACY = auto()
    MATERIALS = auto()
    SYSTEM_USABILITY = auto()
    ENVIRONMENT = auto()
    POLICY = auto()
    OTHER = auto()


class AppealGround(Word):
    """Why a rating is appealed (申诉理由)."""

    MISTAKEN = auto()
    MALICIOUS = auto()
    NOT_OUR_MATTER = auto()
    DUPLICATE = auto()
