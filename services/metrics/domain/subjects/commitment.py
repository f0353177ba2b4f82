"""The promise of an applicant (告知承诺, 容缺受理)."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.commitment.facts import (
    PromiseSigned,
    SupplementExpired,
    SupplementReceived,
)
from shared.contracts.course import Course
from shared.contracts.envelope import Fact


class Commitment(Subject, frozen=True, array_like=True, gc=False, tag="commitment"):
    """One promise; *mode* says whether material or the whole proof comes later."""

    COURSE: ClassVar[Course] = COMMITMENT

    mode: str = ""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case PromiseSigned(mode=mode):
                return {"mode": str(mode)}, True
            case _:
                return {}, True

    def ends(self, fact: Fact) -> bool:
        match fact:
            case SupplementExpired() | SupplementReceived(complete=True):
                return True
            case _:
                return False
