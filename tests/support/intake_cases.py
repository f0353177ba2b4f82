"""One case's facts and commands, readable and fixed, for intake's tests."""

from datetime import UTC, date, datetime, timedelta

from services.intake.domain.case import commands, holds
from shared.contracts.handling import facts as handling
from shared.contracts.handling.words import (
    Decision,
    DeliveryMode,
    HoldBasis,
    HoldReason,
    ResultType,
    Step,
    StepAction,
)
from shared.contracts.intake import facts as intake
from shared.contracts.intake.words import AcceptanceMode, Channel, RejectReason, Terminal
from shared.contracts.types import CaseRef, Doc, OrgRef, PartyRef
from shared.contracts.words import CaseType, ClockName, GradeLevel, LimitUnit, PartyType
from shared.policy.calendar import official_calendar

NO = "XC20240902000017"
MONDAY = date(2024, 9, 2)
NINE = datetime(2024, 9, 2, 1, 0, tzinfo=UTC)
"""Nine o'clock in Xi'an."""
CALENDAR = official_calendar()
BUREAU = OrgRef(org_code="11610102MB0000000F", org_name="新城区行政审批服务局")
PARTY = PartyRef(party_token="party-1", party_type=PartyType.ENTERPRISE)
PAPER = Doc(doc_type="NOTICE", doc_no="2024-1")


def on(day: date) -> datetime:
    """Return nine o'clock on *day*."""
    return NINE + (day - MONDAY)


def later(days: int) -> datetime:
    return NINE + timedelta(days=days)


def case_ref(case_type: CaseType = CaseType.COMMITTED, joint_case_id: str | None = None) -> CaseRef:
    return CaseRef(
        case_no=NO,
        item_code="000117051000",
        item_version=4,
        case_type=case_type,
        joint_case_id=joint_case_id,
    )


def received() -> intake.ApplicationReceived:
    return intake.ApplicationReceived(
        case=case_ref(),
        party=PARTY,
        channel=Channel.WINDOW,
        terminal=Terminal.WINDOW,
        agent_present=False,
        received_date=MONDAY,
        item_name="食品经营许可",
        handling_org=BUREAU,
        materials=(),
        weekend=False,
    )


def accepted(
    mode: AcceptanceMode = AcceptanceMode.NORMAL,
    effective: date = MONDAY,
    promise: date = date(2024, 9, 14),
    case: CaseRef | None = None,
) -> intake.ApplicationAccepted:
    return intake.ApplicationAccepted(
        case=case or case_ref(),
        mode=mode,
        effective_date=effective,
        accept_doc=PAPER,
        statutory_limit=20,
        statutory_unit=LimitUnit.WD,
        committed_limit=10,
        committed_unit=LimitUnit.WD,
        promise_date=promise,
        grade=GradeLevel.L2,
        steps=(),
    )


