"""A courier that is killed ten times tells every channel of every card."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from services.metrics.app.rules import SEARCH_PATH
from shared.eventstore.postgres import open_pool
from shared.runtime.clock import SystemClock
from tests.support.delivering import ENVIRONMENT, KINDS, Telling, raised, telling
from tests.support.eventually import eventually

KILLS = 10
CARDS_EACH = 1
"""All of them fit into one text, where the receivers look for them."""
SECONDS_MAX = 120
ROOT = Path(__file__).parents[2]


async def test_a_courier_that_is_killed_ten_times_tells_every_channel_of_every_card(
    role_dsn: Callable[[str], str], tmp_path: Path
) -> None:
    channels = {kind: {"gather_seconds": 0} for kind in KINDS}
    async with (
        await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as pool,
        telling(pool, tmp_path, channels, at=SystemClock().now()) as world,
    ):
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "PYTHONPATH": str(ROOT),
            "METRICS_POSTGRES_DSN": role_dsn("casetrack_metrics"),
            "METRICS_KAFKA": "unused:9092",
            "METRICS_DELIVERIES": str(world.settings.deliveries),
            "METRICS_DELIVERY_HOSTS": world.settings.delivery_hosts,
            "METRICS_DELIVERY_NETWORKS": world.settings.delivery_networks,
        }
        for vendor in world.vendors.values():
            vendor.now = SystemClock().now
        for kill in range(KILLS):
            place = ("courier.claimed", "courier.told")[kill % 2]
            now = SystemClock().now()
            await world.record(*(raised(f"{kill}-{n}", now) for n in range(CARDS_EACH)))
            dying = await courier({**environment, "CASETRACK_CRASH": place})
            async with asyncio.timeout(SECONDS_MAX):
                assert await dying.wait() == 137
        last = await courier(environment)
        try:
            everything = {f"{kill}-{n}" for kill in range(KILLS) for n in range(CARDS_EACH)}
            await eventually(
                lambda: not missing(world, everything),
                within=SECONDS_MAX,
            )
        finally:
            last.kill()
            await last.wait()
        webhook = world.vendors["webhook"]
        told = Counter(
            (one["id"], key)
            for document, key in zip(webhook.received, webhook.keys, strict=True)
            for one in document["data"]["notifications"]
        )
        by_name = Counter(name for name, _ in told)

        # Repeated under the same key, by which the receiver knows it; under another one never.
        assert max(by_name.values()) == 1
        assert len(by_name) == KILLS * CARDS_EACH
        assert all(vendor.refused == [] for vendor in world.vendors.values())


def missing(world: Telling, everything: set[str]) -> dict[str, list[str]]:
    """Return by receiver which cards it was not told of."""
    said = {kind: world.said(kind) for kind in KINDS}
    absent = {
        kind: sorted(one for one in everything if f"XC{one}" not in text)
        for kind, text in said.items()
    }
    return {kind: cards for kind, cards in absent.items() if cards}


async def courier(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "services.metrics", "courier"),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
