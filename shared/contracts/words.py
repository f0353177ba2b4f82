"""The words that several families share: stored and sent by name, never by code."""

from enum import StrEnum, auto


class Word(StrEnum):
    """A vocabulary whose values are the names; foreign codes are converted at the edge."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        del start, count, last_values
        return name


class LimitUnit(Word):
    """What a limit is counted in: working days (工作日) or natural days (自然日)."""

    WD = auto()
    ND = auto()


class CaseType(Word):
    """办件类型: 即办件, 承诺件, 其他."""

    IMMEDIATE = auto()
    COMMITTED = auto()
    OTHER = auto()


class PartyType(Word):
    """服务对象."""

    NATURAL_PERSON = auto()
    ENTERPRISE = auto()
    INSTITUTION = auto()
    SOCIAL_ORG = auto()
    GOV_ORGAN = auto()
    OTHER_ORG = auto()


class FiveUpClass(Word):
    """五上企业 by trade."""

    INDUSTRY = auto()
    CONSTRUCTION = auto()
    TRADE_CATERING = auto()
    REAL_ESTATE = auto()
    SERVICE = auto()


class ClockName(Word):
    """Every clock that a hold may name, by procedure."""

    INTAKE = auto()
    CORRECTION = auto()
    COMMITTED = auto()
    STATUTORY = auto()
    STEP = auto()
    EXTENSION = auto()
    IMMEDIATE = auto()
    SPECIAL_PROCEDURE = auto()
    HEARING = auto()
    FIRST_REVIEW = auto()
    DELIVERY = auto()
    DISCLOSURE = auto()
    ARCHIVE = auto()
    INSPECT_SCHEDULE = auto()
    INSPECT_VISIT = auto()
    INSPECT_CONCLUSION = auto()
    INSPECT_DEFECT = auto()
    INSPECT_REINSPECT = auto()
    INSPECT_FOLLOWUP = auto()
    COMMITTEE_STAY = auto()
    COMMITTEE_SCREEN = auto()
    COMMITTEE_MEETING = auto()
    COMMITTEE_MINUTES = auto()
    COMMITTEE_EXECUTION = auto()
    RECTIFY_CONTACT = auto()
    RECTIFY_MEASURE = auto()
    RECTIFY_FOLLOWUP = auto()
    APPEAL = auto()
    HOTLINE_SIGN = auto()
    HOTLINE_REPLY = auto()
    ASSIST_CONTACT = auto()
    ASSIST_VISIT = auto()
    ASSIST_PROGRESS = auto()
    SUPPLEMENT = auto()
    VERIFY = auto()
    UNFINISHED_CONTACT = auto()
    UNFINISHED_RESOLVE = auto()
    UNFINISHED_FOLLOWUP = auto()
    JOINT = auto()
    XREGION_FORWARD = auto()
    XREGION_HANDOVER = auto()
    LINK_PUSH = auto()
    PROBLEM = auto()
    ADMISSION = auto()
    LISTING = auto()
    SYNC = auto()
    ACKNOWLEDGEMENT = auto()
    ORDER = auto()


class ClockParty(Word):
    """Whose time it is (用时方): who has to act so that the work goes on."""

    BUREAU = auto()
    APPLICANT = auto()
    COMMITTEE = auto()
    THIRD_PARTY = auto()


class GradeLevel(Word):
    """分级审批: who decides."""

    L1 = auto()
    L2 = auto()
    L3 = auto()
    L4 = auto()
