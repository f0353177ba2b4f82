"""A rectification (整改): opened by a bad rating, closed when the reviewer was asked."""

from dataclasses import replace

import pytest

from services.review.domain.rectification import refusals
from services.review.domain.rectification.commands import (
    AnyCommand,
    AssignRectification,
    CloseRectification,
    CompleteMeasure,
    ExtendDeadline,
    FollowUp,
    OpenRectification,
    RecordContact,
    RecordFinding,
    ReopenRectification,
    SendFeedback,
    StrikeOut,
)
from services.review.domain.rectification.decide import decide
from services.review.domain.rectification.states import INITIAL, Rectification, evolve
from shared.contracts.envelope import Fact
from shared.contracts.rectification.course import RectificationState
from shared.contracts.rectification.facts import (
    ContactMade,
    RectificationAssigned,
    RectificationClosed,
)
from shared.contracts.rectification.words import VerifyFinding
from shared.contracts.review.words import BadReviewCause, Satisfaction
from tests.support.decider import DeciderSpec
from tests.support.ratings import (
    BUREAU,
    CALLED,
    CASE,
    CLOSED,
    DISSATISFIED,
    EXTENDED,
    FOUND,
    LEDGER,
    NINE,
    OPENED,
    RECT,
    REMOVED,
    REOPENED,
    REVIEW,
    SATISFIED,
    TOLD,
    UNREACHED,
)

Story = DeciderSpec[Rectification, AnyCommand]
TODAY = NINE.date()

OPEN = OpenRectification(
    at=NINE,
    rect_id=RECT,
    review_id=REVIEW,
    case_no=CASE,
    level=Satisfaction.DISSATISFIED,
    real_name=True,
    responsible_org=BUREAU,
)
ASSIGN = AssignRectification(
    at=NINE, rect_id=RECT, assignee="st-0088", due_contact=TODAY, due_rectify=TODAY
)
ASSIGNED = RectificationAssigned(
    rect_id=RECT, assignee="st-0088", due_contact=TODAY, due_rectify=TODAY
)
CALL = RecordContact(at=NINE, rect_id=RECT, reached=True, method="PHONE")
FIND = RecordFinding(
    at=NINE,
    rect_id=RECT,
    finding=VerifyFinding.FIX_NOW,
    cause=BadReviewCause.EFFICIENCY,
    attempts_enough=3,
)
FILE = replace(FIND, finding=VerifyFinding.LEDGER, ledger_no="TZ-7")
EXTEND = ExtendDeadline(at=NINE, rect_id=RECT, days=5, reason="需协调供应商", approved_by="st-0001")
REMOVE = CompleteMeasure(at=NINE, rect_id=RECT, measures="增设取件窗口", systemic_fix=True)
TELL = SendFeedback(at=NINE, rect_id=RECT, public_reply=False)
ASK = FollowUp(at=NINE, rect_id=RECT, reached=True, result="SATISFIED")
STRIKE_OUT = StrikeOut(at=NINE, rect_id=RECT, on_time=True)
CLOSE = CloseRectification(at=NINE, rect_id=RECT, on_time=True)
REOPEN = ReopenRectification(at=NINE, rect_id=RECT, reason="取件仍需排队")
STEPS = [ASSIGN, CALL, FIND, EXTEND, REMOVE, TELL, ASK, CLOSE, REOPEN]

absent = Story(INITIAL, decide, evolve)
opened = absent.given(OPENED)
contacted = opened.given(CALLED)
verified = contacted.given(FOUND)
filed = contacted.given(LEDGER)
removed = verified.given(REMOVED)
told = removed.given(TOLD)
satisfied = told.given(SATISFIED)
dissatisfied = told.given(DISSATISFIED)
closed = satisfied.given(CLOSED)


def missed(attempt: int) -> ContactMade:
    return ContactMade(rect_id=RECT, reached=False, attempt_no=attempt, method="PHONE")


def test_a_bad_rating_is_answered_step_by_step() -> None:
    absent.when(OPEN).then(OPENED)
    opened.when(ASSIGN).then(ASSIGNED)
    opened.when(CALL).then(CALLED)
    contacted.when(FIND).then(FOUND)
    verified.when(REMOVE).then(REMOVED)
    removed.when(TELL).then(TOLD)
    told.when(ASK).then(SATISFIED)
    satisfied.when(CLOSE).then(CLOSED)

    assert closed.state.state == RectificationState.CLOSED


@pytest.mark.parametrize("story", [opened, contacted, verified, removed, told, satisfied, closed])
def test_asking_again_to_open_it_opens_no_second_one(story: Story) -> None:
    story.when(OPEN).then()


def test_an_assignment_does_not_hold_up_what_follows() -> None:
    opened.given(ASSIGNED).when(CALL).then(CALLED)
    contacted.given(ASSIGNED).when(FIND).then(FOUND)


def test_each_call_counts() -> None:
    opened.given(missed(1)).when(CALL).then(CALLED.model_copy(update={"attempt_no": 2}))

    assert contacted.given(CALLED).state == Rectification(
        state=RectificationState.CONTACTED, org=BUREAU.org_code, attempts=2
    )


def test_three_calls_in_vain_are_enough_to_go_on() -> None:
    twice = opened.given(missed(1), missed(2))

    twice.when(FIND).then_rejects(refusals.ReviewerNotContacted)
    twice.given(missed(3)).when(FIND).then(FOUND)


