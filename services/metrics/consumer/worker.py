"""The Faust worker: it joins the group, and hands every fetched batch to its lane."""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import faust
import structlog
from aiokafka import TopicPartition

from services.metrics.consumer.agreement import LANES_MAX, within
from services.metrics.consumer.fetch import Fetch, Steering
from services.metrics.consumer.lanes import GROUP, Lanes
from services.metrics.consumer.transport import batch_transport
from shared.contracts.registry import OWN_TOPICS
from shared.eventstore.port import StoreUnavailable
from shared.kafka.access import Broker, KafkaAccess, access_to
from shared.kafka.feed import METADATA_MS_MAX
from shared.kafka.port import Partition, TransactionOpen
from shared.runtime.lifecycle import announce_ready, pause
from shared.runtime.measures import LANE_WAITING
from shared.runtime.pulse import beating

log = structlog.get_logger()

SESSION_SECONDS = 6.0
HEARTBEAT_SECONDS = 1.5
REBALANCE_SECONDS = 10.0
MESSAGES_WAITING_MAX = 8
"""Whole batches between the fetching thread and the lanes."""
FETCH_BYTES_MAX = 8 * 1024 * 1024
WAKE_SECONDS = 0.05
"""Readers are woken at most so often."""
LOOK_SECONDS = 1.0
HINT_LOOKS = 5
"""Every so many looks Kafka's group is told how far we are."""
STOP_SECONDS_MAX = 2.5
"""Less than the whole process has for it, so that it still ends by itself and well."""


TABLES = Path(tempfile.gettempdir()) / f"casetrack-metrics-{os.getuid()}"
"""Faust makes a folder for its tables although it has none."""


class WorkerCrashed(Exception):
    """Faust stopped by itself: the cause says why; only a new process helps."""


def faust_app(
    broker: Broker, lanes: Lanes, *, batch_records_max: int, lanes_max: int = LANES_MAX
) -> faust.App:
    """Return the app; everything that Faust would decide by default is stated."""
    access = access_to(broker)
    app = faust.App(
        GROUP,
        broker=[f"kafka://{server}" for server in access.servers.split(",")],
        broker_credentials=_credentials(access),
        store="memory://",
        processing_guarantee="at_least_once",
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        datadir=TABLES,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="none",
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        broker_rebalance_timeout=REBALANCE_SECONDS,
        broker_max_poll_records=batch_records_max,
        consumer_max_fetch_size=FETCH_BYTES_MAX,
        consumer_metadata_max_age_ms=METADATA_MS_MAX,
        stream_buffer_maxsize=MESSAGES_WAITING_MAX,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
    )
    app.transport = batch_transport(within(lanes_max, lanes.claim))(app.conf.broker_consumer, app)
    topic = app.topic(*OWN_TOPICS, key_type=bytes, value_type=bytes, acks=False)

    @app.agent(topic, concurrency=1)
    async def hand_on(stream: Any) -> None:  # noqa: ANN401 - Faust publishes no types
        async for fetch in fetches(stream):
            await lanes.put(fetch)

    async def seek(place: Partition, offset: int) -> None:
        await app.consumer.seek(TopicPartition(*place), offset)

    async def rejoin() -> None:
        await app.consumer.perform_seek()

    lanes.steering = Steering(seek=seek, rejoin=rejoin)
    return app


def _credentials(access: KafkaAccess) -> faust.SASLCredentials | faust.SSLCredentials | None:
    """Return what we are told of connections, in Faust's words."""
    told = access.connection()
    context = told.get("ssl_context")
    if access.security.asks_for_password:
        return faust.SASLCredentials(
            username=told["sasl_plain_username"],
            password=told["sasl_plain_password"],
            mechanism=told["sasl_mechanism"],
            ssl_context=context,
        )
    return None if context is None else faust.SSLCredentials(context)


async def fetches(stream: Any) -> AsyncIterator[Fetch]:  # noqa: ANN401 - Faust publishes no types
    """Unwrap what the transport wrapped: one message is all that a partition had to offer."""
    async for event in stream.noack().events():
        message = event.message
        highwater, stretch = message.value
        place = Partition(message.topic, message.partition)
        yield Fetch(place, stretch, stretch.first, stretch.following, highwater)


async def work(app: faust.App, lanes: Lanes, stopping: asyncio.Event) -> None:
    """Fold until *stopping*, or until other code has made the projection; else raise why not."""
    with beating(lanes.pulse):
        await _work(app, lanes, stopping)


