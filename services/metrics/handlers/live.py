"""The newest picture of today, read once for all who watch, and what changed since any other."""

import asyncio
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Protocol

import msgspec
import structlog

from services.metrics.views.today import TodayPicture, Viewer
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import Clock
from shared.runtime.lifecycle import pause, unless
from shared.runtime.traces import CAUSES_MAX, span

log = structlog.get_logger()

COALESCED_SECONDS = 0.1
"""The least time between two editions, so that a flood of facts is one change."""
REST_SHARE = 4
"""Reading takes a fifth of the time at most, however slow the database is."""
POLL_SECONDS = 0.25
REREAD_SECONDS = 1.0
"""What changes by the clock alone is found so late."""
RETRY_SECONDS = 1.0
FIRST_SECONDS_MAX = 5.0
DIGEST_BYTES = 6

TIME_KEYS = ("as_of", "complete_to", "lag_seconds")
"""What changes with the time: it goes with every delta, and makes none."""

ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Edition:
    """
    The picture at one moment, in encoded parts.

    *changed* tells in which edition each part was new, and how far the projection
    had changed by then.
    """

    number: int
    changes: int
    parts: Mapping[str, bytes]
    changed: Mapping[str, tuple[int, int]]
    read_at: float
    numbered: bool = True
    """Whether a reader may be told how far the projection had changed: by others' facts, too."""
    trace: str = ""
    """Of what it came, where somebody traces."""

    @property
    def event_id(self) -> str:
        """What a reader comes back with: how far the projection had changed, and what it showed."""
        digest = blake2b(digest_size=DIGEST_BYTES)
        for key, part in sorted(self.parts.items()):
            if key not in TIME_KEYS:
                digest.update(part)
        return f"{self.changes if self.numbered else 0}-{digest.hexdigest()}"

    def snapshot(self, principal: Viewer) -> bytes:
        """Return all of it, as *principal* is shown it."""
        return _document({**self.parts, "principal": ENCODE(principal)})

    def since(self, number: int) -> bytes | None:
        """Return what is new since edition *number*; None where only the time went on."""
        return self._delta({key for key, (new, _) in self.changed.items() if new > number})

    def after(self, changes: int) -> bytes | None:
        """Return what may be new for who knows the projection up to *changes*."""
        return self._delta({key for key, (_, new) in self.changed.items() if new >= changes})

    def heartbeat(self) -> bytes:
        """Return the time alone."""
        return _document({key: self.parts[key] for key in TIME_KEYS})

    def silence(self, seconds: float) -> bytes:
        """Return what to say where nothing newer was to be had for *seconds*."""
        lag = json.loads(self.parts["lag_seconds"]) + seconds
        return _document({"lag_seconds": ENCODE(round(lag, 1))})

    def _delta(self, keys: set[str]) -> bytes | None:
        if not keys:
            return None
        return _document({key: self.parts[key] for key in (*TIME_KEYS, *sorted(keys))})


def _document(parts: Mapping[str, bytes]) -> bytes:
    return b"{" + b",".join(b'"%s":%s' % (key.encode(), part) for key, part in parts.items()) + b"}"


def next_edition(
    before: Edition | None,
    changes: int,
    picture: TodayPicture,
    at: float,
    *,
    numbered: bool = True,
) -> Edition:
    """Return the edition that shows *picture* after *before*."""
    number = before.number + 1 if before else 1
    parts = {key: ENCODE(getattr(picture, key)) for key in picture.__struct_fields__}
    changed = {
        key: before.changed[key]
        if before is not None and before.parts[key] == part
        else (number, changes)
        for key, part in parts.items()
        if key not in TIME_KEYS
    }
    return Edition(number, changes, parts, changed, at, numbered)


class Painter(Protocol):
    """Who makes the picture."""

    async def load(self) -> tuple[int, TodayPicture]:
        """Return how far the projection had changed, and the picture as it was then."""
        ...


class Bell(Protocol):
    """What tells that the projection has changed."""

    async def changes(self) -> int:
        """Return how far the projection has changed."""
        ...

    async def listen(self, wake: Callable[[str], None], stopping: asyncio.Event) -> None:
        """Call *wake*, with the traces that led there, after changes; until *stopping*."""
        ...


