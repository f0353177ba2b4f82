"""The joint case (一件事一次办): what several organisations decide under one form."""

from collections.abc import Mapping
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from services.metrics.domain.subjects.terms import Ending, Extension
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.joint import facts
from shared.contracts.joint.course import JOINT
from shared.contracts.moments import is_meant


class JointCase(Subject, frozen=True, array_like=True, gc=False, tag="joint"):
    """One joint case; its sub-cases have dossiers of their own."""

    COURSE: ClassVar[Course] = JOINT
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.JointCaseClosed})
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {facts.JointExtensionApproved: "approved_date"}

    org_code: str = ""
    org_name: str = ""
    """Which organisation leads: it answers for the whole (SLA-06)."""
    closing: Ending | None = None
    """The day of the last decision in it (SLA-06)."""
    extensions: tuple[Extension, ...] = ()
    """When the government gave it more time, and how many days (SLA-06)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case facts.JointCaseOpened(lead_org=org) if not self.org_code:
                return {"org_code": org.org_code, "org_name": org.org_name}, True
            case facts.JointExtensionApproved(approved_date=day, days=days):
                extension = Extension(day, days, entry.id)
                return {"extensions": (*self.extensions, extension)}, not self.extensions
            case facts.JointCaseClosed(closed_date=day) if self.closing is None:
                if not is_meant(day):
                    return {}, False
                return {"closing": Ending(day, entry.time, entry.id, decided=True)}, True
            case _:
                return {}, True