RECEIVED = received()
PRECHECKED = intake.ApplicationPrechecked(case_no=NO, result="PASS")
DEFECT = intake.Defect(material="营业执照", problem="过期")
NOTICE = intake.CorrectionRequested(
    case_no=NO,
    round=1,
    items=(DEFECT,),
    notice=PAPER,
    deadline=date(2024, 9, 30),
    on_the_spot=False,
)
INCOMPLETE = intake.CorrectionReceived(
    case_no=NO, round=1, complete=False, delivered_date=date(2024, 9, 4)
)
CORRECTED = intake.CorrectionReceived(
    case_no=NO, round=1, complete=True, delivered_date=date(2024, 9, 5)
)
EXPIRED = intake.CorrectionExpired(case_no=NO, round=1, deadline=date(2024, 9, 30))
ACCEPTED = accepted()
REJECTED = intake.ApplicationRejected(
    case_no=NO, reason=RejectReason.NOT_REQUIRED, explanation="无需许可", document=PAPER
)
WITHDRAWN = intake.ApplicationWithdrawn(case_no=NO, by="APPLICANT", document=PAPER)
HANDLING = handling.StepStarted(
    case_no=NO, step=Step.HANDLE, step_no=1, org=BUREAU, assignee="st-0041"
)
HANDLED = handling.StepCompleted(case_no=NO, step=Step.HANDLE, step_no=1, action=StepAction.PASS)
EXTENSION_ASKED = handling.ExtensionRequested(case_no=NO, days=10, reason="案情复杂")
EXTENDED = handling.ExtensionApproved(
    case_no=NO, days=10, approver="st-0001", notice_to_applicant=PAPER, approved_date=MONDAY
)
REFUSED_EXTENSION = handling.ExtensionDenied(case_no=NO, approver="st-0001", reason="理由不足")
APPROVED = handling.DecisionMade(
    case_no=NO,
    decision=Decision.APPROVED,
    decision_date=MONDAY,
    document=PAPER,
    remedies_told=False,
    instant=False,
)
DENIED = APPROVED.model_copy(
    update={"decision": Decision.DENIED, "reasons": "不符合条件", "remedies_told": True}
)
CLOSED = handling.CaseClosed(
    case_no=NO, result_type=ResultType.CERTIFICATE_ISSUED, closed_date=MONDAY, onsite_visits=1
)
DELIVERED = handling.ResultDelivered(case_no=NO, mode=DeliveryMode.WINDOW, delivered_date=MONDAY)
DISCLOSED = handling.DecisionDisclosed(case_no=NO, platform="信用中国", published_date=MONDAY)
ARCHIVED = handling.CaseArchived(case_no=NO, electronic=True, archive_no="A-1")
REVOKED = handling.DecisionRevoked(case_no=NO, cause="FRAUD", document=PAPER)
FORWARDED = handling.CaseForwarded(case_no=NO, to_org=BUREAU, document=PAPER)
TERMINATED = handling.CaseTerminated(
    case_no=NO, cause="VOID", reason="重复录入", approved_by="st-0001"
)
ISSUED = handling.ResultIssued(
    case_no=NO,
    instrument="PAPER",
    licence_name="食品经营许可证",
    licence_no_token="licence-1",
)


def hold_opened(
    reason: HoldReason = HoldReason.HEARING,
    basis: HoldBasis = HoldBasis.LICENSING_LAW_45,
    hold_id: str = "hold-1",
) -> handling.HoldOpened:
    return handling.HoldOpened(
        case_no=NO,
        hold_id=hold_id,
        reason=reason,
        basis=basis,
        pauses=(ClockName.COMMITTED,),
        written_notice=PAPER,
        requested_by="st-0041",
        approved_by="st-0001",
    )


def hold_closed(hold_id: str = "hold-1") -> handling.HoldClosed:
    return handling.HoldClosed(case_no=NO, hold_id=hold_id)


ACCEPT = commands.AcceptApplication(
    at=NINE,
    case_no=NO,
    calendar=CALENDAR,
    silence_days=5,
    mode=AcceptanceMode.NORMAL,
    accept_doc=PAPER,
    statutory_limit=20,
    statutory_unit=LimitUnit.WD,
    committed_limit=10,
    committed_unit=LimitUnit.WD,
    grade=GradeLevel.L2,
)


def open_hold(reason: HoldReason = HoldReason.HEARING, hold_id: str = "hold-1") -> holds.OpenHold:
    return holds.OpenHold(
        at=NINE,
        case_no=NO,
        hold_id=hold_id,
        reason=reason,
        basis=HoldBasis.LICENSING_LAW_45,
        pauses=(ClockName.COMMITTED,),
        written_notice=PAPER,
        requested_by="st-0041",
        approved_by="st-0001",
    )


OFFER_HEARING = holds.OfferHearing(at=NINE, case_no=NO, notice=PAPER)


def announce_hearing(
    hold_id: str = "hold-1", day: date = date(2025, 9, 1)
) -> holds.AnnounceHearing:
    return holds.AnnounceHearing(
        at=NINE, case_no=NO, hold_id=hold_id, hearing_date=day, notice=PAPER
    )


DECIDE = commands.MakeDecision(
    at=NINE, case_no=NO, decision=Decision.APPROVED, document=PAPER, remedies_told=False
)
APPROVE_EXTENSION = commands.ApproveExtension(
    at=NINE,
    case_no=NO,
    calendar=CALENDAR,
    days=10,
    approver="st-0001",
    notice_to_applicant=PAPER,
)
