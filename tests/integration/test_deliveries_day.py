"""A day with two hundred cards: every channel is told of each, whatever befalls it."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from services.metrics.domain.deliveries.vendors import ChannelVerdict
from services.metrics.handlers.telling import Teller
from shared.runtime.ids import SeededIds
from tests.support import way_of_a_case as way
from tests.support.delivering import (
    KINDS,
    MONDAY_TEN,
    SECOND,
    RoleDsn,
    Telling,
    raised,
    resolved,
    telling,
)
from tests.support.read_api import read_api

CARDS = 200
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KILLS = 10


class Killed(Exception):
    """The process ended there."""


def killed_after_telling(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the process end behind every thirtieth message that was taken, ten times."""
    told = [0]
    tell = Teller.tell

    async def tell_and_die(self: Teller, *about: object) -> ChannelVerdict:
        verdict = await tell(self, *about)  # type: ignore[arg-type]
        told[0] += 1
        if told[0] % 30 == 0 and told[0] // 30 <= KILLS:
            raise Killed
        return verdict

    monkeypatch.setattr(Teller, "tell", tell_and_die)
    return told


async def look(world: Telling) -> None:
    """Hear, and tell each channel; a process that has ended is started again."""
    await world.hear()
    for name in world.courier.profile.channels:
        try:
            await world.courier.tell(name, world.clock.now())
        except Killed:
            continue


async def test_a_day_with_two_hundred_cards_loses_none(
    pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = SeededIds(1)
    minutes = sorted(int(chance.random() * 24 * 60) for _ in range(CARDS))
    channels = {kind: {"gather_seconds": 0} for kind in KINDS}
    async with telling(pool, tmp_path, channels) as world:
        told = killed_after_telling(monkeypatch)
        world.vendors["wecom"].moods = ["429", "", "503", "", "hang"]
        for minute in range(26 * 60):
            if minute == 6 * 60:
                await world.vendors["dingtalk"].close()
            if minute == 7 * 60:
                await world.vendors["dingtalk"].open(world.trust)
            while minutes and minutes[0] == minute:
                number = CARDS - len(minutes)
                await world.record(raised(f"{number:03}", world.clock.now()))
                minutes.pop(0)
            world.clock.advance(MINUTE)
            await look(world)
        webhook = world.vendors["webhook"]
        by_key = Counter(
            (one["id"], key)
            for document, key in zip(webhook.received, webhook.keys, strict=True)
            for one in document["data"]["notifications"]
        )

        assert told[0] > KILLS * 30
        assert all(f"XC{n:03}" in world.said(kind) for n in range(CARDS) for kind in KINDS)
        assert len({name for name, _ in by_key}) == len(by_key) == CARDS
        assert all(vendor.refused == [] for vendor in world.vendors.values())
        # Of a message that was taken by who was killed behind it, one repetition each.
        assert sum(len(one.received) for one in world.vendors.values()) <= CARDS * 4 + KILLS


async def test_a_card_names_its_case_and_what_the_case_is_about(
    pool: asyncpg.Pool, role_dsn: RoleDsn, tmp_path: Path
) -> None:
    async with (
        telling(pool, tmp_path, {"webhook": {}}) as world,
        read_api(role_dsn, tmp_path, MONDAY_TEN) as api,
    ):
        await api.fold(way.event(way.RECEIVED.data, 0, identity="1"))
        card = raised("1", MONDAY_TEN).model_copy(update={"partitionkey": way.CASE})
        await world.record(card)
        await world.pass_time(SECOND, SECOND)
        told = world.vendors["webhook"].received[0]["data"]["notifications"][0]["told"]

        assert told["case_no"] == way.CASE
        assert told["item_name"] == way.RECEIVED.data.item_name


async def test_a_projection_that_is_made_again_tells_nobody_anything(
    pool: asyncpg.Pool, superuser: asyncpg.Connection, tmp_path: Path
) -> None:
    async with telling(pool, tmp_path, {"webhook": {}}) as world:
        await world.record(raised("1", MONDAY_TEN), raised("2", MONDAY_TEN))
        await world.pass_time(SECOND, SECOND)
        await superuser.execute("SET search_path TO metrics")
        await superuser.execute("SELECT begin_rebuild('another')")
        await superuser.execute("SELECT switch_projection()")
        await world.record(raised("1", MONDAY_TEN), resolved("2", MONDAY_TEN))
        await world.pass_time(HOUR, MINUTE)

        assert len(world.vendors["webhook"].received) == 2
        assert world.said("webhook").count("RAISED") == 4
        assert world.said("webhook").count("RESOLVED") == 2
