"""A hearing is offered once, and announced while its hold is open, also where that is too late."""

from dataclasses import replace
from datetime import date

import pytest

from services.intake.domain.case.commands import AnyCommand
from services.intake.domain.case.decide import decide
from services.intake.domain.case.refusals import (
    DayImpossible,
    HearingAlreadyOffered,
    HearingBeforeNotice,
    HearingNotOpen,
)
from services.intake.domain.case.states import INITIAL, Case, evolve
from shared.contracts.handling.facts import HearingAnnounced, HearingOffered
from shared.contracts.handling.words import HoldReason
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import (
    ACCEPTED,
    HANDLING,
    MONDAY,
    NO,
    OFFER_HEARING,
    PAPER,
    RECEIVED,
    announce_hearing,
    hold_closed,
    hold_opened,
    later,
)

case = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)
examined = case.given(RECEIVED, ACCEPTED, HANDLING)
held = examined.given(hold_opened(HoldReason.HEARING))

ANNOUNCE = announce_hearing(day=date(2024, 9, 9))
ANNOUNCED = HearingAnnounced(
    case_no=NO,
    hold_id="hold-1",
    hearing_date=date(2024, 9, 9),
    notified_date=MONDAY,
    notice=PAPER,
)


OFFERED = HearingOffered(case_no=NO, told_date=MONDAY, notice=PAPER)


def test_an_applicant_is_told_once_of_the_right_to_a_hearing_until_one_is_asked_for() -> None:
    told = examined.given(OFFERED)

    examined.when(OFFER_HEARING).then(OFFERED)
    examined.when(replace(OFFER_HEARING, at=later(3), told_date=MONDAY)).then(OFFERED)
    told.when(OFFER_HEARING).then_rejects(HearingAlreadyOffered, told=MONDAY)
    told.given(hold_opened(HoldReason.TESTING)).when(OFFER_HEARING).then_rejects(
        HearingAlreadyOffered, told=MONDAY
    )
    told.given(hold_opened(HoldReason.HEARING)).when(OFFER_HEARING).then(OFFERED)


def test_nobody_is_told_before_the_acceptance_or_tomorrow() -> None:
    for day in (date(2024, 9, 1), date(2024, 9, 3)):
        examined.when(replace(OFFER_HEARING, told_date=day)).then_rejects(
            DayImpossible, earliest=MONDAY, latest=MONDAY
        )


def test_a_hearing_is_announced_with_its_day_and_the_day_of_the_notice() -> None:
    held.when(ANNOUNCE).then(ANNOUNCED)
    held.when(replace(ANNOUNCE, at=later(3), notified_date=MONDAY)).then(ANNOUNCED)


def test_a_notice_that_comes_too_late_is_recorded_and_so_is_another_day() -> None:
    sooner, later_on = date(2024, 9, 3), date(2024, 9, 20)
    short = ANNOUNCED.model_copy(update={"hearing_date": sooner})

    held.when(replace(ANNOUNCE, hearing_date=sooner)).then(short)
    held.given(short).when(replace(ANNOUNCE, hearing_date=later_on)).then(
        ANNOUNCED.model_copy(update={"hearing_date": later_on})
    )


@pytest.mark.parametrize(
    "history",
    [
        examined,
        held.given(hold_closed()),
        examined.given(hold_opened(HoldReason.TESTING)),
    ],
    ids=["nothing is open", "it is over", "it is for a test"],
)
def test_only_the_hearing_of_an_open_hold_is_announced(
    history: DeciderSpec[Case, AnyCommand],
) -> None:
    history.when(ANNOUNCE).then_rejects(HearingNotOpen, hold_id="hold-1")


def test_a_hearing_lies_behind_its_notice_and_the_notice_behind_the_acceptance() -> None:
    held.when(replace(ANNOUNCE, at=later(8))).then_rejects(
        HearingBeforeNotice, notified=date(2024, 9, 10)
    )
    for day in (date(2024, 9, 1), date(2024, 9, 3)):
        held.when(replace(ANNOUNCE, notified_date=day)).then_rejects(
            DayImpossible, earliest=MONDAY, latest=MONDAY
        )
