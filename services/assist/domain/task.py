"""The course of an assist task: its states, what may happen in each, and what that makes of it."""

from dataclasses import dataclass
from typing import TypeVar, assert_never

from services.assist.domain import refusals
from services.assist.domain.commands import (
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
    Work,
)
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
    Blocker,
    MandateSigned,
)
from shared.contracts.assist.words import AssistMode
from shared.contracts.envelope import Fact


@dataclass(frozen=True, slots=True)
class Absent:
    """Nobody asked for help under this id."""


@dataclass(frozen=True, slots=True)
class Requested:
    """The centre has yet to answer."""

    mode: AssistMode


@dataclass(frozen=True, slots=True)
class Declined:
    """The centre does not take it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The centre takes it; nobody answers for it yet."""

    mode: AssistMode


@dataclass(frozen=True, slots=True)
class Assigned:
    """An agent waits for the mandate."""


@dataclass(frozen=True, slots=True)
class Active:
    """An agent is at work."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The agent waits for somebody."""

    blocker: Blocker


@dataclass(frozen=True, slots=True)
class Terminated:
    """It ended early."""


@dataclass(frozen=True, slots=True)
class Completed:
    """It is done."""


@dataclass(frozen=True, slots=True)
class Rated:
    """It is done, and the person helped has said how."""


Task = (
    Absent
    | Requested
    | Declined
    | Accepted
    | Assigned
    | Active
    | Blocked
    | Terminated
    | Completed
    | Rated
)
INITIAL: Task = Absent()

S = TypeVar("S")


def decide(task: Task, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the task, or raise what stands in its way."""
    return [_decided(task, command)]


def _decided(task: Task, command: AnyCommand) -> Fact:  # noqa: C901, PLR0911 - the contents
    match command:
        case RequestAssist():
            return _request(task, command)
        case AcceptTask():
            _require(task, Requested, refusals.TaskAlreadyAnswered)
            return command.stated(AssistAccepted)
        case DeclineTask():
            _require(task, Requested, refusals.TaskAlreadyAnswered)
            return command.stated(AssistDeclined)
        case AssignAgent():
            return _assign(task, command)
        case SignMandate():
            _require(task, Assigned, refusals.MandateNotAwaited)
            return command.stated(MandateSigned)
        case LogStep() | MakeVisit() | BlockTask() | CompleteTask():
            return _work(task, command)
        case UnblockTask():
            blocked = _require(task, Blocked, refusals.TaskNotBlocked)
            return command.stated(AssistUnblocked, blocker=blocked.blocker)
        case TerminateTask():
            return _terminate(task, command)
        case RenewTask():
            _require(task, Terminated, refusals.TaskNotTerminated)
            return command.stated(AssistRenewed)
        case RateTask():
            return _rate(task, command)
        case _:
            assert_never(command)


def evolve(task: Task, fact: Fact) -> Task:
    """Return the task after *fact*; one without a legal transition leaves it."""
    match task, fact:
        case Absent(), AssistRequested():
            return Requested(fact.mode)
        case Requested(mode), AssistAccepted():
            return Accepted(mode)
        case Requested(), AssistDeclined():
            return Declined()
        case Accepted(AssistMode.PROXY), AgentAssigned():
            return Assigned()
        case (Accepted(), AgentAssigned()) | (Assigned(), MandateSigned()):
            return Active()
        case _:
            return _evolve_work(task, fact)


def _evolve_work(task: Task, fact: Fact) -> Task:
    match task, fact:
        case Active(), AssistBlocked():
            return Blocked(fact.blocker)
        case (Blocked(), AssistUnblocked()) | (Terminated(), AssistRenewed()):
            return Active()
        case ((Active() | Blocked()), AssistTerminated()):
            return Terminated()
        case Active(), AssistCompleted():
            return Completed()
        case Completed(), AssistRated():
            return Rated()
        case _:
            return task


def _request(task: Task, command: RequestAssist) -> AssistRequested:
    if not isinstance(task, Absent):
        raise refusals.TaskAlreadyRequested(task_id=command.task_id)
    return command.stated(AssistRequested)


def _assign(task: Task, command: AssignAgent) -> AgentAssigned:
    if not isinstance(task, Accepted | Assigned | Active | Blocked):
        raise _not_under_way(task)
    return command.stated(AgentAssigned)


def _work(task: Task, command: Work) -> Fact:
    if not isinstance(task, Active):
        raise _not_under_way(task)
    match command:
        case LogStep():
            return command.stated(AssistStepLogged)
        case MakeVisit():
            return command.stated(AssistVisitMade)
        case BlockTask():
            return command.stated(AssistBlocked)
        case CompleteTask():
            return command.stated(AssistCompleted, completed_date=command.on)
        case _:
            assert_never(command)


def _terminate(task: Task, command: TerminateTask) -> AssistTerminated:
    if not isinstance(task, Active | Blocked):
        raise _not_under_way(task)
    return command.stated(AssistTerminated)


def _rate(task: Task, command: RateTask) -> AssistRated:
    if isinstance(task, Rated):
        raise refusals.TaskAlreadyRated
    _require(task, Completed, refusals.TaskNotCompleted)
    return command.stated(AssistRated)


def _require(task: Task, state: type[S], otherwise: type[refusals.AssistRejection]) -> S:
    if isinstance(task, state):
        return task
    raise refusals.TaskUnknown if isinstance(task, Absent) else otherwise


def _not_under_way(task: Task) -> refusals.AssistRejection:
    match task:
        case Absent():
            return refusals.TaskUnknown()
        case Requested() | Accepted():
            return refusals.TaskNotAccepted()
        case Assigned():
            return refusals.MandateMissing()
        case Blocked():
            return refusals.TaskBlocked()
        case _:
            return refusals.TaskOver()
