"""The rectification: how a bad rating is answered (差评整改)."""

from typing import ClassVar

from services.metrics.domain.subjects.subject import Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.rectification.course import RECTIFICATION
from shared.contracts.rectification.facts import RectificationClosed


class Rectification(Subject, frozen=True, array_like=True, tag="rectification"):
    """One order to put right what a rating complained of."""

    COURSE: ClassVar[Course] = RECTIFICATION
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({RectificationClosed})
