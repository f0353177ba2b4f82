"""How long a referral may lie before the committee: by its parts, and in all."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from services.metrics.domain.clocks.clock import Clock, clock_of
from services.metrics.domain.entry import Entry
from shared.contracts.committee.facts import (
    ReferralDeliberated,
    ReferralMade,
    ReferralScreened,
    ResolutionAdopted,
)
from tests.support.clock_facts import instant
from tests.support.running import RED, YELLOW, at, cards, running

REFERRAL = {"referral_id": "R1"}
REFERRED = at("2024-09-02T09:00", ReferralMade, remaining_committed_days=20, **REFERRAL)
ADMITTED = at("2024-09-03T09:00", ReferralScreened, result="ADMITTED", **REFERRAL)


def deliberated(day: str) -> Entry:
    return at(f"{day}T09:00", ReferralDeliberated, **REFERRAL)


def adopted(day: str, outcome: str) -> Entry:
    return at(f"{day}T15:00", ResolutionAdopted, outcome=outcome, **REFERRAL)


def of_the_referral(*facts: Entry) -> dict[tuple[str, int], Clock]:
    """Return the clocks of the parts of a stay, by row and number."""
    found = running(REFERRED, ADMITTED, *facts)
    return {(sla, number): clock for (sla, _, number), clock in found.items() if sla != "SLA-18"}


def test_a_referral_is_judged_by_its_parts_and_as_a_whole() -> None:
    found = running(REFERRED, ADMITTED, deliberated("2024-09-11"), adopted("2024-09-18", "APPROVE"))

    assert cards(found["SLA-18a", "R1", 0])[0][0] is YELLOW
    assert found["SLA-18b", "R1", 0].due == instant("2024-09-10").date()
    assert [card[0] for card in cards(found["SLA-18b", "R1", 0])] == [YELLOW, RED]
    assert found["SLA-18c", "R1", 0].due == instant("2024-09-13").date()
    assert cards(found["SLA-18c", "R1", 0]) == [
        (YELLOW, instant("2024-09-13"), instant("2024-09-14")),
        (RED, instant("2024-09-14"), instant("2024-09-18T15:00")),
    ]
    assert found["SLA-18", "R1", 0].due == instant("2024-09-12").date()
    assert [card[0] for card in cards(found["SLA-18", "R1", 0])] == [YELLOW, RED]


def test_a_deliberation_ends_the_wait_for_a_meeting_and_its_resolution_that_for_the_minutes() -> (
    None
):
    found = of_the_referral(deliberated("2024-09-09"), adopted("2024-09-10", "APPROVE"))

    assert [found[one].ended_at for one in (("SLA-18b", 0), ("SLA-18c", 0))] == [
        instant("2024-09-09T09:00"),
        instant("2024-09-10T15:00"),
    ]
    assert cards(found["SLA-18b", 0]) == cards(found["SLA-18c", 0]) == []


@pytest.mark.parametrize("outcome", ["APPROVE", "RETURN_TO_SECTION"])
def test_a_resolution_of_whose_deliberation_nobody_told_ends_the_wait_for_a_meeting(
    outcome: str,
) -> None:
    found = of_the_referral(adopted("2024-09-09", outcome))

    assert found.keys() == {("SLA-18a", 0), ("SLA-18b", 0)}
    assert found["SLA-18b", 0].ended_at == instant("2024-09-09T15:00")


@pytest.mark.parametrize("told", [(), (deliberated("2024-09-09"),)], ids=["untold", "told"])
def test_what_a_meeting_puts_off_has_five_days_more_for_another_one(told: Sequence[Entry]) -> None:
    found = of_the_referral(*told, adopted("2024-09-09", "DEFER"))
    again = of_the_referral(
        *told,
        adopted("2024-09-09", "DEFER"),
        deliberated("2024-09-12"),
        adopted("2024-09-13", "DENY"),
    )

    assert (found["SLA-18b", 1].due, found["SLA-18b", 1].ended_at) == (
        instant("2024-09-14").date(),
        None,
    )
    assert {clock.ended_at is None for clock in again.values()} == {False}
    assert [number for sla, number in again if sla == "SLA-18c"] == [*range(1 + len(told))]


@pytest.mark.parametrize(
    ("left", "near"),
    [
        (20, "2024-09-12"),
        (11, "2024-09-12"),
        (10, "2024-09-11"),
        (5, "2024-09-04"),
        (3, "2024-09-02T09:00"),
        (-2, "2024-09-02T09:00"),
    ],
)
def test_a_stay_is_near_with_three_days_left_of_the_committed_limit(left: int, near: str) -> None:
    made = at("2024-09-02T09:00", ReferralMade, referral_id="R1", remaining_committed_days=left)
    stay = running(made)["SLA-18", "R1", 0]

    assert (stay.due, stay.near_at) == (instant("2024-09-12").date(), instant(near))


def test_a_stay_of_which_nobody_said_what_is_left_is_near_on_its_last_day() -> None:
    made = at("2024-09-02T09:00", ReferralMade, referral_id="R1", remaining_committed_days=5)
    stay = running(made)["SLA-18", "R1", 0]
    unsaid = clock_of(replace(stay.run, others=None), stay.policy, stay.calendar)

    assert unsaid.near_at == instant("2024-09-12")


def test_a_referral_that_was_sent_back_is_over() -> None:
    returned = at("2024-09-03T09:00", ReferralScreened, result="RETURNED", **REFERRAL)

    assert cards(running(REFERRED, returned)["SLA-18", "R1", 0]) == []
