"""The closed vocabularies around a case: credit, policies, hotline, outreach, halls, cards."""

from enum import auto

from shared.contracts.enums import Word


class CreditMode(Word):
    """信用+审批."""

    INSTANT_APPROVAL = auto()
    PROOF_SUBSTITUTE = auto()
    TOLERANCE_BY_CREDIT = auto()
    APPROVAL_SUPERVISION_LINK = auto()


class PolicyClass(Word):
    """惠企政策: 即申即享, 免申即享, 仅展示."""

    ONLINE_APPLY = auto()
    NO_APPLY = auto()
    DISPLAY_ONLY = auto()


class HotlineKind(Word):
    """12345 诉求类型."""

    CONSULT = auto()
    HELP = auto()
    COMPLAINT = auto()
    REPORT = auto()
    SUGGESTION = auto()
    PRAISE = auto()
    EMERGENCY = auto()


class UnfinishedCause(Word):
    """未办成事 原因."""

    MATERIALS = auto()
    POLICY = auto()
    MULTI_DEPARTMENT = auto()
    SYSTEM = auto()
    STAFF = auto()
    NOT_ELIGIBLE = auto()
    OTHER = auto()


class FiveZeroKind(Word):
    """五零: 零距离, 零投诉, 零推诿, 零差错, 零积压."""

    DISTANCE = auto()
    COMPLAINT = auto()
    SHIRKING = auto()
    ERROR = auto()
    BACKLOG = auto()


class OutreachTrack(Word):
    """五进五送."""

    AGENCY_GUIDE = auto()
    SCHOOL_ENTERPRISE_POLICY = auto()
    PROJECT_SUPPORT = auto()
    GRASSROOTS_SERVICE = auto()
    BUSINESS_DISTRICT_CONVENIENCE = auto()


class WalkPart(Word):
    """我陪群众走流程 环节."""

    FIELD_RESEARCH = auto()
    BUSINESS_CHECK = auto()
    APPROVAL_SERVICE = auto()
    SERVICE_FOLLOWUP = auto()
    FORUM = auto()
    CONSULTATION = auto()


class SiteKind(Word):
    """Where services are given (服务场所)."""

    HALL = auto()
    STREET_CENTER = auto()
    COMMUNITY_STATION = auto()
    RELAY_STATION = auto()
    BLOCK_POINT = auto()


class Tool(Word):
    """智能工具."""

    SMART_DESK = auto()
    SERVICE_MAP = auto()
    KNOWLEDGE_BASE = auto()


class CardState(Word):
    """What became of a card: 未签收, 已签收, 已升级, 已解除, 已撤销; the first three stand."""

    RAISED = auto()
    ACKNOWLEDGED = auto()
    ESCALATED = auto()
    RESOLVED = auto()
    REVOKED = auto()
