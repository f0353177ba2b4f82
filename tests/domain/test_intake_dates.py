"""What is entered late names the day on which it happened (trap 15), within the rules."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.domain.case import refusals
from services.intake.domain.case.commands import (
    AnyCommand,
    CloseCase,
    DeliverResult,
    DiscloseDecision,
)
from services.intake.domain.case.decide import decide
from services.intake.domain.case.states import INITIAL, Case, evolve
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.handling.words import DeliveryMode, HoldReason, ResultType
from tests.support.decider import DeciderSpec
from tests.support.intake_cases import (
    ACCEPTED,
    APPROVED,
    DECIDE,
    HANDLING,
    MONDAY,
    NINE,
    NO,
    RECEIVED,
    open_hold,
)
from tests.support.simulation.story import RECEIVE

Story = DeciderSpec[Case, AnyCommand]
case = Story(initial=INITIAL, decide=decide, evolve=evolve)
examined = case.given(RECEIVED, ACCEPTED, HANDLING)
decided = examined.given(APPROVED)

WEDNESDAY = MONDAY + timedelta(days=2)
LATER = NINE + timedelta(days=2)
WORDS: dict[str, Any] = {"at": LATER, "case_no": NO, "believed_from": MONDAY - timedelta(days=14)}
DATED: dict[str, tuple[Story, Any, str]] = {
    "receipt": (case, replace(RECEIVE, **WORDS), "received_date"),
    "decision": (examined, replace(DECIDE, **WORDS), "decision_date"),
    "closing": (
        decided,
        CloseCase(**WORDS, result_type=ResultType.CERTIFICATE_ISSUED, onsite_visits=1),
        "closed_date",
    ),
    "delivery": (decided, DeliverResult(**WORDS, mode=DeliveryMode.WINDOW), "delivered_date"),
    "publication": (decided, DiscloseDecision(**WORDS, platform="信用中国"), "published_date"),
}


@pytest.mark.parametrize("kind", DATED)
def test_what_is_entered_late_names_its_day(kind: str) -> None:
    story, command, field = DATED[kind]
    named = replace(command, **{field: MONDAY})

    assert getattr(story.when(named).facts()[0], field) == MONDAY
    assert getattr(story.when(command).facts()[0], field) == WEDNESDAY


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize("day", [date(2024, 8, 1), WEDNESDAY + timedelta(days=1)])
def test_nobody_names_a_day_to_come_or_one_too_far_back(kind: str, day: date) -> None:
    story, command, field = DATED[kind]

    story.when(replace(command, **{field: day})).then_rejects(refusals.DayImpossible)


@pytest.mark.parametrize("kind", ["decision", "closing", "delivery", "publication"])
def test_nothing_happens_before_what_it_follows(kind: str) -> None:
    story, command, field = DATED[kind]
    before = replace(command, **{field: MONDAY - timedelta(days=1)})

    story.when(before).then_rejects(refusals.DayImpossible, earliest=MONDAY, latest=WEDNESDAY)


def test_a_day_of_the_decision_that_is_put_right_is_the_one_that_counts() -> None:
    amended = CaseAmended(
        case_no=NO,
        field="decision_date",
        old=f"{MONDAY}",
        new=f"{WEDNESDAY}",
        reason="录入有误",
        approved_by="st-0001",
        is_error=True,
    )
    _, command, _ = DATED["closing"]
    story = decided.given(amended)

    story.when(replace(command, closed_date=MONDAY)).then_rejects(
        refusals.DayImpossible, earliest=WEDNESDAY, latest=WEDNESDAY
    )


def test_a_hold_that_the_items_guide_does_not_know_is_refused() -> None:
    hold = open_hold(HoldReason.ONSITE_VERIFICATION)

    examined.when(replace(hold, off_guide=True)).then_rejects(refusals.HoldNotInGuide)
    assert examined.when(hold).facts()
