"""A due date explains itself well enough to be found again by somebody else."""

from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.instants import midnight
from services.metrics.domain.reasons.explanation import Raised, explain
from services.metrics.domain.wording import LANGUAGES, words
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from tests.support.clock_facts import (
    ClockFacts,
    clock,
    day,
    decision,
    extension,
    hold,
    instant,
    terms,
)

TESTED = ClockFacts("XC1", terms("2024-09-02", committed=10), (hold("2024-09-05", "2024-09-07"),))
PROMISED = {
    *("sla_id", "clock", "policy_version", "calendar_version", "limit", "unit", "started_by"),
    *("starts_on", "due", "provisional", "stretches", "days", "consumed", "remaining", "level"),
    *("raised_at", "lateness_ms", "causes", "sentence"),
}


def told(clock: Clock, at: datetime, raised: Raised | None = None) -> dict[str, Any]:
    """Return an explanation as a reader gets it."""
    document: dict[str, Any] = to_builtins(explain(clock, at, raised))
    return document


def found_again(explained: dict[str, Any]) -> date | None:
    """
    Find the due date from limit, unit and stretches, as a stranger would.

    It shares no code with casetrack: the calendar is the public library's.
    """

    def iso(text: str | None) -> date:
        return date.fromisoformat(text) if text else date.max

    def works(day: date) -> bool:
        return (day.year > 2026 and day.weekday() < 5) or (
            day.year <= 2026 and chinese_calendar.is_workday(day)
        )

    stops = [
        (iso(one["from"]), iso(one["to"])) for one in explained["stretches"] if not one["running"]
    ]
    day, left = iso(explained["starts_on"]), explained["limit"]
    while left:
        day += timedelta(1)
        if day.year > 2030:
            return None
        counts = explained["unit"] == "ND" or works(day)
        left -= counts and not any(first <= day <= last for first, last in stops)
    while explained["limit"] and not works(day):
        day += timedelta(1)
    return day


STARTS = st.integers(0, 800).map(lambda n: date(2024, 1, 1) + timedelta(n))
SPANS = st.lists(
    st.tuples(st.integers(-5, 40), st.one_of(st.none(), st.integers(0, 20))), max_size=3
)


