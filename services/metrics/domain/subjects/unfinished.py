"""The matter that was not done on the spot (未办成事)."""

from typing import ClassVar

from services.metrics.domain.subjects.subject import Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.unfinished import facts
from shared.contracts.unfinished.course import MATTER


class Matter(Subject, frozen=True, array_like=True, gc=False, tag="matter"):
    """One unfinished matter, from its record to the call back."""

    COURSE: ClassVar[Course] = MATTER
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.MatterResolved})
