"""The closed vocabularies of the published language: stored and sent by name, never by code."""

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


class Step(Word):
    """环节: 承办, 审核, 批准, 自定义."""

    HANDLE = auto()
    CHECK = auto()
    APPROVE = auto()
    CUSTOM = auto()


class StepAction(Word):
    """业务动作: 通过, 退回, 其他."""

    PASS = auto()
    RETURN = auto()
    OTHER = auto()


class HoldReason(Word):
    """Why work on a case pauses (特别程序)."""

    HEARING = auto()
    BIDDING = auto()
    AUCTION = auto()
    TESTING = auto()
    DETECTION = auto()
    QUARANTINE = auto()
    APPRAISAL = auto()
    EXPERT_REVIEW = auto()
    ONSITE_VERIFICATION = auto()
    APPLICANT_RECTIFY = auto()
    PUBLIC_NOTICE = auto()
    SUPPLEMENT = auto()
    TOLERANCE_GRACE = auto()
    SUPERIOR_REPLY = auto()
    OTHER = auto()


class HoldBasis(Word):
    """The ground of a hold; the statutory clock knows only the first two."""

    LICENSING_LAW_45 = auto()
    OTHER_LAW = auto()
    LOCAL_RULE = auto()


class ClockName(Word):
    """Every clock that a hold may name, by procedure."""

    INTAKE = auto()
    CORRECTION = auto()
    COMMITTED = auto()
    STATUTORY = auto()
    STEP = auto()
    DELIVERY = auto()
    DISCLOSURE = auto()
    INSPECT_SCHEDULE = auto()
    INSPECT_VISIT = auto()
    INSPECT_CONCLUSION = auto()
    INSPECT_DEFECT = auto()
    INSPECT_REINSPECT = auto()
    INSPECT_FOLLOWUP = auto()
    COMMITTEE_SCREEN = auto()
    COMMITTEE_MEETING = auto()
    COMMITTEE_MINUTES = auto()
    COMMITTEE_EXECUTION = auto()
    RECTIFY_CONTACT = auto()
    RECTIFY_MEASURE = auto()
    RECTIFY_FOLLOWUP = auto()
    HOTLINE_SIGN = auto()
    HOTLINE_REPLY = auto()
    ASSIST_CONTACT = auto()
    ASSIST_VISIT = auto()
    ASSIST_PROGRESS = auto()
    SUPPLEMENT = auto()
    VERIFY = auto()


class Decision(Word):
    """准予 or 不予许可."""

    APPROVED = auto()
    DENIED = auto()


class ResultType(Word):
    """办结结果; the national codes are 0 to 6 in this order."""

    CERTIFICATE_ISSUED = auto()
    RETURNED = auto()
    VOIDED = auto()
    DELETED = auto()
    FORWARDED = auto()
    CORRECTION_ABANDONED = auto()
    CLOSED_OTHER = auto()


class DeliveryMode(Word):
    """How a result is served (送达方式)."""

    WINDOW = auto()
    EXPRESS = auto()
    E_LICENCE = auto()
    SELF_SERVICE = auto()


class GradeLevel(Word):
    """分级审批: who decides."""

    L1 = auto()
    L2 = auto()
    L3 = auto()
    L4 = auto()


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


class CommitteeReason(Word):
    """Why a case goes to the review committee (审议事由)."""

    SAFETY = auto()
    ENVIRONMENT = auto()
    LARGE_IMPACT = auto()
    LEGAL_UNCLEAR = auto()
    DISPUTE = auto()
    INTENDED_REFUSAL = auto()
    ON_GRADING_LIST = auto()
    OTHER = auto()


class CommitteeOutcome(Word):
    """审议结论."""

    APPROVE = auto()
    APPROVE_WITH_CONDITIONS = auto()
    DENY = auto()
    DEFER = auto()
    RETURN_TO_SECTION = auto()


class Satisfaction(Word):
    """满意度, by name: the standard and the live interfaces number it in opposite directions."""

    VERY_SATISFIED = auto()
    SATISFIED = auto()
    BASICALLY_SATISFIED = auto()
    DISSATISFIED = auto()
    VERY_DISSATISFIED = auto()


class ReviewChannel(Word):
    """评价渠道; SYSTEM_DEFAULT is no praise."""

    PC = auto()
    MOBILE = auto()
    QR = auto()
    HALL_TABLET = auto()
    HALL_TERMINAL = auto()
    SMS = auto()
    SYSTEM_DEFAULT = auto()
    PHONE = auto()
    PAPER = auto()
    HOTLINE = auto()


class ReviewPhase(Word):
    """The stage of service that is rated."""

    ACCEPTANCE = auto()
    COMPLETION = auto()
    INSPECTION = auto()
    ASSIST = auto()
    RECTIFICATION = auto()
    HOTLINE = auto()


class BadReviewCause(Word):
    """差评原因."""

    ATTITUDE = auto()
    EFFICIENCY = auto()
    GUIDE_ACCURACY = auto()
    MATERIALS = auto()
    SYSTEM_USABILITY = auto()
    ENVIRONMENT = auto()
    POLICY = auto()
    OTHER = auto()


class AppealGround(Word):
    """Why a rating is appealed (申诉理由)."""

    MISTAKEN = auto()
    MALICIOUS = auto()
    NOT_OUR_MATTER = auto()
    DUPLICATE = auto()


class VerifyFinding(Word):
    """核实结论: 立行立改, 建账整改, 解释说明, 申诉."""

    FIX_NOW = auto()
    LEDGER = auto()
    EXPLAIN_ONLY = auto()
    APPEAL = auto()


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


class CrossRegionMode(Word):
    """跨域通办模式: 全程网办, 代收代办, 多地联办."""

    FULL_ONLINE = auto()
    PROXY_COLLECT = auto()
    MULTI_PLACE = auto()


class CommitTechnique(Word):
    """What a promise replaces (承诺方式)."""

    MATERIAL_LATER = auto()
    MATERIAL_WAIVED = auto()
    REVIEW_DEFERRED = auto()
    REVIEW_WAIVED = auto()


class DigitalInstrument(Word):
    """四电: 电子证照, 电子印章, 电子签名, 电子档案."""

    E_LICENCE = auto()
    E_SEAL = auto()
    E_SIGNATURE = auto()
    E_ARCHIVE = auto()


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