@settings(deadline=None)
@given(STARTS, st.integers(0, 40), SPANS, st.integers(0, 90), st.booleans())
def test_a_stranger_finds_the_same_due_date_from_the_explanation_alone(
    start: date,
    limit: int,
    spans: list[tuple[int, int | None]],
    seen_after: int,
    ended: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    holds = tuple(
        hold(
            (start + timedelta(opened)).isoformat(),
            None if length is None else (start + timedelta(opened + length)).isoformat(),
            name=f"H{number}",
        )
        for number, (opened, length) in enumerate(spans)
    )
    seen = start + timedelta(seen_after)
    ending = decision(seen.isoformat()) if ended else None
    one = clock(ClockFacts("XC1", terms(start.isoformat(), statutory=limit), holds, (), ending))

    explained = told(one, midnight(seen))

    assert found_again(explained) == one.due
    assert explained["consumed"] + explained["remaining"] == limit
    if one.due is not None:
        within = [each for each in explained["days"] if each["date"] <= one.due.isoformat()]
        assert sum(each["counted"] for each in within) == limit
        assert len(within) == (one.due - start).days + 1


def test_natural_days_are_found_again_too() -> None:
    explained = told(
        clock(ClockFacts("XC1", terms("2024-09-27", statutory=4, unit="ND"))), instant("2024-09-30")
    )

    assert found_again(explained) == day("2024-10-08")
    assert [one["kind"] for one in explained["days"]].count("counted") == 4


def test_every_promised_name_is_there_and_the_card_is_named() -> None:
    raised = Raised(AlertLevel.RED, instant("2024-09-20"), 38)

    explained = told(clock(TESTED, ClockName.COMMITTED), instant("2024-09-20"), raised)

    assert explained.keys() >= PROMISED
    assert (explained["level"], explained["lateness_ms"]) == ("RED", 38)
    assert explained["raised_at"] == "2024-09-20T00:00:00+08:00"
    assert explained["causes"] == ("accepted", "H1-opened", "H1-closed")


def test_each_day_says_why() -> None:
    explained = told(clock(TESTED, ClockName.COMMITTED), instant("2024-09-21"))
    why = {one["date"][8:]: one["why"] for one in explained["days"]}

    assert why["02"] == "start"
    assert why["03"] == "counted"
    assert why["05"] == "stopped(TESTING, LICENSING_LAW_45)"
    assert why["07"] == "weekend"
    assert why["14"] == "make_up(中秋节)"
    assert why["15"] == "holiday(中秋节)"
    assert why["19"] == "due"
    assert why["20"] == "after_due"


def test_a_stopped_day_names_the_law_and_the_event_behind_it() -> None:
    explained = told(clock(TESTED, ClockName.COMMITTED), instant("2024-09-05"))
    stopped = next(one for one in explained["days"] if one["kind"] == "stopped")

    assert stopped["law"] == "行政许可法 第四十五条"
    assert (stopped["ground"], stopped["event_id"]) == ("TESTING", "H1-opened")
    assert list(explained["stretches"]) == [
        _stretch("2024-09-03", "2024-09-04", "accepted"),
        _stretch("2024-09-05", "2024-09-06", "H1-opened", "TESTING", "LICENSING_LAW_45"),
        _stretch("2024-09-07", None, "H1-closed"),
    ]


def _stretch(
    first: str, last: str | None, event_id: str, reason: str | None = None, basis: str | None = None
) -> dict[str, Any]:
    return {
        "from": first,
        "to": last,
        "running": reason is None,
        "reason": reason,
        "legal_basis": basis,
        "event_id": event_id,
    }


SENTENCES = [
    (
        TESTED,
        "2024-09-12",
        (
            "9月2日受理，第二日起算；9月5日至6日因检验停表，不计入；9月14日（周六）为调休上班日，计入；"
            "9月15日至17日中秋节放假，不计入；应于9月19日办结。"
        ),
        (
            "Accepted on 2 September, counted from the next day; 5 to 6 September does not "
            "count: the clock stood still for testing; Saturday 14 September is a make-up "
            "working day and counts; 15 to 17 September, Mid-Autumn Festival, does not count; "
            "due on 19 September."
        ),
    ),
    (
        ClockFacts("XC1", terms("2024-09-02", committed=10), (hold("2024-09-05"),)),
        "2024-09-12",
        "9月2日受理，第二日起算；自9月5日起因检验停表，尚未恢复，剩余8个工作日。",
        (
            "Accepted on 2 September, counted from the next day; the clock has stood still since "
            "5 September for testing, with 8 working days left."
        ),
    ),
    (
        ClockFacts("XC1", terms("2026-12-21", committed=5), (), (extension("2026-12-25"),)),
        "2026-12-25",
        (
            "12月21日受理，第二日起算；12月25日批准延长10个工作日；应于2027年1月11日办结"
            "（2027年放假安排尚未公布，暂定）。"
        ),
        (
            "Accepted on 21 December, counted from the next day; extended on 25 December by "
            "10 working days; due on 11 January 2027 (provisional: the holidays of 2027 are not "
            "published yet)."
        ),
    ),
    (
        ClockFacts("XC1", terms("2024-11-04", committed=3), ending=decision("2024-11-08")),
        "2025-01-01",
        "2024年11月4日受理，第二日起算；应于11月7日办结，已于11月8日办理，逾期。",
        (
            "Accepted on 4 November 2024, counted from the next day; due on 7 November; done on "
            "8 November, late."
        ),
    ),
    (
        ClockFacts("XC1", terms("2024-11-04", committed=0)),
        "2024-11-05",
        "11月4日受理；应于当日办结，至11月5日已逾期1个工作日。",
        "Accepted on 4 November; due the same day; overdue by 1 working day on 5 November.",
    ),
]


@pytest.mark.parametrize(("facts", "on", "chinese", "english"), SENTENCES)
def test_one_sentence_says_it_in_both_languages(
    facts: ClockFacts, on: str, chinese: str, english: str
) -> None:
    said = told(clock(facts, ClockName.COMMITTED), instant(on))["sentence"]

    assert said == {"zh-CN": chinese, "en": english}


def test_both_languages_have_words_for_the_same() -> None:
    chinese, english = (words(language) for language in LANGUAGES)
    spelled = ("month.", "name.")

    assert {code for code in english if not code.startswith(spelled)} == set(chinese)


def test_a_case_forgotten_for_ever_still_has_an_explanation_of_bounded_length() -> None:
    explained = told(clock(ClockFacts("XC1", terms("2010-03-01"))), instant("2026-11-23"))

    assert explained["due"] == "2010-03-29"
    assert len(explained["days"]) == 1101
