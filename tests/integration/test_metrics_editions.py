"""Dossiers are judged anew when the rules change, in memory and in PostgreSQL alike."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from services.metrics.domain.figures.examination import Part
from services.metrics.domain.figures.figure import many
from services.metrics.handlers import folding
from services.metrics.ports.projection import Changes, Fenced
from services.metrics.ports.readings import AlertsSought
from shared.contracts.envelope import Event
from shared.contracts.rules.facts import PublisherRegistered
from shared.contracts.supervision.course import AlertState
from shared.policy.calendar import DayKind, official_calendar
from shared.policy.rules import RuleChange
from tests.support import way_of_a_case as way
from tests.support.metrics_store import SEPTEMBER, Store, received
from tests.support.rule_changes import notice_of

ALL = AlertsSought((datetime.max.replace(tzinfo=UTC), ""), tuple(AlertState), None, None, None, 50)
DECISION = 200
"""Hours after Monday morning: on Tuesday, the tenth."""
SPAN = [date(2024, 1, 1) + timedelta(n) for n in range(366)]


def more_days_off(edition: int, *days: str) -> RuleChange:
    """Return the notice for 2024 as it was, with *days* off besides."""
    calendar = official_calendar()
    off = [str(day) for day in SPAN if calendar.kind(day).kind is DayKind.DAY_OFF]
    on = [str(day) for day in SPAN if calendar.kind(day).kind is DayKind.MAKE_UP]
    return notice_of(edition, 2024, off=[*off, *days], on=on)


def more_workdays(edition: int, *days: str) -> RuleChange:
    """Return the notice for 2024 as it was, with *days* worked besides."""
    calendar = official_calendar()
    off = [str(day) for day in SPAN if calendar.kind(day).kind is DayKind.DAY_OFF]
    on = [str(day) for day in SPAN if calendar.kind(day).kind is DayKind.MAKE_UP]
    return notice_of(edition, 2024, off=off, on=[*on, *days])


def entry(edition: int) -> RuleChange:
    return PublisherRegistered(
        edition=edition,
        publisher_id="water-company",
        name="自来水公司",
        sources=("urn:xincheng:water-company:",),
        types=("casetrack.intake.*",),
    )


def accepted(days: int) -> Event:
    data = way.ACCEPTED.data.model_copy(update={"committed_limit": days})
    return way.event(data, 1)


BEGUN = (way.event(way.RECEIVED.data, 0, window="W12"), accepted(5))
DECIDED = way.event(way.DECIDED.data, DECISION)
CLOSED = way.event(way.CLOSED.data, 220)


async def judged(store: Store) -> dict[str, int]:
    """Return the decisions by whether they came in time, of whatever class."""
    wanted = SEPTEMBER._replace(parts=(many(Part.ON_TIME), Part.LATE))
    sums: Counter[str] = Counter()
    for named, number in (await store.readings.parts(wanted)).items():
        sums[named.split("/")[1].partition(":")[0]] += number
    return dict(+sums)


async def made_by(store: Store) -> dict[str, int]:
    lane = store.lane or await store.claim()
    async with store.projection.sweep(0, lane.epoch) as batch:
        return {key: one.edition for key, one in (await batch.outdated(1_000, 1_000)).items()}


async def test_a_batch_is_folded_under_the_newest_edition(store: Store) -> None:
    await store.fold(received("XC1"))
    await store.publish(more_days_off(1, "2024-09-03"))
    await store.fold(received("XC2"))

    assert await store.projection.edition() == 1
    assert await made_by(store) == {"XC1": 0, "XC2": 1}


async def test_whoever_is_touched_is_counted_from_what_an_older_edition_made(
    store: Store,
) -> None:
    await store.fold(*BEGUN, DECIDED)
    before = await judged(store)
    await store.publish(more_days_off(1, "2024-09-03", "2024-09-04"))
    await store.fold(CLOSED)

    assert (before, await judged(store)) == ({"late": 1}, {"on_time": 1})


async def test_whoever_no_fact_touches_is_judged_anew_by_the_sweep(store: Store) -> None:
    await store.fold(*BEGUN, DECIDED)
    await store.publish(more_days_off(1, "2024-09-03", "2024-09-04"))
    await store.sweep()

    assert await judged(store) == {"on_time": 1}
    assert await made_by(store) == {way.CASE: 1}


async def test_what_comes_behind_the_sweep_counts_from_what_it_has_made(store: Store) -> None:
    await store.fold(*BEGUN, DECIDED)
    await store.publish(more_days_off(1, "2024-09-03", "2024-09-04"))
    await store.sweep()
    await store.fold(CLOSED)

    assert await judged(store) == {"on_time": 1}


async def test_a_sweep_that_stops_half_way_is_gone_on_with_by_the_next_owner(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "DOSSIERS_PER_SWEEP_MAX", 2)
    await store.fold(*map(received, ["XC1", "XC2", "XC3"]))
    await store.publish(more_days_off(1, "2024-09-03"))
    await store.sweep()
    taken_over = await store.claim()
    half_way = (taken_over.edition, sorted((await made_by(store)).values()))
    await store.sweep()
    again = await store.claim()

    assert half_way == (0, [0, 1, 1])
    assert set((await made_by(store)).values()) == {1}
    assert (taken_over.edition, again.edition) == (1, 1)


async def test_an_entry_in_the_register_makes_no_dossier_anew(store: Store) -> None:
    await store.fold(*BEGUN)
    await store.publish(entry(1))
    await store.sweep()

    assert await made_by(store) == {way.CASE: 0}
    assert (await store.claim()).edition == 1


async def test_editions_may_follow_each_other_faster_than_the_sweep(store: Store) -> None:
    await store.fold(*BEGUN, DECIDED)
    await store.publish(more_days_off(1, "2024-09-03", "2024-09-04"))
    await store.publish(entry(2), more_days_off(3))
    await store.sweep()

    assert await judged(store) == {"late": 1}
    assert await made_by(store) == {way.CASE: 3}
    assert (await store.claim()).edition == 3


async def test_whoever_has_lost_the_lane_sweeps_nothing(store: Store) -> None:
    lane = await store.claim()
    await store.projection.claim([0])

    with pytest.raises(Fenced):
        async with store.projection.sweep(0, lane.epoch):
            pass


async def test_a_sweep_that_fails_leaves_nothing(store: Store) -> None:
    await store.fold(*BEGUN)
    lane = store.lane or await store.claim()
    with suppress(ZeroDivisionError):
        async with store.projection.sweep(0, lane.epoch) as batch:
            await batch.write(Changes(7, rejudged=[way.CASE]))
            await batch.settle(7)
            raise ZeroDivisionError

    assert await made_by(store) == {way.CASE: 0}
    assert (await store.claim()).edition == 0


async def test_cards_are_withdrawn_with_that_reason_once_their_clocks_are_judged_anew(
    store: Store,
) -> None:
    await store.fold(*BEGUN, DECIDED)
    await store.tick()
    await store.publish(more_days_off(1, "2024-09-03", "2024-09-04"))
    await store.tick()
    before = await store.tick()
    await store.sweep()
    await store.tick()
    cards = [one.alert for one in await store.readings.alerts(ALL)]
    revoked = [card for card in cards if card.state is AlertState.REVOKED]

    assert before == 0
    assert {card.level.value for card in revoked} == {"RED", "YELLOW"}
    assert all("日历" in card.reason for card in revoked)


async def test_a_card_that_a_notice_brings_about_says_so(store: Store) -> None:
    await store.fold(*BEGUN)
    await store.tick()
    plain = {one.alert.alert_id: one.alert for one in await store.readings.alerts(ALL)}
    await store.publish(more_workdays(1, "2024-09-07"))
    await store.tick()
    await store.sweep()
    await store.tick()
    cards = {one.alert.alert_id: one.alert for one in await store.readings.alerts(ALL)}
    reds = [card for card in cards.values() if card.state is AlertState.RAISED]

    assert not any("日历" in card.reason for card in plain.values())
    assert {card.sla for card in reds if card.alert_id not in plain} == {"SLA-04", "SLA-05"}
    assert all(("日历" in card.reason) is (card.alert_id not in plain) for card in reds)


async def test_the_ticker_leaves_what_an_older_edition_has_made_to_the_sweep(
    store: Store,
) -> None:
    await store.fold(*BEGUN)
    await store.publish(more_days_off(1, "2024-09-03"))
    looks = [await store.tick(), await store.tick()]
    await store.sweep()

    assert looks == [0, 0]
    assert await store.tick() > 0
