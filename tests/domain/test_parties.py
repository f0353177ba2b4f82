"""Who used up the clock: whose turn it was, and that the parts make the whole."""

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from services.metrics.domain.clocks.clock import Clock, clock_of
from services.metrics.domain.clocks.measure import measure_of
from services.metrics.domain.clocks.parties import (
    PartyTime,
    Waited,
    case_used_by,
    case_waits,
    clock_waits,
    turns,
    used_by,
)
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.handling.words import HoldReason
from shared.contracts.words import ClockName, ClockParty
from shared.policy.calendar import ZONE, business_date, official_calendar
from shared.policy.limits import Unit
from shared.policy.parties import Parties, bureau_parties
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.clock_facts import ClockFacts, clock, decision, hold, instant, terms
from tests.support.figure_stories import STORIES
from tests.support.way_of_a_case import CASE

PARTIES, CALENDAR, RULES = bureau_parties(), official_calendar(), shipped()
B, A, C, T = ClockParty
IN_TURN = STORIES["a case for which everybody waits in turn"]


def elapsed(times: tuple[PartyTime, ...]) -> dict[ClockParty, int]:
    return {one.party: one.elapsed for one in times}


def counted(times: tuple[PartyTime, ...]) -> dict[ClockParty, int]:
    return {one.party: one.counted for one in times}


def told(
    facts: ClockFacts, at: str, name: ClockName = ClockName.STATUTORY
) -> tuple[PartyTime, ...]:
    found = clock(facts, name)
    return used_by(found, clock_waits(found, facts.dossier, PARTIES), instant(at))


def test_what_nobody_else_is_waited_for_is_the_bureaus() -> None:
    facts = ClockFacts("XC1", terms("2024-09-02"))

    assert told(facts, "2024-09-06T10:00") == (PartyTime(B, 4, 4),)


def test_a_hold_is_of_whoever_it_waits_for_whether_or_not_it_stops_the_clock() -> None:
    tested = hold("2024-09-03", "2024-09-05")
    rectified = hold("2024-09-09", "2024-09-11", name="H2", reason="APPLICANT_RECTIFY")
    facts = ClockFacts("XC1", terms("2024-09-02"), (tested, rectified))

    assert told(facts, "2024-09-13T10:00") == (
        PartyTime(B, 5, 5),
        PartyTime(A, 2, 2),
        PartyTime(T, 2, 0),
    )


def test_of_two_who_are_waited_for_a_day_is_of_the_first() -> None:
    first = hold("2024-09-03", "2024-09-06", reason="APPLICANT_RECTIFY")
    second = hold("2024-09-05", "2024-09-10", name="H2", reason="TESTING")
    facts = ClockFacts("XC1", terms("2024-09-02"), (second, first))

    assert elapsed(told(facts, "2024-09-10T10:00")) == {B: 1, A: 3, T: 2}


def test_nothing_is_used_up_after_the_end_or_before_the_start() -> None:
    ended = ClockFacts("XC1", terms("2024-09-02"), ending=decision("2024-09-04"))

    assert elapsed(told(ended, "2024-12-31T10:00")) == {B: 2}
    assert told(ended, "2024-08-30T10:00") == ()


def test_everybody_has_a_turn_in_a_case_that_waits_for_all() -> None:
    dossier = fold_all(CASE, IN_TURN)
    used = case_used_by(dossier, PARTIES, CALENDAR, date(2030, 1, 1))

    assert elapsed(used) == {B: 6, A: 2, C: 2, T: 3}
    assert counted(used) == elapsed(used)


def test_of_a_dossier_without_a_case_nothing_is_told() -> None:
    assert case_used_by(Dossier(key="t1"), PARTIES, CALENDAR, date(2024, 9, 2)) == ()


def test_a_case_that_is_open_has_used_up_what_has_passed() -> None:
    dossier = fold_all(CASE, IN_TURN[:1])
    received = dossier.case.received_on or date.min

    assert elapsed(case_used_by(dossier, PARTIES, CALENDAR, received)) == {}
    assert sum(
        elapsed(case_used_by(dossier, PARTIES, CALENDAR, date(2024, 12, 31))).values()
    ) == CALENDAR.working_days_between(received, date(2024, 12, 31))


@pytest.mark.parametrize(
    ("story", "facts", "sla", "party"),
    [
        ("a referral of a difficult matter", 3, "SLA-18", C),
        ("an inspection that was made twice", 5, "SLA-15", A),
        ("an inspection within its limit", 1, "SLA-13a", B),
        ("a promise that is waited for", 1, "SLA-29", A),
        ("a bad review within its limit", 1, "SLA-19", B),
    ],
)
def test_a_limit_beside_the_case_is_of_whoever_it_waits_for(
    story: str, facts: int, sla: str, party: ClockParty
) -> None:
    told = STORIES[story][:facts]
    dossier = fold_all(told[0].partitionkey, told)
    found = next(one for one in clocks_of(dossier, RULES) if one.sla.id == sla)

    used = used_by(found, clock_waits(found, dossier, PARTIES), datetime(2030, 1, 1, tzinfo=ZONE))

    assert [one.party for one in used] == [party]


