"""What is asked of each subject by chance, so that two readings of its course can be compared."""

from dataclasses import replace
from datetime import date

from services.assist.domain.task import commands as assist
from services.intake.domain.case import commands as case
from services.intake.domain.case import holds
from services.intake.domain.case.aids import ApplyCreditMode
from services.intake.domain.commitment import commands as commitment
from services.intake.domain.inspection import commands as inspection
from services.intake.domain.meeting.states import Meeting
from services.intake.domain.referral import commands as referral
from services.review.domain.rectification import commands as rectification
from shared.commands.by_course import Recollection
from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
from shared.contracts.commitment.words import CommitTechnique
from shared.contracts.committee.course import MeetingState
from shared.contracts.committee.facts import Votes
from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.credit.words import CreditMode
from shared.contracts.handling.words import Decision, DeliveryMode, HoldReason, Step, StepAction
from shared.contracts.inspection.facts import Shortcoming
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from shared.contracts.intake.words import AcceptanceMode, RejectReason
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.words import BadReviewCause, Satisfaction
from shared.contracts.words import GradeLevel
from tests.support.courses import OWNED, asked_of
from tests.support.intake_cases import (
    ACCEPT,
    APPROVE_EXTENSION,
    BUREAU,
    DECIDE,
    DEFECT,
    NINE,
    NO,
    OFFER_HEARING,
    PAPER,
    PARTY,
    announce_hearing,
    open_hold,
)
from tests.support.simulation.story import CLOSE, RECEIVE
from tests.support.walks import Choice, Walked

SOME_DAY = date(2024, 9, 30)
HEAD = "st-0001"


def always(command: object) -> Choice:
    return lambda _: command


