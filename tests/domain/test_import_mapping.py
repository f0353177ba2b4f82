"""What each activity of the two logs becomes in our language."""

from collections.abc import Mapping
from datetime import date, datetime

import pytest

from deploy.importers.mapping import Import
from deploy.importers.profiles import BPIC15, WABO, Profile, guessed
from deploy.importers.reading import Logged, LoggedCase, Stray
from deploy.importers.told import Oddity, Remark, ToldCase
from shared.contracts.committee.facts import ReferralMade, ResolutionAdopted
from shared.contracts.envelope import Event
from shared.contracts.handling.facts import (
    ActivityRecorded,
    CaseClosed,
    DecisionMade,
    ExtensionApproved,
    HoldOpened,
)
from shared.contracts.intake.facts import (
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


def told(log: Import, *logged: LoggedCase | Stray) -> list[ToldCase]:
    return list(log.told(logged))


def case(*events: Mapping[str, str], name: str = "case-1", **more: str) -> LoggedCase:
    logged = tuple(Logged(event) for event in events)
    return LoggedCase({"concept:name": name, **more}, events=logged, count=len(logged))


def happened(activity: str = "T02", at: str = LATER, **more: str) -> dict[str, str]:
    return {"concept:name": activity, "time:timestamp": at, **more}


def events(log: Import, *activities: str, question: str = "EMPTY", **more: str) -> list[Event]:
    who = {"org:resource": "560872", "question": question}
    (one,) = told(log, case(*(happened(name) | who for name in activities), **more))
    assert not one.unusable
    return [telling.event for telling in one.tellings]


def flaws(*logged: LoggedCase | Stray, log: Import = RECEIPT) -> list[tuple[str, str, str]]:
    every = (flaw for one in told(log, *logged) for flaw in one.unusable)
    return [(flaw.code, flaw.field, flaw.text) for flaw in every]


def case_numbers(*names: str) -> list[str]:
    logged = [
        LoggedCase({"concept:name": name} if name else {}, events=(Logged(happened()),), number=n)
        for n, name in enumerate(names, start=1)
    ]
    every = [telling for one in told(RECEIPT, *logged) for telling in one.tellings]
    assert len({telling.event.id for telling in every}) == len(names)
    return [telling.event.partitionkey.removeprefix("wabo_receipt:") for telling in every]


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
    every = events(
        RECEIPT,
        "T05 Print and send confirmation of receipt",
        startdate=STARTED,
        deadline="2011-05-22T00:30:00+02:00",
    )
    (accepted,) = (event.data for event in every if isinstance(event.data, ApplicationAccepted))

    assert accepted.effective_date == date(2011, 3, 26)
    assert (accepted.statutory_limit, accepted.statutory_unit) == (57, "ND")
    assert (accepted.committed_limit, accepted.promise_date) == (57, date(2011, 5, 22))


def test_without_a_deadline_the_limit_is_eight_weeks() -> None:
    every = events(PERMITS, "01_HOOFD_195", startDate=STARTED)
    (accepted,) = (event.data for event in every if isinstance(event.data, ApplicationAccepted))

    assert (accepted.statutory_limit, accepted.promise_date) == (56, date(2011, 5, 21))


def test_what_the_case_says_is_derived_and_carries_its_own_instant() -> None:
    every = events(
        RECEIPT, "T02", startdate=STARTED, deadline="2011-05-21T23:30:00+02:00", enddate=LATER
    )
    derived = [
        (getattr(event.data, "activity", "end"), event.time.isoformat())
        for event in every
        if event.derived
    ]

    assert derived == [
        ("startdate", STARTED),
        ("end", LATER),
        ("deadline", "2011-05-21T23:30:00+02:00"),
    ]
    assert all(event.activity is None for event in every if event.derived)


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


def test_an_event_that_cannot_be_told_is_named_and_the_others_go_on() -> None:
    (one,) = told(
        RECEIPT, case({"concept:name": "T02"}, {"time:timestamp": LATER}, happened("T04"))
    )

    assert [(flaw.code, flaw.field, flaw.place.event) for flaw in one.unusable] == [
        (Oddity.MISSING, "time:timestamp", 1),
        (Oddity.MISSING, "concept:name", 2),
    ]
    assert [telling.event.sequence for telling in one.tellings] == ["3"]
    assert one.events == 3


@pytest.mark.parametrize(
    "text", ["?", "true", "20110404", "0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z", "x" * 80]
)
def test_a_time_that_cannot_be_read_is_shown_and_not_called_missing(text: str) -> None:
    assert flaws(case(happened(at=text))) == [(Oddity.UNREADABLE, "time:timestamp", text)]


def test_a_time_in_blanks_is_read() -> None:
    (one,) = told(RECEIPT, case(happened(at=f" {LATER}\n")))

    assert [telling.event.time.isoformat() for telling in one.tellings] == [LATER]


@pytest.mark.parametrize(
    "end", ["9999-12-31T23:59:59Z", "9998-12-31T00:00:00Z", "2099-12-31", "1900-01-01", "20110701"]
)
def test_an_end_that_means_never_is_named_and_the_events_are_told(end: str) -> None:
    never = case(happened(), enddate=end)
    (one,) = told(RECEIPT, never)

    assert flaws(never) == [(Oddity.UNREADABLE, "enddate", end)]
    assert [telling.event.activity for telling in one.tellings] == ["T02"]


def test_a_deadline_that_is_unset_is_named_and_limits_nothing() -> None:
    unset = case(
        happened("T05 Print and send confirmation of receipt"), deadline="1900-01-01T00:00:00Z"
    )
    (one,) = told(RECEIPT, unset)
    (accepted,) = (telling.event.data for telling in one.tellings)

    assert flaws(unset) == [(Oddity.UNREADABLE, "deadline", "1900-01-01T00:00:00Z")]
    assert isinstance(accepted, ApplicationAccepted)
    assert accepted.statutory_limit == 56


def test_an_activity_longer_than_the_language_knows_is_refused_and_never_altered() -> None:
    assert flaws(case(happened("x" * 256), happened("x" * 257))) == [
        (Oddity.TOO_LONG, "concept:name", "256")
    ]


def test_a_long_pseudonym_still_fits_and_stays_its_own() -> None:
    people = ["x" * 300 + end for end in "ab"]
    (one,) = told(RECEIPT, case(*(happened() | {"org:resource": name} for name in people)))
    recorded = [telling.event for telling in one.tellings]

    assert len({event.actorid for event in recorded}) == 2
    assert {len(event.actorid or "") for event in recorded} == {64}


def test_what_an_event_says_twice_is_refused_where_it_counts() -> None:
    both = frozenset({"org:resource", "note"})
    logged = (Logged(happened(), frozenset({"note"})), Logged(happened(), both))
    twice = LoggedCase({"concept:name": "c"}, events=logged, count=2)

    assert flaws(twice) == [(Oddity.TWICE, "org:resource", "")]


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (("7", "7", "8"), ["7", "7#2", "8"]),
        (("7", "7", "7#2", "7"), ["7", "7#2", "7#2#2", "7#3"]),
        (("7#2", "7", "7"), ["7#2", "7", "7#3"]),
        (("", ""), ["#1", "#2"]),
        (("#2", ""), ["#2", "#2#2"]),
    ],
)
def test_every_case_has_a_number_of_its_own_however_the_log_calls_it(
    names: tuple[str, ...], numbers: list[str]
) -> None:
    assert case_numbers(*names) == case_numbers(*names) == numbers


