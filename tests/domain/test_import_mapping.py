"""What each activity of the two logs becomes in our language."""

from datetime import date, datetime

import pytest

from deploy.command.xes.mapping import Import, Unusable
from deploy.command.xes.profiles import BPIC15, WABO, Profile, guessed
from deploy.command.xes.reading import LoggedCase
from shared.contracts.committee import ReferralMade, ResolutionAdopted
from shared.contracts.envelope import Event
from shared.contracts.handling import (
    ActivityRecorded,
    CaseClosed,
    DecisionMade,
    ExtensionApproved,
    HoldOpened,
)
from shared.contracts.intake import (
    ApplicationAccepted,
    ApplicationReceived,
    CorrectionReceived,
    CorrectionRequested,
)
from shared.contracts.registry import encode

RECEIPT = Import("wabo_receipt", WABO)
PERMITS = Import("BPIC15_1", BPIC15)

STARTED = "2011-03-26T23:30:00+01:00"
LATER = "2011-04-04T10:00:00+02:00"


def events(log: Import, *activities: str, question: str = "EMPTY", **case: str) -> list[Event]:
    told, unusable = log.told(
        LoggedCase(
            {"concept:name": "case-1", **case},
            tuple(
                {
                    "concept:name": activity,
                    "time:timestamp": LATER,
                    "question": question,
                    "org:resource": "560872",
                }
                for activity in activities
            ),
        )
    )
    assert not unusable
    return told


@pytest.mark.parametrize(
    ("log", "activity", "question", "fact"),
    [
        (RECEIPT, "Confirmation of receipt", "", ApplicationReceived),
        (RECEIPT, "T05 Print and send confirmation of receipt", "", ApplicationAccepted),
        (RECEIPT, "T08 Draft and send request for advice", "", ReferralMade),
        (
            RECEIPT,
            "T09-3 Process or receive external advice from party 3",
            "",
            ResolutionAdopted,
        ),
        (RECEIPT, "T20 Print report Y to stop indication", "", HoldOpened),
        (RECEIPT, "T15 Print document X request unlicensed", "", DecisionMade),
        (RECEIPT, "T02 Check confirmation of receipt", "", ActivityRecorded),
        (PERMITS, "01_HOOFD_010", "EMPTY", ApplicationReceived),
        (PERMITS, "01_HOOFD_195", "False", ApplicationAccepted),
        (PERMITS, "01_HOOFD_205", "EMPTY", ApplicationAccepted),
        (PERMITS, "08_AWB45_020_2", "EMPTY", CorrectionRequested),
        (PERMITS, "08_AWB45_040", "EMPTY", CorrectionReceived),
        (PERMITS, "01_HOOFD_250", "EMPTY", ReferralMade),
        (PERMITS, "01_HOOFD_250_1", "EMPTY", ReferralMade),
        (PERMITS, "01_HOOFD_250_2", "EMPTY", ActivityRecorded),
        (PERMITS, "01_HOOFD_375", "EMPTY", ResolutionAdopted),
        (PERMITS, "07_OPS_010", "True", HoldOpened),
        (PERMITS, "07_OPS_010", "False", ActivityRecorded),
        (PERMITS, "06_VD_010", "True", ExtensionApproved),
        (PERMITS, "06_VD_010", "False", ActivityRecorded),
        (PERMITS, "01_HOOFD_510_2", "EMPTY", DecisionMade),
        (PERMITS, "01_HOOFD_015", "EMPTY", ActivityRecorded),
    ],
)
def test_each_activity_becomes_its_fact(
    log: Import, activity: str, question: str, fact: type
) -> None:
    (event,) = events(log, activity, question=question)

    assert type(event.data) is fact
    assert (event.activity, event.sequence, event.derived) == (activity, "1", None)
    assert event.partitionkey == f"{log.log}:case-1"
    assert event.time.isoformat() == LATER


