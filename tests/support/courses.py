"""
Every subject that a service of ours decides about, for the tests that its course writes.

A subject is registered once: its rules, and what it must remember for the facts
of its course to be possible. Facts come from the published examples, commands
from the facts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import Enum
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args, get_origin

from services.assist.domain.task import commands as task_commands
from services.assist.domain.task import decide as task_rules
from services.assist.domain.task import refusals as task_refusals
from services.assist.domain.task import states as task_states
from services.intake.domain.case import commands as case_commands
from services.intake.domain.case import decide as case_rules
from services.intake.domain.case import refusals as case_refusals
from services.intake.domain.case import states as case_states
from services.intake.domain.commitment import commands as commitment_commands
from services.intake.domain.commitment import decide as commitment_rules
from services.intake.domain.commitment import refusals as commitment_refusals
from services.intake.domain.commitment import states as commitment_states
from services.intake.domain.inspection import commands as inspection_commands
from services.intake.domain.inspection import decide as inspection_rules
from services.intake.domain.inspection import refusals as inspection_refusals
from services.intake.domain.inspection import states as inspection_states
from services.intake.domain.meeting import commands as meeting_commands
from services.intake.domain.meeting import decide as meeting_rules
from services.intake.domain.meeting import refusals as meeting_refusals
from services.intake.domain.meeting import states as meeting_states
from services.intake.domain.meeting.states import Meeting
from services.intake.domain.referral import commands as referral_commands
from services.intake.domain.referral import decide as referral_rules
from services.intake.domain.referral import refusals as referral_refusals
from services.intake.domain.referral import states as referral_states
from services.metrics.domain.subjects import case as case_kind
from services.metrics.domain.subjects.commitment import Commitment as CommitmentKind
from services.metrics.domain.subjects.committee import Meeting as MeetingKind
from services.metrics.domain.subjects.committee import Referral as ReferralKind
from services.metrics.domain.subjects.inspection import Inspection
from services.metrics.domain.subjects.rectification import Rectification as RectificationKind
from services.metrics.domain.subjects.review import Rating as RatingKind
from services.metrics.domain.subjects.task import Task as TaskKind
from services.metrics.domain.subjects.terms import Hold
from services.review.domain.rating import commands as rating_commands
from services.review.domain.rating import decide as rating_rules
from services.review.domain.rating import refusals as rating_refusals
from services.review.domain.rating import states as rating_states
from services.review.domain.rectification import commands as rectification_commands
from services.review.domain.rectification import decide as rectification_rules
from services.review.domain.rectification import refusals as rectification_refusals
from services.review.domain.rectification import states as rectification_states
from shared.commands.command import Command
from shared.commands.decider import Decider
from shared.contracts.assist.course import TASK
from shared.contracts.assist.facts import AgentRegistered, MandateSigned, ServiceListUpdated
from shared.contracts.assist.words import AssistMode
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.committee.course import MEETING, REFERRAL, MeetingState
from shared.contracts.committee.facts import COMMITTEE_RULES, GRADING_LIST, ResolutionAdopted
from shared.contracts.course import Course, Row
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.handling.course import CASE, Phase
from shared.contracts.handling.words import Decision, Step
from shared.contracts.inspection.course import INSPECTION
from shared.contracts.inspection.facts import InspectionFollowedUp
from shared.contracts.item.facts import ItemDefinitionRevised, ItemListPublished, StationingChanged
from shared.contracts.joint.facts import SceneLaunched
from shared.contracts.plan.facts import ProgressReported
from shared.contracts.publishing import example_of
from shared.contracts.rectification.course import RECTIFICATION
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.course import RATING, RatingState
from shared.contracts.site.facts import StationOpened
from shared.contracts.words import CaseType, LimitUnit
from shared.policy.calendar import ZONE, official_calendar
from tests.support.by_course import BY_COURSE, Owned
from tests.support.examples import like_the_example
from tests.support.intake_cases import MONDAY, NO, case_ref
from tests.support.promises import promise_at, promise_with

LATER = datetime(2024, 9, 16, 10, tzinfo=ZONE)
"""When everything is asked: two weeks after the case began."""
OURS: Mapping[str, Any] = MappingProxyType(
    {
        "at": LATER,
        "calendar": official_calendar(),
        "silence_days": 5,
        "attempts_enough": 3,
        "answer_by": date(2024, 10, 15),
        "promise_date": date(2024, 10, 15),
        "case_no": NO,
        "deadline": date(2024, 10, 15),
        "last_day": date(2024, 11, 8),
        "decision_date": None,
        "closed_date": None,
        "published_date": None,
        "received_date": None,
        "handed_over_date": date(2024, 9, 13),
        "ends": {},
        "change": like_the_example(ItemDefinitionRevised).subject,
        "gradinglist": GRADING_LIST,
        "committeerules": COMMITTEE_RULES,
        "itemlist": like_the_example(ItemListPublished).subject,
        "stationing": like_the_example(StationingChanged).subject,
        "scene": like_the_example(SceneLaunched).subject,
        "site": like_the_example(StationOpened).subject,
        "agent": like_the_example(AgentRegistered).subject,
        "servicelist": like_the_example(ServiceListUpdated).subject,
        "report": like_the_example(ProgressReported).subject,
        "meeting": Meeting(
            state=MeetingState.HELD,
            referral_ids=frozenset({example_of(ResolutionAdopted.TYPE)["data"]["referral_id"]}),
            quorum_ok=True,
        ),
        "prior": rating_states.Rating(state=RatingState.POSTED, is_first=True),
    }
)
"""What a command says of its own time, and what its service looks up for it."""
C = TypeVar("C", bound=Command)
HOLDS: Mapping[type[Fact], frozenset[str]] = {
    kind: frozenset({example_of(kind.TYPE)["data"]["hold_id"]})
    for kind in (handling.HoldClosed, handling.HearingAnnounced)
}
"""The hold that has to be open so that a fact can happen to it."""


def fact_of(course: Course, row: Row) -> Fact:
    """Return a fact like the published example that *row* of *course* is the one for."""
    rows = [one for one in course.rows if (one.source, one.fact) == (row.source, row.fact)]
    for fact in _varied(like_the_example(row.fact)):
        if next((one for one in rows if one.admits(fact)), None) is row:
            return fact
    raise AssertionError(f"no fact leads over {row}")


def _varied(fact: Fact) -> Iterator[Fact]:
    """Yield *fact*, and it again with each other word in each of its fields."""
    yield fact
    for name, field in type(fact).model_fields.items():
        nothing = () if field.is_required() or field.default is not None else (None,)
        for word in (*_words(field.annotation), *nothing):
            yield fact.model_copy(update={name: word})


def _words(annotation: Any) -> Collection[Any]:  # noqa: ANN401 - whatever a field is made of
    if annotation is bool:
        return (True, False)
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(annotation)
    return ()


def command_of(kind: type[C], /, **changes: object) -> C:
    """Return the command of *kind* that asks for the published example of its fact."""
    example = like_the_example(kind.FACT)
    said = {**dict(example), **dict(getattr(example, "case", ())), **OURS, **changes}
    return kind(
        **{
            field.name: said[field.name]
            for field in fields(kind)
            if field.name in said or field.default is MISSING
        }
    )


def asked_of(owned: Owned) -> Sequence[Callable[[Random], Command]]:
    """Return what may be asked of one subject, each time with other words."""
    return [partial(_asked, kind, owned.course.named_by) for kind in owned.commands]


def _asked(kind: type[Command], named_by: str, chance: Random) -> Command:
    fact = chance.choice([*_varied(like_the_example(kind.FACT))])
    return command_of(kind, **{**dict(fact), named_by: "ONE"})


def _case(phase: str, fact: type[Fact]) -> case_states.Case:
    stepping = fact is handling.StepCompleted
    return case_states.Case(
        phase=phase,
        filing=case_states.Filing(
            case_ref(),
            MONDAY,
            notices=int(phase == Phase.CORRECTION_PENDING),
            answer_by=MONDAY,
            answered=True,
        ),
        commitment=promise_with(fact),
        examination=case_states.Examination(
            case_ref(CaseType.IMMEDIATE),
            MONDAY,
            statutory_limit=20,
            statutory_unit=LimitUnit.WD,
            step_no=1 if stepping else 0,
            step=Step.HANDLE if stepping else None,
            open_holds=HOLDS.get(fact, frozenset()),
            hearings=HOLDS[handling.HearingAnnounced],
            extension_requested=10,
        ),
        decision=Decision.APPROVED,
        closed=fact is handling.CaseArchived,
    )


def _inspection(state: str, fact: type[Fact]) -> inspection_states.Inspection:
    return inspection_states.Inspection(
        state=state, deadline=MONDAY, is_concluded=fact is InspectionFollowedUp
    )


def _rating(state: str, _: type[Fact]) -> rating_states.Rating:
    return rating_states.Rating(state=state, is_bad=True, appeal_id="SS1")


def _rectification(state: str, _: type[Fact]) -> rectification_states.Rectification:
    return rectification_states.Rectification(
        state=state, finding=VerifyFinding.LEDGER, is_dissatisfied=True
    )


def _task(state: str, fact: type[Fact]) -> task_states.Task:
    mode = AssistMode.PROXY if fact is MandateSigned else AssistMode.HELP
    return task_states.Task(state=state, mode=mode, blocker="SUPERIOR")


(HOLD_ID,) = HOLDS[handling.HoldClosed]
_HELD = Hold(
    hold_id=HOLD_ID,
    reason="EXPERT_REVIEW",
    basis="LICENSING_LAW_45",
    pauses=(),
    opened_on=MONDAY,
    opened_by="opening",
)

OWNED: Mapping[str, Owned] = MappingProxyType(
    {
        "case": Owned(
            CASE,
            case_refusals.OFF_COURSE,
            Decider(case_states.INITIAL, case_rules.decide, case_states.evolve),
            get_args(case_commands.AnyCommand),
            _case,
            case_kind.Case,
            {handling.HoldClosed: {"holds": (_HELD,)}},
            state=lambda case: str(case.phase),
        ),
        "commitment": Owned(
            COMMITMENT,
            commitment_refusals.OFF_COURSE,
            Decider(commitment_states.INITIAL, commitment_rules.decide, commitment_states.evolve),
            get_args(commitment_commands.AnyCommand),
            promise_at,
            CommitmentKind,
            {},
        ),
        "inspection": Owned(
            INSPECTION,
            inspection_refusals.OFF_COURSE,
            Decider(inspection_states.INITIAL, inspection_rules.decide, inspection_states.evolve),
            get_args(inspection_commands.AnyCommand),
            _inspection,
            Inspection,
            {},
        ),
        "referral": Owned(
            REFERRAL,
            referral_refusals.OFF_COURSE,
            Decider(referral_states.INITIAL, referral_rules.decide, referral_states.evolve),
            get_args(referral_commands.AnyCommand),
            lambda state, _: referral_states.Referral(state=state, case_no=NO),
            ReferralKind,
            {},
        ),
        "meeting": Owned(
            MEETING,
            meeting_refusals.OFF_COURSE,
            Decider(meeting_states.INITIAL, meeting_rules.decide, meeting_states.evolve),
            get_args(meeting_commands.AnyCommand),
            lambda state, _: Meeting(state=state),
            MeetingKind,
            {},
        ),
        "rating": Owned(
            RATING,
            rating_refusals.OFF_COURSE,
            Decider(rating_states.INITIAL, rating_rules.decide, rating_states.evolve),
            get_args(rating_commands.AnyCommand),
            _rating,
            RatingKind,
            {},
        ),
        "rectification": Owned(
            RECTIFICATION,
            rectification_refusals.OFF_COURSE,
            Decider(
                rectification_states.INITIAL,
                rectification_rules.decide,
                rectification_states.evolve,
            ),
            # All but the first: a bad rating may open it any number of times, and is never refused.
            get_args(rectification_commands.AnyCommand)[1:],
            _rectification,
            RectificationKind,
            {},
            follows=True,
        ),
        "task": Owned(
            TASK,
            task_refusals.OFF_COURSE,
            Decider(task_states.INITIAL, task_rules.decide, task_states.evolve),
            get_args(task_commands.AnyCommand),
            _task,
            TaskKind,
            {},
        ),
        **BY_COURSE,
    }
)
