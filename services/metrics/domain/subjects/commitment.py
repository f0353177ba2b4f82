"""The promise of an applicant (告知承诺, 容缺受理)."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.commitment.facts import (
    PromiseSigned,
    SupplementExpired,
    SupplementReceived,
    VerificationCompleted,
)
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.contracts.moments import is_meant
from shared.policy.calendar import business_date


class Commitment(Subject, frozen=True, array_like=True, gc=False, tag="commitment"):
    """One promise; *mode* says whether material or the whole proof comes later."""

    COURSE: ClassVar[Course] = COMMITMENT

    mode: str = ""
    technique: str = ""
    """What the promise replaces (K16.2)."""
    promised_on: date | None = None
    """Until when what is missing was promised (K16.3)."""
    found: str = ""
    verified_on: date | None = None
    """Whether it was kept, as was found first afterwards, and when (K16.4)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case PromiseSigned(mode=mode, technique=technique, promise_date=promised_on):
                meant = promised_on is None or is_meant(promised_on)
                return {
                    "mode": str(mode),
                    "technique": technique.value,
                    "promised_on": promised_on if meant else None,
                }, meant
            case VerificationCompleted(result=found) if not self.found:
                return {"found": found, "verified_on": business_date(entry.time)}, True
            case _:
                return {}, True

    def ends(self, fact: Fact) -> bool:
        match fact:
            case SupplementExpired() | SupplementReceived(complete=True):
                return True
            case _:
                return False
