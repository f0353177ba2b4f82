"""Promises and help: by when material comes, a promise is verified, somebody calls or notes."""

import pytest

from services.metrics.domain.entry import Entry
from services.metrics.domain.reasons.explanation import explain
from shared.contracts.assist import facts as assist
from shared.contracts.commitment import facts as commitment
from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import DecisionMade
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from tests.support.clock_facts import instant
from tests.support.running import RED, YELLOW, at, cards, running
from tests.support.way_of_a_case import CASE

RECEIVED = at("2024-09-02T08:30", ApplicationReceived, received_date="2024-09-02")


def accepted(mode: str) -> Entry:
    return at("2024-09-02T09:00", ApplicationAccepted, effective_date="2024-09-02", mode=mode)


def promise(when: str, kind: type[Fact], **words: object) -> Entry:
    return at(when, kind, commit_id="C1", **words)


TOLERATED = promise(
    "2024-09-02T09:00", commitment.PromiseSigned, mode="TOLERANCE", promise_date="2024-09-09"
)
DECIDED = at("2024-09-05T09:00", DecisionMade, decision="APPROVED", decision_date="2024-09-05")


def test_a_promise_that_is_missed_is_yellow_and_red_once_the_grace_has_passed() -> None:
    found = running(RECEIVED, accepted("TOLERANCE"), TOLERATED)
    promised, grace = found["SLA-29a", "C1", 0], found["SLA-29", "C1", 0]

    assert cards(promised) == [
        (YELLOW, instant("2024-09-05"), instant("2024-09-10")),
        (YELLOW, instant("2024-09-10"), None),
    ]
    assert cards(grace) == [(RED, instant("2024-10-01"), None)]


def test_material_that_came_ends_the_promise_and_its_grace() -> None:
    supplied = promise("2024-09-04T09:00", commitment.SupplementReceived, complete=True)
    found = running(RECEIVED, accepted("TOLERANCE"), TOLERATED, supplied)

    assert cards(found["SLA-29a", "C1", 0]) == []
    assert cards(found["SLA-29", "C1", 0]) == []


def test_a_commitment_waits_for_no_material() -> None:
    signed = promise("2024-09-02T09:00", commitment.PromiseSigned, mode="COMMITMENT")
    found = running(RECEIVED, accepted("COMMITMENT"), signed)

    assert not {"SLA-29a", "SLA-29"} & {name for name, _, _ in found}


def test_what_was_decided_on_a_promise_is_verified_within_forty_days() -> None:
    verified = promise("2024-11-01T09:00", commitment.VerificationCompleted)
    open_one = running(RECEIVED, accepted("COMMITMENT"), DECIDED)["SLA-30", CASE, 0]
    done = running(RECEIVED, accepted("COMMITMENT"), DECIDED, verified)["SLA-30", CASE, 0]

    assert cards(open_one) == [
        (YELLOW, instant("2024-10-23"), instant("2024-11-07")),
        (RED, instant("2024-11-07"), None),
    ]
    assert cards(done) == [(YELLOW, instant("2024-10-23"), instant("2024-11-01T09:00"))]


@pytest.mark.parametrize("mode", ["NORMAL", "TOLERANCE"])
def test_what_rests_on_no_promise_is_not_verified(mode: str) -> None:
    assert ("SLA-30", CASE, 0) not in running(RECEIVED, accepted(mode), DECIDED)


def test_a_promise_that_was_taken_back_is_not_verified() -> None:
    withdrawn = promise("2024-09-03T09:00", commitment.PromiseWithdrawn)

    assert ("SLA-30", CASE, 0) not in running(RECEIVED, accepted("COMMITMENT"), withdrawn, DECIDED)


def asked(**words: object) -> Entry:
    return at("2024-09-02T14:00", assist.AssistRequested, task_id="T1", **words)


def test_whoever_asks_for_help_is_answered_within_a_day() -> None:
    assigned = at("2024-09-03T15:00", assist.AgentAssigned, task_id="T1")
    clock = running(asked(), assigned)["SLA-27", "T1", 0]

    assert cards(clock) == [(YELLOW, instant("2024-09-03T12:00"), instant("2024-09-03T15:00"))]


@pytest.mark.parametrize(("mode", "visited"), [("HOME_VISIT", True), ("HELP", False)])
def test_who_is_to_be_helped_at_home_is_visited_within_three_days(
    mode: str,
    visited: bool,  # noqa: FBT001 - a table of cases
) -> None:
    found = running(asked(mode=mode))

    assert (("SLA-28", "T1", 0) in found) is visited
    if visited:
        assert found["SLA-28", "T1", 0].due == instant("2024-09-05").date()


def noted(when: str) -> Entry:
    return at(when, assist.AssistStepLogged, task_id="T1")


def test_a_key_project_is_noted_on_again_and_again_unless_it_is_blocked() -> None:
    blocked = at("2024-09-10T10:00", assist.AssistBlocked, task_id="T1")
    freed = at("2024-09-12T10:00", assist.AssistUnblocked, task_id="T1")
    found = running(
        asked(kind="KEY_PROJECT"),
        noted("2024-09-03T09:00"),
        noted("2024-09-05T09:00"),
        blocked,
        freed,
    )
    first, second = found["SLA-28b", "T1", 0], found["SLA-28b", "T1", 1]

    assert cards(first) == []
    assert cards(second) == [
        (YELLOW, instant("2024-09-13"), instant("2024-09-25")),
        (RED, instant("2024-09-25"), None),
    ]
    assert "others have to remove" in explain(second, instant("2024-09-26")).sentence.en


def test_other_tasks_are_noted_on_when_there_is_something_to_note() -> None:
    found = running(asked(kind="GENERAL"), noted("2024-09-03T09:00"))

    assert ("SLA-28b", "T1", 0) not in found
