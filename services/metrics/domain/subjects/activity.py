"""The walk of a leader (我陪群众走流程), and the problem that was found on it."""

from collections.abc import Mapping
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.activity.course import PROBLEM, WALKTHROUGH
from shared.contracts.activity.facts import ProblemFound, ProblemResolved, WalkthroughCompleted
from shared.contracts.course import Course
from shared.contracts.envelope import Fact


class Walkthrough(Subject, frozen=True, array_like=True, gc=False, tag="walkthrough"):
    """One walk."""

    COURSE: ClassVar[Course] = WALKTHROUGH
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({WalkthroughCompleted})

    org_code: str = ""
    """Whose leader walked (K21.2)."""
    parts: tuple[str, ...] = ()
    """What the walk was made of (六个一, K21.1)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case WalkthroughCompleted(leader_org=org, parts=parts) if not self.org_code:
                return {"org_code": org.org_code, "parts": tuple(sorted({*parts}))}, True
            case _:
                return {}, True


class Obstacle(Subject, frozen=True, array_like=True, gc=False, tag="problem"):
    """One problem, from its finding to its resolution."""

    COURSE: ClassVar[Course] = PROBLEM
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({ProblemResolved})
    STATED: ClassVar[Mapping[type[Fact], str]] = {ProblemFound: "deadline"}

    org_code: str = ""
    org_name: str = ""
    """Who has to remove it (SLA-38)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case ProblemFound(owner_org=org) if not self.org_code:
                return {"org_code": org.org_code, "org_name": org.org_name}, True
            case _:
                return {}, True
