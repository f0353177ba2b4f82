"""Immediate cases, and what runs beside one another in a case: steps, holds, a hearing."""

import pytest

from services.metrics.domain.clocks.deadline import Over, expected
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold, fold_all
from services.metrics.domain.picture import picture_of
from services.metrics.domain.reasons.explanation import explain
from services.metrics.domain.subjects.subject import WAITS_MAX
from shared.contracts.handling.facts import (
    DecisionMade,
    HoldClosed,
    HoldOpened,
    StepCompleted,
    StepStarted,
)
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from tests.support.clock_facts import instant
from tests.support.examples import ACCEPTED as EXAMPLE
from tests.support.running import RED, RULES, YELLOW, at, cards, running
from tests.support.way_of_a_case import CASE

RECEIVED = at("2024-09-02T08:30", ApplicationReceived, received_date="2024-09-02")
ACCEPTED = at(
    "2024-09-02T09:00", ApplicationAccepted, effective_date="2024-09-02", committed_limit=20
)


def immediate(when: str, effective: str = "") -> Entry:
    ref = {**EXAMPLE["data"]["case"], "case_type": "IMMEDIATE"}
    return at(when, ApplicationAccepted, case=ref, effective_date=effective or when[:10])


@pytest.mark.parametrize(
    ("accepted", "near", "over"),
    [
        ("2024-09-03T09:30", "2024-09-03T11:30", "2024-09-03T17:00"),
        ("2024-09-03T11:00", "2024-09-03T14:00", "2024-09-03T17:00"),
        ("2024-09-03T16:00", None, "2024-09-03T17:00"),
        ("2024-09-03T17:00", "2024-09-04T11:00", "2024-09-04T17:00"),
        ("2024-09-30T20:00", "2024-10-08T11:00", "2024-10-08T17:00"),
        ("2024-09-14T10:00", "2024-09-14T12:00", "2024-09-14T17:00"),
        ("2024-09-21T10:00", "2024-09-23T11:00", "2024-09-23T17:00"),
    ],
)
def test_an_immediate_case_is_decided_before_the_hall_closes(
    accepted: str, near: str | None, over: str
) -> None:
    clock = running(RECEIVED, immediate(accepted))["SLA-08", CASE, 0]
    wanted = [] if near is None else [(YELLOW, instant(near), instant(over))]

    assert cards(clock) == [*wanted, (RED, instant(over), None)]
    assert clock.due == instant(over).date()


def test_an_immediate_case_that_was_entered_late_counts_from_its_own_day() -> None:
    clock = running(RECEIVED, immediate("2024-09-04T09:30", "2024-09-03"))["SLA-08", CASE, 0]

    assert clock.due_at == instant("2024-09-03T17:00")


def test_an_immediate_case_tells_the_hour_at_which_it_is_due() -> None:
    clock = running(RECEIVED, immediate("2024-09-03T09:30"))["SLA-08", CASE, 0]
    late = instant("2024-09-05T09:00")
    told = explain(clock, late)

    assert told.sentence.zh == "9月3日受理即办件；应于9月3日17:00前办结，至9月5日已逾期2个工作日。"
    assert "17:00" in told.sentence.en
    assert (clock.consumed(late), clock.remaining(late), clock.overdue(late)) == (2, -2, 2)


def test_a_committed_case_is_no_immediate_one() -> None:
    assert ("SLA-08", CASE, 0) not in running(RECEIVED, ACCEPTED)


def step(number: int, begun: str, over: str = "", limit: int | None = 5) -> list[Entry]:
    begin = at(begun, StepStarted, step="HANDLE", step_no=number, limit=limit)
    end = at(over, StepCompleted, step="HANDLE", step_no=number) if over else None
    return [begin, *([end] if end else [])]