@dataclass(slots=True)
class Board:
    """Where the newest edition hangs; it is renewed as long as somebody watches."""

    today: Painter
    bell: Bell
    clock: Clock
    numbered: bool = True
    """Whether who comes back says how far it had heard; else it begins anew if anything is new."""
    newest: Edition | None = None
    first_changes: int | None = None
    """How far the projection had changed when this process first looked."""
    closing: bool = False
    _watchers: int = 0
    _causes: tuple[str, ...] = ()
    """The traces that led to what is shown next."""
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _renewed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_watched(self) -> bool:
        return self._watchers > 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep the board renewed while the block lasts."""
        self._watchers += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._watchers -= 1
            if not self._watchers:
                self._wanted.clear()

    async def fresh(self) -> Edition:
        """
        Return an edition of this moment.

        Raises:
            StoreUnavailable: none can be had.
        """
        try:
            async with asyncio.timeout(FIRST_SECONDS_MAX):
                while not (edition := self.newest) or self._is_old(edition):
                    await self._renewed.wait()
        except TimeoutError:
            raise StoreUnavailable("no picture of today") from None
        return edition

    async def turned(self, number: int, seconds: float) -> Edition | None:
        """Return the newest edition once it is later than *number*; None after *seconds*."""
        try:
            async with asyncio.timeout(seconds):
                while not self.closing and (self.newest is None or self.newest.number <= number):
                    await self._renewed.wait()
        except TimeoutError:
            return None
        return self.newest

    async def run(self, stopping: asyncio.Event) -> None:
        """Renew the board until *stopping*; then send everybody home."""
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(self._listen(stopping), name="notifications")
            farewell = tasks.create_task(self._close(stopping), name="farewell")
            while await self._awaited(stopping):
                await self._renew(stopping)
            await farewell
            listening.cancel()

    async def _close(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self.closing = True
        self._renewed.set()

    async def _awaited(self, stopping: asyncio.Event) -> bool:
        """Return True once somebody watches, False where we stop."""
        await unless(stopping, self._wait_until_wanted)
        return not stopping.is_set()

    async def _wait_until_wanted(self) -> None:
        await self._wanted.wait()

    async def _renew(self, stopping: asyncio.Event) -> None:
        began = self.clock.monotonic()
        self._woken.clear()
        causes, self._causes = self._causes, ()
        try:
            with span("picture", causes=causes) as painting:
                changes, picture = await self.today.load()
        except StoreUnavailable:
            log.warning("picture_postponed")
            await pause(self.clock, RETRY_SECONDS, stopping)
            return
        if self.first_changes is None:
            self.first_changes = changes
        edition = next_edition(self.newest, changes, picture, began, numbered=self.numbered)
        self._hang(replace(edition, trace=painting.traceparent) if painting else edition)
        spent = self.clock.monotonic() - began
        await pause(self.clock, max(COALESCED_SECONDS, spent * REST_SHARE), stopping)
        await self._await_change(changes)

    def _hang(self, edition: Edition) -> None:
        self.newest = edition
        renewed, self._renewed = self._renewed, asyncio.Event()
        renewed.set()

    def _wake(self, causes: str) -> None:
        self._causes = (*self._causes, *causes.split())[:CAUSES_MAX]
        self._woken.set()

    async def _await_change(self, known: int) -> None:
        """Return when a batch was folded since, or when it is time to look at the clock."""
        deadline = self.clock.monotonic() + REREAD_SECONDS - COALESCED_SECONDS
        while self.clock.monotonic() < deadline:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                if await self._changes(known) == known:
                    continue
            return

    async def _changes(self, known: int) -> int:
        try:
            return await self.bell.changes()
        except StoreUnavailable:
            return known

    async def _listen(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.bell.listen(self._wake, stopping)
            except StoreUnavailable:
                log.warning("notifications_lost")
            await pause(self.clock, RETRY_SECONDS, stopping)

    def _is_old(self, edition: Edition) -> bool:
        return self.clock.monotonic() - edition.read_at > REREAD_SECONDS + POLL_SECONDS


Circle = frozenset[str] | None
"""The organisations that somebody sees; None is every one."""


class Boards:
    """The bureau's own board, and one for each circle of organisations that others watch."""

    def __init__(self, made: Callable[[Circle], Board]) -> None:
        self._made = made
        self._boards: dict[Circle, Board] = {}
        self._begin: Callable[[Board], object] | None = None

    def of(self, organisations: Collection[str] | None) -> Board:
        """Return the board of who sees *organisations*, None for every one; none has two."""
        circle = None if organisations is None else frozenset(organisations)
        if circle not in self._boards:
            self._boards[circle] = board = self._made(circle)
            if self._begin is not None:
                self._begin(board)
        return self._boards[circle]

    async def run(self, stopping: asyncio.Event) -> None:
        """Renew every board that is watched until *stopping*."""
        async with asyncio.TaskGroup() as tasks:
            self._begin = lambda board: tasks.create_task(board.run(stopping), name="board")
            for board in self._boards.values():
                self._begin(board)
            await stopping.wait()
            self._begin = None
