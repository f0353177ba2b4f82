"""What may be asked of a pause of a case, and of the hearing for which one is opened."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.domain.case.command import CaseCommand, DatedCommand
from shared.contracts.envelope import Fact
from shared.contracts.handling import facts as handling
from shared.contracts.handling.words import HoldBasis, HoldReason
from shared.contracts.moments import MeantDay
from shared.contracts.types import ActorId, Count, Doc, Identifier, LongProse, Several
from shared.contracts.words import ClockName


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHold(CaseCommand):
    """特别程序, or another pause; *off_guide* says that the item's guide does not allow it."""

    FACT: ClassVar[type[Fact]] = handling.HoldOpened

    hold_id: Identifier
    reason: HoldReason
    basis: HoldBasis
    pauses: Several[ClockName]
    expected_days: Count | None = None
    written_notice: Doc
    requested_by: ActorId
    approved_by: ActorId
    off_guide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseHold(CaseCommand):
    """特别程序结束."""

    FACT: ClassVar[type[Fact]] = handling.HoldClosed

    hold_id: Identifier
    result: LongProse | None = None
    opinion: LongProse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHearing(DatedCommand):
    """告知听证权利: from then on the applicant has five days to ask for a hearing."""

    FACT: ClassVar[type[Fact]] = handling.HearingOffered

    notice: Doc
    told_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceHearing(DatedCommand):
    """听证通知, of the hearing for which the hold *hold_id* was opened."""

    FACT: ClassVar[type[Fact]] = handling.HearingAnnounced

    hold_id: Identifier
    hearing_date: MeantDay
    notice: Doc
    notified_date: MeantDay | None = None
