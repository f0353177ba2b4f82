"""Which limits a dossier sets running, in which units, and what makes them stand still."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid5

import pytest
from msgspec import to_builtins

from services.metrics.domain.clocks.alert import ALERTS, Alert, alert_id, withdraw
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold, fold_all
from services.metrics.domain.picture import picture_of
from services.metrics.domain.reasons.explanation import explain
from shared.contracts.envelope import Fact
from shared.contracts.handling.facts import (
    StepStarted,
)
from shared.contracts.inspection.facts import (
    InspectionCreated,
    InspectionScheduled,
    VisitConcluded,
    VisitStarted,
)
from shared.contracts.intake.facts import (
    ApplicationAccepted,
    ApplicationReceived,
    ApplicationWithdrawn,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.rectification.facts import (
    ContactMade,
    DeadlineExtended,
    FindingRecorded,
    MeasureCompleted,
    RectificationOpened,
    RectificationReopened,
)
from shared.contracts.review.facts import AppealDecided, AppealFiled, RatingPosted
from shared.contracts.supervision.course import AlertState
from tests.support.clock_facts import instant
from tests.support.running import RED, RULES, YELLOW, at, cards, running
from tests.support.way_of_a_case import CASE

RECEIVED = at("2024-09-20T10:00", ApplicationReceived, received_date="2024-09-20")


def test_a_silence_is_near_on_its_fourth_day_and_red_when_the_fifth_is_over() -> None:
    silence = running(RECEIVED)["SLA-01", CASE, 0]

    assert (silence.due, silence.sla.severity) == (instant("2024-09-27").date(), 2)
    assert cards(silence) == [
        (YELLOW, instant("2024-09-26"), instant("2024-09-28")),
        (RED, instant("2024-09-28"), None),
    ]


def test_an_acceptance_by_silence_is_late_although_it_takes_effect_at_the_receipt() -> None:
    deemed = at("2024-09-28T00:00", ApplicationAccepted, effective_date="2024-09-20")
    silence = running(RECEIVED, deemed)["SLA-01", CASE, 0]

    assert cards(silence)[-1] == (RED, instant("2024-09-28"), instant("2024-09-28"))


def test_a_notice_breaks_the_silence_and_the_last_material_begins_another() -> None:
    found = running(
        RECEIVED,
        at("2024-09-23T09:00", CorrectionRequested),
        at("2024-09-25T09:00", CorrectionReceived, complete=True, delivered_date="2024-09-24"),
    )
    first, second = found["SLA-01", CASE, 0], found["SLA-01", CASE, 1]

    assert cards(first) == []
    assert (second.started_on, second.due) == (
        instant("2024-09-24").date(),
        instant("2024-09-30").date(),
    )


def test_what_is_corrected_in_full_is_accepted_by_the_next_working_day() -> None:
    corrected = at(
        "2024-09-25T09:00", CorrectionReceived, complete=True, delivered_date="2024-09-24"
    )
    notice = at("2024-09-23T09:00", CorrectionRequested)
    waiting = running(RECEIVED, notice, corrected)["SLA-02", CASE, 0]
    accepted = at("2024-09-25T15:00", ApplicationAccepted, effective_date="2024-09-24")
    done = running(RECEIVED, notice, corrected, accepted)["SLA-02", CASE, 0]

    assert cards(waiting) == [
        (YELLOW, instant("2024-09-25"), instant("2024-09-26")),
        (RED, instant("2024-09-26"), None),
    ]
    assert [card[0] for card in cards(done)] == [YELLOW]


def inspection(name: str, *steps: tuple[str, type[Fact]]) -> list[Entry]:
    return [at(when, kind, inspection_id=name) for when, kind in steps]


def test_several_inspections_of_a_case_have_their_own_clocks() -> None:
    found = running(
        *inspection(
            "I1",
            ("2024-09-02T09:00", InspectionCreated),
            ("2024-09-03T09:00", InspectionScheduled),
            ("2024-09-04T09:00", VisitStarted),
        ),
        *inspection("I2", ("2024-09-03T09:00", InspectionCreated)),
    )

    assert cards(found["SLA-13a", "I1", 0]) == [
        (YELLOW, instant("2024-09-03"), instant("2024-09-03T09:00"))
    ]
    assert found["SLA-13b", "I1", 0].due == instant("2024-09-05").date()
    assert found["SLA-13a", "I2", 0].due == instant("2024-09-04").date()
    assert found["SLA-14", "I1", 0].due == instant("2024-09-05").date()


def test_a_conclusion_is_near_from_the_noon_of_its_day() -> None:
    visit = inspection("I1", ("2024-09-04T09:00", VisitStarted))

    assert cards(running(*visit)["SLA-14", "I1", 0]) == [
        (YELLOW, instant("2024-09-05T12:00"), instant("2024-09-06")),
        (RED, instant("2024-09-06"), None),
    ]


@pytest.mark.parametrize(
    ("concluded", "raised"), [("2024-09-05T11:59", 0), ("2024-09-05T12:00", 1)]
)
def test_what_is_concluded_before_noon_was_never_near(concluded: str, raised: int) -> None:
    visit = inspection("I1", ("2024-09-04T09:00", VisitStarted), (concluded, VisitConcluded))

    assert len(cards(running(*visit)["SLA-14", "I1", 0])) == raised


def test_a_case_that_is_over_ends_what_was_to_be_inspected() -> None:
    ordered = inspection("I1", ("2024-09-02T09:00", InspectionCreated))
    clock = running(*ordered, at("2024-09-02T12:00", ApplicationWithdrawn))["SLA-13a", "I1", 0]

    assert cards(clock) == []


ORDER: dict[str, Any] = {"rect_id": "B1"}
OPENED = at("2024-09-18T15:00", RectificationOpened, review_id="V1", **ORDER)


def test_a_bad_rating_is_near_four_hall_hours_before_the_day_of_the_call_is_over() -> None:
    call = running(OPENED)["SLA-19", "B1", 0]

    assert cards(call) == [
        (YELLOW, instant("2024-09-19T12:00"), instant("2024-09-20")),
        (RED, instant("2024-09-20"), None),
    ]


@pytest.mark.parametrize(
    ("attempts", "over"),
    [
        ([(1, False)], False),
        ([(1, True)], True),
        ([(1, False), (2, False)], False),
        ([(1, False), (2, False), (3, False)], True),
    ],
)
def test_whoever_is_reached_or_called_three_times_is_contacted(
    attempts: Sequence[tuple[int, bool]],
    over: bool,  # noqa: FBT001 - a table of cases
) -> None:
    calls = [
        at(f"2024-09-18T16:0{number}", ContactMade, attempt_no=number, reached=reached, **ORDER)
        for number, reached in attempts
    ]

    assert (running(OPENED, *calls)["SLA-19", "B1", 0].ending is not None) is over


def test_whoever_starts_again_is_called_three_times_again() -> None:
    calls = [
        at(f"2024-09-18T16:0{number}", ContactMade, attempt_no=number, reached=False, **ORDER)
        for number in (1, 2, 3)
    ]
    reopened = at("2024-09-20T09:00", RectificationReopened, **ORDER)
    once_more = at("2024-09-20T10:00", ContactMade, attempt_no=4, reached=False, **ORDER)
    found = running(OPENED, *calls, reopened, once_more)

    assert found["SLA-19", "B1", 0].ending is not None
    assert found["SLA-19", "B1", 1].ending is None


def test_a_rating_under_appeal_stops_the_clocks_of_its_rectification() -> None:
    posted = at("2024-09-17T15:00", RatingPosted, review_id="V1")
    filed = at("2024-09-19T09:00", AppealFiled, review_id="V1")
    decided = at("2024-09-23T09:00", AppealDecided, review_id="V1", upheld=False)
    other = at("2024-09-19T09:30", AppealFiled, review_id="V2")
    pending = running(posted, OPENED, filed, other)["SLA-19", "B1", 0]
    called = running(posted, OPENED, filed, decided)["SLA-19", "B1", 0]
    told = to_builtins(explain(called, instant("2024-09-23T10:00")))

    assert (pending.due, pending.paused) == (None, True)
    assert (called.due, called.near_at) == (
        instant("2024-09-23").date(),
        instant("2024-09-23T12:00"),
    )
    assert "因差评申诉停表" in told["sentence"]["zh-CN"]
    assert "an appeal against the rating" in told["sentence"]["en"]
    assert {day["law"] for day in told["days"] if day["kind"] == "stopped"} == {"差评申诉规则"}


def test_a_complex_cause_has_the_longer_limit_from_the_day_of_the_order() -> None:
    found = running(
        OPENED,
        at("2024-09-18T16:00", ContactMade, reached=True, **ORDER),
        at("2024-09-20T09:00", FindingRecorded, finding="LEDGER", **ORDER),
        at("2024-09-23T09:00", DeadlineExtended, days=5, **ORDER),
    )

    assert cards(found["SLA-20", "B1", 0]) == []
    assert found["SLA-21", "B1", 0].started_on == instant("2024-09-18").date()
    assert found["SLA-21", "B1", 0].limit == 20


def test_a_rectification_that_begins_again_has_the_limit_anew_and_no_extension() -> None:
    found = running(
        OPENED,
        at("2024-09-18T16:00", ContactMade, reached=True, **ORDER),
        at("2024-09-19T09:00", FindingRecorded, finding="FIX_NOW", **ORDER),
        at("2024-09-20T09:00", DeadlineExtended, days=2, **ORDER),
        at("2024-09-23T09:00", MeasureCompleted, **ORDER),
        at("2024-10-08T09:00", RectificationReopened, **ORDER),
    )

    assert (found["SLA-20", "B1", 0].limit, found["SLA-20", "B1", 1].limit) == (7, 5)
    assert found["SLA-20", "B1", 1].due == instant("2024-10-14").date()
    assert found["SLA-22", "B1", 0].due == instant("2024-09-26").date()


def test_a_fact_that_no_limit_reads_leaves_every_clock_as_it_is() -> None:
    before = picture_of(fold_all(CASE, [RECEIVED]), None, RULES)
    returned = at("2024-09-21T09:00", StepStarted, step="HANDLE", step_no=1, limit=None)
    after = picture_of(fold(before.dossier, [returned]), before, RULES)

    assert after.clocks is before.clocks


def test_a_fact_of_one_subject_leaves_the_clocks_of_the_others_as_they_are() -> None:
    ordered = inspection("I1", ("2024-09-20T11:00", InspectionCreated))
    booked = inspection("I1", ("2024-09-21T09:00", InspectionScheduled))
    before = picture_of(fold_all(CASE, [RECEIVED, *ordered]), None, RULES)
    after = picture_of(fold(before.dossier, booked), before, RULES)
    same = {clock.key for clock in after.clocks if any(clock is one for one in before.clocks)}

    assert {key[2] for key in same} == {"SLA-01"}
    assert len(after.clocks) == 3


def test_a_picture_that_grows_is_the_picture_of_all_its_facts() -> None:
    entries = [
        RECEIVED,
        *inspection(
            "I1", ("2024-09-20T11:00", InspectionCreated), ("2024-09-21T09:00", VisitStarted)
        ),
        at("2024-09-21T10:00", ApplicationAccepted, effective_date="2024-09-20"),
    ]
    grown = picture_of(fold_all(CASE, entries[:1]), None, RULES)
    for one in entries[1:]:
        grown = picture_of(fold(grown.dossier, [one]), grown, RULES)

    assert grown == picture_of(fold_all(CASE, entries), None, RULES)


def test_the_names_of_the_first_alerts_of_a_case_stay_what_they_were() -> None:
    first = running(RECEIVED)["SLA-01", CASE, 0]
    (inspected,) = running(*inspection("I1", ("2024-09-02T09:00", InspectionCreated))).values()
    raised_at = instant("2024-09-28")
    named = uuid5(ALERTS, f"SLA-01/{CASE}/RED/2024-09-28T00:00:00+08:00/0")

    assert alert_id(first, RED, raised_at, 0) == str(named)
    assert alert_id(inspected, RED, raised_at, 0) == str(
        uuid5(ALERTS, f"SLA-13a/{CASE}/I1/RED/2024-09-28T00:00:00+08:00/0")
    )


def test_what_was_said_of_a_limit_that_never_began_is_withdrawn_once() -> None:
    said = [
        Alert("a1", YELLOW, instant("2024-09-26"), AlertState.RESOLVED),
        Alert("a2", RED, instant("2024-09-28"), AlertState.REVOKED),
    ]
    (ruling,) = withdraw(said, instant("2024-09-29"))

    assert ruling.event_id == "a1:revoked"
    assert ruling.reason is not None
    assert "never began" in ruling.reason.text("en")
