"""The words of help: for whom, how, at which stage, by whom."""

from enum import auto

from shared.contracts.words import Word


class AssistKind(Word):
    """帮办对象."""

    KEY_PROJECT = auto()
    FIVE_UP_ENTERPRISE = auto()
    SPECIAL_GROUP = auto()
    GENERAL = auto()


class AssistMode(Word):
    """帮办, 代办, 上门."""

    HELP = auto()
    PROXY = auto()
    HOME_VISIT = auto()


class AssistStage(Word):
    """帮办阶段."""

    PRE_GUIDANCE = auto()
    COORDINATION = auto()
    TRACKING = auto()


class AgentTier(Word):
    """帮办代办员层级."""

    DISTRICT = auto()
    STREET = auto()
    COMMUNITY = auto()
    BLOCK_POINT = auto()
