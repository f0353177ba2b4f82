"""The courses of a task (帮办代办, catalogue 3.6), a project, an agent, the service list."""

from collections.abc import Iterator
from enum import StrEnum

from shared.contracts.assist import facts as assist
from shared.contracts.assist.words import AssistKind, AssistMode
from shared.contracts.course import ABSENT, Course, Guard, Row, leads, stays
from shared.contracts.envelope import Fact


class TaskState(StrEnum):
    """Where an assist task stands."""

    ABSENT = ABSENT
    REQUESTED = "REQUESTED"
    ACCEPTED = "ACCEPTED"
    ASSIGNED = "ASSIGNED"
    MANDATED = "MANDATED"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"
    DECLINED = "DECLINED"
    TERMINATED = "TERMINATED"
    COMPLETED = "COMPLETED"
    RATED = "RATED"


T = TaskState

AT_HOME = Guard("at_home", lambda fact: fact.mode is AssistMode.HOME_VISIT)
KEY_PROJECT = Guard("key_project", lambda fact: fact.kind is AssistKind.KEY_PROJECT)

DONE = frozenset({T.COMPLETED, T.RATED})
"""States in which the help was given."""


def _work(fact: type[Fact], target: TaskState) -> Iterator[Row]:
    """Yield the rows of a *fact* of an agent at work, who may need a mandate for it first."""
    yield from leads(fact, {T.ASSIGNED: target}, unless=("mandate_missing",))
    yield from leads(fact, {T.MANDATED: target, T.ACTIVE: target})


TASK = Course(
    "assist",
    "task_id",
    tuple((state,) for state in T),
    (
        *leads(assist.AssistRequested, {T.ABSENT: T.REQUESTED}),
        *leads(assist.AssistAccepted, {T.REQUESTED: T.ACCEPTED}),
        *leads(assist.AssistDeclined, {T.REQUESTED: T.DECLINED}),
        *leads(assist.AgentAssigned, {T.ACCEPTED: T.ASSIGNED, T.ASSIGNED: T.ASSIGNED}),
        # Another takes over.
        *stays(assist.AgentAssigned, (T.MANDATED, T.ACTIVE, T.BLOCKED)),
        *leads(assist.MandateSigned, {T.ASSIGNED: T.MANDATED}, unless=("mandate_not_awaited",)),
        *_work(assist.AssistStepLogged, T.ACTIVE),
        *_work(assist.AssistVisitMade, T.ACTIVE),
        *_work(assist.AssistBlocked, T.BLOCKED),
        *leads(assist.AssistUnblocked, {T.BLOCKED: T.ACTIVE}),
        *_work(assist.AssistTerminated, T.TERMINATED),
        *leads(assist.AssistTerminated, {T.BLOCKED: T.TERMINATED}),
        *leads(assist.AssistRenewed, {T.TERMINATED: T.ACTIVE}),
        *_work(assist.AssistCompleted, T.COMPLETED),
        *leads(assist.AssistRated, {T.COMPLETED: T.RATED}),
    ),
    marks=((assist.AssistRequested, AT_HOME), (assist.AssistRequested, KEY_PROJECT)),
    prefix="BB",
)


class ProjectState(StrEnum):
    """Whether a key project stands on the list."""

    ABSENT = ABSENT
    ENROLLED = "ENROLLED"


P = ProjectState

PROJECT = Course(
    "project",
    "project_id",
    tuple((state,) for state in P),
    (
        *leads(assist.ProjectEnrolled, {P.ABSENT: P.ENROLLED}),
        # Once more, with what was missing.
        *stays(assist.ProjectEnrolled, (P.ENROLLED,)),
        *stays(assist.MilestoneReached, (P.ENROLLED,), unless=("milestone_already_reached",)),
    ),
    prefix="XM",
)


class AgentState(StrEnum):
    """Whether an agent helps."""

    ABSENT = ABSENT
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


A = AgentState

ACTIVE = Guard("active", lambda fact: fact.active)

AGENT = Course(
    "agent",
    "agent",
    ((A.ABSENT,), (A.ACTIVE, A.INACTIVE)),
    (
        *leads(assist.AgentRegistered, dict.fromkeys(A, A.ACTIVE), ACTIVE),
        *leads(assist.AgentRegistered, dict.fromkeys(A, A.INACTIVE)),
    ),
)


class ServiceListState(StrEnum):
    """Whether the list was ever published."""

    ABSENT = ABSENT
    PUBLISHED = "PUBLISHED"


S = ServiceListState

SERVICE_LIST = Course(
    "servicelist",
    "servicelist",
    tuple((state,) for state in S),
    (
        *leads(assist.ServiceListUpdated, {S.ABSENT: S.PUBLISHED}),
        *stays(
            assist.ServiceListUpdated, (S.PUBLISHED,), unless=("service_list_version_published",)
        ),
    ),
)
