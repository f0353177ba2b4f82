"""The words of an application, how it came and was accepted or not, and of the hall's tools."""

from enum import auto

from shared.contracts.words import Word


class Channel(Word):
    """How an application reached the bureau (申请方式)."""

    WINDOW = auto()
    PC = auto()
    MOBILE = auto()
    SELF_SERVICE = auto()
    EXPRESS = auto()
    ASSIST_AGENT = auto()
    CROSS_REGION = auto()
    HOTLINE = auto()
    OTHER = auto()


class Terminal(Word):
    """The kind of device (办理终端)."""

    WINDOW = auto()
    PC = auto()
    MOBILE = auto()
    SELF_SERVICE = auto()


class AcceptanceMode(Word):
    """How a case was accepted: 正常受理, 视为受理, 容缺受理, 告知承诺."""

    NORMAL = auto()
    DEEMED = auto()
    TOLERANCE = auto()
    COMMITMENT = auto()


class RejectReason(Word):
    """Why an application is refused acceptance (不予受理)."""

    NOT_REQUIRED = auto()
    NOT_OUR_POWER = auto()
    MATERIALS_REFUSED = auto()
    OTHER = auto()


class CrossRegionMode(Word):
    """跨域通办模式: 全程网办, 代收代办, 多地联办."""

    FULL_ONLINE = auto()
    PROXY_COLLECT = auto()
    MULTI_PLACE = auto()


class Tool(Word):
    """What answers without a person: 智能总客服, 政务服务地图, 政务服务知识库."""

    SMART_DESK = auto()
    SERVICE_MAP = auto()
    KNOWLEDGE_BASE = auto()
