"""The course of an assist task (帮办代办, domain.md 3.6)."""

from enum import StrEnum

from shared.contracts.assist import facts as assist
from shared.contracts.course import ABSENT, Course, leads, stays


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

AT_WORK = (T.ASSIGNED, T.MANDATED, T.ACTIVE)

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
        *leads(assist.MandateSigned, {T.ASSIGNED: T.MANDATED}),
        *leads(assist.AssistStepLogged, dict.fromkeys(AT_WORK, T.ACTIVE)),
        *leads(assist.AssistVisitMade, dict.fromkeys(AT_WORK, T.ACTIVE)),
        *leads(assist.AssistBlocked, dict.fromkeys(AT_WORK, T.BLOCKED)),
        *leads(assist.AssistUnblocked, {T.BLOCKED: T.ACTIVE}),
        *leads(assist.AssistTerminated, dict.fromkeys((*AT_WORK, T.BLOCKED), T.TERMINATED)),
        *leads(assist.AssistRenewed, {T.TERMINATED: T.ACTIVE}),
        *leads(assist.AssistCompleted, dict.fromkeys(AT_WORK, T.COMPLETED)),
        *leads(assist.AssistRated, {T.COMPLETED: T.RATED}),
    ),
)
