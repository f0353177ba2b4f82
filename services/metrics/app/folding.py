"""The worker and the ticker, put together over PostgreSQL and Kafka."""

import asyncio
from functools import partial

from services.metrics.adapters.clock_rounds import PostgresClockRounds
from services.metrics.adapters.deadlines import PostgresDeadlines
from services.metrics.adapters.projection import PostgresProjection
from services.metrics.app.filling import crew
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH, first_rules
from services.metrics.app.upgrade import rebuild, until_ours
from services.metrics.consumer.agreement import agreed_lanes
from services.metrics.consumer.completeness import watch_completeness
from services.metrics.consumer.inbox import watch_inbox
from services.metrics.consumer.lanes import GROUP, Lanes
from services.metrics.consumer.worker import faust_app, work
from services.metrics.handlers.folding import Folding
from services.metrics.handlers.going_round import GoingRound, watch_clocks
from services.metrics.handlers.ticker import Ticker
from services.metrics.handlers.waiting import watch_waiting
from services.metrics.settings import MetricsSettings
from shared.contracts.registry import OWN_TOPICS, PUBLISHED
from shared.eventstore.postgres import open_pool
from shared.kafka.letters import KafkaShelf, LettersOnce
from shared.kafka.producer import KafkaProducer
from shared.kafka.standing import require_reading
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import announce_ready, tell_ready
from shared.runtime.memory import keep_memory


async def run_worker(settings: MetricsSettings, stopping: asyncio.Event) -> None:
    """Fold what the topics bring until *stopping*; where other code has folded, all of it again."""
    # A projection is made again from Kafka, and its offset is lost together with what it counts:
    # no commit has to wait for the disk. What the ticker says is a fact, and does wait.
    keep_memory()
    dsn, clock = settings.postgres_dsn.get_secret_value(), SystemClock()
    async with await open_pool(dsn, SEARCH_PATH, waits_for_disk=False) as pool:
        projection = PostgresProjection(pool, our_fingerprint())
        # To rebuild is our duty, too: whoever waits for us to begin need not wait for its end.
        tell_ready()
        ours = crew(dsn, settings.rebuild_processes)
        attempt = partial(rebuild, dsn, projection.fingerprint, clock, ours)
        if await until_ours(projection, clock, stopping, attempt):
            await _fold(settings, projection, stopping)


async def _fold(
    settings: MetricsSettings, projection: PostgresProjection, stopping: asyncio.Event
) -> None:
    # Faust would only say that it reached nobody, and of a missing right nothing at all.
    await require_reading(settings.broker, GROUP, OWN_TOPICS)
    clock = SystemClock()
    number = await agreed_lanes(settings.broker, OWN_TOPICS, projection, clock, stopping)
    if not number:
        return
    async with (
        KafkaProducer(settings.broker, client_id=GROUP) as producer,
        KafkaShelf(settings.broker) as shelf,
    ):
        folding = Folding(projection, first_rules())
        letters = LettersOnce(producer, shelf)
        lanes = Lanes(projection, folding, letters, clock, seal=settings.seal)
        app = faust_app(
            settings.broker,
            lanes,
            batch_records_max=settings.batch_records_max,
            lanes_max=number,
        )
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(
                watch_inbox(settings.broker, projection, lanes.clock, stopping), name="inbox"
            )
            completing = tasks.create_task(
                watch_completeness(settings.broker, lanes, lanes.clock, stopping),
                name="completeness",
            )
            await work(app, lanes, stopping)
            for task in (watching, completing):
                task.cancel()


async def run_ticker(settings: MetricsSettings, stopping: asyncio.Event) -> None:
    """Raise and withdraw alerts until *stopping*."""
    clock, ours = SystemClock(), our_fingerprint()
    async with await open_pool(settings.postgres_dsn.get_secret_value(), SEARCH_PATH) as pool:
        tell_ready()
        if not await until_ours(PostgresProjection(pool, ours), clock, stopping):
            return
        deadlines = PostgresDeadlines(pool, ours)
        ticker = Ticker(deadlines, first_rules(), clock, settings.source)
        PUBLISHED.prepare()
        going_round = GoingRound(PostgresClockRounds(pool, ours), ticker.editions, clock)
        announce_ready()
        async with asyncio.TaskGroup() as tasks:
            others = [
                tasks.create_task(ticker.watchdog.watch(stopping)),
                tasks.create_task(ticker.help(stopping), name="helping"),
                tasks.create_task(watch_waiting(deadlines, clock, stopping), name="waiting"),
                tasks.create_task(watch_clocks(going_round, clock, stopping), name="going_round"),
            ]
            await ticker.run(stopping)
            for task in others:
                task.cancel()
