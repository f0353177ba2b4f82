"""What follows a decision, an extension or a defect, and by when."""

import pytest

from services.metrics.domain.entry import Entry
from shared.contracts.handling.facts import (
    CaseAmended,
    CaseClosed,
    DecisionMade,
    ExtensionApproved,
    ExtensionRequested,
    HoldOpened,
)
from shared.contracts.inspection.facts import DefectOrdered, DefectSubmitted, VisitConcluded
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from tests.support.clock_facts import instant
from tests.support.running import RED, YELLOW, at, cards, running
from tests.support.way_of_a_case import CASE

RECEIVED = at("2024-09-02T08:30", ApplicationReceived, received_date="2024-09-02")
ACCEPTED = at("2024-09-02T09:00", ApplicationAccepted, effective_date="2024-09-02")
REQUESTED = at("2024-09-10T09:00", ExtensionRequested)


def test_an_extension_is_decided_on_before_the_limit_that_it_would_lengthen_is_over() -> None:
    asked = running(RECEIVED, ACCEPTED, REQUESTED)
    committed, decision = asked["SLA-04", CASE, 0], asked["SLA-07", CASE, 0]
    granted = at("2024-09-13T09:00", ExtensionApproved, days=5, approved_date="2024-09-13")
    after = running(RECEIVED, ACCEPTED, REQUESTED, granted)

    assert decision.due == committed.due == instant("2024-09-14").date()
    assert cards(decision)[0] == (YELLOW, instant("2024-09-13"), instant("2024-09-15"))
    assert cards(after["SLA-07", CASE, 0]) == [
        (YELLOW, instant("2024-09-13"), instant("2024-09-13T09:00"))
    ]
    assert after["SLA-04", CASE, 0].due == instant("2024-09-24").date()


def test_what_stops_the_committed_limit_stops_the_decision_on_its_extension() -> None:
    held = at("2024-09-11T09:00", HoldOpened, pauses=["COMMITTED"], hold_id="h1")
    decision = running(RECEIVED, ACCEPTED, REQUESTED, held)["SLA-07", CASE, 0]

    assert (decision.due, decision.paused) == (None, True)


@pytest.mark.parametrize("forward_up", [True, False])
def test_a_case_for_a_superior_is_looked_at_within_twenty_days(
    forward_up: bool,  # noqa: FBT001 - a table of cases
) -> None:
    accepted = at(
        "2024-09-02T09:00",
        ApplicationAccepted,
        effective_date="2024-09-02",
        forward_up=forward_up,
    )
    found = running(RECEIVED, accepted)

    assert (("SLA-12", CASE, 0) in found) is forward_up
    if forward_up:
        assert cards(found["SLA-12", CASE, 0]) == [
            (YELLOW, instant("2024-09-25"), instant("2024-10-01")),
            (RED, instant("2024-10-01"), None),
        ]


def test_a_decision_is_served_and_published_and_its_file_is_archived() -> None:
    decided = at("2024-09-11T09:00", DecisionMade, decision="APPROVED", decision_date="2024-09-10")
    closed = at("2024-09-12T09:00", CaseClosed, closed_date="2024-09-12")
    found = running(RECEIVED, ACCEPTED, decided, closed)
    wanted = [("SLA-34", "2024-09-25"), ("SLA-35", "2024-09-20"), ("SLA-39", "2024-10-16")]

    assert [(name, found[name, CASE, 0].due) for name, _ in wanted] == [
        (name, instant(due).date()) for name, due in wanted
    ]


def test_a_day_of_the_decision_that_is_put_right_moves_what_follows_it() -> None:
    decided = at("2024-09-11T09:00", DecisionMade, decision="APPROVED", decision_date="2024-09-10")
    amended = at(
        "2024-09-12T09:00", CaseAmended, field="decision_date", old="2024-09-10", new="2024-09-09"
    )
    found = running(RECEIVED, ACCEPTED, decided, amended)

    assert found["SLA-35", CASE, 0].started_on == instant("2024-09-09").date()


def test_a_refusal_is_published_and_there_is_nothing_to_serve() -> None:
    denied = at("2024-09-11T09:00", DecisionMade, decision="DENIED", decision_date="2024-09-11")
    found = running(RECEIVED, ACCEPTED, denied)

    assert ("SLA-34", CASE, 0) not in found
    assert ("SLA-35", CASE, 0) in found


def test_of_old_matters_whose_end_nobody_told_here_nothing_runs() -> None:
    decided = at("2015-09-11T09:00", DecisionMade, decision="APPROVED", decision_date="2015-09-10")
    closed = at("2015-09-12T09:00", CaseClosed, closed_date="2015-09-12")
    received = at("2015-09-02T08:30", ApplicationReceived, received_date="2015-09-02")
    accepted = at("2015-09-02T09:00", ApplicationAccepted, effective_date="2015-09-02")
    names = {name for name, *_ in running(received, accepted, decided, closed)}

    assert "SLA-04" in names
    assert names.isdisjoint({"SLA-34", "SLA-35", "SLA-39"})


def visited(result: str, when: str) -> Entry:
    return at(when, VisitConcluded, result=result, inspection_id="I1")


def test_each_order_to_put_things_right_has_the_day_that_it_names() -> None:
    found = running(
        visited("RECTIFY", "2024-09-04T15:00"),
        at("2024-09-04T16:00", DefectOrdered, deadline="2024-09-11", inspection_id="I1"),
        at("2024-09-10T09:00", DefectSubmitted, inspection_id="I1"),
        visited("RECTIFY", "2024-09-12T09:00"),
        at("2024-09-12T10:00", DefectOrdered, deadline="2024-09-20", inspection_id="I1"),
    )
    first, second = found["SLA-15", "I1", 0], found["SLA-15", "I1", 1]

    assert (first.due, second.due) == (instant("2024-09-11").date(), instant("2024-09-20").date())
    assert cards(first) == [(YELLOW, instant("2024-09-09"), instant("2024-09-10T09:00"))]
    assert found["SLA-16", "I1", 0].due == instant("2024-09-13").date()
    assert cards(found["SLA-16", "I1", 0]) == [
        (YELLOW, instant("2024-09-12"), instant("2024-09-12T09:00"))
    ]


@pytest.mark.parametrize(
    ("result", "called"), [("FAIL", True), ("RECTIFY", True), ("PASS", False), ("NOT_DONE", False)]
)
def test_whoever_was_found_wanting_is_called(
    result: str,
    called: bool,  # noqa: FBT001 - a table of cases
) -> None:
    found = running(visited(result, "2024-09-04T15:00"))

    assert (("SLA-17", "I1", 0) in found) is called
