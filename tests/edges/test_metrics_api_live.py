"""One picture for all who watch, and for each only what is new to it."""

import asyncio
import json
import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import convert
from starlette.types import Message

from services.metrics.api import event_stream, stream
from services.metrics.api.stream import Audience, Listener, LiveStream
from services.metrics.handlers.freshness import Freshness
from services.metrics.handlers.live import REREAD_SECONDS, Board, Edition, next_edition
from services.metrics.ports.glances import Offset
from services.metrics.views.today import TodayPicture
from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import SystemClock
from shared.web.auth import Principal, Role, Session
from shared.web.gate import AuthSettings, Gate
from shared.web.problems import Problem
from shared.web.session import Endings
from tests.support import pictures
from tests.support.pictures import AS_OF

LATER = "2024-09-12T10:43:00+08:00"
NOON = datetime(2024, 9, 2, 4, tzinfo=UTC)
SECONDS_MAX = 30.0
READER = Principal("local-supervisor", frozenset({Role.SUPERVISOR}), "610102", "王督察")


GATE = Gate.of(AuthSettings(jwks="jwks.json"), SystemClock())


def picture(**changes: object) -> TodayPicture:
    return convert(pictures.picture(**changes), TodayPicture)


def editions(*shown: tuple[int, TodayPicture]) -> Edition:
    """Return the last of several editions."""
    newest: Edition | None = None
    for changes, one in shown:
        newest = next_edition(newest, changes, one, 0.0)
    assert newest is not None
    return newest


def read(document: bytes | None) -> dict[str, Any] | None:
    return None if document is None else json.loads(document)


def test_what_only_the_time_changed_is_no_change() -> None:
    edition = editions((7, picture()), (8, picture(as_of=LATER, lag_seconds=3)))

    assert edition.since(1) is None
    assert read(edition.heartbeat()) == {"as_of": LATER, "complete_to": AS_OF, "lag_seconds": 3}


def test_a_delta_has_the_new_parts_and_the_time() -> None:
    edition = editions((7, picture()), (8, picture(demo=False, as_of=LATER)))

    delta = {"as_of": LATER, "complete_to": AS_OF, "lag_seconds": 0.4, "demo": False}
    assert read(edition.since(1)) == delta


def test_a_reader_who_skipped_editions_gets_all_of_their_changes_at_once() -> None:
    edition = editions((7, picture()), (8, picture(demo=False)), (9, picture(demo=False, red=[])))

    told = read(edition.since(1))
    assert told is not None
    assert {"demo", "red"} <= told.keys()
    assert "demo" not in (read(edition.since(2)) or {})


def test_the_same_picture_has_the_same_id_whoever_read_it() -> None:
    here = editions((5, picture(demo=False)), (8, picture()))
    there = editions((8, picture(as_of=LATER)))

    assert here.event_id == there.event_id


class Source:
    """A projection of the test's making."""

    def __init__(self) -> None:
        self.shown = picture()
        self.number = 1
        self.away = False
        self.reads = 0
        self.wake: Callable[[str], None] = lambda _: None

    async def load(self) -> tuple[int, TodayPicture]:
        self.reads += 1
        if self.away:
            raise StoreUnavailable("away")
        return self.number, self.shown

    async def changes(self) -> int:
        if self.away:
            raise StoreUnavailable("away")
        return self.number

    async def listen(self, wake: Callable[[str], None], stopping: asyncio.Event) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.wake = wake
        await stopping.wait()

    def change(self, **changes: object) -> None:
        self.shown, self.number = picture(**changes), self.number + 1


async def test_nobody_watching_is_nothing_read() -> None:
    source, stopping = Source(), asyncio.Event()
    board = Board(source, source, SystemClock())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(board.run(stopping))
        with board.watched():
            await board.fresh()
        # One more may have been on its way.
        another = await board.turned(source.reads + 1, REREAD_SECONDS * 1.5)
        stopping.set()

    assert another is None


@pytest.mark.parametrize("rings", [True, False])
async def test_a_change_is_found_by_the_bell_and_without_it(rings: bool) -> None:  # noqa: FBT001 - a case
    source, stopping = Source(), asyncio.Event()
    board = Board(source, source, SystemClock())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(board.run(stopping))
        with board.watched():
            first = await board.fresh()
            source.change(demo=False)
            if rings:
                source.wake("")
            found = await board.turned(first.number, SECONDS_MAX)
        stopping.set()

    assert found is not None
    assert found.changes == 2
    assert (read(found.since(first.number)) or {})["demo"] is False


