"""Limits in hall hours, and until a day or an instant that somebody named."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from services.metrics.domain.clocks.clock import Clock, clock_of
from services.metrics.domain.clocks.deadline import expected, first_at
from services.metrics.domain.clocks.instants import instant_of_second, second_of
from services.metrics.domain.clocks.run import Run
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.explanation import explain
from shared.contracts.inspection.facts import DefectOrdered
from shared.policy.calendar import ZONE, official_calendar
from shared.policy.counting import HORIZON, HallHours
from shared.policy.limits import Limit, Unit
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from shared.policy.yellow import ShareYellow
from tests.support.clock_facts import hold, instant
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import CASE, entry

POLICY, CALENDAR, RULES = bureau_policy(), official_calendar(), shipped()


def limit_of(**changes: object) -> Limit:
    """Return the row of the first contact, changed."""
    row = POLICY.by_id["SLA-19"].model_dump(exclude_none=True) | {"standstills": ()}
    return Limit.model_validate(row | changes)


def clock_in(row: Limit, when: str, **run: Any) -> Clock:  # noqa: ANN401 - what a run takes
    begun = instant(when)
    whole = {"limit": row.limit, "unit": row.unit, **run}
    return clock_of(Run(row, CASE, "S1", begun, begun.date(), "begun", **whole), POLICY, CALENDAR)


HOURS = limit_of(unit="HH", limit=4, yellow={"by": "hours", "hours": 1})


@pytest.mark.parametrize(
    ("begun", "near", "over"),
    [
        ("2024-09-02T09:00", "2024-09-02T12:00", "2024-09-02T14:00"),
        ("2024-09-02T10:30", "2024-09-02T14:30", "2024-09-02T15:30"),
        ("2024-09-02T15:30", "2024-09-03T10:30", "2024-09-03T11:30"),
        ("2024-09-06T16:00", "2024-09-09T11:00", "2024-09-09T12:00"),
        ("2024-09-06T23:00", "2024-09-09T12:00", "2024-09-09T14:00"),
        ("2024-09-13T15:00", "2024-09-14T10:00", "2024-09-14T11:00"),
        ("2024-09-30T16:00", "2024-10-08T11:00", "2024-10-08T12:00"),
    ],
)
def test_hall_hours_pass_while_the_hall_is_open(begun: str, near: str, over: str) -> None:
    clock = clock_in(HOURS, begun)

    assert (clock.near_at, clock.due_at) == (instant(near), instant(over))


def test_what_is_over_with_the_hall_was_due_on_that_day() -> None:
    clock = clock_in(HOURS, "2024-09-02T13:00")

    assert (clock.due_at, clock.due) == (instant("2024-09-02T17:00"), instant("2024-09-02").date())


def test_hours_are_told_as_hours() -> None:
    clock = clock_in(HOURS, "2024-09-02T15:30")
    told = to_builtins(explain(clock, instant("2024-09-03T14:45")))

    assert (
        clock.consumed(instant("2024-09-03T10:30")),
        clock.left(instant("2024-09-03T10:30")),
    ) == (
        3,
        1,
    )
    assert told["sentence"] == {
        "zh-CN": "9月2日差评转办，自15:30起按大厅工时计；应于9月3日11:30前办结，"
        "至9月3日已逾期2个大厅工时。",
        "en": "Bad rating passed on for action on 2 September at 15:30, counted in hall hours; "
        "due on 3 September at 11:30; overdue by 2 hall hours on 3 September.",
    }
    assert [(day["date"], day["counted"]) for day in told["days"]] == [
        ("2024-09-02", True),
        ("2024-09-03", True),
    ]
    assert told["stretches"][0]["from"] == "2024-09-02"


def test_a_stop_takes_whole_days_from_hours_too() -> None:
    stood = (hold("2024-09-03", "2024-09-04"),)
    clock = clock_in(HOURS, "2024-09-02T15:30", stood=stood)
    open_still = clock_in(HOURS, "2024-09-02T15:30", stood=(hold("2024-09-03"),))

    assert clock.due_at == instant("2024-09-04T11:30")
    assert clock.stood(instant("2024-09-04T10:00")) == 7
    assert (open_still.due_at, open_still.near_at, open_still.left(instant("2024-09-09"))) == (
        None,
        None,
        3,
    )


def test_hours_may_be_near_by_a_share_or_never() -> None:
    share = POLICY.by_id["SLA-04"].yellow
    assert isinstance(share, ShareYellow)
    by_share = limit_of(unit="HH", limit=10, yellow=share.model_dump())
    never = limit_of(unit="HH", limit=2, yellow=None, recipients={"RED": ("ANYBODY",)})

    assert clock_in(by_share, "2024-09-02T09:00").near_at == instant("2024-09-03T10:00")
    assert [one.raised_at for one in expected(clock_in(never, "2024-09-02T09:00"))] == [
        instant("2024-09-02T11:00")
    ]
    assert clock_in(never, "2024-09-02T09:00", limit=0).due_at == instant("2024-09-02T09:00")


def test_hours_without_end_end_with_the_last_day_that_counts() -> None:
    endless = clock_in(HOURS, "2024-09-02T09:00", limit=10**9)

    assert endless.due == HORIZON
    assert endless.provisional


NAMED = limit_of(
    id="SLA-90",
    unit="AT",
    limit={"field": "deadline"},
    subject="inspection",
    yellow={"by": "days", "days": 2},
    starts=({"fact": "casetrack.inspection.defect.ordered.v1"},),
    stops=({"fact": "casetrack.inspection.defect.submitted.v1"},),
)


def test_a_day_that_somebody_named_is_the_last_one() -> None:
    clock = clock_in(
        NAMED, "2024-09-02T09:00", limit=0, unit=Unit.AT, until=instant("2024-09-12").date()
    )
    told = to_builtins(explain(clock, instant("2024-09-03")))

    assert (clock.near_at, clock.due_at) == (instant("2024-09-10"), instant("2024-09-13"))
    assert (clock.limit, clock.unit, clock.left(instant("2024-09-10"))) == (8, Unit.WD, 2)
    assert told["sentence"]["zh-CN"] == "9月2日差评转办；应于9月12日办结。"


def test_an_instant_that_somebody_named_is_kept_to_the_minute() -> None:
    until = instant("2024-09-12T15:00")
    clock = clock_in(NAMED, "2024-09-02T09:00", limit=0, unit=Unit.AT, until=until)
    late = clock_in(NAMED, "2024-09-12T09:00", limit=0, unit=Unit.AT, until=instant("2024-09-02"))

    assert clock.due_at == until
    assert late.due_at == instant("2024-09-02")
    assert first_at(late) == instant("2024-09-02")


def test_a_named_day_comes_from_the_subject() -> None:
    policy = POLICY.amended(limits=(*POLICY.limits, NAMED))
    rules = replace(RULES, policies=((date.min, policy),))
    ordered = entry(like_the_example(DefectOrdered, deadline="2024-09-12"), 1)
    clocks = clocks_of(fold_all(CASE, [ordered]), rules)

    assert {clock.due for clock in clocks} == {instant("2024-09-12").date()}
    assert len(clocks) == 2


SECONDS = st.integers(0, 40 * 86_400)


@settings(max_examples=30, deadline=None)
@given(SECONDS, st.integers(1, 16))
def test_hall_hours_are_what_a_porter_counts(start: int, amount: int) -> None:
    hall = HallHours(CALENDAR, POLICY.bureau.hall_seconds)
    begun = instant("2024-09-10") + timedelta(seconds=start)
    first = second_of(begun)
    last = hall.nth(hall.before(first) + amount * 3600)
    minute, counted = begun, 0.0
    end = instant_of_second(last + 1)
    while minute < end:
        following = min(end, minute.replace(second=0) + timedelta(minutes=1))
        if _open(minute):
            counted += (following - minute).total_seconds()
        minute = following

    assert counted == amount * 3600
    assert hall.before(last + 1) - hall.before(first) == amount * 3600


def _open(moment: datetime) -> bool:
    local = moment.astimezone(ZONE)
    hour = local.hour
    return CALENDAR.is_workday(local.date()) and (9 <= hour < 12 or 13 <= hour < 17)


def test_a_hall_of_no_hours_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError, match="sessions"):
        _Broken(CALENDAR, POLICY.bureau.hall_seconds).nth(1)


class _Broken(HallHours):
    """Counts seconds that its sessions have not."""

    def __init__(self, *parts: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(*parts)
        self._sessions = ()


CLOSING = limit_of(id="SLA-91", unit="DH", limit=2, yellow={"by": "hours", "hours": 3})


def test_days_until_the_hall_closes_are_near_with_some_hours_left_and_stand_still() -> None:
    clock = clock_in(CLOSING, "2024-09-02T10:00")
    held = clock_in(CLOSING, "2024-09-02T10:00", stood=(hold("2024-09-03"),))
    silent = clock_in(limit_of(unit="DH", limit=2, yellow=None, recipients={}), "2024-09-02T10:00")
    due_at = instant("2024-09-04T17:00")

    assert (clock.near_at, clock.due_at) == (instant("2024-09-04T14:00"), due_at)
    assert clock.left(instant("2024-09-03T09:00")) == 1
    assert (held.due, held.near_at) == (None, None)
    assert (silent.due_at, silent.near_at) == (due_at, None)


def test_hours_that_are_left_do_not_pass_while_the_clock_stands_still() -> None:
    row = limit_of(id="SLA-92", limit=3, yellow={"by": "hours", "hours": 9})
    clock = clock_in(row, "2024-09-02T10:00", stood=(hold("2024-09-05", "2024-09-06"),))
    closing = clock_in(
        limit_of(id="SLA-92", unit="DH", limit=2, yellow={"by": "hours", "hours": 9}),
        "2024-09-02T10:00",
        stood=(hold("2024-09-04", "2024-09-05"),),
    )
    after = clock_in(
        limit_of(id="SLA-92", unit="DH", limit=2, yellow={"by": "after", "hours": 9}),
        "2024-09-02T10:00",
        stood=(hold("2024-09-03", "2024-09-04"),),
    )

    assert (clock.due, clock.near_at) == (instant("2024-09-06").date(), instant("2024-09-04T15:00"))
    assert (closing.due_at, closing.near_at) == (
        instant("2024-09-05T17:00"),
        instant("2024-09-03T15:00"),
    )
    assert after.near_at == instant("2024-09-04T12:00")


def test_what_was_stopped_is_told_for_the_day_of_the_start_too() -> None:
    stopped = clock_in(HOURS, "2024-09-02T15:30", stood=(hold("2024-09-02", "2024-09-03"),))
    told = to_builtins(explain(stopped, instant("2024-09-02T16:00")))
    closing = clock_in(
        limit_of(id="SLA-92", unit="DH", limit=1, yellow=None, recipients={}),
        "2024-09-02T09:00",
        stood=(hold("2024-09-02", "2024-09-03"),),
    )

    assert explain(closing, instant("2024-09-02T16:00")).stretches[0].reason == "TESTING"
    assert stopped.due_at == instant("2024-09-03T14:00")
    assert [one["running"] for one in told["stretches"]] == [False, True]
    assert [day["counted"] for day in told["days"]] == [False, True]
