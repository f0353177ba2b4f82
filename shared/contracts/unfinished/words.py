"""The words of an unfinished matter."""

from enum import auto

from shared.contracts.words import Word


class UnfinishedCause(Word):
    """未办成原因: 材料, 政策, 多部门, 系统, 人员, 不符合条件, 其他."""

    MATERIALS = auto()
    POLICY = auto()
    MULTI_DEPARTMENT = auto()
    SYSTEM = auto()
    STAFF = auto()
    NOT_ELIGIBLE = auto()
    OTHER = auto()