def test_only_the_first_decision_decides() -> None:
    first, second = events(PERMITS, "01_HOOFD_510_2", "01_HOOFD_510_2")

    assert isinstance(first.data, DecisionMade)
    assert isinstance(second.data, ActivityRecorded)


def test_a_resolution_answers_the_referral_before_it() -> None:
    referral, resolution = events(PERMITS, "01_HOOFD_250", "01_HOOFD_375")

    assert resolution.subject == referral.subject == "BPIC15_1:case-1:1"


def test_limits_run_in_natural_days_from_the_logged_start_to_the_logged_deadline() -> None:
    told = events(
        RECEIPT,
        "T05 Print and send confirmation of receipt",
        startdate=STARTED,
        deadline="2011-05-22T00:30:00+02:00",
    )
    (accepted,) = (event.data for event in told if isinstance(event.data, ApplicationAccepted))

    assert accepted.effective_date == date(2011, 3, 26)
    assert (accepted.statutory_limit, accepted.statutory_unit) == (57, "ND")
    assert (accepted.committed_limit, accepted.promise_date) == (57, date(2011, 5, 22))


def test_without_a_deadline_the_limit_is_eight_weeks() -> None:
    told = events(PERMITS, "01_HOOFD_195", startDate=STARTED)
    (accepted,) = (event.data for event in told if isinstance(event.data, ApplicationAccepted))

    assert (accepted.statutory_limit, accepted.promise_date) == (56, date(2011, 5, 21))


def test_what_the_case_says_is_derived_and_carries_its_own_instant() -> None:
    told = events(
        RECEIPT, "T02", startdate=STARTED, deadline="2011-05-21T23:30:00+02:00", enddate=LATER
    )
    derived = [
        (getattr(event.data, "activity", "end"), event.time.isoformat())
        for event in told
        if event.derived
    ]

    assert derived == [
        ("startdate", STARTED),
        ("end", LATER),
        ("deadline", "2011-05-21T23:30:00+02:00"),
    ]
    assert all(event.activity is None for event in told if event.derived)


def test_the_end_stands_behind_what_was_logged_at_its_instant() -> None:
    *_, last = events(PERMITS, "01_HOOFD_015", "01_HOOFD_020", endDate=LATER)

    assert isinstance(last.data, CaseClosed)


def test_the_same_log_gives_the_same_bytes() -> None:
    once, again = (
        [encode(event) for event in events(PERMITS, "01_HOOFD_010", "X", endDate=LATER)]
        for _ in range(2)
    )

    assert once == again
    assert len(set(once)) == 3


def test_an_event_that_does_not_say_when_is_told_of_and_the_others_go_on() -> None:
    told, unusable = RECEIPT.told(
        LoggedCase(
            {"concept:name": "c"},
            (
                {"concept:name": "T02"},
                {"time:timestamp": LATER},
                {"concept:name": "T04", "time:timestamp": LATER},
            ),
        )
    )

    assert unusable == [
        Unusable("wabo_receipt:c", 1, "time:timestamp"),
        Unusable("wabo_receipt:c", 2, "concept:name"),
    ]
    assert [event.sequence for event in told] == ["3"]


def test_a_long_case_name_still_fits_and_stays_its_own() -> None:
    numbers = {RECEIPT.case_no("x" * 60 + end) for end in "ab"}

    assert len(numbers) == 2
    assert {len(number) for number in numbers} == {50}


def test_an_instant_without_offset_is_local() -> None:
    assert WABO.instant("2011-07-01T00:00:00") == datetime.fromisoformat(
        "2011-07-01T00:00:00+02:00"
    )


@pytest.mark.parametrize(
    ("name", "profile"),
    [("wabo_receipt", WABO), ("receipt", WABO), ("BPIC15_4", BPIC15), ("hospital", None)],
)
def test_the_profile_is_guessed_from_the_name(name: str, profile: Profile | None) -> None:
    assert guessed(name) is profile
