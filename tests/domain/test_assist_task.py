"""An assist task (帮办代办), from the request to the rating."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.assist.domain.task import refusals
from services.assist.domain.task.commands import (
    AcceptTask,
    AnyCommand,
    AssignAgent,
    BlockTask,
    CompleteTask,
    DeclineTask,
    LogStep,
    MakeVisit,
    RateTask,
    RenewTask,
    RequestAssist,
    SignMandate,
    TerminateTask,
    UnblockTask,
)
from services.assist.domain.task.decide import decide
from services.assist.domain.task.states import INITIAL, Task, evolve
from shared.contracts.assist.course import TaskState
from shared.contracts.assist.facts import (
    AgentAssigned,
    AssistAccepted,
    AssistBlocked,
    AssistCompleted,
    AssistDeclined,
    AssistRated,
    AssistRenewed,
    AssistRequested,
    AssistStepLogged,
    AssistTerminated,
    AssistUnblocked,
    AssistVisitMade,
    MandateSigned,
)
from shared.contracts.assist.words import AgentTier, AssistKind, AssistMode, AssistStage
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import Doc, PartyRef
from shared.contracts.words import PartyType
from tests.support.decider import DeciderSpec

NINE = datetime(2024, 9, 2, 1, 0, tzinfo=UTC)
"""Nine o'clock in Xi'an."""
MONDAY = date(2024, 9, 2)
ID, CASE, ITEM, AGENT = "BB-1", "XC20240902000017", "000117051000", "st-0900"
PARTY = PartyRef(party_token="party-1", party_type=PartyType.ENTERPRISE)
PAPER = Doc(doc_type="MANDATE", doc_no="2024-1")

Story = DeciderSpec[Task, AnyCommand]
task = Story(INITIAL, decide, evolve)

REQUEST = RequestAssist(
    at=NINE,
    task_id=ID,
    kind=AssistKind.KEY_PROJECT,
    mode=AssistMode.HELP,
    party=PARTY,
    system="WINDOW",
    item_codes=(ITEM,),
)
REQUESTED = AssistRequested(
    task_id=ID,
    kind=AssistKind.KEY_PROJECT,
    mode=AssistMode.HELP,
    party=PARTY,
    system="WINDOW",
    item_codes=(ITEM,),
)
PROXY_REQUESTED = REQUESTED.model_copy(update={"mode": AssistMode.PROXY})
ACCEPT, ACCEPTED = AcceptTask(at=NINE, task_id=ID), AssistAccepted(task_id=ID)
DECLINE = DeclineTask(at=NINE, task_id=ID, reason="不在帮办范围")
DECLINED = AssistDeclined(task_id=ID, reason="不在帮办范围")
ASSIGN = AssignAgent(at=NINE, task_id=ID, agent_id=AGENT, tier=AgentTier.STREET)
ASSIGNED = AgentAssigned(task_id=ID, agent_id=AGENT, tier=AgentTier.STREET)
SIGN = SignMandate(at=NINE, task_id=ID, scope=(ITEM,), document=PAPER)
SIGNED = MandateSigned(task_id=ID, scope=(ITEM,), document=PAPER)
LOG = LogStep(at=NINE, task_id=ID, stage=AssistStage.COORDINATION, case_no=CASE)
LOGGED = AssistStepLogged(task_id=ID, stage=AssistStage.COORDINATION, case_no=CASE)
VISIT = MakeVisit(at=NINE, task_id=ID, agent_id=AGENT, place="HOME", arrived_at=NINE)
VISITED = AssistVisitMade(task_id=ID, agent_id=AGENT, place="HOME", arrived_at=NINE)
BLOCK = BlockTask(at=NINE, task_id=ID, blocker="SUPERIOR", reason="等待市级批复")
BLOCKED = AssistBlocked(task_id=ID, blocker="SUPERIOR", reason="等待市级批复")
UNBLOCK = UnblockTask(at=NINE, task_id=ID, reason="已批复")
UNBLOCKED = AssistUnblocked(task_id=ID, blocker="SUPERIOR", reason="已批复")
TERMINATE = TerminateTask(at=NINE, task_id=ID, document=PAPER)
TERMINATED = AssistTerminated(task_id=ID, document=PAPER)
RENEW = RenewTask(at=NINE, task_id=ID, document=PAPER)
RENEWED = AssistRenewed(task_id=ID, document=PAPER)
COMPLETE = CompleteTask(at=NINE, task_id=ID, case_nos=(CASE,), on_time=True)
COMPLETED = AssistCompleted(task_id=ID, case_nos=(CASE,), completed_date=MONDAY, on_time=True)
RATE = RateTask(at=NINE, task_id=ID, level=Satisfaction.SATISFIED, real_name=True)
RATED = AssistRated(task_id=ID, level=Satisfaction.SATISFIED, real_name=True)

requested = task.given(REQUESTED)
declined = requested.given(DECLINED)
accepted = requested.given(ACCEPTED)
assigned = task.given(PROXY_REQUESTED, ACCEPTED, ASSIGNED)
active = accepted.given(ASSIGNED)
blocked = active.given(BLOCKED)
terminated = active.given(TERMINATED)
completed = active.given(COMPLETED)
rated = completed.given(RATED)


def test_help_goes_from_the_request_to_the_rating() -> None:
    task.when(REQUEST).then(REQUESTED)
    requested.when(ACCEPT).then(ACCEPTED)
    accepted.when(ASSIGN).then(ASSIGNED)
    active.when(LOG).then(LOGGED)
    active.when(VISIT).then(VISITED)
    active.when(BLOCK).then(BLOCKED)
    active.when(COMPLETE).then(COMPLETED)
    completed.when(RATE).then(RATED)

    assert rated.state.state == TaskState.RATED


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (requested, TaskState.REQUESTED),
        (declined, TaskState.DECLINED),
        (accepted, TaskState.ACCEPTED),
        (assigned, TaskState.ASSIGNED),
        (active, TaskState.ASSIGNED),
        (active.given(LOGGED), TaskState.ACTIVE),
        (blocked, TaskState.BLOCKED),
        (terminated, TaskState.TERMINATED),
        (completed, TaskState.COMPLETED),
    ],
)
def test_each_step_has_its_state(story: Story, state: TaskState) -> None:
    assert story.state.state == state


def test_acting_for_somebody_waits_for_the_mandate() -> None:
    for command in (LOG, VISIT, BLOCK, COMPLETE, TERMINATE):
        assigned.when(command).then_rejects(refusals.MandateMissing)
    assigned.when(SIGN).then(SIGNED)

    assert assigned.given(SIGNED).state.state == TaskState.MANDATED


def test_another_agent_may_take_over() -> None:
    other = replace(ASSIGN, agent_id="st-0901")
    assigned_other = ASSIGNED.model_copy(update={"agent_id": "st-0901"})

    active.when(other).then(assigned_other)
    assigned.when(other).then(assigned_other)
    blocked.when(other).then(assigned_other)

    assert blocked.given(assigned_other).state == blocked.state


def test_who_unblocks_a_task_ends_the_wait_for_whom_it_waited() -> None:
    blocked.when(UNBLOCK).then(UNBLOCKED)

    assert blocked.given(UNBLOCKED).state.state == TaskState.ACTIVE


@pytest.mark.parametrize("story", [active, blocked])
def test_a_task_may_end_early_and_be_taken_up_again(story: Story) -> None:
    story.when(TERMINATE).then(TERMINATED)
    story.given(TERMINATED).when(RENEW).then(RENEWED)

    assert story.given(TERMINATED, RENEWED).state.state == TaskState.ACTIVE


def test_the_centre_owes_a_reason_for_declining() -> None:
    requested.when(DECLINE).then(DECLINED)


def test_a_task_is_requested_once() -> None:
    requested.when(REQUEST).then_rejects(refusals.TaskAlreadyRequested, task_id=ID)


@pytest.mark.parametrize("story", [accepted, declined, active])
@pytest.mark.parametrize("answer", [ACCEPT, DECLINE])
def test_a_request_is_answered_once(story: Story, answer: AnyCommand) -> None:
    story.when(answer).then_rejects(refusals.TaskAlreadyAnswered)


@pytest.mark.parametrize("command", [LOG, VISIT, BLOCK, COMPLETE, TERMINATE])
def test_nothing_is_done_before_an_agent_answers_for_it(command: AnyCommand) -> None:
    requested.when(command).then_rejects(refusals.TaskNotAccepted)
    accepted.when(command).then_rejects(refusals.TaskNotAccepted)


def test_nobody_answers_for_a_request_that_the_centre_has_not_taken() -> None:
    requested.when(ASSIGN).then_rejects(refusals.TaskNotAccepted)
    declined.when(ASSIGN).then_rejects(refusals.TaskOver)


@pytest.mark.parametrize("command", [LOG, VISIT, BLOCK, COMPLETE])
def test_a_task_that_waits_is_neither_worked_on_nor_done(command: AnyCommand) -> None:
    blocked.when(command).then_rejects(refusals.TaskBlocked)


@pytest.mark.parametrize("story", [declined, terminated, completed, rated])
def test_what_is_over_is_not_worked_on(story: Story) -> None:
    story.when(LOG).then_rejects(refusals.TaskOver)


@pytest.mark.parametrize("story", [accepted, active, completed])
def test_a_mandate_is_signed_where_one_is_awaited(story: Story) -> None:
    story.when(SIGN).then_rejects(refusals.MandateNotAwaited)


def test_only_what_waits_goes_on_and_only_what_ended_is_renewed() -> None:
    active.when(UNBLOCK).then_rejects(refusals.TaskNotBlocked)
    active.when(RENEW).then_rejects(refusals.TaskNotTerminated)


def test_help_is_rated_when_it_is_done_and_once() -> None:
    active.when(RATE).then_rejects(refusals.TaskNotCompleted)
    rated.when(RATE).then_rejects(refusals.TaskAlreadyRated)


@pytest.mark.parametrize("command", [ACCEPT, ASSIGN, SIGN, LOG, UNBLOCK, TERMINATE, RENEW, RATE])
def test_nothing_is_done_about_a_task_that_nobody_asked_for(command: AnyCommand) -> None:
    task.when(command).then_rejects(refusals.TaskUnknown)


def test_the_day_of_completion_is_the_bureaus() -> None:
    late_evening = NINE + timedelta(hours=16)

    (fact,) = active.when(replace(COMPLETE, at=late_evening)).facts()

    assert fact == COMPLETED.model_copy(update={"completed_date": date(2024, 9, 3)})


def test_a_fact_out_of_turn_leaves_the_task_where_it_is() -> None:
    assert requested.given(RATED, UNBLOCKED, SIGNED).state == requested.state
