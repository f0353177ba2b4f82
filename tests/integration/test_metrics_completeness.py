"""Cards wait until their lane is complete: asked of both stores, and of Kafka."""

from datetime import UTC, datetime, timedelta
from operator import attrgetter

from services.metrics.domain.clocks.alert import AlertRecord
from services.metrics.ports.deadlines import Waiting
from services.metrics.ports.readings import AlertsSought
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import ZONE
from tests.support.completing import completed
from tests.support.metrics_store import FACTS, LAST, TOPIC, Store

NEXT = timedelta(seconds=1)
EVERY = AlertsSought(
    (datetime(9999, 1, 1, tzinfo=UTC), LAST), tuple(AlertState), None, None, None, 100
)
FIRST_YELLOW = datetime(2024, 9, 12, tzinfo=ZONE)


async def said(store: Store) -> list[AlertRecord]:
    """Return the cards, longest raised first."""
    found = await store.readings.alerts(EVERY)
    return sorted((one.alert for one in found), key=attrgetter("raised_at"))


async def look(store: Store) -> int:
    return await store.ticker.handle(store.clock.now())


async def test_without_a_milestone_nothing_is_said(store: Store) -> None:
    await store.fold(*FACTS[:3])

    assert await look(store) == 0
    assert await store.deadlines.waiting(store.clock.now()) == [Waiting(0, None, 2)]


async def test_what_was_folded_behind_a_milestone_waits_for_the_next(store: Store) -> None:
    await store.fold(FACTS[0])
    await store.complete()
    await store.fold(*FACTS[1:3])
    early = await look(store)
    waiting = await store.deadlines.waiting(store.clock.now())
    await store.complete()

    assert (early, await look(store)) == (0, 2)
    assert waiting == [Waiting(0, store.clock.now(), 2)]
    assert await store.deadlines.waiting(store.clock.now()) == []


async def test_a_milestone_counts_once_its_ends_are_folded(store: Store) -> None:
    await store.fold(*FACTS[:3])
    lane = await store.lane_of()
    reached = [
        await completed(store.projection, lane, store.clock.now(), ends)
        for ends in ({TOPIC: 4}, {TOPIC: 3, "never folded": 1}, {TOPIC: 3, "empty": 0})
    ]

    assert reached == [False, False, True]
    assert await look(store) == 2


async def test_a_card_is_said_up_to_the_milestone_and_the_rest_with_the_next(store: Store) -> None:
    await store.fold(*FACTS[:3])
    now = store.clock.now()
    lane = await store.lane_of()
    assert await completed(store.projection, lane, FIRST_YELLOW)
    await look(store)
    early = [(one.sla, one.level, one.raised_at) for one in await said(store)]
    assert await completed(store.projection, lane, now)
    await look(store)

    assert early == [("SLA-04", AlertLevel.YELLOW, FIRST_YELLOW)]
    assert len(await said(store)) == 4


async def test_a_milestone_of_another_owner_counts_for_nothing(store: Store) -> None:
    await store.fold(*FACTS[:3])
    before = await store.lane_of()
    await store.complete()
    await store.claim()
    unsaid = await look(store)
    late = await completed(store.projection, before, store.clock.now())
    still_unsaid = await look(store)
    await store.complete()
    overtaken = await completed(store.projection, before, store.clock.now())

    assert (unsaid, late, still_unsaid, overtaken) == (0, True, 0, False)
    assert await look(store) == 2


async def test_what_was_complete_stays_complete_whoever_has_the_lane(store: Store) -> None:
    await store.fold(*FACTS[:3])
    await store.complete()
    lane = await store.claim()
    assert await completed(store.projection, lane, store.clock.now() - timedelta(days=300))

    assert await look(store) == 2


async def test_a_late_fact_withdraws_with_its_reason_behind_the_next_milestone(
    store: Store,
) -> None:
    await store.fold(*FACTS[:3])
    await store.tick()
    await store.fold(FACTS[4])
    store.clock.advance(NEXT)
    early = await look(store)
    await store.complete()
    await look(store)
    alerts = await said(store)

    assert early == 0
    assert AlertState.REVOKED in {one.state for one in alerts}
    assert all(one.reason for one in alerts if one.state is AlertState.REVOKED)
