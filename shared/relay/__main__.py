"""``python -m shared.relay``: send all owners' facts until told to stop."""

import asyncio
import sys
from functools import partial
from importlib import import_module

from shared.eventstore.outbox import PostgresOutbox
from shared.kafka.producer import KafkaProducer
from shared.relay.relay import LOOK_SECONDS, Relay
from shared.relay.settings import RelaySettings
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.lifecycle import (
    announce_ready,
    is_ready,
    pause,
    run,
    tell_ready,
    withdraw_ready,
)
from shared.runtime.measures import Scraped
from shared.runtime.settings import load_settings


async def relay(settings: RelaySettings, stopping: asyncio.Event) -> None:
    """Run one relay for each owner; ready when each leads or stands by."""
    clock = SystemClock()
    dsn = settings.postgres_dsn.get_secret_value()
    async with KafkaProducer(settings.broker, client_id="casetrack-relay") as sender:
        relays = [
            Relay(
                owner,
                partial(PostgresOutbox.open, dsn, owner.value),
                sender,
                clock,
                seal=settings.seal,
            )
            for owner in settings.owners
        ]
        async with asyncio.TaskGroup() as tasks:
            for one in relays:
                tasks.create_task(one.run(stopping), name=f"relay-{one}")
            announcing = tasks.create_task(announce(relays, clock, stopping))
            await stopping.wait()
            announcing.cancel()


async def announce(relays: list[Relay], clock: Clock, stopping: asyncio.Event) -> None:
    """Say that we serve, and take it back for as long as somebody's facts get nowhere."""
    for one in relays:
        await one.standing.wait()
    announce_ready()
    while not await pause(clock, LOOK_SECONDS, stopping):
        stuck = any(one.stuck for one in relays)
        if stuck and is_ready():
            withdraw_ready()
        elif not stuck and not is_ready():
            tell_ready()


def main() -> int:
    settings = load_settings(RelaySettings)
    life = partial(relay, settings)
    if settings.probe_port is not None:
        return run(
            "relay",
            import_module("shared.web.probes").probed(
                Scraped.RELAY, life, settings.host, settings.probe_port
            ),
        )
    return run("relay", life)


if __name__ == "__main__":
    sys.exit(main())
