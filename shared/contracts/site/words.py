"""The words of a site."""

from enum import auto

from shared.contracts.words import Word


class SiteKind(Word):
    """站点类型: 政务服务大厅, 街道便民服务中心, 社区便民服务站, 政务驿站, 板块代办点."""

    HALL = auto()
    STREET_CENTER = auto()
    COMMUNITY_STATION = auto()
    RELAY_STATION = auto()
    BLOCK_POINT = auto()
