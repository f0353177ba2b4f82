"""What time asks of a case when nobody does anything."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.intake.domain.case.commands import AcceptApplication, AnyCommand, ExpireCorrection
from services.intake.domain.case.decide import decide
from services.intake.domain.case.silence import Timer, timer
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.intake.domain.inspection import silence as inspection_silence
from services.intake.domain.inspection import states
from services.intake.domain.inspection.commands import ExpireDefect
from services.intake.domain.inspection.states import Inspection
from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.inspection.course import InspectionState
from shared.contracts.inspection.facts import DefectOrdered
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.intake.words import AcceptanceMode
from shared.policy.calendar import ZONE, WorkCalendar
from shared.policy.rules import shipped
from tests.support.decider import DeciderSpec
from tests.support.examples import like_the_example
from tests.support.intake_cases import (
    ACCEPTED,
    CALENDAR,
    CORRECTED,
    EXPIRED,
    INCOMPLETE,
    NO,
    NOTICE,
    PRECHECKED,
    RECEIVED,
    REJECTED,
    WITHDRAWN,
    case_ref,
)

case = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)
FRIDAY = date(2024, 9, 20)


def after(*facts: Fact, calendar: WorkCalendar = CALENDAR) -> Timer | None:
    return timer(case.given(*facts).state, replace(shipped(), calendar=calendar))


def due(*facts: Fact) -> AcceptApplication | ExpireCorrection:
    waiting = after(*facts)
    assert waiting is not None
    assert not isinstance(waiting.command, ExpireDefect)
    return waiting.command


def begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def test_silence_accepts_when_the_fifth_working_day_is_over_from_the_day_of_receipt() -> None:
    received = RECEIVED.model_copy(update={"received_date": FRIDAY})

    command = due(received)
    (accepted,) = case.given(received).when(command).facts()

    assert command.at == begins(date(2024, 9, 28))
    assert isinstance(accepted, ApplicationAccepted)
    assert (accepted.mode, accepted.effective_date) == (AcceptanceMode.DEEMED, FRIDAY)
    assert accepted.promise_date == date(2024, 10, 23)


def test_a_joint_case_that_silence_accepted_has_the_joint_limit() -> None:
    joint = RECEIVED.model_copy(update={"case": case_ref(joint_case_id="joint-1")})

    (accepted,) = case.given(joint).when(due(joint)).facts()

    assert isinstance(accepted, ApplicationAccepted)
    assert accepted.statutory_limit == accepted.committed_limit == 45


def test_a_receipt_that_was_entered_wrongly_moves_the_silence() -> None:
    amended = CaseAmended(
        case_no=NO,
        field="received_date",
        old="2024-09-02",
        new="2024-09-20",
        reason="录入错误",
        approved_by="st-0001",
        is_error=True,
    )
    unreadable = amended.model_copy(update={"new": "soon"})

    assert due(RECEIVED, amended).at == begins(date(2024, 9, 28))
    assert due(RECEIVED, PRECHECKED, amended).at == begins(date(2024, 9, 28))
    assert due(RECEIVED, unreadable) == due(RECEIVED)


def test_a_precheck_breaks_no_silence() -> None:
    assert due(RECEIVED, PRECHECKED) == due(RECEIVED)


def test_after_a_correction_silence_is_counted_from_the_last_material() -> None:
    command = due(RECEIVED, NOTICE, CORRECTED)
    (accepted,) = case.given(RECEIVED, NOTICE, CORRECTED).when(command).facts()

    assert command.at == begins(date(2024, 9, 13))
    assert isinstance(accepted, ApplicationAccepted)
    assert accepted.effective_date == CORRECTED.delivered_date


def test_no_material_completes_an_application_before_it_was_handed_in() -> None:
    absurd = CORRECTED.model_copy(update={"delivered_date": date(1, 1, 1)})

    assert due(RECEIVED, NOTICE, absurd).at == due(RECEIVED).at


@pytest.mark.parametrize("answers", [(), (INCOMPLETE,)])
def test_a_notice_expires_when_its_last_day_is_over(answers: tuple[Fact, ...]) -> None:
    command = due(RECEIVED, NOTICE, *answers)

    assert command == ExpireCorrection(at=begins(date(2024, 10, 1)), case_no=NO)
    case.given(RECEIVED, NOTICE, *answers).when(command).then(EXPIRED)


def test_a_notice_of_another_system_expires_no_case_before_its_receipt() -> None:
    absurd = NOTICE.model_copy(update={"deadline": date(1, 1, 1)})

    assert due(RECEIVED, absurd).at == begins(date(2024, 9, 3))


@pytest.mark.parametrize("deadline", [None, date.max])
def test_a_notice_without_an_end_never_expires(deadline: date | None) -> None:
    assert after(RECEIVED, NOTICE.model_copy(update={"deadline": deadline})) is None


def test_material_of_the_last_day_of_all_is_waited_for() -> None:
    assert after(RECEIVED, NOTICE, _delivered(date.max)) is None


def _delivered(day: date) -> CorrectionReceived:
    return CORRECTED.model_copy(update={"delivered_date": day})


@pytest.mark.parametrize(
    "history",
    [
        (),
        (RECEIVED, ACCEPTED),
        (RECEIVED, REJECTED),
        (RECEIVED, WITHDRAWN),
        (RECEIVED, NOTICE, EXPIRED),
    ],
)
def test_nobodys_silence_matters_before_receipt_and_behind_acceptance(
    history: tuple[Fact, ...],
) -> None:
    assert after(*history) is None


def test_a_silence_into_a_year_without_a_notice_is_provisional() -> None:
    december = RECEIVED.model_copy(update={"received_date": date(2024, 12, 30)})
    known_2024 = WorkCalendar({2024}, {})

    into_2025 = after(december, calendar=known_2024)
    within_2024 = after(RECEIVED, calendar=known_2024)

    assert into_2025
    assert into_2025.provisional
    assert within_2024
    assert not within_2024.provisional


def test_a_day_that_the_notice_names_needs_no_calendar() -> None:
    later = NOTICE.model_copy(update={"deadline": date(2031, 1, 2)})

    waiting = after(RECEIVED, later)

    assert isinstance(later, CorrectionRequested)
    assert waiting
    assert not waiting.provisional


ORDERED = like_the_example(DefectOrdered, deadline="2024-09-12")
OPEN = Inspection(state=InspectionState.DEFECT_OPEN, deadline=date(2024, 9, 12))


def test_a_defect_that_nobody_puts_right_expires_when_its_day_is_over() -> None:
    rectifying = Inspection(state=InspectionState.RECTIFY)
    waiting = inspection_silence.timer("KC1", states.evolve(rectifying, ORDERED))

    assert waiting == Timer(ExpireDefect(at=begins(date(2024, 9, 13)), inspection_id="KC1"))


@pytest.mark.parametrize(
    "inspection",
    [
        replace(OPEN, state=InspectionState.DEFECT_SUBMITTED),
        replace(OPEN, state=InspectionState.CONCLUDED),
        replace(OPEN, deadline=None),
        replace(OPEN, deadline=date.max),
    ],
)
def test_an_inspection_where_nobody_has_to_act_waits_for_nothing(inspection: Inspection) -> None:
    assert inspection_silence.timer("KC1", inspection) is None
