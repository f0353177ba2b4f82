"""What the page of today says of a clock, a fact and the hours."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from services.metrics.domain import today
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.recent import RecentFact
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.review import Rating
from services.metrics.domain.subjects.subject import CourseStep
from services.metrics.domain.subjects.task import Task
from services.metrics.domain.subjects.terms import Hold, Terms
from services.metrics.views.today import LateNext
from shared.contracts.handling.course import Phase
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.moments import instant_of
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE
from shared.policy.rules import shipped

RULES = shipped()
TERMS = Terms(date(2024, 9, 2), "accepted", 20, "WD", 10, "WD")
COMMITTED = ClockKey("XC1", "XC1", "SLA-04", 0)
FILED = Case(
    name="XC1",
    state=Phase.ACCEPTED,
    steps=(
        CourseStep(ApplicationAccepted.TYPE, datetime(2024, 9, 2, 10, tzinfo=ZONE), "accepted"),
    ),
    item_code="I1",
    item_name="食品经营许可",
    terms=TERMS,
)
CASE = Dossier(key="XC1", subjects=(FILED,))


def holding(hold: Hold) -> Dossier:
    return replace(CASE, subjects=(replace(FILED, holds=(hold,)),))


STOP = Hold(
    hold_id="H1",
    reason="TESTING",
    basis="LICENSING_LAW_45",
    pauses=("COMMITTED", "STATUTORY"),
    opened_on=date(2024, 9, 5),
    opened_by="opened",
    closed_on=date(2024, 9, 7),
    closed_by="closed",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def line(dossier: Dossier, now: str) -> LateNext:
    clock = today.clock_named(dossier, COMMITTED, RULES)
    assert clock is not None

    return today.late_next(clock, dossier, at(now))


def test_a_case_near_its_limit_is_yellow_and_counts_the_hours_on_its_last_day() -> None:
    last = line(CASE, "2024-09-14T10:00:30")

    assert (last.level, last.due, last.days_left) == (AlertLevel.YELLOW, date(2024, 9, 14), 0)
    assert last.seconds_left == 13 * 3600 + 59 * 60
    assert (last.consumed, last.limit) == (10, 10)


def test_a_case_with_time_left_has_no_colour() -> None:
    assert line(CASE, "2024-09-03T10:00:00").level is None


def test_days_that_a_hold_took_are_told_as_stopped() -> None:
    assert line(holding(STOP), "2024-09-10T10:00:00").stopped_days == 2


def test_a_clock_that_stands_still_has_no_due_day_and_no_hours() -> None:
    still = line(holding(replace(STOP, closed_on=None, closed_by=None)), "2024-09-10T10:00:00")

    assert (still.paused, still.due, still.seconds_left) == (True, None, None)


def test_a_clock_that_is_not_there_is_not_found() -> None:
    assert today.clock_named(Dossier(key="XC2"), COMMITTED, RULES) is None


def test_today_lies_between_two_cut_offs() -> None:
    begins, ends = today.day_span(date(2024, 9, 14), RULES)

    assert (begins, ends) == (at("2024-09-14T00:00:00"), at("2024-09-15T00:00:00"))


def test_the_look_ahead_counts_working_days_across_a_holiday() -> None:
    # 28 September is a Saturday; the 29th makes up for the holiday, which ends on 7 October.
    assert today.horizon(date(2024, 9, 28), RULES) == at("2024-10-11T00:00:00")


def test_a_sentence_comes_in_both_languages() -> None:
    clock = today.clock_named(CASE, COMMITTED, RULES)
    assert clock is not None

    said = today.sentences(clock, at("2024-09-20T09:00:00"))

    assert "逾期" in said.zh
    assert "overdue" in said.en


@pytest.mark.parametrize(
    ("dossier", "case_no"),
    [
        (CASE, "XC1"),
        (None, "XC1"),
        (Dossier(key="XC1"), "XC1"),
        (Dossier(key="XC1", subjects=(Task("XC1", "REQUESTED"),)), None),
        (replace(CASE, subjects=(FILED, Rating("XC1", "POSTED"))), "XC1"),
    ],
)
def test_a_fact_leads_to_its_case_unless_it_has_none(
    dossier: Dossier | None, case_no: str | None
) -> None:
    told = today.fact_line(
        RecentFact(instant_of("2024-09-02T02:00:00Z"), "t", "XC1", None), dossier
    )

    assert told.case_no == case_no
    assert told.time.isoformat() == "2024-09-02T10:00:00+08:00"


def test_hours_are_compared_with_the_mean_of_earlier_weeks() -> None:
    assert today.by_hour({"L03/hour:09": 6, "L03/received:PC": 6})[9] == 6
    assert today.by_hour({"L03/hour:09": 6}, today.WEEKS_COMPARED)[9] == 1.5
    assert today.compared_days(date(2024, 9, 30))[-1] == date(2024, 9, 2)


def test_the_law_s_limit_is_told_apart() -> None:
    assert today.is_statutory("STATUTORY")
    assert not today.is_statutory("COMMITTED")


def test_on_a_quiet_morning_every_tile_shows_that_nothing_came() -> None:
    quiet = {
        name: value.number for name, value in today.values_of_the_day({}, date(2024, 9, 2)).items()
    }

    assert set(quiet) >= {"received_today", "closed_today"}
    assert set(quiet.values()) == {0}
    assert set(today.HOURS) < set(today.parts_of_the_day())
