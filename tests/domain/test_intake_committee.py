"""A referral before the committee, and the meeting that resolves it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.intake.domain.meeting import decide as meeting_rules
from services.intake.domain.meeting import refusals as meeting_refusals
from services.intake.domain.meeting import states as meeting_course
from services.intake.domain.meeting.commands import AnyCommand as AnyMeetingCommand
from services.intake.domain.meeting.commands import CallMeeting, HoldMeeting, MoveMeeting
from services.intake.domain.meeting.states import Meeting
from services.intake.domain.referral import refusals
from services.intake.domain.referral.commands import (
    AdoptResolution,
    AnyCommand,
    DeliberateReferral,
    ExecuteResolution,
    MakeReferral,
    ScreenReferral,
)
from services.intake.domain.referral.decide import decide
from services.intake.domain.referral.states import INITIAL, Referral, evolve
from shared.contracts.committee.course import ReferralState
from shared.contracts.committee.facts import (
    MeetingHeld,
    MeetingScheduled,
    ReferralDeliberated,
    ReferralMade,
    ReferralScreened,
    ResolutionAdopted,
    ResolutionExecuted,
    Votes,
)
from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.words import GradeLevel
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import MONDAY, NINE, NO, PAPER

ID, MEETING = "referral-1", "meeting-1"
MEETING_AT = NINE + timedelta(days=2)

referral = DeciderSpec[Referral, AnyCommand](INITIAL, decide, evolve)
meeting = DeciderSpec[Meeting, AnyMeetingCommand](
    meeting_course.INITIAL, meeting_rules.decide, meeting_course.evolve
)

CALL = CallMeeting(at=NINE, meeting_id=MEETING, referral_ids=(ID,), meeting_at=MEETING_AT)
CALLED = MeetingScheduled(
    meeting_id=MEETING, referral_ids=(ID,), meeting_at=MEETING_AT, experts_needed=False
)
HOLD = HoldMeeting(
    at=MEETING_AT,
    meeting_id=MEETING,
    present=("st-0001", "st-0002"),
    quorum_ok=True,
    legal_review_done=True,
)
HELD = MeetingHeld(
    meeting_id=MEETING,
    present=("st-0001", "st-0002"),
    recused=(),
    quorum_ok=True,
    legal_review_done=True,
)
called = meeting.given(CALLED)
held = called.given(HELD)

REFER = MakeReferral(
    at=NINE,
    referral_id=ID,
    case_no=NO,
    reason=CommitteeReason.SAFETY,
    grade=GradeLevel.L4,
    on_list=True,
    remaining_committed_days=6,
    referred_by="st-0041",
)
REFERRED = ReferralMade(
    referral_id=ID,
    case_no=NO,
    reason=CommitteeReason.SAFETY,
    grade=GradeLevel.L4,
    on_list=True,
    remaining_committed_days=6,
    referred_by="st-0041",
)
SCREEN = ScreenReferral(at=NINE, referral_id=ID, result="ADMITTED", reason="属于重大事项")
SCREENED = ReferralScreened(referral_id=ID, result="ADMITTED", reason="属于重大事项")
SENT_BACK = SCREENED.model_copy(update={"result": "RETURNED"})
DELIBERATE = DeliberateReferral(
    at=MEETING_AT, referral_id=ID, meeting_id=MEETING, meeting=held.state
)
DELIBERATED = ReferralDeliberated(referral_id=ID, meeting_id=MEETING)
VOTES = Votes(in_favour=5, against=1, abstain=0)
ADOPT = AdoptResolution(
    at=NINE,
    referral_id=ID,
    meeting_id=MEETING,
    meeting=held.state,
    outcome=CommitteeOutcome.APPROVE,
    votes=VOTES,
    minutes=PAPER,
)
ADOPTED = ResolutionAdopted(
    referral_id=ID,
    meeting_id=MEETING,
    outcome=CommitteeOutcome.APPROVE,
    votes=VOTES,
    minutes=PAPER,
)
DEFERRED = ADOPTED.model_copy(update={"outcome": CommitteeOutcome.DEFER})
EXECUTE = ExecuteResolution(at=NINE, referral_id=ID)
EXECUTION = ResolutionExecuted(referral_id=ID, case_no=NO, executed_date=MONDAY, deviation=False)
referred = referral.given(REFERRED)
admitted = referred.given(SCREENED)
deliberated = admitted.given(DELIBERATED)
resolved = admitted.given(ADOPTED)


def test_a_referral_goes_from_the_section_to_the_executed_resolution() -> None:
    referral.when(REFER).then(REFERRED)
    referred.when(SCREEN).then(SCREENED)
    admitted.when(DELIBERATE).then(DELIBERATED)
    deliberated.when(ADOPT).then(ADOPTED)
    resolved.when(EXECUTE).then(EXECUTION)

    assert resolved.given(EXECUTION).state.state == ReferralState.EXECUTED


def test_a_resolution_may_come_at_once() -> None:
    admitted.when(ADOPT).then(ADOPTED)


def test_a_referral_is_made_once() -> None:
    referred.when(REFER).then_rejects(refusals.ReferralAlreadyMade, referral_id=ID)


@pytest.mark.parametrize("history", [admitted, referred.given(SENT_BACK), resolved])
def test_a_referral_is_screened_once(history: DeciderSpec[Referral, AnyCommand]) -> None:
    history.when(SCREEN).then_rejects(refusals.ReferralNotAwaitingScreening)


@pytest.mark.parametrize("history", [referred, referred.given(SENT_BACK), resolved])
def test_the_committee_hears_admitted_referrals_only(
    history: DeciderSpec[Referral, AnyCommand],
) -> None:
    history.when(DELIBERATE).then_rejects(refusals.ReferralNotAdmitted)
    history.when(ADOPT).then_rejects(refusals.ReferralNotAdmitted)


def test_the_committee_deliberates_once_and_again_on_what_it_has_put_off() -> None:
    deliberated.when(DELIBERATE).then_rejects(refusals.ReferralAlreadyDeliberated)
    deliberated.given(DEFERRED).when(DELIBERATE).then(DELIBERATED)


@pytest.mark.parametrize("history", [admitted, deliberated])
def test_a_deferred_referral_comes_before_the_committee_again(
    history: DeciderSpec[Referral, AnyCommand],
) -> None:
    assert history.given(DEFERRED).state == admitted.state
    history.given(DEFERRED).when(ADOPT).then(ADOPTED)


def test_the_committee_may_return_a_referral_to_its_section() -> None:
    returned = ADOPTED.model_copy(update={"outcome": CommitteeOutcome.RETURN_TO_SECTION})

    assert admitted.given(returned).state.state == ReferralState.RETURNED
    assert deliberated.given(returned).state.state == ReferralState.RETURNED


at_a_meeting = pytest.mark.parametrize("command", [DELIBERATE, ADOPT], ids=["deliberate", "adopt"])


@at_a_meeting
def test_nothing_is_deliberated_on_or_resolved_without_a_quorum(
    command: DeliberateReferral | AdoptResolution,
) -> None:
    few = called.given(HELD.model_copy(update={"quorum_ok": False}))

    admitted.when(replace(command, meeting=few.state)).then_rejects(refusals.QuorumMissing)


@at_a_meeting
def test_nothing_is_deliberated_on_or_resolved_before_the_meeting(
    command: DeliberateReferral | AdoptResolution,
) -> None:
    admitted.when(replace(command, meeting=called.state)).then_rejects(refusals.MeetingNotHeld)


@at_a_meeting
@pytest.mark.parametrize(
    "elsewhere",
    [meeting_course.INITIAL, called.given().state, held.state],
    ids=["uncalled", "called", "met"],
)
def test_nothing_is_deliberated_on_or_resolved_that_was_not_on_the_agenda(
    elsewhere: Meeting, command: DeliberateReferral | AdoptResolution
) -> None:
    other = [REFERRED, SCREENED]
    others = referral.given(*(fact.model_copy(update={"referral_id": "other"}) for fact in other))

    others.when(replace(command, referral_id="other", meeting=elsewhere)).then_rejects(
        meeting_refusals.MeetingNotScheduled
    )


@pytest.mark.parametrize("history", [referred, admitted, resolved.given(EXECUTION)])
def test_only_a_resolution_is_executed_and_only_once(
    history: DeciderSpec[Referral, AnyCommand],
) -> None:
    history.when(EXECUTE).then_rejects(refusals.ResolutionNotAdopted)


@pytest.mark.parametrize("command", [SCREEN, DELIBERATE, ADOPT, EXECUTE])
def test_nothing_is_done_about_a_referral_that_nobody_made(command: AnyCommand) -> None:
    referral.when(command).then_rejects(refusals.ReferralUnknown)


def test_a_fact_out_of_turn_leaves_the_referral_where_it_is() -> None:
    assert referred.given(EXECUTION).state == referred.state


def test_a_meeting_is_called_and_then_held() -> None:
    meeting.when(CALL).then(CALLED)
    called.when(HOLD).then(HELD)


def test_a_meeting_gets_another_date_until_it_is_held() -> None:
    move = MoveMeeting(at=NINE, meeting_id=MEETING, referral_ids=(ID, "other"), meeting_at=NINE)
    moved = CALLED.model_copy(update={"referral_ids": (ID, "other"), "meeting_at": NINE})

    called.when(move).then(moved)
    held.when(move).then_rejects(meeting_refusals.MeetingAlreadyHeld)
    meeting.when(move).then_rejects(meeting_refusals.MeetingNotScheduled)
    assert called.given(moved).state.referral_ids == {ID, "other"}


def test_a_meeting_is_called_once_and_held_once() -> None:
    called.when(CALL).then_rejects(meeting_refusals.MeetingAlreadyCalled)
    held.when(HOLD).then_rejects(meeting_refusals.MeetingAlreadyHeld)
    meeting.when(HOLD).then_rejects(meeting_refusals.MeetingNotScheduled)


def test_a_fact_out_of_turn_leaves_the_meeting_where_it_is() -> None:
    assert meeting.given(HELD).state == meeting.state
