"""The words of an inspection: how it is made, and what it finds."""

from enum import auto

from shared.contracts.words import Word


class InspectionMode(Word):
    """勘验方式: 现场, 云勘验, 联合."""

    ON_SITE = auto()
    CLOUD = auto()
    JOINT = auto()


class InspectionResult(Word):
    """勘验结论: 通过, 不通过, 限期整改, 未实施."""

    PASS = auto()
    FAIL = auto()
    RECTIFY = auto()
    NOT_DONE = auto()
