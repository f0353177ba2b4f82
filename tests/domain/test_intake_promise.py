"""A promise (容缺办理, 告知承诺): signed once, before the decision, for the mode of acceptance."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.case.commands import AnyCommand
from services.intake.domain.case.decide import decide
from services.intake.domain.case.refusals import (
    CaseNotDecided,
    CaseUnknown,
    CorrectionUnanswered,
    MaterialMissing,
    PromiseTooLate,
)
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.intake.domain.commitment import refusals
from services.intake.domain.commitment.commands import (
    HandleBreach,
    SignPromise,
    VerifyPromise,
    WithdrawPromise,
)
from services.intake.domain.refusals import IntakeRejection
from shared.contracts.commitment.facts import (
    BreachHandled,
    PromiseSigned,
    PromiseWithdrawn,
    SupplementReceived,
    VerificationCompleted,
)
from shared.contracts.commitment.words import CommitTechnique
from shared.contracts.intake.words import AcceptanceMode
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import (
    APPROVED,
    DECIDE,
    HANDLING,
    MONDAY,
    NINE,
    NO,
    NOTICE,
    PAPER,
    PRECHECKED,
    RECEIVED,
    WITHDRAWN,
    accepted,
)

Story = DeciderSpec[Case, AnyCommand]

SIGN = SignPromise(
    at=NINE,
    case_no=NO,
    commit_id="CN1",
    mode="TOLERANCE",
    technique=CommitTechnique.MATERIAL_LATER,
    materials=("健康证明",),
    promise_date=date(2024, 9, 9),
    credit_checked=True,
    document=PAPER,
)
SIGNED = PromiseSigned(
    commit_id="CN1",
    case_no=NO,
    mode="TOLERANCE",
    technique=CommitTechnique.MATERIAL_LATER,
    materials=("健康证明",),
    promise_date=date(2024, 9, 9),
    credit_checked=True,
    document=PAPER,
)
COMMIT = replace(SIGN, mode="COMMITMENT", promise_date=None)
COMMITTED = SIGNED.model_copy(update={"mode": "COMMITMENT", "promise_date": None})
SUPPLIED = SupplementReceived(commit_id="CN1", complete=True, delivered_date=MONDAY)

absent = Story(initial=INITIAL, decide=decide, evolve=evolve)
received = absent.given(RECEIVED)
tolerated = received.given(accepted(AcceptanceMode.TOLERANCE))


@pytest.mark.parametrize(
    "story", [received, received.given(PRECHECKED), tolerated, tolerated.given(HANDLING)]
)
def test_who_lacks_a_material_promises_it_by_a_day(story: Story) -> None:
    story.when(SIGN).then(SIGNED)


def test_who_commits_to_the_conditions_names_no_day() -> None:
    received.when(COMMIT).then(COMMITTED)
    received.given(accepted(AcceptanceMode.COMMITMENT)).when(COMMIT).then(COMMITTED)


@pytest.mark.parametrize(
    "story",
    [
        received.given(SIGNED),
        received.given(SIGNED, accepted(AcceptanceMode.TOLERANCE)),
        tolerated.given(SIGNED),
        tolerated.given(SUPPLIED),
        tolerated.given(SUPPLIED.model_copy(update={"complete": False})),
    ],
)
def test_a_case_rests_on_one_promise(story: Story) -> None:
    story.when(replace(SIGN, commit_id="CN2")).then_rejects(refusals.PromiseAlreadySigned)


@pytest.mark.parametrize(
    "mode", [AcceptanceMode.NORMAL, AcceptanceMode.DEEMED, AcceptanceMode.COMMITMENT]
)
def test_after_acceptance_nothing_else_is_promised_than_what_it_rests_on(
    mode: AcceptanceMode,
) -> None:
    received.given(accepted(mode)).when(SIGN).then_rejects(refusals.AcceptedOtherwise)


def test_a_promise_to_bring_material_names_a_day_to_come() -> None:
    received.when(replace(SIGN, promise_date=None)).then_rejects(refusals.PromiseDateMissing)
    received.when(replace(SIGN, promise_date=date(2024, 9, 1))).then_rejects(
        refusals.PromiseDatePassed
    )
    received.when(replace(SIGN, promise_date=MONDAY)).then(
        SIGNED.model_copy(update={"promise_date": MONDAY})
    )


@pytest.mark.parametrize(
    ("story", "refusal"),
    [
        (absent, CaseUnknown),
        (received.given(NOTICE), CorrectionUnanswered),
        (received.given(WITHDRAWN), PromiseTooLate),
        (tolerated.given(SUPPLIED, HANDLING, APPROVED), PromiseTooLate),
    ],
)
def test_a_promise_is_signed_while_it_can_carry_the_case(
    story: Story, refusal: type[IntakeRejection]
) -> None:
    story.when(SIGN).then_rejects(refusal)


def test_a_promise_alone_does_not_bring_the_material() -> None:
    promised = tolerated.given(SIGNED, HANDLING)

    promised.when(DECIDE).then_rejects(MaterialMissing)
    promised.given(SUPPLIED).when(DECIDE).then(APPROVED)


@pytest.mark.parametrize(
    "story", [received.given(SIGNED), tolerated.given(SIGNED), received.given(accepted())]
)
def test_a_promise_that_another_system_tells_too_much_of_changes_nothing(story: Story) -> None:
    assert story.given(SIGNED).state == story.state


committed = received.given(COMMITTED, accepted(AcceptanceMode.COMMITMENT))
issued = committed.given(HANDLING, APPROVED)
WITHDRAW = WithdrawPromise(at=NINE, case_no=NO, commit_id="CN1", reason="改按一般程序办理")
TAKEN_BACK = PromiseWithdrawn(commit_id="CN1", reason="改按一般程序办理")
VERIFY = VerifyPromise(at=NINE, case_no=NO, commit_id="CN1", method="ONSITE", result="BREACH")
BROKEN = VerificationCompleted(commit_id="CN1", method="ONSITE", result="BREACH")
HANDLE = HandleBreach(
    at=NINE, case_no=NO, commit_id="CN1", action="RECTIFIED", credit_recorded=True
)
MENDED = BreachHandled(commit_id="CN1", action="RECTIFIED", credit_recorded=True)


def test_a_commitment_is_taken_back_before_the_decision_and_once() -> None:
    committed.when(WITHDRAW).then(TAKEN_BACK)
    received.given(COMMITTED).when(WITHDRAW).then(TAKEN_BACK)
    committed.given(TAKEN_BACK).when(WITHDRAW).then_rejects(refusals.PromiseUnknown)
    received.when(WITHDRAW).then_rejects(refusals.PromiseUnknown)


def test_what_was_promised_to_come_later_is_not_taken_back() -> None:
    tolerated.given(SIGNED).when(WITHDRAW).then_rejects(refusals.ToleranceNotWithdrawable)


def test_what_was_issued_on_a_promise_is_verified_and_a_breach_is_handled() -> None:
    issued.when(VERIFY).then(BROKEN)
    issued.given(BROKEN).when(HANDLE).then(MENDED)
    penalised = MENDED.model_copy(update={"action": "PENALISED"})
    issued.given(BROKEN, penalised).when(HANDLE).then(MENDED)
    issued.given(BROKEN, MENDED).when(HANDLE).then_rejects(refusals.NoBreachFound)
    issued.when(HANDLE).then_rejects(refusals.NoBreachFound)


def test_what_rests_on_no_promise_is_not_verified() -> None:
    ordinary = received.given(accepted(), HANDLING, APPROVED)

    ordinary.when(VERIFY).then_rejects(refusals.PromiseNotToVerify)
    issued.given(BROKEN).when(VERIFY).then_rejects(refusals.PromiseUnknown)
    committed.when(VERIFY).then_rejects(CaseNotDecided)
