"""What whoever rebuilds may rely on, asked of the store in memory and the one in PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.domain.last_words import LastWord
from services.metrics.domain.picture import Differences
from services.metrics.handlers.filling import Filling
from services.metrics.handlers.rebuild import Rebuilding, RebuildOutcome
from services.metrics.ports.projection import Changes, Fenced
from services.metrics.ports.rebuilding import Beside, RebuildOvertaken, Stride
from shared.runtime.clock import SystemClock
from tests.support import way_of_a_case as way
from tests.support.metrics_store import (
    FACTS,
    RULES,
    SEPTEMBER,
    TOPIC,
    Store,
    by_terminal,
    keys,
    received,
    sought,
)

LANES = 4
CASES = tuple(f"XC2024090200{number:03}" for number in range(12))
FIRST_STEP = Stride((0, 1), "", CASES[3], 2, 5)
OTHERS = Fingerprint("of-the-next-release")


@pytest.fixture
async def beside(store: Store) -> AsyncIterator[Beside]:
    """Give the second projection of some folded cases, begun and not filled."""
    await store.fold(*FACTS, *(received(case_no) for case_no in CASES))
    await store.projection.begin(TOPIC, LANES - 1, 0)
    async with store.beside(our_fingerprint()) as opened:
        await opened.begin()
        yield opened


async def rebuilt(beside: Beside, *, switch: bool = True) -> RebuildOutcome:
    rebuilding = Rebuilding(beside, RULES, SystemClock())
    return await rebuilding.handle(lambda _count, _reached: None, switch=switch)


async def filled(beside: Beside) -> None:
    await Filling(beside, RULES).handle(LANES)


async def test_what_is_rebuilt_is_what_was_folded_and_takes_its_place(
    store: Store, beside: Beside
) -> None:
    figures = await store.readings.parts(SEPTEMBER)
    dossiers = await store.readings.dossiers(sought(rows_max=99))
    outcome = await rebuilt(beside)

    assert ([*outcome.differences], outcome.switched) == ([], True)
    assert (outcome.subjects, outcome.facts) == (len(CASES) + 1, len(CASES) + len(FACTS))
    assert await store.readings.parts(SEPTEMBER) == figures
    assert await store.readings.dossiers(sought(rows_max=99)) == dossiers
    with pytest.raises(RebuildOvertaken):
        await beside.standing()


async def test_last_words_are_rebuilt_with_those_of_facts_that_arrive_meanwhile(
    store: Store, beside: Beside
) -> None:
    await store.fold(*(by_terminal(received(f"{case_no}-again")) for case_no in CASES))
    await filled(beside)
    later = by_terminal(received(f"{CASES[0]}-again"), store.clock.now())
    await store.fold(later.model_copy(update={"id": "told-later"}))
    live = await store.readings.last_words()
    outcome = await rebuilt(beside)

    assert [*outcome.differences] == []
    assert await store.readings.last_words() == live
    assert live["hall-terminal"][-1].learned == store.clock.now()
    assert len(live["hall-terminal"]) == len(CASES) + 1


async def test_without_the_switch_whoever_folds_goes_on(store: Store, beside: Beside) -> None:
    outcome = await rebuilt(beside, switch=False)
    new = await store.fold(received("XC20240902999"))

    assert ([*outcome.differences], outcome.switched, new) == ([], False, 1)


async def test_whoever_folded_before_the_switch_commits_nothing(
    store: Store, beside: Beside
) -> None:
    await rebuilt(beside)
    with pytest.raises(Fenced):
        await store.fold(received("XC20240902999"))
    await store.claim()
    new = await store.fold(received("XC20240902999"))

    assert new == 1
    assert "XC20240902999" in keys(await store.readings.dossiers(sought(rows_max=99)))


async def test_what_differs_is_named_counted_and_shown(store: Store, beside: Beside) -> None:
    known = await store.readings.dossier(way.CASE)
    assert known is not None
    wrong = Differences({("L03/closed", way.MONDAY.date()): 3})
    empty = Dossier(key=way.CASE)
    words = {"nobody": (LastWord(way.MONDAY, 0, 0),)}
    changes = Changes(0, dossiers=[empty], figures=wrong, last_words=words)
    async with store.projection.batch(store.stretch(0), 1, complete_to=None, recent=()) as batch:
        await batch.write(changes)
    outcome = await rebuilt(beside, switch=False)
    told = {(one.what, one.name): one for one in outcome.differences}

    phases = f"{empty.case.phase.value} → {known.case.phase.value}"
    assert set(told) == {("figure", "L03"), ("state", phases), ("source", "nobody")}
    assert told["source", "nobody"][2:5] == (0, 1, 0)
    assert told["source", "nobody"].examples[0]["publisher"] == "nobody"
    assert told["figure", "L03"][2:5] == (0, 1, 0)
    assert told["figure", "L03"].examples[0]["part"] == "L03/closed"
    assert told["state", phases][2:5] == (0, 0, 1)
    assert told["state", phases].examples == [{"dossier": way.CASE}]


async def test_what_was_begun_is_gone_on_with_by_the_same_code_alone(
    store: Store, beside: Beside
) -> None:
    async with beside.step(FIRST_STEP):
        pass
    await beside.begin()
    begun = await beside.standing()
    async with store.beside(OTHERS) as others:
        await others.begin()
        anew = await others.standing()
    with pytest.raises(RebuildOvertaken):
        await beside.standing()

    assert (begun.lanes, begun.filled, begun.subjects, begun.facts) == (LANES, False, 2, 5)
    assert begun.facts_expected == len(FACTS) + len(CASES)
    assert (anew.lanes, anew.subjects, anew.facts) == (LANES, 0, 0)


async def test_a_stint_is_given_to_one_and_given_back(store: Store, beside: Beside) -> None:
    async with (
        store.beside(our_fingerprint()) as other,
        beside.stint(3) as first,
        other.stint(3) as second,
        other.stint(3) as third,
    ):
        assert first is not None
        assert second is not None
        assert (first.lanes, second.lanes, third) == ((0, 1, 2), (3,), None)
        assert (first.of, first.reached) == (LANES, "")
    async with beside.stint(LANES) as again:
        assert again is not None
        assert again.lanes == (0, 1, 2, 3)


async def test_lanes_that_are_equally_far_are_one_stint(beside: Beside) -> None:
    async with beside.step(FIRST_STEP):
        pass
    async with beside.stint(LANES) as first, beside.stint(LANES) as second:
        assert first is not None
        assert second is not None
        assert (first.lanes, first.reached) == ((0, 1), FIRST_STEP.upto)
        assert (second.lanes, second.reached) == ((2, 3), "")


async def test_of_two_who_take_one_step_one_finds_out(beside: Beside) -> None:
    async with beside.step(FIRST_STEP):
        pass
    with pytest.raises(RebuildOvertaken):
        async with beside.step(FIRST_STEP):
            pass
    with pytest.raises(RebuildOvertaken):
        await beside.fill((1,), "")
    await beside.fill((0, 1), FIRST_STEP.upto)
    with pytest.raises(RebuildOvertaken):
        async with beside.step(Stride((0,), FIRST_STEP.upto, CASES[9], 1, 1)):
            pass


async def test_a_step_that_fails_has_not_been_taken(beside: Beside) -> None:
    with suppress(ZeroDivisionError):
        async with beside.step(FIRST_STEP):
            raise ZeroDivisionError

    assert (await beside.standing()).facts == 0


async def test_subjects_follow_in_the_order_of_their_keys(beside: Beside) -> None:
    first = await beside.following("", 3)
    rest = await beside.following(first[-1][0], 99)

    assert [*first, *rest] == sorted([(case_no, 1) for case_no in CASES] + [(way.CASE, len(FACTS))])


async def test_what_arrives_meanwhile_is_touched_until_it_is_taken(
    store: Store, beside: Beside
) -> None:
    await filled(beside)
    before = await beside.touched(9)
    await store.fold(*(received(f"XC2024090300{number}") for number in range(3)))
    arrived = await beside.touched(2), await beside.touched(9)
    with suppress(ZeroDivisionError):
        async with beside.catching_up() as refold:
            await refold.take_touched(2)
            raise ZeroDivisionError
    async with beside.catching_up() as refold:
        taken = await refold.take_touched(2)
        histories = await refold.histories(taken)

    assert (before, arrived) == (0, (2, 3))
    assert sorted(taken) == ["XC20240903000", "XC20240903001"]
    assert [len(bodies) for bodies in histories.values()] == [1, 1]
    assert await beside.touched(9) == 1


async def test_nobody_catches_up_or_switches_while_a_lane_is_not_filled(beside: Beside) -> None:
    await beside.fill((0, 1, 2), "")
    with pytest.raises(RebuildOvertaken):
        async with beside.catching_up():
            pass
    with pytest.raises(RebuildOvertaken):
        async with beside.lanes_held() as held:
            await held.switch()

    assert not (await beside.standing()).filled


async def test_the_ticker_looks_again_at_what_it_has_spoken_of(
    store: Store, beside: Beside
) -> None:
    await store.tick()
    said = await store.tick()
    await rebuilt(beside)
    # What was known of a lane is void behind a switch, until its worker has it again.
    unclaimed = await store.tick()
    await store.claim()
    again = await store.tick()

    assert unclaimed == 0
    assert (said, again > 0) == (0, True)
    assert await store.tick() == 0
