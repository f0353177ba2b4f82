"""The ports of time, identity and language behave the same on every machine."""

import asyncio
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.contracts.naming import Language
from shared.policy.calendar import business_date
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds, SystemIds
from shared.runtime.language import accepted, terminal_language
from shared.runtime.lifecycle import CrashPoint, NoProgress, Watchdog, pause

EVENING = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def test_the_business_day_ends_at_midnight_in_shanghai() -> None:
    assert business_date(EVENING) == date(2026, 11, 23)
    assert business_date(EVENING + timedelta(seconds=1)) == date(2026, 11, 24)


def test_a_naive_time_has_no_business_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        business_date(EVENING.replace(tzinfo=None))


async def test_sleepers_wake_in_the_order_of_their_times() -> None:
    clock = VirtualClock(EVENING)
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as tasks:
        for seconds in (30, 10, 20):
            tasks.create_task(sleeper(seconds))
        await asyncio.sleep(0)
        clock.advance(timedelta(seconds=20))
        await asyncio.sleep(0)
        assert woken == [10, 20]
        assert clock.next_waking == EVENING + timedelta(seconds=30)
        clock.advance_to(EVENING + timedelta(minutes=1))

    assert woken == [10, 20, 30]


def test_virtual_time_never_goes_back() -> None:
    with pytest.raises(ValueError, match="back"):
        VirtualClock(EVENING).advance(timedelta(seconds=-1))


def test_the_same_seed_gives_the_same_identifiers() -> None:
    one, two, other = SeededIds(7), SeededIds(7), SeededIds(8)

    assert [one.new() for _ in range(3)] == [two.new() for _ in range(3)]
    assert one.new() != other.new()


@pytest.mark.parametrize("ids", [SeededIds(1), SystemIds()])
def test_identifiers_are_uuids_of_version_seven_in_order(ids: SeededIds | SystemIds) -> None:
    made = [ids.new() for _ in range(50)]

    assert made == sorted(set(made))
    assert {uuid.UUID(one).version for one in made} == {7}
    assert 0 <= ids.random() < 1


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.ZH_CN),
        ("", Language.ZH_CN),
        ("en-GB,en;q=0.9", Language.EN),
        ("fr,de", Language.ZH_CN),
        ("en;q=0.3,zh-Hans-CN;q=0.8", Language.ZH_CN),
        ("en;q=0", Language.ZH_CN),
        ("en;q=nonsense", Language.ZH_CN),
        ("en," * 1_000, Language.ZH_CN),
    ],
)
def test_a_reader_gets_the_language_preferred_among_ours(
    header: str | None, language: Language
) -> None:
    assert accepted(header) is language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, Language.ZH_CN),
        ({"LANG": "en_US.UTF-8"}, Language.EN),
        ({"LANG": "C.UTF-8"}, Language.ZH_CN),
        ({"LANG": "en_US.UTF-8", "CASETRACK_LANG": "zh-CN"}, Language.ZH_CN),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US"}, Language.ZH_CN),
    ],
)
def test_a_terminal_speaks_as_it_is_told(environment: dict[str, str], language: Language) -> None:
    assert terminal_language(environment) is language


async def test_a_pause_ends_when_it_is_time_to_stop() -> None:
    stopping = asyncio.Event()
    stopping.set()

    assert await pause(VirtualClock(EVENING), 3600, stopping)


async def test_a_loop_that_gets_nothing_done_ends_its_process() -> None:
    clock = VirtualClock(EVENING)
    watchdog = Watchdog("relay", clock, patience_seconds=60)

    with pytest.raises(NoProgress, match="relay"):
        await _let_pass(clock, watchdog, progressing=False)


async def test_a_loop_that_gets_on_is_left_alone() -> None:
    clock = VirtualClock(EVENING)
    watchdog = Watchdog("relay", clock, patience_seconds=60)

    await _let_pass(clock, watchdog, progressing=True)


async def _let_pass(clock: VirtualClock, watchdog: Watchdog, *, progressing: bool) -> None:
    """Let two minutes pass under *watchdog*, in steps of one second."""
    stopping = asyncio.Event()
    watching = asyncio.ensure_future(watchdog.watch(stopping))
    for _ in range(120):
        for _ in range(10):
            await asyncio.sleep(0)
        if progressing:
            watchdog.progressed()
        clock.advance(timedelta(seconds=1))
    stopping.set()
    await watching


def test_a_process_crashes_at_the_named_place_and_pass() -> None:
    point = CrashPoint("relay.sent_before_cursor:2")

    passes = [
        point.reached(place)
        for place in ("relay.read", "relay.sent_before_cursor", "relay.sent_before_cursor")
    ]

    assert passes == [False, False, True]
