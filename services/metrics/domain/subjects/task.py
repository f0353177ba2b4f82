"""The assist task (帮办代办)."""

from typing import ClassVar

from services.metrics.domain.subjects.subject import Subject
from shared.contracts.assist.course import TASK
from shared.contracts.assist.facts import AssistCompleted, AssistDeclined, AssistTerminated
from shared.contracts.course import Course
from shared.contracts.envelope import Fact


class Task(Subject, frozen=True, array_like=True, tag="task"):
    """One request for help, from its submission to its rating."""

    COURSE: ClassVar[Course] = TASK
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset(
        {AssistDeclined, AssistTerminated, AssistCompleted}
    )