def test_what_is_told_otherwise_than_the_log_has_it_is_noted() -> None:
    empty = Logged(happened(), empty=frozenset({"org:resource", "concept:extra"}))
    every = told(RECEIPT, case(), case(), LoggedCase(number=3, events=(empty,), count=1))
    notes = [(note.code, note.field, note.place.event) for one in every for note in one.notes]

    assert notes == [
        (Remark.RENAMED, "concept:name", None),
        (Remark.RENAMED, "concept:name", None),
        (Remark.EMPTY, "org:resource", 1),
    ]


def test_a_case_with_two_names_or_too_many_events_is_refused_with_all_its_events() -> None:
    two_names = LoggedCase({"concept:name": "a"}, frozenset({"concept:name"}), count=4)
    large = LoggedCase({"concept:name": "b"}, count=9, too_large=True)
    every = told(RECEIPT, two_names, large)

    assert [flaw.count for one in every for flaw in one.unusable] == [4, 9]
    assert flaws(two_names, large) == [
        (Oddity.TWICE, "concept:name", ""),
        (Oddity.TOO_LARGE, "<trace>", ""),
    ]


def test_what_stands_outside_of_every_case_is_named() -> None:
    loose, junk = told(RECEIPT, Stray("event", 12, 3), Stray("objects", 14, 3))

    assert (loose.events, junk.events) == (1, 0)
    assert flaws(Stray("event", 12, 3), Stray("objects", 14, 3)) == [
        (Oddity.OUTSIDE, "<event>", ""),
        (Oddity.UNKNOWN, "<objects>", ""),
    ]


def test_a_long_case_name_still_fits_and_stays_its_own() -> None:
    numbers = {f"wabo_receipt:{number}" for number in case_numbers("x" * 60 + "a", "x" * 60 + "b")}

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
