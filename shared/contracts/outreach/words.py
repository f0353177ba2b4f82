"""The words of a visit to those who are served."""

from enum import auto

from shared.contracts.words import Word


class OutreachTrack(Word):
    """五进五送: 进机关送指南, 进企校送政策, 进项目送保障, 进基层送服务, 进商圈送便利."""

    AGENCY_GUIDE = auto()
    SCHOOL_ENTERPRISE_POLICY = auto()
    PROJECT_SUPPORT = auto()
    GRASSROOTS_SERVICE = auto()
    BUSINESS_DISTRICT_CONVENIENCE = auto()