def test_a_promise_of_material_lets_its_case_go_on() -> None:
    facts = STORIES["a promise that is waited for"]
    dossier = fold_all(facts[0].partitionkey, facts)

    assert case_waits(dossier, PARTIES) == []


def test_while_an_appeal_is_decided_the_bureau_is_waited_for() -> None:
    facts = STORIES["a bad review that was struck out"]
    dossier = fold_all(facts[0].partitionkey, facts)
    found = next(one for one in clocks_of(dossier, RULES) if one.sla.id == "SLA-20")

    assert {one.party for one in clock_waits(found, dossier, PARTIES)} == {B}


def test_every_reason_for_a_hold_says_who_is_waited_for() -> None:
    with pytest.raises(ValueError, match="HEARING"):
        Parties(reasons=dict.fromkeys([*HoldReason][1:], B), waits=())

    assert PARTIES.of_reason("A_REASON_OF_TOMORROW") is B


@pytest.mark.parametrize(
    "turned",
    [
        {"since": [{"fact": "casetrack.intake.nothing.happened.v1"}]},
        {"until": [{"fact": "casetrack.intake.correction.received.v1", "when": "never"}]},
    ],
)
def test_what_no_course_has_is_refused(turned: dict[str, object]) -> None:
    known = PARTIES.waits[0].model_dump() | turned

    with pytest.raises(ValueError, match="case has no casetrack"):
        Parties.model_validate(PARTIES.model_dump() | {"waits": [known]})


DAYS = st.integers(0, 60).map(lambda n: date(2024, 9, 1) + timedelta(n))
WAITS = st.lists(
    st.builds(
        lambda since, lasting, party: Waited(
            since, None if lasting is None else since + timedelta(lasting), party
        ),
        DAYS,
        st.one_of(st.none(), st.integers(-2, 20)),
        st.sampled_from(ClockParty),
    ),
    max_size=5,
)
UNITS = st.sampled_from([Unit.WD, Unit.ND, Unit.HH, Unit.DH, Unit.AO])
MOMENTS = st.builds(datetime.combine, DAYS, st.times(), st.just(ZONE))


def of_unit(unit: Unit, started: datetime, holds: tuple[Waited, ...]) -> Clock:
    """Return a clock of *unit* that stood while others were waited for."""
    known = clock(
        ClockFacts(
            "XC1",
            terms("2024-09-02"),
            tuple(
                hold(
                    one.since.isoformat(),
                    one.until.isoformat() if one.until else None,
                    name=f"H{place}",
                )
                for place, one in enumerate(holds)
            ),
        )
    )
    run = changed(known.run, unit=unit, started_at=started, started_on=business_date(started))
    return clock_of(run, bureau_policy(), CALENDAR)


@settings(deadline=None, max_examples=300)
@given(UNITS, MOMENTS, MOMENTS, WAITS, WAITS)
def test_the_parts_of_a_run_make_the_whole(
    unit: Unit, started: datetime, at: datetime, holds: list[Waited], waits: list[Waited]
) -> None:
    found = of_unit(unit, started, tuple(holds))
    used = used_by(found, waits, at)

    assert sum(one.counted for one in used) == (found.consumed(at) if used else 0)
    whole = measure_of(found.run, found.policy, found.calendar).consumed(at, ())
    assert sum(one.elapsed for one in used) == (whole if started.date() <= at.date() else 0)
    assert all(0 <= one.counted <= one.elapsed for one in used)


@settings(deadline=None)
@given(WAITS, DAYS, DAYS)
def test_each_day_is_one_partys_and_the_order_of_what_is_known_does_not_matter(
    waits: list[Waited], first: date, last: date
) -> None:
    found = [*turns(waits, first, last)]

    assert [one.last for one in found] == sorted({one.last for one in found})
    assert (found[-1].last == last) if first <= last else not found
    apart = {one.since: one for one in waits}.values()
    orders = [[*turns(order, first, last)] for order in [*permutations(apart)][:6]]
    assert all(order == orders[0] for order in orders)


@settings(deadline=None)
@given(WAITS, DAYS)
def test_the_parts_of_a_case_make_its_working_days(waits: list[Waited], until: date) -> None:
    received = date(2024, 9, 2)
    holds = tuple(
        hold(
            one.since.isoformat(),
            one.until.isoformat() if one.until else None,
            name=f"H{place}",
            reason={B: "OTHER", A: "SUPPLEMENT", C: "HEARING", T: "TESTING"}[one.party],
        )
        for place, one in enumerate(waits)
    )
    known = ClockFacts("XC1", terms("2024-09-02"), holds).dossier
    case = changed(known.case, received_on=received)
    used = case_used_by(changed(known, subjects=(case,)), PARTIES, CALENDAR, max(received, until))

    assert sum(one.elapsed for one in used) == CALENDAR.working_days_between(received, until)
