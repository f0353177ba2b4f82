"""When a case is due: the rules behind the published vectors, which the rulebook has."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import midnight
from shared.contracts.words import ClockName
from shared.policy.calendar import official_calendar
from shared.policy.sla import bureau_policy
from tests.support.clock_facts import (
    ClockFacts,
    clock,
    clocks,
    day,
    decision,
    extension,
    hold,
    instant,
    terms,
)


def test_the_two_clocks_of_a_case_never_mix() -> None:
    inspection = hold("2024-09-10", "2024-09-20", reason="ONSITE_VERIFICATION", basis="LOCAL_RULE")

    committed, statutory = clocks(
        ClockFacts("XC1", terms("2024-09-02", committed=10), (inspection,))
    )

    assert committed.due == day("2024-09-26")
    assert statutory.due == day("2024-09-30")
    assert statutory.holds == ()


@pytest.mark.parametrize(
    ("reason", "basis", "pauses", "stopped"),
    [
        ("EXPERT_REVIEW", "LICENSING_LAW_45", ("COMMITTED", "STATUTORY"), "CS"),
        ("EXPERT_REVIEW", "LICENSING_LAW_45", ("COMMITTED",), "C"),
        ("EXPERT_REVIEW", "LOCAL_RULE", ("COMMITTED", "STATUTORY"), "C"),
        ("ONSITE_VERIFICATION", "LICENSING_LAW_45", ("COMMITTED", "STATUTORY"), "C"),
        ("APPLICANT_RECTIFY", "LOCAL_RULE", ("STATUTORY",), ""),
        ("PUBLIC_NOTICE", "OTHER_LAW", ("COMMITTED", "STATUTORY"), "CS"),
        ("PUBLIC_NOTICE", "LOCAL_RULE", ("COMMITTED", "STATUTORY"), "C"),
        ("SUPPLEMENT", "LOCAL_RULE", ("COMMITTED", "STATUTORY"), "C"),
    ],
)
def test_a_hold_stops_what_it_claims_and_policy_permits(
    reason: str, basis: str, pauses: tuple[str, ...], stopped: str
) -> None:
    one = hold("2024-09-10", "2024-09-20", reason=reason, basis=basis, pauses=pauses)

    both = clocks(
        ClockFacts("XC1", terms("2024-09-02"), (one,)), bureau_policy(), official_calendar()
    )

    assert "".join(found.name[0] for found in both if found.stops) == stopped


def test_a_supplement_stops_the_committed_clock_once() -> None:
    first, second = (
        hold(opened, closed, name=name, reason="SUPPLEMENT", basis="LOCAL_RULE")
        for name, opened, closed in [
            ("H2", "2024-09-13", "2024-09-18"),
            ("H1", "2024-09-04", "2024-09-05"),
        ]
    )

    found = clock(ClockFacts("XC1", terms("2024-09-02"), (first, second)), ClockName.COMMITTED)

    assert [one.hold_id for one in found.holds] == ["H1"]


def test_an_open_hold_freezes_what_remains() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-02"), (hold("2024-09-10"),)))

    assert found.due is None
    assert found.due_at is None
    assert found.paused
    assert found.remaining(instant("2024-09-09")) == 15
    assert found.remaining(instant("2024-12-31")) == 15


def test_a_hold_after_the_due_day_heals_nothing() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-02"), (hold("2024-10-08"),)))

    assert found.due == day("2024-09-30")


def test_a_hold_that_outlives_the_decision_ends_with_it() -> None:
    facts = ClockFacts(
        "XC1", terms("2024-09-02"), (hold("2024-09-10"),), (), decision("2024-09-20")
    )

    assert clock(facts).stops == ((day("2024-09-10"), day("2024-09-20")),)


def test_a_hold_opened_after_the_end_is_ignored() -> None:
    facts = ClockFacts(
        "XC1", terms("2024-09-02"), (hold("2024-09-18"),), (), decision("2024-09-12")
    )

    assert clock(facts).holds == ()
    assert clock(facts).due == day("2024-09-30")


def test_deemed_acceptance_counts_from_the_day_of_receipt() -> None:
    assert clock(ClockFacts("XC1", terms("2024-09-20"))).due == day("2024-10-23")


def test_an_immediate_case_is_due_on_its_day_and_never_near() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-02", committed=0)), ClockName.COMMITTED)

    assert found.due == day("2024-09-02")
    assert found.near_at is None
    assert found.due_at == instant("2024-09-03")


def test_an_extension_in_time_makes_the_limit_longer() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-02"), (), (extension("2024-09-30"),)))

    assert found.limit == 30
    assert found.due == day("2024-10-18")


@pytest.mark.parametrize("approved", ["2024-10-01", "2024-10-08"])
def test_an_extension_after_the_due_day_leaves_the_breach(approved: str) -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-02"), (), (extension(approved),)))

    assert found.limit == 20
    assert found.due == day("2024-09-30")


def test_only_one_extension_counts() -> None:
    twice = (extension("2024-09-10"), extension("2024-09-11"))

    assert clock(ClockFacts("XC1", terms("2024-09-02"), (), twice)).limit == 30


def test_an_extension_is_judged_by_each_clock_alone() -> None:
    facts = ClockFacts("XC1", terms("2024-09-02", committed=5), (), (extension("2024-09-20"),))

    assert clock(facts, ClockName.COMMITTED).limit == 5
    assert clock(facts, ClockName.STATUTORY).limit == 30


def test_natural_days_run_over_the_weekend() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-27", statutory=4, unit="ND")))

    assert found.due == day("2024-10-08")
    assert found.left(instant("2024-10-07")) == 1
    assert found.near_at == instant("2024-10-07")


def test_days_on_which_natural_days_wait_for_a_working_one_are_no_part_of_the_limit() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-27", statutory=4, unit="ND")))
    days = ("2024-09-30", "2024-10-01", "2024-10-04", "2024-10-08", "2024-10-09", "2024-10-12")

    assert [found.consumed(instant(on)) for on in days] == [3, 4, 4, 4, 5, 8]
    assert found.remaining(instant("2024-10-08")) == 0


def test_a_clock_that_is_over_stands_still_no_more() -> None:
    facts = ClockFacts(
        "XC1", terms("2024-09-02"), (hold("2024-09-10", "2024-09-11"),), (), decision("2024-09-12")
    )

    assert clock(facts).stood(instant("2024-09-20")) == 1


def test_a_limit_that_crosses_an_unpublished_year_is_provisional() -> None:
    facts = ClockFacts("XC1", terms("2026-12-21"))
    published = official_calendar().published([2027], {date(2027, 1, 1): "元旦"}, {})

    assert clock(facts).provisional
    assert not clock(facts, calendar=published).provisional
    assert clock(facts).due == day("2027-01-18")
    assert clock(facts, calendar=published).due == day("2027-01-19")


def test_the_bureaus_cut_off_ends_the_due_day() -> None:
    bureau = bureau_policy().bureau.model_copy(update={"cut_off": time(17, 29, 59)})
    found = clock(
        ClockFacts("XC1", terms("2024-09-02")), policy=bureau_policy().amended(bureau=bureau)
    )

    assert found.due_at == instant("2024-09-30T17:30:00")
    assert found.policy.version != bureau_policy().version


def test_days_left_count_down_to_nothing_and_being_late_counts_up() -> None:
    found = clock(ClockFacts("XC1", terms("2024-09-02")))

    assert [found.left(instant(f"2024-09-{on}")) for on in (25, 26, 28, 29, 30)] == [4, 3, 2, 1, 0]
    assert found.left(instant("2024-10-09")) == 0
    assert found.overdue(instant("2024-10-07")) == 0
    assert found.overdue(instant("2024-10-09")) == 2


DAYS = st.integers(0, 70).map(lambda n: date(2024, 8, 26) + timedelta(n))
HOLDS = st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 20))), max_size=3)


@given(st.integers(1, 25), HOLDS)
def test_yellow_begins_when_the_days_left_reach_the_margin(
    limit: int, spans: list[tuple[date, int | None]]
) -> None:
    found = _with_holds(limit, spans)
    margin = 0 if limit <= 2 else min(5, max(1, limit // 5))
    days = (found.started_on + timedelta(n) for n in range(300))

    if found.due is not None:
        first = next(day for day in days if found.left(midnight(day)) <= margin)
        assert found.near_at == midnight(first)
        assert found.consumed(midnight(found.due)) == limit


def _with_holds(limit: int, spans: list[tuple[date, int | None]]) -> Clock:
    holds = tuple(
        hold(
            opened.isoformat(),
            None if length is None else (opened + timedelta(length)).isoformat(),
            name=f"H{number}",
        )
        for number, (opened, length) in enumerate(spans)
    )
    return clock(ClockFacts("XC1", terms("2024-09-02", statutory=limit), holds))
