"""The agency in the supermarket of intermediaries (中介机构)."""

from collections.abc import Mapping
from typing import ClassVar

from services.metrics.domain.subjects.subject import Subject
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.intermediary import facts
from shared.contracts.intermediary.course import AGENCY


class Agency(Subject, frozen=True, array_like=True, gc=False, tag="agency"):
    """One agency, from its application to its removal."""

    COURSE: ClassVar[Course] = AGENCY
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({facts.AgencyRefused, facts.AgencyAdmitted})
    EFFECTIVE: ClassVar[Mapping[type[Fact], str]] = {facts.AgencyApplied: "date"}
