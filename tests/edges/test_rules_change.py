"""Rules change, promises hold: the projection is what a fold from nothing makes under them."""

import asyncio
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.handlers import folding
from shared.contracts.envelope import Event, Fact
from shared.contracts.handling.facts import CaseClosed, DecisionMade, HoldClosed, HoldOpened
from shared.contracts.intake.facts import ApplicationAccepted, ApplicationReceived
from shared.contracts.rules.facts import STREAM, CalendarPublished, PublisherRegistered
from shared.policy.calendar import ZONE
from shared.policy.rules import evolve, shipped
from shared.policy.sla import bureau_policy
from tests.support import way_of_a_case as way
from tests.support.memory_bureau import Bureau, Change, different
from tests.support.rule_changes import policy_fact

CASES = [f"XC2026120100000{number}" for number in range(4)]
BEGIN = date(2026, 11, 23)
SWEPT_AT_ONCE = 2
ENTRY = PublisherRegistered(
    edition=1,
    publisher_id="water-company",
    name="自来水公司",
    sources=("urn:xincheng:water-company:",),
    types=("casetrack.intake.*",),
)


def facts_of(case_no: str, day: date, limit: int) -> list[tuple[Fact, date]]:
    """Return the way of a case that is accepted on *day*, each fact with the day it happens."""
    ref = {**way.REF, "case_no": case_no}

    def later(days: int) -> date:
        return day + timedelta(days)

    receipt = way.RECEIVED.data.model_dump() | {"case": ref, "received_date": day}
    acceptance = way.ACCEPTED.data.model_dump() | {
        "case": ref,
        "effective_date": day,
        "committed_limit": limit,
        "statutory_limit": limit + 10,
        "promise_date": later(30),
    }
    hold = way.HELD.data.model_dump() | {"case_no": case_no}
    decision = way.DECIDED.data.model_dump() | {"case_no": case_no, "decision_date": later(20)}
    closing = way.CLOSED.data.model_dump() | {"case_no": case_no, "closed_date": later(21)}
    return [
        (ApplicationReceived.model_validate(receipt), day),
        (ApplicationAccepted.model_validate(acceptance), day),
        (HoldOpened.model_validate(hold), later(3)),
        (HoldClosed.model_validate({"hold_id": "h1", "case_no": case_no}), later(9)),
        (DecisionMade.model_validate(decision), later(20)),
        (CaseClosed.model_validate(closing), later(21)),
    ]


def told(case_no: str, day: date, limit: int, number: int) -> Event:
    fact, happened = facts_of(case_no, day, limit)[number]
    at = datetime(happened.year, happened.month, happened.day, 9, number, tzinfo=ZONE)
    return Event.of(fact, id=f"{case_no}-{number}", source="urn:test", time=at)


DAYS = st.dates(BEGIN, date(2027, 1, 20))
WEEKDAYS = st.dates(date(2027, 1, 1), date(2027, 2, 28)).filter(lambda day: day.weekday() < 5)
WEEKENDS = st.dates(date(2027, 1, 1), date(2027, 2, 28)).filter(lambda day: day.weekday() > 4)


def notice(year: int, off: Iterable[date], on: Iterable[date]) -> Change:
    return lambda edition: CalendarPublished(
        edition=edition, years=(year,), days_off=tuple(sorted(off)), workdays=tuple(sorted(on))
    )


def policy(since: date, extensions: int, fraction: str) -> Change:
    shipped_one = bureau_policy()
    document = shipped_one.model_dump(mode="json")
    for limit in document["limits"]:
        if limit["extensions"] is not None:
            limit["extensions"]["times_max"] = extensions
        if limit["yellow"] is not None and limit["yellow"]["by"] == "share":
            limit["yellow"]["fraction"] = fraction
    changed = type(shipped_one).model_validate_json(json.dumps(document))
    return lambda edition: policy_fact(edition, since, changed)


CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(notice, st.just(2027), st.sets(WEEKDAYS, max_size=12), st.sets(WEEKENDS, max_size=3)),
    st.builds(policy, DAYS, st.integers(1, 3), st.sampled_from(["0.1", "0.2", "0.5"])),
    st.just(lambda edition: ENTRY.model_copy(update={"edition": edition})),
)
FACTS = st.lists(
    st.tuples(st.sampled_from(CASES), st.integers(0, 5)), min_size=1, max_size=6, unique=True
)
STEPS = st.lists(
    st.one_of(
        FACTS.map(lambda names: ("fold", names)),
        FACTS.map(lambda names: ("fold", names)),
        CHANGES.map(lambda change: ("publish", change)),
        st.sampled_from([("sweep", None), ("tick", None), ("hear", None), ("kill", None)]),
        st.integers(1, 9).map(lambda days: ("wait", days)),
    ),
    max_size=24,
)
COURSES = st.fixed_dictionaries({case: st.tuples(DAYS, st.integers(1, 20)) for case in CASES})


@settings(deadline=None, max_examples=150)
@given(COURSES, STEPS)
def test_in_any_interleaving_the_projection_is_a_fold_under_the_final_rules(
    courses: dict[str, tuple[date, int]], steps: list[tuple[str, object]]
) -> None:
    asyncio.run(_live(courses, steps))


async def _live(courses: dict[str, tuple[date, int]], steps: list[tuple[str, object]]) -> None:
    bureau = Bureau()
    await bureau.begin()
    swept_at_once, folding.DOSSIERS_PER_SWEEP_MAX = folding.DOSSIERS_PER_SWEEP_MAX, SWEPT_AT_ONCE
    try:
        for name, what in steps:
            await _step(bureau, courses, name, what)
        await bureau.settle()
    finally:
        folding.DOSSIERS_PER_SWEEP_MAX = swept_at_once
    changes = [event.data for event in (await bureau.supervision.load(STREAM)).events]
    final = reduce(evolve, changes, shipped())  # type: ignore[arg-type]  # nothing else is there

    assert different(bureau, final, bureau.clock.now()) == []


async def _step(
    bureau: Bureau, courses: dict[str, tuple[date, int]], name: str, what: object
) -> None:
    match name, what:
        case "fold", list(names):
            await bureau.fold([told(case, *courses[case], number) for case, number in names])
        case "publish", change if callable(change):
            await bureau.publish(change)
        case "wait", int(days):
            bureau.clock.advance(timedelta(days))
        case "sweep", _:
            await bureau.folding.sweep(bureau.lane)
        case "tick", _:
            await bureau.tick()
        case "hear", _:
            await bureau.hear_supervision()
        case _:
            await bureau.restart_worker()