async def _work(app: faust.App, lanes: Lanes, stopping: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        folding = tasks.create_task(lanes.run(), name="lanes")
        others = [
            tasks.create_task(_wake_readers(lanes, stopping)),
            tasks.create_task(_look(app, lanes, stopping)),
            tasks.create_task(lanes.watchdog.watch(stopping)),
        ]
        try:
            await _live(app, lanes, stopping)
        finally:
            for task in (folding, *others):
                task.cancel()


async def _live(app: faust.App, lanes: Lanes, stopping: asyncio.Event) -> None:
    await app.start()
    announce_ready()
    try:
        while not (stopping.is_set() or lanes.outdated.is_set() or app.should_stop):
            await app.sleep(WAKE_SECONDS)
    finally:
        # Faust may wait for ever for a broker that is gone; what counts is committed anyway.
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await app.stop()
    # Who was asked to end has, whatever the driver met on its way out.
    if app.crash_reason is not None and not stopping.is_set():
        raise WorkerCrashed from app.crash_reason


async def _wake_readers(lanes: Lanes, stopping: asyncio.Event) -> None:
    """Notify after commits; what is lost here is found by polling."""
    while True:
        await lanes.changed.wait()
        lanes.changed.clear()
        causes = " ".join(lanes.folded)
        lanes.folded.clear()
        try:
            await lanes.projection.wake_readers(causes)
        except StoreUnavailable:
            log.warning("readers_not_woken")
        if await pause(lanes.clock, WAKE_SECONDS, stopping):
            return


async def _look(app: faust.App, lanes: Lanes, stopping: asyncio.Event) -> None:
    """Say for each partition without a backlog that it is complete; hear of other rules."""
    looks = 0
    while not await pause(lanes.clock, LOOK_SECONDS, stopping):
        positions = lanes.positions()
        idle = [place for place in positions if _highwater(app, place) == positions[place]]
        try:
            await lanes.projection.caught_up([(*place, positions[place]) for place in idle])
            lanes.hear(await lanes.projection.edition())
        except StoreUnavailable:
            continue
        looks += 1
        # Amid a rebalance Kafka would take the commit for a reason to rebalance once more.
        if looks % HINT_LOOKS == 0 and not app.rebalancing:
            await _hint(app, positions)
        if _assigned(app) == positions.keys():
            _tell(app, lanes, positions)


def _tell(app: faust.App, lanes: Lanes, positions: dict[Partition, int]) -> None:
    """Say how far the lanes are behind, and where somebody's open transaction is why."""
    lanes.pulse.reading()
    readable, waiting = 0, Counter[int]()
    for place, position in positions.items():
        end, stable = _highwater(app, place) or position, _stable_end(app, place) or position
        waiting[place.number] += max(0, end - position)
        readable += max(0, stable - position)
        behind = f"{place.topic}-{place.number} behind a transaction"
        if stable <= position < end:
            lanes.pulse.hold_lasting(behind, TransactionOpen())
        else:
            lanes.pulse.release(behind)
    lanes.pulse.behind(waiting.total())
    # A lane that went to another worker is told of there.
    LANE_WAITING.clear()
    for number, records in waiting.items():
        LANE_WAITING.labels(str(number)).set(records)
    if not readable:
        lanes.watchdog.progressed()


def _assigned(app: faust.App) -> set[Partition] | None:
    """Return what Kafka gave us: a worker that hangs on its way there has no lane to be idle in."""
    try:
        return {Partition(place.topic, place.partition) for place in app.consumer.assignment()}
    except Exception:  # noqa: BLE001 - the driver has no consumer yet
        return None


def _highwater(app: faust.App, place: Partition) -> int | None:
    try:
        highwater: int | None = app.consumer.highwater(TopicPartition(*place))
    except Exception:  # noqa: BLE001 - between two assignments the driver knows no such partition
        return None
    return highwater


def _stable_end(app: faust.App, place: Partition) -> int | None:
    consumer: Any = app.consumer
    try:
        end: int | None = consumer._thread.stable_end(place)  # noqa: SLF001 - our own thread class
    except Exception:  # noqa: BLE001 - between two assignments the driver knows no such partition
        return None
    return end


async def _hint(app: faust.App, positions: dict[Partition, int]) -> None:
    """Tell Kafka how far we are: for lag tools only, nobody of ours reads it."""
    consumer: Any = app.consumer
    await consumer._thread.hint(positions)  # noqa: SLF001 - our own thread class
