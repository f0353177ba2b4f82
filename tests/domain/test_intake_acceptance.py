"""From receipt to acceptance, refusal or withdrawal."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.case import refusals
from services.intake.domain.case.commands import (
    AnyCommand,
    ExpireCorrection,
    PrecheckApplication,
    ReceiveApplication,
    ReceiveCorrection,
    RejectApplication,
    RequestCorrection,
    TerminateCase,
    WithdrawApplication,
)
from services.intake.domain.case.decide import decide
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.intake.domain.refusals import DeliveredDateImpossible
from shared.contracts.envelope import Fact
from shared.contracts.handling.words import Step
from shared.contracts.intake.facts import StepLimit
from shared.contracts.intake.words import AcceptanceMode, Channel, RejectReason, Terminal
from shared.contracts.moments import LAST_DAY
from shared.contracts.words import CaseType, LimitUnit
from shared.policy.counting import HORIZON
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import (
    ACCEPT,
    ACCEPTED,
    APPROVED,
    BUREAU,
    CORRECTED,
    DEFECT,
    EXPIRED,
    HANDLING,
    INCOMPLETE,
    NINE,
    NO,
    NOTICE,
    PAPER,
    PARTY,
    PRECHECKED,
    RECEIVED,
    REJECTED,
    TERMINATED,
    WITHDRAWN,
    accepted,
    later,
    on,
)

case = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)

RECEIVE = ReceiveApplication(
    at=NINE,
    case_no=NO,
    item_code="000117051000",
    item_version=4,
    item_name="食品经营许可",
    case_type=CaseType.COMMITTED,
    party=PARTY,
    channel=Channel.WINDOW,
    terminal=Terminal.WINDOW,
    agent_present=False,
    handling_org=BUREAU,
)
REQUEST = RequestCorrection(
    at=NINE,
    case_no=NO,
    answer_by=date(2024, 9, 30),
    items=(DEFECT,),
    notice=PAPER,
)
WITHDRAW = WithdrawApplication(at=NINE, case_no=NO, by="APPLICANT", document=PAPER)
REJECT = RejectApplication(
    at=NINE,
    case_no=NO,
    reason=RejectReason.NOT_REQUIRED,
    explanation="无需许可",
    document=PAPER,
)
TERMINATE = TerminateCase(
    at=NINE, case_no=NO, cause="VOID", reason="重复录入", approved_by="st-0001"
)


def hand_in(*, complete: bool, delivered: date | None = None) -> ReceiveCorrection:
    return ReceiveCorrection(
        at=on(date(2024, 9, 6)), case_no=NO, complete=complete, delivered_date=delivered
    )


def test_an_application_is_received_on_the_bureaus_own_day() -> None:
    case.given().when(RECEIVE).then(RECEIVED)


def test_a_number_is_given_once() -> None:
    case.given(RECEIVED).when(RECEIVE).then_rejects(refusals.CaseAlreadyReceived, case_no=NO)


def test_a_precheck_is_recorded_while_acceptance_is_open() -> None:
    passed = PrecheckApplication(at=NINE, case_no=NO, result="PASS")

    case.given(RECEIVED).when(passed).then(PRECHECKED)


def test_a_precheck_is_passed_once() -> None:
    again = PrecheckApplication(at=NINE, case_no=NO, result="REFUSE")

    case.given(RECEIVED, PRECHECKED).when(again).then_rejects(refusals.AlreadyPrechecked)


def test_a_failed_precheck_leaves_the_application_submitted() -> None:
    failed = PRECHECKED.model_copy(update={"result": "REFUSE"})

    assert case.given(RECEIVED, failed).state == case.given(RECEIVED).state


@pytest.mark.parametrize("before", [(RECEIVED,), (RECEIVED, PRECHECKED)])
def test_the_applicant_is_notified_once_of_everything(before: tuple[Fact, ...]) -> None:
    case.given(*before).when(REQUEST).then(NOTICE)


def test_a_notice_may_name_a_day_of_its_own() -> None:
    sooner = date(2024, 9, 2)
    same_day = NOTICE.model_copy(update={"deadline": sooner})

    case.given(RECEIVED).when(replace(REQUEST, deadline=sooner)).then(same_day)


def test_no_notice_wants_its_answer_yesterday() -> None:
    case.given(RECEIVED).when(replace(REQUEST, deadline=date(2024, 9, 1))).then_rejects(
        refusals.CorrectionDeadlinePassed, today=date(2024, 9, 2)
    )


def test_a_second_notice_waits_for_the_answer_to_the_first() -> None:
    case.given(RECEIVED, NOTICE).when(REQUEST).then_rejects(refusals.CorrectionUnanswered)


def test_a_second_notice_after_an_incomplete_answer_is_recorded_as_another_round() -> None:
    second = NOTICE.model_copy(update={"round": 2})

    case.given(RECEIVED, NOTICE, INCOMPLETE).when(REQUEST).then(second)


def test_the_law_allows_no_second_notice_after_a_complete_answer() -> None:
    history = case.given(RECEIVED, NOTICE, CORRECTED)

    history.when(REQUEST).then_rejects(refusals.CorrectionAlreadyRequested)


def test_a_correction_counts_from_the_day_on_which_the_material_came() -> None:
    history = case.given(RECEIVED, NOTICE)

    history.when(hand_in(complete=True, delivered=date(2024, 9, 5))).then(CORRECTED)


def test_a_correction_without_a_day_came_today() -> None:
    history = case.given(RECEIVED, NOTICE)

    history.when(hand_in(complete=True)).then(
        CORRECTED.model_copy(update={"delivered_date": date(2024, 9, 6)})
    )


@pytest.mark.parametrize("impossible", [date(2024, 9, 1), date(2024, 9, 7)])
def test_material_comes_neither_before_the_application_nor_tomorrow(impossible: date) -> None:
    case.given(RECEIVED, NOTICE).when(hand_in(complete=True, delivered=impossible)).then_rejects(
        DeliveredDateImpossible
    )


def test_nothing_is_corrected_that_nobody_asked_for() -> None:
    case.given(RECEIVED).when(hand_in(complete=True)).then_rejects(refusals.CorrectionNotPending)


def test_a_correction_expires_when_its_day_has_passed() -> None:
    history = case.given(RECEIVED, NOTICE)

    history.when(ExpireCorrection(at=on(date(2024, 10, 1)), case_no=NO)).then(EXPIRED)


def test_a_correction_does_not_expire_on_its_last_day() -> None:
    case.given(RECEIVED, NOTICE).when(
        ExpireCorrection(at=on(date(2024, 9, 30)), case_no=NO)
    ).then_rejects(refusals.CorrectionNotYetDue, deadline=date(2024, 9, 30))


def test_a_notice_without_a_day_expires_when_the_clerk_says_so() -> None:
    endless = NOTICE.model_copy(update={"deadline": None})
    today = EXPIRED.model_copy(update={"deadline": date(2024, 9, 2)})

    case.given(RECEIVED, endless).when(ExpireCorrection(at=NINE, case_no=NO)).then(today)


def test_the_promise_is_counted_in_working_days_from_acceptance() -> None:
    case.given(RECEIVED, PRECHECKED).when(ACCEPT).then(ACCEPTED)


def test_after_a_correction_the_limits_run_from_the_last_delivery() -> None:
    effective = accepted(effective=date(2024, 9, 5), promise=date(2024, 9, 20))

    case.given(RECEIVED, NOTICE, CORRECTED).when(replace(ACCEPT, at=later(8))).then(effective)


def test_five_working_days_of_silence_accept_from_the_day_of_receipt() -> None:
    deemed = replace(ACCEPT, mode=AcceptanceMode.DEEMED, at=on(date(2024, 9, 10)))

    case.given(RECEIVED).when(deemed).then(accepted(AcceptanceMode.DEEMED))


def test_silence_accepts_nothing_on_the_fifth_working_day() -> None:
    deemed = replace(ACCEPT, mode=AcceptanceMode.DEEMED, at=on(date(2024, 9, 9)))

    case.given(RECEIVED).when(deemed).then_rejects(refusals.NotYetDeemed, after=date(2024, 9, 9))


@pytest.mark.parametrize(
    "generous",
    [
        replace(ACCEPT, committed_limit=21),
        replace(ACCEPT, committed_limit=60, committed_unit=LimitUnit.ND),
        replace(
            ACCEPT,
            committed_limit=7,
            committed_unit=LimitUnit.ND,
            statutory_limit=5,
            statutory_unit=LimitUnit.ND,
        ),
    ],
)
def test_the_bureau_cannot_promise_more_time_than_the_law_gives(generous: AnyCommand) -> None:
    case.given(RECEIVED).when(generous).then_rejects(refusals.CommittedBeyondStatutory)


def test_the_steps_together_fit_into_the_promise() -> None:
    steps = (StepLimit(step=Step.HANDLE, limit=8), StepLimit(step=Step.APPROVE, limit=3))

    case.given(RECEIVED).when(replace(ACCEPT, steps=steps)).then_rejects(
        refusals.StepsBeyondCommitted, steps=11, committed=10
    )


def test_the_bureau_cannot_promise_a_day_that_nobody_can_mean() -> None:
    endless = replace(ACCEPT, statutory_limit=2**31 - 1, committed_limit=2**31 - 1)

    case.given(RECEIVED).when(endless).then_rejects(
        refusals.PromiseBeyondCalendar, promised=HORIZON, latest=LAST_DAY
    )


def test_an_immediate_case_is_promised_for_the_day_itself() -> None:
    today = accepted(promise=date(2024, 9, 2)).model_copy(update={"committed_limit": 0})

    case.given(RECEIVED).when(replace(ACCEPT, committed_limit=0)).then(today)


def test_refusing_to_accept_gives_the_reason() -> None:
    case.given(RECEIVED).when(REJECT).then(REJECTED)


def test_an_agency_without_power_names_the_one_that_has_it() -> None:
    elsewhere = RejectApplication(
        at=NINE,
        case_no=NO,
        reason=RejectReason.NOT_OUR_POWER,
        explanation="不属于本局职权",
        document=PAPER,
    )

    case.given(RECEIVED).when(elsewhere).then_rejects(refusals.RightAgencyMissing)


@pytest.mark.parametrize(
    "settled", [(ACCEPTED,), (REJECTED,), (WITHDRAWN,), (NOTICE, EXPIRED), (TERMINATED,)]
)
@pytest.mark.parametrize("command", [ACCEPT, REJECT, REQUEST])
def test_acceptance_is_settled_once(settled: tuple[Fact, ...], command: AnyCommand) -> None:
    case.given(RECEIVED, *settled).when(command).then_rejects(refusals.AcceptanceAlreadySettled)


def test_nothing_is_accepted_while_a_correction_is_awaited() -> None:
    case.given(RECEIVED, NOTICE).when(ACCEPT).then_rejects(refusals.CorrectionUnanswered)


@pytest.mark.parametrize(
    "open_at",
    [(), (PRECHECKED,), (NOTICE,), (ACCEPTED,), (ACCEPTED, HANDLING)],
)
def test_an_applicant_may_withdraw_until_the_decision(open_at: tuple[Fact, ...]) -> None:
    case.given(RECEIVED, *open_at).when(WITHDRAW).then(WITHDRAWN)


@pytest.mark.parametrize("command", [WITHDRAW, TERMINATE])
def test_what_is_decided_is_neither_withdrawn_nor_terminated(command: AnyCommand) -> None:
    case.given(RECEIVED, ACCEPTED, HANDLING, APPROVED).when(command).then_rejects(
        refusals.CaseAlreadyOver
    )


def test_a_case_is_terminated_with_its_cause() -> None:
    case.given(RECEIVED).when(TERMINATE).then(TERMINATED)


@pytest.mark.parametrize(
    "command",
    [
        ACCEPT,
        REQUEST,
        REJECT,
        WITHDRAW,
        TERMINATE,
        hand_in(complete=True),
        ExpireCorrection(at=NINE, case_no=NO),
        PrecheckApplication(at=NINE, case_no=NO, result="PASS"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_can_be_done_to_a_case_that_nobody_received(command: AnyCommand) -> None:
    case.given().when(command).then_rejects(refusals.CaseUnknown)