@pytest.mark.parametrize("story", [opened, contacted, verified, removed, told, satisfied])
def test_an_order_whose_rating_is_struck_out_is_over_wherever_it_stands(story: Story) -> None:
    ended = RectificationClosed(rect_id=RECT, on_time=True, reopened_times=0, struck_out=True)
    story.when(STRIKE_OUT).then(ended)

    assert story.given(ended).state.state == RectificationState.CLOSED
    story.given(ended).when(STRIKE_OUT).then_rejects(refusals.RectificationClosedBefore)


def test_how_often_is_enough_the_rules_say() -> None:
    once = opened.given(missed(1))

    once.when(replace(FIND, attempts_enough=1)).then(FOUND)
    once.when(replace(FIND, attempts_enough=2)).then_rejects(refusals.ReviewerNotContacted)


def test_what_is_kept_in_the_ledger_has_a_number_there() -> None:
    contacted.when(FILE).then(LEDGER)
    contacted.when(replace(FILE, ledger_no=None)).then_rejects(refusals.LedgerNumberMissing)


def test_a_simple_cause_may_turn_out_complex() -> None:
    verified.when(FILE).then(LEDGER)

    assert verified.given(LEDGER).state.finding is VerifyFinding.LEDGER


def test_more_time_is_given_for_the_ledger_alone() -> None:
    filed.when(EXTEND).then(EXTENDED)

    assert filed.given(EXTENDED).state == filed.state


@pytest.mark.parametrize("story", [opened, contacted, verified, filed.given(REMOVED)])
def test_nothing_else_is_extended(story: Story) -> None:
    story.when(EXTEND).then_rejects(refusals.DeadlineNotExtendable)


@pytest.mark.parametrize("story", [opened, contacted])
def test_nothing_is_put_right_before_its_cause_is_known(story: Story) -> None:
    story.when(REMOVE).then_rejects(refusals.CauseNotVerified)


@pytest.mark.parametrize("story", [removed, told, satisfied])
def test_a_cause_is_removed_once(story: Story) -> None:
    story.when(REMOVE).then_rejects(refusals.MeasureAlreadyCompleted)
    story.when(FIND).then_rejects(refusals.MeasureAlreadyCompleted)


def test_the_reviewer_is_told_once_and_when_it_is_done() -> None:
    verified.when(TELL).then_rejects(refusals.MeasureNotCompleted)
    told.when(TELL).then_rejects(refusals.FeedbackAlreadySent)
    satisfied.when(TELL).then_rejects(refusals.FeedbackAlreadySent)


def test_the_reviewer_is_asked_when_told_and_until_reached() -> None:
    removed.when(ASK).then_rejects(refusals.FeedbackNotSent)
    told.given(UNREACHED).when(ASK).then(SATISFIED)
    satisfied.when(ASK).then_rejects(refusals.AlreadyFollowedUp)


@pytest.mark.parametrize("story", [opened, contacted, verified, removed, told])
@pytest.mark.parametrize("ending", [CLOSE, REOPEN])
def test_nothing_ends_before_the_reviewer_was_asked(story: Story, ending: AnyCommand) -> None:
    story.when(ending).then_rejects(refusals.NotFollowedUp)


def test_it_starts_again_where_the_reviewer_is_still_dissatisfied() -> None:
    dissatisfied.when(REOPEN).then(REOPENED)
    again = dissatisfied.given(REOPENED)
    again.when(FIND).then(FOUND)
    ended = again.given(FOUND, REMOVED, TOLD, SATISFIED)
    ended.when(CLOSE).then(RectificationClosed(rect_id=RECT, on_time=True, reopened_times=1))

    assert again.state.state == RectificationState.REOPENED
    assert again.state.reopened_times == 1


@pytest.mark.parametrize("story", [satisfied, told.given(UNREACHED)])
def test_it_does_not_start_again_for_nothing(story: Story) -> None:
    story.when(REOPEN).then_rejects(refusals.ReviewerNotDissatisfied)


@pytest.mark.parametrize("command", STEPS)
def test_nothing_is_done_about_what_nobody_ordered(command: AnyCommand) -> None:
    absent.when(command).then_rejects(refusals.RectificationUnknown)


@pytest.mark.parametrize("command", STEPS)
def test_nothing_is_done_about_what_is_closed(command: AnyCommand) -> None:
    closed.when(command).then_rejects(refusals.RectificationClosedBefore)


def test_facts_without_an_order_make_none() -> None:
    assert absent.given(CALLED, FOUND, CLOSED).state == absent.state


def test_another_system_may_close_it_without_our_steps() -> None:
    assert opened.given(CLOSED).state.state == RectificationState.CLOSED


@pytest.mark.parametrize("fact", [CALLED, FOUND, REMOVED, EXTENDED])
def test_what_another_system_says_too_late_leads_nowhere_back(fact: Fact) -> None:
    assert told.given(fact).state.state == RectificationState.FED_BACK


@pytest.mark.parametrize("story", [contacted, verified, removed, told, dissatisfied])
def test_only_a_reopening_leads_back(story: Story) -> None:
    again = story.given(REOPENED).state

    assert (again.state, again.reopened_times) == (RectificationState.REOPENED, 1)


def test_what_is_closed_stays_closed() -> None:
    assert closed.given(REOPENED, CALLED).state == closed.state
