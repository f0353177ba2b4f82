"""What ticker and readers may rely on, asked of the store in memory and the one in PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.metrics.domain import today
from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.figures import live
from services.metrics.domain.figures.dimensions import DIMENSIONS, Dimension, narrowed_to
from services.metrics.domain.figures.figure import many
from services.metrics.handlers.narrowing import LAST_OF_ALL, glances_of
from services.metrics.ports.deadlines import Due
from services.metrics.ports.glances import ListLengths
from services.metrics.ports.readings import (
    AlertsSought,
    ClockRead,
    ClocksSought,
    TodaySpan,
)
from shared.contracts.envelope import Event
from shared.contracts.handling.course import Phase
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.registry import encode
from shared.contracts.supervision.course import STANDING, AlertState
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertFact,
    AlertRevoked,
    RevocationProposed,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE
from tests.support import way_of_a_case as way
from tests.support.examples import like_the_example
from tests.support.facts import SUPERVISION
from tests.support.metrics_store import (
    FACTS,
    LAST,
    RECEIPTS,
    RULES,
    SEPTEMBER,
    TOPIC,
    Store,
    keys,
    received,
    sought,
)
from tests.support.organisations import COMMUNITY, MARKET, STREET


async def test_sums_are_what_was_added_and_taken_away(store: Store) -> None:
    await store.fold(*FACTS)
    await store.fold(received("XC9", on="2024-09-03"))
    both = SEPTEMBER._replace(parts=(RECEIPTS, live.Part.OPEN))
    parts = await store.readings.parts(both)
    days = await store.readings.days(SEPTEMBER)
    by_item = await store.readings.dimension(SEPTEMBER, "item")
    before = await store.readings.parts(SEPTEMBER._replace(until=date(2024, 9, 1)))

    assert parts == {"L03/received:WINDOW:WINDOW": 2, "L01/open": 1}
    assert list(days.items()) == [
        (date(2024, 9, 2), {"L03/received:WINDOW:WINDOW": 1}),
        (date(2024, 9, 3), {"L03/received:WINDOW:WINDOW": 1}),
    ]
    assert by_item == {"116101020001": {"L03/received:WINDOW:WINDOW": 2}}
    assert before == {}


@pytest.mark.parametrize("dimension", DIMENSIONS)
async def test_sums_are_narrowed_by_each_dimension(store: Store, dimension: Dimension) -> None:
    await store.fold(*FACTS)
    here = way.PLACE._asdict()[dimension]
    narrowed = [
        SEPTEMBER._replace(narrowed=narrowed_to(**{dimension: value}))
        for value in (here, "elsewhere")
    ]
    of_here, of_elsewhere = [await store.readings.parts(one) for one in narrowed]
    by_day = [await store.readings.days(one) for one in narrowed]

    assert (of_here, of_elsewhere) == ({"L03/received:WINDOW:WINDOW": 1}, {})
    assert by_day == [{date(2024, 9, 2): of_here}, {}]
    assert await store.readings.dimension(SEPTEMBER, dimension) == {here: of_here}
    assert await store.readings.dimension(narrowed[1], dimension) == {}
    assert await store.readings.behind(narrowed[1], LAST_OF_ALL, 9) == []


async def test_sums_of_several_organisations_are_told_at_once(store: Store) -> None:
    for number, org_code in enumerate((MARKET, STREET, COMMUNITY)):
        await store.fold(received(f"XC{number}", org_code=org_code))
    two = SEPTEMBER._replace(organisations=[MARKET, STREET])
    third = two._replace(narrowed=narrowed_to(organisation=COMMUNITY))

    assert await store.readings.parts(two) == {"L03/received:WINDOW:WINDOW": 2}
    assert len(await store.readings.behind(two, LAST_OF_ALL, 9)) == 2
    assert await store.readings.parts(third) == {}


async def test_who_stands_behind_a_sum_is_told_day_by_day_the_last_first(store: Store) -> None:
    await store.fold(*FACTS)
    await store.fold(*(received(f"XC{n}", on="2024-09-03") for n in range(3)))
    wanted = SEPTEMBER._replace(parts=(RECEIPTS, many(live.Part.CLOSED), live.Part.OPEN))
    first = await store.readings.behind(wanted, LAST_OF_ALL, 2)
    rest = await store.readings.behind(wanted, (first[-1].day, first[-1].dossier.key), 9)

    assert [(one.day.day, one.dossier.key) for one in first] == [(11, way.CASE), (3, "XC2")]
    assert [(one.day.day, one.dossier.key) for one in rest] == [
        (3, "XC1"),
        (3, "XC0"),
        (2, way.CASE),
    ]
    assert [one.adds for one in (*first, rest[-1])] == [
        {"L03/closed:0:CERTIFICATE_ISSUED": 1},
        {"L03/received:WINDOW:WINDOW": 1, "L01/open": 1},
        {"L03/received:WINDOW:WINDOW": 1},
    ]


async def test_a_case_that_moves_takes_its_numbers_with_it(store: Store) -> None:
    await store.fold(*FACTS[:3])
    amended = like_the_example(
        CaseAmended, case_no=way.CASE, field="item_code", new="116101020009", is_error=False
    )
    await store.fold(way.event(amended, 300))

    assert await store.readings.dimension(SEPTEMBER, "item") == {
        "116101020009": {"L03/received:WINDOW:WINDOW": 1}
    }


def key(sla: str) -> ClockKey:
    """Return which clock of our case *sla* names."""
    return ClockKey(way.CASE, way.CASE, sla, 0)


async def test_subjects_are_listed_section_by_section(store: Store) -> None:
    await store.fold(*(received(f"XC{number}") for number in range(5)))
    first = await store.readings.dossiers(sought(rows_max=3))
    rest = await store.readings.dossiers(sought(first.last or "", rows_max=3))
    none = await store.readings.dossiers(sought(phases=[Phase.CLOSED], rows_max=3))
    strangers = await store.readings.dossiers(sought(source="urn:nobody"))

    assert (keys(first), first.last) == (["XC4", "XC3", "XC2"], "XC2")
    assert (keys(rest), rest.last) == (["XC1", "XC0"], None)
    assert (keys(none), none.last) == ([], "XC2")
    assert (keys(strangers), strangers.last) == ([], None)


async def test_what_turns_red_on_a_day_is_found_by_its_clock(store: Store) -> None:
    await store.fold(*FACTS[:3], received("XC9"))
    dossier = await store.readings.dossier(way.CASE)
    assert dossier is not None
    clock = today.clock_named(dossier, key("SLA-04"), RULES)
    assert clock is not None
    assert clock.due_at is not None
    day = (clock.due_at - timedelta(days=1), clock.due_at)
    before = (day[0] - timedelta(days=1), day[0])

    assert keys(await store.readings.due(sought(), day)) == [way.CASE]
    assert keys(await store.readings.due(sought(), before)) == []
    assert await store.readings.dossier("unknown") is None


async def test_a_due_clock_is_in_one_hand_at_a_time(store: Store) -> None:
    await store.fold(*FACTS[:3])
    await store.complete()
    now = store.clock.now()
    async with (
        store.deadlines.claim(now, 10, 0) as mine,
        store.deadlines.claim(now, 10, 0) as theirs,
    ):
        due = (mine.due, theirs.due)

    assert sorted(due[0]) == [Due(key("SLA-04"), now), Due(key("SLA-05"), now)]
    assert due[1] == []


async def test_a_sweep_takes_so_many_and_the_longest_due_first(store: Store) -> None:
    await store.fold(*FACTS[:3])
    await store.complete()
    async with store.deadlines.claim(store.clock.now(), 1, 0) as sweep:
        dossiers = await sweep.dossiers()

    assert [one.clock for one in sweep.due] == [key("SLA-04")]
    assert list(dossiers) == [way.CASE]


async def test_alerts_are_raised_once_and_read_newest_first(store: Store) -> None:
    await store.fold(*FACTS[:3])
    swept = [await store.tick(), await store.tick()]
    wanted = AlertsSought((datetime(9999, 1, 1, tzinfo=UTC), LAST), STANDING, None, None, None, 9)
    standing = [one.alert for one in await store.readings.alerts(wanted)]
    levels = await store.readings.standing([way.CASE])
    found = await store.readings.explained([one.alert_id for one in standing] + ["UNKNOWN"])
    (alert, dossier), explanation = found[standing[0].alert_id]

    assert swept == [2, 0]
    assert [(one.sla, one.level) for one in standing] == [
        ("SLA-05", AlertLevel.RED),
        ("SLA-04", AlertLevel.RED),
    ]
    assert {key.sla for key, _ in levels} == {"SLA-04", "SLA-05"}
    assert (alert, dossier.key) == (standing[0], way.CASE)
    assert explanation.sla_id == "SLA-05"
    assert found.keys() == {one.alert_id for one in standing}


async def test_a_late_fact_makes_a_clock_due_at_once_and_withdraws(store: Store) -> None:
    await store.fold(*FACTS[:3])
    await store.tick()
    await store.fold(FACTS[4])
    store.clock.advance(timedelta(seconds=1))
    swept = await store.tick()
    wanted = AlertsSought(
        (datetime(9999, 1, 1, tzinfo=UTC), LAST),
        [AlertState.REVOKED],
        AlertLevel.RED,
        None,
        None,
        9,
    )
    revoked = [one.alert for one in await store.readings.alerts(wanted)]

    assert swept == 2
    assert {one.state for one in revoked} == {AlertState.REVOKED}
    assert all(one.reason for one in revoked)


def said_of(alert: AlertRecord, fact: AlertFact, store: Store) -> Event:
    return Event.of(
        fact,
        id=f"{alert.alert_id}:{type(fact).__name__}",
        source=SUPERVISION,
        time=store.clock.now(),
        partitionkey=alert.dossier,
    )


async def test_what_people_say_of_a_card_turns_it_in_the_same_transaction(store: Store) -> None:
    await store.fold(*FACTS[:3])
    await store.tick()
    wanted = AlertsSought((datetime(9999, 1, 1, tzinfo=UTC), LAST), STANDING, None, None, None, 9)
    alert = (await store.readings.alerts(wanted))[0].alert
    name, stream = alert.alert_id, f"alert-{alert.alert_id}"
    up = AlertEscalated(alert_id=name, by="supervisor-1", to_level=2)
    proposed = RevocationProposed(alert_id=name, by="supervisor-1", reason="补录")
    withdrawn = AlertRevoked(alert_id=name, reason="补录", approved_by="supervisor-2")

    found = []
    for version, fact in enumerate((up, proposed, withdrawn), start=1):
        await store.words.append(stream, [said_of(alert, fact, store)], expected_version=version)
        read = await store.readings.alert(name)
        assert read is not None
        card = read[0].alert
        found.append((card.state, card.escalated, card.by_hand, card.reason))

    assert found == [
        (AlertState.ESCALATED, 2, False, ""),
        (AlertState.ESCALATED, 2, False, ""),
        (AlertState.REVOKED, 2, True, "补录"),
    ]
    assert await store.tick() == 0


async def test_a_glance_shows_what_the_page_is_made_of(store: Store) -> None:
    await store.fold(*FACTS[:3], received("XC9"))
    await store.tick()
    noon = datetime(2024, 9, 2, 12, tzinfo=ZONE)
    begins, ends = today.day_span(noon.date(), RULES)
    horizon = noon + timedelta(days=30)
    span = TodaySpan(noon, noon.date(), begins, ends, horizon)
    glance = await store.glances.load(span, [RECEIPTS], ListLengths(5, 5, 2))
    ahead = await store.glances.load(
        TodaySpan(noon, date(2024, 9, 12), begins, horizon, horizon),
        [RECEIPTS],
        ListLengths(1, 1, 0),
    )

    assert (glance.changes, await store.glances.changes()) == (1, 1)
    assert (glance.open_cases, glance.sums) == (2, {"L03/received:WINDOW:WINDOW": 2})
    assert [fact.type for fact, _ in glance.latest] == [FACTS[2].type, FACTS[1].type]
    assert [subject.key for _, subject in glance.latest if subject] == [way.CASE] * 2
    reds = [(one.alert.sla, one.dossier.key) for one in glance.red]
    assert glance.cards == {
        (AlertLevel.RED, clock): 1 for clock in ("INTAKE", "COMMITTED", "STATUTORY")
    }
    assert reds == [("SLA-05", way.CASE), ("SLA-04", way.CASE), ("SLA-01", "XC9")]
    assert (glance.due_today, glance.late_next) == (0, [])
    assert ahead.due_today == 2
    assert [(key.sla, dossier.key) for key, dossier in ahead.late_next] == [("SLA-01", "XC9")]
    assert set(glance.outboxes) == {"intake", "assist", "review", "supervision"}
    assert await store.glances.sums(today.HOURS, [noon.date()]) == {"L03/hour:10": 2}


async def test_who_sees_every_organisation_sees_the_glance_of_all(store: Store) -> None:
    await store.fold(*FACTS[:3], received("XC8", org_code=MARKET), received("XC9", org_code=STREET))
    await store.tick()
    span, lines = span_of(datetime(2024, 9, 2, 12, tzinfo=ZONE)), ListLengths(9, 9, 9)
    parts = today.parts_of_the_day()
    whole = await store.glances.load(span, parts, lines)

    of_all = await glances_of(
        store.glances, store.readings, [way.ORG["org_code"], MARKET, STREET]
    ).load(span, parts, lines)
    of_street = await glances_of(store.glances, store.readings, [STREET]).load(span, parts, lines)
    of_nobody = await glances_of(store.glances, store.readings, []).load(span, parts, lines)

    apart: dict[str, Any] = {"red": [], "outboxes": {}}
    assert replace(of_all, **apart) == replace(whole, **apart)
    assert {one.alert.alert_id for one in of_all.red} == {one.alert.alert_id for one in whole.red}
    assert whole.open_cases == 3
    assert len(whole.latest) == 5
    assert of_street.open_cases == 1
    assert set(of_street.cards.values()) == {1}
    told = {one.dossier.key for one in of_street.red} | {
        fact.dossier for fact, _ in of_street.latest
    }
    assert told == {"XC9"}
    assert (of_nobody.open_cases, of_nobody.cards, of_nobody.latest) == (0, {}, [])


async def test_what_can_still_be_saved_is_told_of_the_own_cases(store: Store) -> None:
    await store.fold(received("XC8", org_code=MARKET), received("XC9", org_code=STREET))
    span = span_of(datetime(2024, 9, 2, 12, tzinfo=ZONE))
    late = replace(span, ends=span.horizon)

    glance = await glances_of(store.glances, store.readings, [STREET]).load(
        late, [RECEIPTS], ListLengths(9, 9, 9)
    )

    assert glance.due_today == 1
    assert {dossier.key for _, dossier in glance.late_next} == {"XC9"}


def span_of(noon: datetime) -> TodaySpan:
    begins, ends = today.day_span(noon.date(), RULES)
    return TodaySpan(noon, noon.date(), begins, ends, noon + timedelta(days=30))


async def test_running_clocks_are_told_in_the_order_in_which_they_are_due(store: Store) -> None:
    await store.fold(*FACTS[:3], received("XC8"), received("XC9", "2024-09-03"))
    first = (datetime(2024, 9, 1, tzinfo=ZONE), ClockKey("", "", "", 0))
    until = datetime(2024, 12, 1, tzinfo=ZONE)
    whole = await store.readings.running(ClocksSought(first, until, 50))
    stepwise: list[ClockRead] = []
    while step := await store.readings.running(
        ClocksSought(stepwise[-1].place if stepwise else first, until, 1)
    ):
        stepwise += step
    soon = await store.readings.running(ClocksSought(first, whole[0].due_at, 50))
    of_one = await store.readings.running(ClocksSought(first, until, 50, ["SLA-01"]))

    assert [one.place for one in whole] == sorted(one.place for one in whole)
    assert {one.key.dossier for one in whole} == {way.CASE, "XC8", "XC9"}
    assert stepwise == whole
    assert {one.due_at for one in soon} == {whole[0].due_at}
    assert of_one == [one for one in whole if one.key.sla == "SLA-01"]
    assert len(of_one) == 2


async def test_facts_are_found_by_a_word_that_they_hold(store: Store) -> None:
    told = received("XC8").model_copy(update={"actorid": "li%_"})
    await store.fold(*FACTS[:2], told, received("XC9"))

    found = await store.readings.holding(["XC8", "XC9", way.CASE], "li%_")
    elsewhere = await store.readings.holding(["XC9"], "li%_")
    of_nobody = await store.readings.holding([], "li%_")

    assert found == {"XC8": [encode(told).decode()]}
    assert (elsewhere, of_nobody) == ({}, {})


async def test_offsets_tell_how_far_everybody_is(store: Store) -> None:
    await store.fold(*FACTS[:2])
    await store.projection.tell_standing([("casetrack.inbox.v1", 0, 3, 7)])
    await store.projection.caught_up([(TOPIC, 0, 2), ("casetrack.inbox.v1", 0, 7)])
    offsets = await store.glances.offsets()

    assert [one[:4] for one in offsets] == [
        ("casetrack.inbox.v1", 0, 3, 7),
        (TOPIC, 0, 2, 2),
    ]
    assert [one.complete_to for one in offsets] == [None, max(f.time for f in FACTS[:2])]


async def test_readers_are_woken(store: Store) -> None:
    woken, stopping = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(store.glances.listen(lambda _: woken.set(), stopping))
        while not woken.is_set():
            await store.projection.wake_readers()
            await asyncio.sleep(0.01)
        stopping.set()
