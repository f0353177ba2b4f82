"""What our own services decide contradicts nothing in the fold: both read each course alike."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from services.assist.domain.task import commands as assist
from services.assist.domain.task import decide as assist_rules
from services.assist.domain.task import states as assist_course
from services.intake.domain.case import commands as case
from services.intake.domain.case import decide as case_rules
from services.intake.domain.case import states as case_course
from services.intake.domain.commitment import commands as commitment
from services.intake.domain.inspection import commands as inspection
from services.intake.domain.inspection import decide as inspection_rules
from services.intake.domain.inspection import states as inspection_course
from services.intake.domain.meeting.states import Meeting
from services.intake.domain.referral import commands as referral
from services.intake.domain.referral import decide as referral_rules
from services.intake.domain.referral import states as referral_course
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.review.domain.rectification import commands as rectification
from services.review.domain.rectification import decide as rectification_rules
from services.review.domain.rectification import states as rectification_course
from shared.commands.deciding import Decider
from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
from shared.contracts.commitment.words import CommitTechnique
from shared.contracts.committee.course import MeetingState
from shared.contracts.committee.facts import Votes
from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.words import DeliveryMode, Step, StepAction
from shared.contracts.inspection.facts import Shortcoming
from shared.contracts.inspection.words import InspectionMode, InspectionResult
from shared.contracts.intake.words import AcceptanceMode, RejectReason
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.rejection import Rejection
from shared.contracts.review.words import BadReviewCause, Satisfaction
from shared.contracts.words import GradeLevel
from shared.policy.calendar import ZONE
from tests.support.intake_cases import (
    ACCEPT,
    APPROVE_EXTENSION,
    BUREAU,
    DECIDE,
    DEFECT,
    NINE,
    NO,
    PAPER,
    PARTY,
    open_hold,
)
from tests.support.simulation.story import CLOSE, RECEIVE

SEEDS = 300
WALK = 60
SOME_DAY = date(2024, 9, 30)
HEAD = "st-0001"

Choice = Callable[[Random], Any]


@dataclass(frozen=True)
class Course:
    """A subject, its decider, what may be asked of it, and whom its facts name."""

    decider: Decider[Any, Any]
    asked: Sequence[Choice]

    def walk(self, seed: int) -> tuple[Any, list[Event]]:
        """Return where a random walk of commands ends, and the facts that it made."""
        chance = Random(seed)  # noqa: S311 - a story, no secret
        state, at = self.decider.initial, NINE
        facts: list[Event] = []
        for _ in range(WALK):
            at += timedelta(hours=chance.randrange(60))
            command = replace(chance.choice(self.asked)(chance), at=at.astimezone(ZONE))
            try:
                decided = self.decider.decide(state, command)
            except Rejection:
                continue
            for fact in decided:
                state = self.decider.evolve(state, fact)
                facts.append(_event(fact, len(facts) + 1, at))
        return state, facts


def _event(fact: Fact, number: int, at: datetime) -> Event:
    return Event.of(
        fact,
        id=f"{number:03}",
        source="urn:casetrack:610102:ours",
        time=at,
        recordedtime=at,
        sequence=str(number),
        partitionkey=NO,
    )


def folded(events: Iterable[Event]) -> Dossier:
    return fold_all(NO, map(Entry.of, events))


def always(command: object) -> Choice:
    return lambda _: command


CASE = Course(
    Decider(case_course.INITIAL, case_rules.decide, case_course.evolve),
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
        lambda chance: replace(open_hold(), hold_id=f"hold-{chance.randrange(4)}"),
        lambda chance: case.CloseHold(at=NINE, case_no=NO, hold_id=f"hold-{chance.randrange(4)}"),
        lambda chance: case.CloseHold(at=NINE, case_no=NO, hold_id=f"hold-{chance.randrange(4)}"),
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
        always(
            commitment.ExpireSupplement(at=NINE, case_no=NO, commit_id="promise", grace_used=True)
        ),
        always(DECIDE),
        always(DECIDE),
        always(CLOSE),
        always(case.DeliverResult(at=NINE, case_no=NO, mode=DeliveryMode.WINDOW)),
        always(
            case.IssueResult(
                at=NINE,
                case_no=NO,
                instrument="PAPER",
                licence_name="食品经营许可证",
                licence_no_token="licence-1",
            )
        ),
        always(case.DiscloseDecision(at=NINE, case_no=NO, platform="信用中国")),
        always(case.ArchiveCase(at=NINE, case_no=NO, electronic=True, archive_no="A-1")),
    ],
)
RARE = [
    always(case.RevokeDecision(at=NINE, case_no=NO, cause="FRAUD", document=PAPER)),
    always(case.WithdrawApplication(at=NINE, case_no=NO, by="APPLICANT", document=PAPER)),
    always(case.ForwardCase(at=NINE, case_no=NO, to_org=BUREAU, document=PAPER)),
    always(
        case.TerminateCase(at=NINE, case_no=NO, cause="VOID", reason="重复录入", approved_by=HEAD)
    ),
]
INSPECTION = Course(
    Decider(inspection_course.INITIAL, inspection_rules.decide, inspection_course.evolve),
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
REFERRAL = Course(
    Decider(referral_course.INITIAL, referral_rules.decide, referral_course.evolve),
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
RECTIFICATION = Course(
    Decider(rectification_course.INITIAL, rectification_rules.decide, rectification_course.evolve),
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
ASSIST = Course(
    Decider(assist_course.INITIAL, assist_rules.decide, assist_course.evolve),
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
COURSES = {
    "case": CASE,
    "case, often ended early": replace(CASE, asked=[*CASE.asked, *RARE]),
    "inspection": INSPECTION,
    "referral": REFERRAL,
    "rectification": RECTIFICATION,
    "assist": ASSIST,
}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
def test_what_we_decide_is_no_anomaly(course: Course) -> None:
    for seed in range(SEEDS):
        _, events = course.walk(seed)
        dossier = folded(events)
        told = [(event.id, event.type) for event in events]
        assert dossier.anomalous == (), (seed, told)


@pytest.mark.parametrize("asked", [CASE.asked, [*CASE.asked, *RARE]])
def test_intake_and_the_fold_see_a_case_in_the_same_state(asked: Sequence[Choice]) -> None:
    course = replace(CASE, asked=asked)
    for seed in range(SEEDS):
        state, events = course.walk(seed)
        assert folded(events).case.phase == state.phase, seed
