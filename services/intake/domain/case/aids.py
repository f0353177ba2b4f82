"""What may be told of a case that went more easily: by credit, by electronic instruments."""

from dataclasses import dataclass
from typing import ClassVar

from services.intake.domain.case.command import CaseCommand
from shared.contracts.credit.facts import CreditGrade, CreditModeApplied
from shared.contracts.credit.words import CreditMode
from shared.contracts.envelope import Fact
from shared.contracts.handling.words import DigitalInstrument
from shared.contracts.instrument.facts import InstrumentAction, InstrumentUsed
from shared.contracts.types import Code, Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCreditMode(CaseCommand):
    """信用应用, each mode once; *seconds_to_decide* of what was decided at once."""

    FACT: ClassVar[type[Fact]] = CreditModeApplied

    mode: CreditMode
    grade: CreditGrade
    materials_saved: Count
    seconds_to_decide: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInstrumentUse(CaseCommand):
    """四电应用, as often as one is used."""

    FACT: ClassVar[type[Fact]] = InstrumentUsed

    instrument: DigitalInstrument
    action: InstrumentAction
    licence_type: Code | None = None
    paper_avoided: bool