def test_no_text_begins_a_frame_of_its_own() -> None:
    name = "a\r\n\r\nevent: bye\ndata: {}\n\n\u2028"
    board = Board(Source(), Source(), SystemClock())
    edition = editions((1, picture(late_next=[pictures.saveable(0, item_name=name)])))

    (frame,) = Listener(board, GATE, READER, None, edition).opening()

    snapshot = read(frame.split(b"data: ", 1)[1])
    assert snapshot is not None
    assert snapshot["late_next"][0]["item_name"] == name
    assert [line[:5] for line in frame.splitlines()] == [b"id: 1", b"event", b"data:", b""]


async def test_a_database_that_went_away_is_told_as_lag() -> None:
    edition = editions((7, picture()))

    assert read(edition.silence(12.0)) == {"lag_seconds": 12.4}


class Wire:
    """A connection to a reader that takes what the test lets it take."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.sent: list[Message] = []
        self.stuck = stuck
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if self.stuck and len(self.sent) > 1:
            await asyncio.Event().wait()


async def test_a_reader_that_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "SEND_SECONDS_MAX", 0.05)
    source, audience, wire = Source(), Audience(), Wire(stuck=True)
    board = Board(source, source, SystemClock())
    answer = LiveStream(Listener(board, GATE, READER, None, editions((1, picture()))), audience)

    async with asyncio.timeout(SECONDS_MAX):
        await answer({"type": "http"}, wire.receive, wire.send)

    assert len(wire.sent) == 2
    assert audience.by_subject.total() == 0


async def test_a_reader_that_stays_long_is_asked_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "STREAM_SECONDS_MAX", 0.05)
    source, wire = Source(), Wire()
    board = Board(source, source, SystemClock())
    answer = LiveStream(Listener(board, GATE, READER, None, editions((1, picture()))), Audience())

    await answer({"type": "http"}, wire.receive, wire.send)

    assert wire.sent[-2]["body"].startswith(b"event: bye")


@pytest.mark.parametrize("end", ["token", "session", "account"])
async def test_a_stream_ends_with_what_opened_it(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    store, source, wire = MemoryEventStore(), Source(), Wire()
    gate = Gate.of(AuthSettings(jwks="jwks.json"), SystemClock(), store)
    board = Board(source, source, SystemClock())
    until = 0.0 if end == "token" else math.inf
    reader = replace(READER, until=until, session=Session("one"))
    if end == "session":
        await Endings(store).note_ended("one", reader.subject)
    if end == "account":
        await Endings(store).note_signed_out(reader.subject, 1, reader.subject)

    answer = LiveStream(Listener(board, gate, reader, None, editions((1, picture()))), Audience())
    async with asyncio.timeout(SECONDS_MAX):
        await answer({"type": "http"}, wire.receive, wire.send)

    assert wire.sent[-2]["body"].startswith(b"event: bye")


def test_whoever_waits_for_the_first_picture_has_a_seat() -> None:
    audience = Audience()

    with ExitStack() as seats:
        for _ in range(stream.STREAMS_PER_READER_MAX):
            seats.enter_context(audience.seated("local-supervisor"))
        with pytest.raises(Problem), audience.seated("local-supervisor"):
            pass
        with audience.seated("local-auditor"):
            assert audience.by_subject.total() == stream.STREAMS_PER_READER_MAX + 1

    assert audience.by_subject.total() == 0


def test_one_person_has_so_many_streams_and_no_more() -> None:
    audience = Audience()
    audience.by_subject["local-supervisor"] = stream.STREAMS_PER_READER_MAX

    with pytest.raises(Problem):
        audience.admit("local-supervisor")
    audience.admit("local-auditor")


def offset(following: int, highwater: int, checked_at: datetime = NOON) -> Offset:
    return Offset("t", 0, following, highwater, None, checked_at)


def test_lag_is_how_long_the_oldest_record_in_sight_has_waited() -> None:
    freshness = Freshness()
    later = [NOON.replace(second=second) for second in range(60)]

    assert freshness.lag_seconds([offset(5, 9)], {}, NOON) == 0
    assert freshness.lag_seconds([offset(8, 20, later[7])], {}, later[7]) == 7
    assert freshness.lag_seconds([offset(9, 20, later[8])], {}, later[8]) == 0
    assert freshness.lag_seconds([offset(20, 20, later[9])], {}, later[9]) == 0


def test_a_worker_that_says_nothing_makes_the_data_late() -> None:
    later = NOON.replace(second=30)

    assert Freshness().lag_seconds([offset(5, 5)], {}, later) == 30
    assert Freshness().lag_seconds([offset(5, 5)], {}, NOON.replace(second=2)) == 0
    assert Freshness().lag_seconds([], {}, NOON) == 0


def test_what_the_relay_has_yet_to_send_makes_the_data_late() -> None:
    outboxes = {"intake": 12.34, "review": 0.0}

    assert Freshness().lag_seconds([offset(5, 5)], outboxes, NOON) == 12.3