ISSUE = case.IssueResult(
    at=NINE,
    case_no=NO,
    instrument="PAPER",
    licence_name="食品经营许可证",
    licence_no_token="licence-1",
)
CASE = Walked(
    OWNED["case"],
    [
        always(RECEIVE),
        lambda chance: case.PrecheckApplication(
            at=NINE, case_no=NO, result=chance.choice(("PASS", "REFUSE"))
        ),
        always(
            case.RequestCorrection(
                at=NINE, case_no=NO, answer_by=date(2025, 9, 1), items=(DEFECT,), notice=PAPER
            )
        ),
        lambda chance: case.ReceiveCorrection(at=NINE, case_no=NO, complete=chance.random() < 0.7),
        always(case.ExpireCorrection(at=NINE, case_no=NO)),
        lambda chance: replace(ACCEPT, mode=chance.choice(list(AcceptanceMode))),
        always(ACCEPT),
        always(
            case.RejectApplication(
                at=NINE,
                case_no=NO,
                reason=RejectReason.NOT_REQUIRED,
                explanation="无需许可",
                document=PAPER,
            )
        ),
        always(case.StartStep(at=NINE, case_no=NO, step=Step.HANDLE, org=BUREAU, assignee=HEAD)),
        lambda chance: case.CompleteStep(
            at=NINE, case_no=NO, step_no=chance.randrange(1, 4), action=StepAction.PASS
        ),
        always(
            case.CompleteStep(at=NINE, case_no=NO, step_no=2, action=StepAction.RETURN, return_to=1)
        ),
        lambda chance: replace(
            open_hold(), hold_id=f"hold-{chance.randrange(4)}", off_guide=chance.random() < 0.1
        ),
        lambda chance: holds.CloseHold(at=NINE, case_no=NO, hold_id=f"hold-{chance.randrange(4)}"),
        lambda chance: holds.CloseHold(at=NINE, case_no=NO, hold_id=f"hold-{chance.randrange(4)}"),
        always(case.RequestExtension(at=NINE, case_no=NO, days=5, reason="案情复杂")),
        always(APPROVE_EXTENSION),
        always(case.DenyExtension(at=NINE, case_no=NO, approver=HEAD, reason="理由不足")),
        lambda chance: commitment.SignPromise(
            at=NINE,
            case_no=NO,
            commit_id="promise",
            mode=chance.choice(("COMMITMENT", "TOLERANCE")),
            technique=CommitTechnique.MATERIAL_LATER,
            promise_date=date(2025, 9, 1),
            credit_checked=True,
            document=PAPER,
        ),
        lambda chance: commitment.ReceiveSupplement(
            at=NINE, case_no=NO, commit_id="promise", complete=chance.random() < 0.5
        ),
        always(commitment.WithdrawPromise(at=NINE, case_no=NO, commit_id="promise")),
        lambda chance: commitment.VerifyPromise(
            at=NINE,
            case_no=NO,
            commit_id="promise",
            method="ONSITE",
            result=chance.choice(("OK", "BREACH")),
        ),
        lambda chance: commitment.HandleBreach(
            at=NINE,
            case_no=NO,
            commit_id="promise",
            action=chance.choice(("RECTIFIED", "REVOKED", "PENALISED")),
            credit_recorded=True,
        ),
        always(
            commitment.ExpireSupplement(at=NINE, case_no=NO, commit_id="promise", grace_used=True)
        ),
        always(DECIDE),
        always(DECIDE),
        always(CLOSE),
        always(case.DeliverResult(at=NINE, case_no=NO, mode=DeliveryMode.WINDOW)),
        always(ISSUE),
        always(case.DiscloseDecision(at=NINE, case_no=NO, platform="信用中国")),
        always(case.ArchiveCase(at=NINE, case_no=NO, electronic=True, archive_no="A-1")),
    ],
)
DENY = replace(DECIDE, decision=Decision.DENIED, reasons="不符合条件", remedies_told=True)
RARE = [
    always(DENY),
    always(DENY),
    always(ISSUE),
    lambda chance: open_hold(HoldReason.SUPPLEMENT, f"supplement-{chance.randrange(4)}"),
    lambda chance: holds.CloseHold(
        at=NINE, case_no=NO, hold_id=f"supplement-{chance.randrange(4)}"
    ),
    always(case.RevokeDecision(at=NINE, case_no=NO, cause="FRAUD", document=PAPER)),
    always(case.WithdrawApplication(at=NINE, case_no=NO, by="APPLICANT", document=PAPER)),
    always(case.ForwardCase(at=NINE, case_no=NO, to_org=BUREAU, document=PAPER)),
    always(
        case.TerminateCase(at=NINE, case_no=NO, cause="VOID", reason="重复录入", approved_by=HEAD)
    ),
]
INSPECTION = Walked(
    OWNED["inspection"],
    [
        always(
            inspection.OrderInspection(
                at=NINE,
                inspection_id="KY1",
                case_nos=(NO,),
                mode=InspectionMode.ON_SITE,
                checklist_id="list",
                org=BUREAU,
                place_token="place",
            )
        ),
        always(
            inspection.ScheduleVisit(
                at=NINE, inspection_id="KY1", visit_start=NINE, inspectors=("a-1", "a-2")
            )
        ),
        always(inspection.StartVisit(at=NINE, inspection_id="KY1", evidence_started=True)),
        lambda chance: inspection.ConcludeVisit(
            at=NINE,
            inspection_id="KY1",
            result=chance.choice(list(InspectionResult)),
            applicant_signed=True,
        ),
        always(
            inspection.ConcludeVisit(
                at=NINE, inspection_id="KY1", result=InspectionResult.RECTIFY, applicant_signed=True
            )
        ),
        always(
            inspection.OrderDefect(
                at=NINE,
                answer_by=date(2025, 9, 1),
                inspection_id="KY1",
                defects=(Shortcoming(code="1", requirement="移至入口"),),
                deadline=date(2025, 9, 1),
                notice=PAPER,
            )
        ),
        always(inspection.SubmitDefect(at=NINE, inspection_id="KY1")),
        always(inspection.ExpireDefect(at=NINE, inspection_id="KY1")),
        lambda chance: inspection.FollowUpInspection(
            at=NINE, inspection_id="KY1", method="PHONE", answered=chance.random() < 0.5
        ),
    ],
)
MET = Meeting(state=MeetingState.HELD, referral_ids=frozenset({"SY1"}), quorum_ok=True)
REFERRAL = Walked(
    OWNED["referral"],
    [
        always(
            referral.MakeReferral(
                at=NINE,
                referral_id="SY1",
                case_no=NO,
                reason=CommitteeReason.SAFETY,
                grade=GradeLevel.L4,
                on_list=True,
                remaining_committed_days=3,
                referred_by=HEAD,
            )
        ),
        lambda chance: referral.ScreenReferral(
            at=NINE,
            referral_id="SY1",
            result="ADMITTED" if chance.random() < 0.8 else "RETURNED",
            reason="材料齐全",
        ),
        always(
            referral.DeliberateReferral(at=NINE, referral_id="SY1", meeting_id="HY1", meeting=MET)
        ),
        lambda chance: referral.AdoptResolution(
            at=NINE,
            referral_id="SY1",
            meeting_id="HY1",
            meeting=MET,
            outcome=chance.choice(list(CommitteeOutcome)),
            votes=Votes(**{"for": 3, "against": 0, "abstain": 0}),
            minutes=PAPER,
        ),
        always(referral.ExecuteResolution(at=NINE, referral_id="SY1")),
    ],
)
RECTIFICATION = Walked(
    OWNED["rectification"],
    [
        always(
            rectification.OpenRectification(
                at=NINE,
                rect_id="ZG1",
                review_id="PJ1",
                case_no=NO,
                level=Satisfaction.DISSATISFIED,
                real_name=True,
                responsible_org=BUREAU,
            )
        ),
        always(
            rectification.AssignRectification(
                at=NINE, rect_id="ZG1", assignee=HEAD, due_contact=SOME_DAY, due_rectify=SOME_DAY
            )
        ),
        lambda chance: rectification.RecordContact(
            at=NINE, rect_id="ZG1", reached=chance.random() < 0.5, method="PHONE"
        ),
        lambda chance: rectification.RecordFinding(
            at=NINE,
            rect_id="ZG1",
            finding=chance.choice((VerifyFinding.FIX_NOW, VerifyFinding.LEDGER)),
            cause=BadReviewCause.ATTITUDE,
            ledger_no="1",
            attempts_enough=chance.randint(1, 4),
        ),
        always(
            rectification.ExtendDeadline(
                at=NINE, rect_id="ZG1", days=3, reason="复杂", approved_by=HEAD
            )
        ),
        always(
            rectification.CompleteMeasure(
                at=NINE, rect_id="ZG1", measures="培训", systemic_fix=False
            )
        ),
        always(rectification.SendFeedback(at=NINE, rect_id="ZG1", public_reply=False)),
        lambda chance: rectification.FollowUp(
            at=NINE,
            rect_id="ZG1",
            reached=chance.random() < 0.6,
            result=chance.choice(("SATISFIED", "DISSATISFIED")),
        ),
        always(rectification.CloseRectification(at=NINE, rect_id="ZG1", on_time=True)),
        always(rectification.ReopenRectification(at=NINE, rect_id="ZG1", reason="不满意")),
    ],
)
ASSIST = Walked(
    OWNED["task"],
    [
        lambda chance: assist.RequestAssist(
            at=NINE,
            task_id="BB1",
            kind=AssistKind.GENERAL,
            mode=chance.choice(list(AssistMode)),
            party=PARTY,
            system="WINDOW",
            item_codes=("000117051000",),
        ),
        always(assist.AcceptTask(at=NINE, task_id="BB1")),
        always(assist.AssignAgent(at=NINE, task_id="BB1", agent_id=HEAD, tier=AgentTier.DISTRICT)),
        always(assist.SignMandate(at=NINE, task_id="BB1", scope=("000117051000",), document=PAPER)),
        always(assist.LogStep(at=NINE, task_id="BB1", stage=AssistStage.COORDINATION)),
        always(
            assist.MakeVisit(at=NINE, task_id="BB1", agent_id=HEAD, place="HOME", arrived_at=NINE)
        ),
        always(assist.BlockTask(at=NINE, task_id="BB1", blocker="APPLICANT", reason="缺材料")),
        always(assist.UnblockTask(at=NINE, task_id="BB1", reason="已补齐")),
        always(assist.TerminateTask(at=NINE, task_id="BB1", document=PAPER)),
        always(assist.RenewTask(at=NINE, task_id="BB1", document=PAPER)),
        always(assist.CompleteTask(at=NINE, task_id="BB1", case_nos=(NO,), on_time=True)),
        always(
            assist.RateTask(at=NINE, task_id="BB1", level=Satisfaction.SATISFIED, real_name=True)
        ),
    ],
)
HEARD = [
    lambda chance: announce_hearing(f"hold-{chance.randrange(4)}"),
    always(OFFER_HEARING),
]
ON_CREDIT = [
    lambda chance: ApplyCreditMode(
        at=NINE,
        case_no=NO,
        mode=chance.choice((CreditMode.PROOF_SUBSTITUTE, CreditMode.TOLERANCE_BY_CREDIT)),
        grade="A",
        materials_saved=1,
    ),
]
CASES = {
    "case": CASE,
    "case, often ended early": replace(CASE, asked=[*CASE.asked, *RARE]),
    "case, with a hearing": replace(CASE, asked=[*CASE.asked, *HEARD]),
    "case, on credit": replace(CASE, asked=[*CASE.asked, *ON_CREDIT]),
}
COURSES = {
    **CASES,
    "inspection": INSPECTION,
    "referral": REFERRAL,
    "rectification": RECTIFICATION,
    "assist": ASSIST,
    **{
        name: Walked(owned, asked_of(owned))
        for name, owned in OWNED.items()
        if isinstance(owned.decider.initial, Recollection)
    },
}
