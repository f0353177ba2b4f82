"""What electronic instruments are used for in a case (四电, catalogue 4.9)."""

from typing import ClassVar, Literal

from shared.contracts.handling.words import DigitalInstrument
from shared.contracts.intake.facts import CaseFact
from shared.contracts.types import Code

InstrumentAction = Literal["ISSUED", "REUSED", "SEALED", "SIGNED", "FILED"]
"""制发, 复用, 签章, 签名, 归档."""


class InstrumentUsed(CaseFact):
    """An electronic certificate, seal, signature or archive was used in the case (四电应用)."""

    TYPE: ClassVar[str] = "casetrack.instrument.use.recorded.v1"

    instrument: DigitalInstrument
    action: InstrumentAction
    licence_type: Code | None = None
    paper_avoided: bool
    """Whether nobody had to hand in a paper for it (免证办)."""
