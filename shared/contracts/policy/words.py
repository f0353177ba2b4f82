"""The words of a policy."""

from enum import auto

from shared.contracts.words import Word


class PolicyClass(Word):
    """政策类型: 在线办理类, 免申即享类, 宣传展示类."""

    ONLINE_APPLY = auto()
    NO_APPLY = auto()
    DISPLAY_ONLY = auto()
