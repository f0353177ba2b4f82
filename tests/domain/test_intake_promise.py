"""A promise (容缺办理, 告知承诺): signed once, before the decision, for the mode of acceptance."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.case.commands import AnyCommand
from services.intake.domain.case.decide import decide
from services.intake.domain.case.refusals import (
    CaseUnknown,
    CorrectionUnanswered,
    MaterialMissing,
    PromiseTooLate,
)
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.intake.domain.commitment import refusals
from services.intake.domain.commitment.commands import SignPromise
from services.intake.domain.refusals import IntakeRejection
from shared.contracts.commitment.facts import PromiseSigned, SupplementReceived
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
