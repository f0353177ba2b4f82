"""The weeks before the demo's day: the same for a seed, with cases late and cases that lie."""

from datetime import date

from deploy.bureau.backlog import Past, PastWeeks, forgotten_hold, told
from shared.contracts.registry import decode, encode
from shared.policy.calendar import official_calendar

TUESDAY = date(2026, 11, 24)


def weeks(seed: int) -> list[Past]:
    return list(PastWeeks(TUESDAY, seed, official_calendar()).cases())


def test_a_seed_tells_the_same_weeks_each_time() -> None:
    assert weeks(7) == weeks(7)
    assert weeks(7) != weeks(8)


def test_nothing_of_the_past_happens_today_or_on_a_day_off() -> None:
    calendar = official_calendar()

    for past in weeks(2024):
        assert past.received_at.date() < TUESDAY
        assert calendar.is_workday(past.received_at.date())
        assert all(event.time.date() < TUESDAY for event in told(past))


def test_some_cases_are_late_some_lie_and_most_are_done() -> None:
    cases = weeks(2024)
    late = [past for past in cases if past.late]

    assert any(past.lies for past in late)
    assert any(past.lies and not past.late for past in cases)
    assert sum(past.decided_at is not None for past in cases) > len(cases) / 2


def test_every_fact_of_the_past_is_one_that_the_gateway_reads() -> None:
    for past in weeks(2024):
        for event in (*told(past), *forgotten_hold(past, TUESDAY)):
            assert decode(encode(event)) == event
