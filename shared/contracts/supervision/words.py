"""The words of an alert: its colour, its ground, and what became of its card."""

from enum import auto

from shared.contracts.words import Word


class AlertLevel(Word):
    """黄牌, 红牌."""

    YELLOW = auto()
    RED = auto()


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
    KPI = auto()
    RULE = auto()
