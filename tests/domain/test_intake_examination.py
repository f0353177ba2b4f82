"""From acceptance to the decision: steps, holds, extension, tolerated material."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.case import refusals
from services.intake.domain.case.commands import (
    AnyCommand,
    CompleteStep,
    DenyExtension,
    ForwardCase,
    RequestExtension,
    StartStep,
)
from services.intake.domain.case.decide import decide
from services.intake.domain.case.holds import CloseHold
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.intake.domain.commitment.commands import ExpireSupplement, ReceiveSupplement
from services.intake.domain.commitment.refusals import MaterialNotAwaited
from services.intake.domain.refusals import (
    DeliveredDateImpossible,
    ExtensionAlreadyGranted,
    ExtensionNotRequested,
    ExtensionTooLate,
)
from shared.contracts.commitment.facts import SupplementExpired, SupplementReceived
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.handling.words import Decision, HoldBasis, HoldReason, Step, StepAction
from shared.contracts.intake.words import AcceptanceMode
from shared.contracts.rejection import SamePerson
from shared.contracts.words import CaseType, ClockName
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import (
    ACCEPTED,
    APPROVE_EXTENSION,
    APPROVED,
    BUREAU,
    DECIDE,
    DENIED,
    EXTENDED,
    EXTENSION_ASKED,
    FORWARDED,
    HANDLED,
    HANDLING,
    MONDAY,
    NINE,
    NO,
    PAPER,
    PRECHECKED,
    RECEIVED,
    REFUSED_EXTENSION,
    WITHDRAWN,
    accepted,
    case_ref,
    hold_closed,
    hold_opened,
    on,
    open_hold,
)

case = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)
under_way = case.given(RECEIVED, ACCEPTED)
examined = under_way.given(HANDLING)
tolerated = case.given(RECEIVED, accepted(AcceptanceMode.TOLERANCE), HANDLING)

CHECK = StartStep(at=NINE, case_no=NO, step=Step.CHECK, org=BUREAU, assignee="st-0041")
CHECKING = HANDLING.model_copy(update={"step": Step.CHECK, "step_no": 2})
ASK = RequestExtension(at=NINE, case_no=NO, days=10, reason="案情复杂")
DENY = DenyExtension(at=NINE, case_no=NO, approver="st-0001", reason="理由不足")
FORWARD = ForwardCase(at=NINE, case_no=NO, to_org=BUREAU, document=PAPER)
SUPPLEMENT = ReceiveSupplement(at=NINE, case_no=NO, commit_id="commit-1", complete=True)
SUPPLEMENTED = SupplementReceived(commit_id="commit-1", complete=True, delivered_date=MONDAY)
LAPSE = ExpireSupplement(at=NINE, case_no=NO, commit_id="commit-1", grace_used=True)
LAPSED = SupplementExpired(commit_id="commit-1", grace_used=True)


def complete(
    step_no: int, action: StepAction = StepAction.PASS, return_to: int | None = None
) -> CompleteStep:
    return CompleteStep(at=NINE, case_no=NO, step_no=step_no, action=action, return_to=return_to)


def test_the_first_step_begins_the_examination() -> None:
    first = replace(CHECK, step=Step.HANDLE)

    under_way.when(first).then(HANDLING)


def test_the_next_step_begins_when_the_last_one_is_over() -> None:
    examined.given(HANDLED).when(CHECK).then(CHECKING)


def test_two_steps_are_never_open_at_once() -> None:
    examined.when(CHECK).then_rejects(refusals.StepStillOpen, step_no=1)


def test_a_step_is_completed_by_its_number() -> None:
    examined.when(complete(1)).then(HANDLED)


@pytest.mark.parametrize("history", [under_way, examined, examined.given(HANDLED)])
def test_a_step_that_is_not_open_is_not_completed(history: DeciderSpec[Case, AnyCommand]) -> None:
    history.when(complete(2)).then_rejects(refusals.StepNotOpen, step_no=2)


def test_a_returned_step_is_begun_again_under_its_number() -> None:
    returned = HANDLED.model_copy(
        update={"step": Step.CHECK, "step_no": 2, "action": StepAction.RETURN, "return_to": 1}
    )
    history = examined.given(HANDLED, CHECKING)

    history.when(complete(2, StepAction.RETURN, 1)).then(returned)
    history.given(returned).when(replace(CHECK, step=Step.HANDLE)).then(HANDLING)


@pytest.mark.parametrize(
    "crooked",
    [
        complete(1, StepAction.RETURN),
        complete(1, StepAction.RETURN, 1),
        complete(1, StepAction.PASS, 1),
    ],
)
def test_a_step_is_returned_to_an_earlier_one_or_not_at_all(crooked: AnyCommand) -> None:
    examined.when(crooked).then_rejects(refusals.ReturnNotBackwards)


@pytest.mark.parametrize("history", [under_way, examined])
def test_a_hold_is_opened_with_its_grounds(history: DeciderSpec[Case, AnyCommand]) -> None:
    history.when(open_hold()).then(hold_opened())


def test_a_hold_has_an_id_of_its_own_for_ever() -> None:
    history = examined.given(hold_opened(), hold_closed())

    history.when(open_hold()).then_rejects(refusals.HoldAlreadyOpened, hold_id="hold-1")


def test_a_hold_is_approved_by_another_than_asked_for_it() -> None:
    asked = replace(open_hold(), requested_by="st-0001")

    examined.when(asked).then_rejects(SamePerson)


def test_a_case_waits_for_a_supplement_at_most_once() -> None:
    used = examined.given(hold_opened(HoldReason.SUPPLEMENT), hold_closed())

    used.when(open_hold(HoldReason.SUPPLEMENT, "hold-2")).then_rejects(refusals.SupplementHoldUsed)


def test_a_hold_is_closed_once() -> None:
    close = CloseHold(at=NINE, case_no=NO, hold_id="hold-1")
    held = examined.given(hold_opened())

    held.when(close).then(hold_closed())
    held.given(hold_closed()).when(close).then_rejects(refusals.HoldNotOpen, hold_id="hold-1")


def test_a_hold_outlives_the_case_that_was_withdrawn_from_it() -> None:
    close = CloseHold(at=NINE, case_no=NO, hold_id="hold-1")
    withdrawn = examined.given(hold_opened(), WITHDRAWN)

    withdrawn.when(close).then(hold_closed())
    withdrawn.given(hold_closed()).when(close).then_rejects(refusals.CaseNotUnderWay)
    case.given(RECEIVED).when(close).then_rejects(refusals.CaseNotUnderWay)


def test_an_extension_is_asked_for_and_granted_by_the_head() -> None:
    examined.when(ASK).then(EXTENSION_ASKED)
    examined.given(EXTENSION_ASKED).when(APPROVE_EXTENSION).then(EXTENDED)


def test_an_extension_may_be_denied() -> None:
    examined.given(EXTENSION_ASKED).when(DENY).then(REFUSED_EXTENSION)


@pytest.mark.parametrize("answer", [APPROVE_EXTENSION, DENY])
@pytest.mark.parametrize("history", [examined, examined.given(EXTENSION_ASKED, REFUSED_EXTENSION)])
def test_nobody_answers_a_request_that_was_not_made(
    history: DeciderSpec[Case, AnyCommand], answer: AnyCommand
) -> None:
    history.when(answer).then_rejects(ExtensionNotRequested)


@pytest.mark.parametrize("command", [ASK, APPROVE_EXTENSION])
def test_a_case_is_extended_once(command: AnyCommand) -> None:
    examined.given(EXTENSION_ASKED, EXTENDED).when(command).then_rejects(
        ExtensionAlreadyGranted, days=10
    )


def test_an_extension_has_ten_days_at_most() -> None:
    examined.when(replace(ASK, days=11)).then_rejects(
        refusals.ExtensionTooLong, days=11, days_max=10
    )


def test_a_joint_case_may_be_extended_by_fifteen_days() -> None:
    joint = case.given(RECEIVED, accepted(case=case_ref(joint_case_id="joint-1")), HANDLING)
    asked = EXTENSION_ASKED.model_copy(update={"days": 15})

    joint.when(replace(ASK, days=15)).then(asked)


def test_an_extension_is_granted_on_the_last_day_and_no_later() -> None:
    asked = examined.given(EXTENSION_ASKED)
    last = date(2024, 9, 30)

    asked.when(replace(APPROVE_EXTENSION, at=on(last))).then(
        EXTENDED.model_copy(update={"approved_date": last})
    )
    asked.when(replace(APPROVE_EXTENSION, at=on(date(2024, 10, 1)))).then_rejects(
        ExtensionTooLate, due=last
    )


def test_where_the_statutory_clock_stood_still_the_clocks_judge_the_extension() -> None:
    both = hold_opened().model_copy(update={"pauses": (ClockName.COMMITTED, ClockName.STATUTORY)})
    stood = examined.given(both, hold_closed(), EXTENSION_ASKED)
    after = date(2024, 10, 8)

    stood.when(replace(APPROVE_EXTENSION, at=on(after))).then(
        EXTENDED.model_copy(update={"approved_date": after})
    )


def test_a_hold_that_leaves_the_statutory_clock_alone_does_not_move_the_statutory_limit() -> None:
    examined.given(hold_opened(), hold_closed(), EXTENSION_ASKED).when(
        replace(APPROVE_EXTENSION, at=on(date(2024, 10, 8)))
    ).then_rejects(ExtensionTooLate, due=date(2024, 9, 30))


def test_an_extension_is_judged_by_the_limit_as_it_was_corrected() -> None:
    longer = amendment("statutory_limit", "45")
    later = amendment("effective_date", "2024-09-09")
    asked = examined.given(EXTENSION_ASKED)
    approved = replace(APPROVE_EXTENSION, at=on(date(2024, 10, 8)))
    granted = EXTENDED.model_copy(update={"approved_date": date(2024, 10, 8)})

    asked.given(longer).when(approved).then(granted)
    asked.given(later).when(approved).then(granted)


def test_what_nobody_can_read_corrects_nothing() -> None:
    examined_state = examined.state

    assert examined.given(amendment("statutory_limit", "soon")).state == examined_state
    assert examined.given(amendment("applicant", "somebody")).state == examined_state


def amendment(field: str, new: str) -> CaseAmended:
    return CaseAmended(
        case_no=NO, field=field, old="", new=new, reason="录入错误", approved_by="a", is_error=True
    )


def test_a_hold_on_local_grounds_does_not_move_the_statutory_limit() -> None:
    local = hold_opened(HoldReason.ONSITE_VERIFICATION, HoldBasis.LOCAL_RULE)

    examined.given(local, hold_closed(), EXTENSION_ASKED).when(
        replace(APPROVE_EXTENSION, at=on(date(2024, 10, 8)))
    ).then_rejects(ExtensionTooLate)


def test_a_case_is_decided_during_its_examination() -> None:
    examined.given(HANDLED).when(DECIDE).then(APPROVED)


def test_an_immediate_case_is_decided_at_the_window() -> None:
    immediate = case.given(RECEIVED, accepted(case=case_ref(CaseType.IMMEDIATE)))

    immediate.when(DECIDE).then(APPROVED)


def test_a_committed_case_is_examined_before_it_is_decided() -> None:
    under_way.when(DECIDE).then_rejects(refusals.ExaminationNotBegun)


def test_nothing_is_decided_while_a_hold_is_open() -> None:
    examined.given(hold_opened()).when(DECIDE).then_rejects(
        refusals.HoldStillOpen, hold_id="hold-1"
    )


def test_a_denial_gives_reasons_and_tells_the_remedies() -> None:
    deny = replace(DECIDE, decision=Decision.DENIED)

    examined.when(replace(deny, reasons="不符合条件", remedies_told=True)).then(DENIED)
    examined.when(replace(deny, remedies_told=True)).then_rejects(refusals.RemediesNotTold)
    examined.when(replace(deny, reasons="不符合条件")).then_rejects(refusals.RemediesNotTold)


def test_tolerated_material_is_supplied_before_the_decision() -> None:
    tolerated.when(DECIDE).then_rejects(refusals.MaterialMissing)
    tolerated.when(SUPPLEMENT).then(SUPPLEMENTED)
    tolerated.given(SUPPLEMENTED).when(DECIDE).then(APPROVED)


def test_half_of_the_tolerated_material_is_not_enough() -> None:
    half = SUPPLEMENTED.model_copy(update={"complete": False})

    tolerated.given(half).when(DECIDE).then_rejects(refusals.MaterialMissing)


def test_a_commitment_is_decided_on_the_promise() -> None:
    case.given(RECEIVED, accepted(AcceptanceMode.COMMITMENT), HANDLING).when(DECIDE).then(APPROVED)


@pytest.mark.parametrize("delivered", [date(2024, 9, 1), date(2024, 9, 3)])
def test_tolerated_material_comes_after_acceptance_and_not_tomorrow(delivered: date) -> None:
    tolerated.when(replace(SUPPLEMENT, delivered_date=delivered)).then_rejects(
        DeliveredDateImpossible
    )


def test_a_broken_tolerance_ends_the_case() -> None:
    tolerated.when(LAPSE).then(LAPSED)

    assert tolerated.given(LAPSED).state.phase == Phase.TERMINATED


@pytest.mark.parametrize("command", [SUPPLEMENT, LAPSE])
def test_no_material_is_awaited_in_an_ordinary_case(command: AnyCommand) -> None:
    examined.when(command).then_rejects(MaterialNotAwaited)


@pytest.mark.parametrize("history", [under_way, examined])
def test_a_case_is_forwarded_to_a_superior_authority(
    history: DeciderSpec[Case, AnyCommand],
) -> None:
    history.when(FORWARD).then(FORWARDED)


@pytest.mark.parametrize(
    "command",
    [CHECK, complete(1), open_hold(), ASK, APPROVE_EXTENSION, DENY, SUPPLEMENT, DECIDE, FORWARD],
    ids=lambda command: type(command).__name__,
)
def test_only_a_case_under_way_is_examined(command: AnyCommand) -> None:
    case.given().when(command).then_rejects(refusals.CaseUnknown)
    case.given(RECEIVED).when(command).then_rejects(refusals.CaseNotUnderWay)
    examined.given(APPROVED).when(command).then_rejects(refusals.CaseNotUnderWay)


CONTRADICTIONS: list[tuple[DeciderSpec[Case, AnyCommand], Fact]] = [
    (case, APPROVED),
    (case.given(RECEIVED), HANDLING),
    (under_way, RECEIVED),
    (under_way, HANDLED),
    (examined, CHECKING),
    (examined.given(HANDLED), HANDLED),
    (case.given(RECEIVED, PRECHECKED), PRECHECKED),
    (examined, hold_closed()),
    (examined.given(hold_opened()), hold_opened()),
    (examined.given(EXTENSION_ASKED, EXTENDED), EXTENDED),
    (examined.given(APPROVED), HANDLING),
]


@pytest.mark.parametrize(("history", "fact"), CONTRADICTIONS)
def test_a_recorded_fact_that_contradicts_the_case_changes_nothing(
    history: DeciderSpec[Case, AnyCommand], fact: Fact
) -> None:
    assert history.given(fact).state == history.state


def test_a_step_reported_from_outside_keeps_its_number() -> None:
    third = HANDLING.model_copy(update={"step_no": 3})
    examination = under_way.given(third).state.examination

    assert examination
    assert examination.step_no == 3