def test_a_step_has_the_limit_that_it_states_and_yellow_cards_alone() -> None:
    found = running(
        RECEIVED,
        ACCEPTED,
        *step(1, "2024-09-03T09:00", "2024-09-04T09:00"),
        *step(2, "2024-09-04T10:00"),
        *step(3, "2024-09-05T10:00", limit=None),
    )
    clock = found["SLA-09", CASE, 1]

    assert cards(found["SLA-09", CASE, 0]) == []
    assert cards(clock) == [
        (YELLOW, instant("2024-09-10"), instant("2024-09-12")),
        (YELLOW, instant("2024-09-12"), None),
    ]
    assert [one.over for one in expected(clock)] == [Over.LATE_NOW, None]
    assert ("SLA-09", CASE, 2) not in found


def test_what_stops_the_committed_limit_stops_the_step() -> None:
    held = at(
        "2024-09-05T09:00", HoldOpened, pauses=["COMMITTED"], hold_id="h1", expected_days=None
    )
    freed = at("2024-09-09T09:00", HoldClosed, hold_id="h1")
    clock = running(RECEIVED, ACCEPTED, *step(1, "2024-09-03T09:00"), held, freed)[
        "SLA-09", CASE, 0
    ]

    assert clock.due == instant("2024-09-12").date()


def hold(name: str, begun: str, over: str = "", **words: object) -> list[Entry]:
    begin = at(
        begun, HoldOpened, hold_id=name, **{"reason": "TESTING", "expected_days": 10, **words}
    )
    return [begin, *([at(over, HoldClosed, hold_id=name)] if over else [])]


def test_holds_that_overlap_are_held_to_what_each_of_them_announced() -> None:
    found = running(
        RECEIVED,
        ACCEPTED,
        *hold("h1", "2024-09-03T09:00"),
        *hold("h2", "2024-09-04T09:00", "2024-09-06T09:00", expected_days=3),
        *hold("h3", "2024-09-05T09:00", expected_days=None),
    )

    assert {name[2] for name in found if name[0] == "SLA-10"} == {0, 1}
    assert cards(found["SLA-10", CASE, 0]) == [
        (YELLOW, instant("2024-09-13"), instant("2024-09-19")),
        (RED, instant("2024-09-19"), None),
    ]
    assert found["SLA-10", CASE, 1].ending is not None


def test_a_hearing_is_held_within_twenty_days() -> None:
    found = running(
        RECEIVED,
        ACCEPTED,
        *hold("h1", "2024-09-02T10:00"),
        *hold("h2", "2024-09-02T11:00", reason="HEARING", expected_days=None),
    )
    (hearing,) = [clock for name, clock in found.items() if name[0] == "SLA-11"]

    assert cards(hearing) == [
        (YELLOW, instant("2024-09-24"), instant("2024-10-01")),
        (RED, instant("2024-10-01"), None),
    ]


def test_a_case_that_is_decided_has_no_step_to_wait_for() -> None:
    decided = at("2024-09-04T09:00", DecisionMade, decision_date="2024-09-04")
    clock = running(RECEIVED, ACCEPTED, *step(1, "2024-09-03T09:00"), decided)["SLA-09", CASE, 0]

    assert clock.ending is not None


def test_of_too_many_steps_the_first_ones_are_waited_for() -> None:
    steps = [one for number in range(1, WAITS_MAX + 9) for one in step(number, "2024-09-03T09:00")]
    dossier = fold_all(CASE, [RECEIVED, ACCEPTED, *steps])

    assert len(dossier.case.waits) == WAITS_MAX


def test_a_step_with_a_limit_moves_the_clocks_and_one_without_does_not() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED, ACCEPTED]), None, RULES)
    timed = picture_of(fold(before.dossier, step(1, "2024-09-03T09:00")), before, RULES)
    plain = picture_of(fold(before.dossier, step(1, "2024-09-03T09:00", limit=None)), before, RULES)

    assert len(timed.clocks) == len(before.clocks) + 1
    assert plain.clocks is before.clocks
