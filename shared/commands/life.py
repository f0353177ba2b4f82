"""The life of a service that has two doors: it serves HTTP and reads Kafka until told to stop."""

import asyncio
from dataclasses import replace

from starlette.types import ASGIApp

from shared.kafka.letters import KafkaShelf, LettersOnce
from shared.kafka.membership import Subscription, consume
from shared.kafka.port import Handler
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import announce_ready
from shared.web.server import serve
from shared.web.service_settings import ServiceSettings


async def serve_and_read(
    web: ASGIApp,
    subscription: Subscription,
    handler: Handler,
    *,
    settings: ServiceSettings,
    clock: Clock,
    stopping: asyncio.Event,
) -> None:
    """
    Answer requests and handle records until *stopping*; what the reading suffers ends no door.

    Ready means that requests are answered: Kafka may come later.
    """
    serving = asyncio.Event()
    reading = replace(subscription.reading, seal=settings.seal)
    async with (
        KafkaProducer(settings.broker, client_id=reading.group) as producer,
        KafkaShelf(settings.broker) as shelf,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(
            serve(
                web,
                host=settings.host,
                port=settings.port,
                stopping=stopping,
                serving=serving,
            ),
            name="http",
        )
        tasks.create_task(
            consume(
                replace(subscription, reading=reading),
                handler,
                dead_letters=LettersOnce(producer, shelf),
                clock=clock,
                stopping=stopping,
            ),
            name="reading",
        )
        await serving.wait()
        announce_ready()
