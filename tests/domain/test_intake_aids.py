"""What helped a case along: credit, in each mode once, and electronic instruments, ever again."""

import pytest

from services.intake.domain.case import refusals
from services.intake.domain.case.aids import ApplyCreditMode, RecordInstrumentUse
from services.intake.domain.case.commands import AnyCommand
from services.intake.domain.case.decide import decide
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.metrics.domain.subjects.aids import USES_MAX, InstrumentUse, used_again
from shared.contracts.credit.facts import CreditModeApplied
from shared.contracts.credit.words import CreditMode
from shared.contracts.handling.words import DigitalInstrument
from shared.contracts.instrument.facts import InstrumentUsed
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import MONDAY, NINE, NO, RECEIVED

case = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)
received = case.given(RECEIVED)

E_LICENCE = DigitalInstrument.E_LICENCE


def applied(mode: CreditMode, seconds: int | None = None) -> ApplyCreditMode:
    return ApplyCreditMode(
        at=NINE, case_no=NO, mode=mode, grade="A", materials_saved=2, seconds_to_decide=seconds
    )


AT_ONCE = applied(CreditMode.INSTANT_APPROVAL, 42)
APPLIED = CreditModeApplied(
    case_no=NO,
    mode=CreditMode.INSTANT_APPROVAL,
    grade="A",
    materials_saved=2,
    seconds_to_decide=42,
)


def test_credit_is_used_in_each_mode_once() -> None:
    received.when(AT_ONCE).then(APPLIED)
    received.given(APPLIED).when(AT_ONCE).then_rejects(refusals.CreditModeAlreadyApplied)
    received.given(APPLIED).when(applied(CreditMode.PROOF_SUBSTITUTE)).then(
        APPLIED.model_copy(update={"mode": CreditMode.PROOF_SUBSTITUTE, "seconds_to_decide": None})
    )


@pytest.mark.parametrize(
    "untimed", [applied(CreditMode.INSTANT_APPROVAL), applied(CreditMode.PROOF_SUBSTITUTE, 42)]
)
def test_an_instant_approval_has_seconds_and_no_other_mode(untimed: ApplyCreditMode) -> None:
    received.when(untimed).then_rejects(refusals.InstantApprovalUntimed)


def test_an_instrument_is_used_ever_again() -> None:
    reuse = RecordInstrumentUse(
        at=NINE, case_no=NO, instrument=E_LICENCE, action="REUSED", paper_avoided=True
    )
    reused = InstrumentUsed(case_no=NO, instrument=E_LICENCE, action="REUSED", paper_avoided=True)

    received.given(reused).when(reuse).then(reused)
    case.given().when(reuse).then_rejects(refusals.CaseUnknown)


def test_of_too_many_uses_the_first_are_kept_and_what_is_kept_goes_on_counting() -> None:
    many = tuple(InstrumentUse(f"{number}", MONDAY, 1) for number in range(USES_MAX))

    assert used_again(many, "one more", MONDAY) == many
    assert InstrumentUse("7", MONDAY, 2) in used_again(many, "7", MONDAY)
