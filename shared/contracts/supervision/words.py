"""The words of an alert: its colour, its ground, and what became of its card."""

from collections.abc import Iterable
from enum import auto

from shared.contracts.words import Word


class AlertLevel(Word):
    """预警, 黄牌, 红牌: which of them says what, the bureau's policy lays down."""

    PROMPT = auto()
    YELLOW = auto()
    RED = auto()


WORST_FIRST = tuple(reversed(AlertLevel))


def worst_of(levels: Iterable[AlertLevel | None]) -> AlertLevel | None:
    """Return the worst of *levels*, None where none is named."""
    named = {*levels}
    return next((level for level in WORST_FIRST if level in named), None)


class AlertBasis(Word):
    """Which promise an alert is about (督办依据)."""

    COMMITTED = auto()
    STATUTORY = auto()
    INTAKE = auto()
    STEP = auto()
    DELIVERY = auto()
    RECTIFICATION = auto()
    INSPECTION = auto()
    COMMITTEE = auto()
    ASSIST = auto()
    HOTLINE = auto()
    UNFINISHED = auto()
    COMMITMENT = auto()
    DISCLOSURE = auto()
    ARCHIVE = auto()
    KPI = auto()
    RULE = auto()


class DoubtReason(Word):
    """What is held against a fact that another system has told (存疑理由)."""

    FOREIGN = auto()
    """The subject is another publisher's, or ours (非本方事项)."""
    BACKDATED = auto()
    """It lies further back than its publisher's word reaches, and clocks ran (超期补录)."""
    REJECTED = auto()
    """Somebody who may has said that it is not to be believed (不予采信)."""
