"""`casetrack top`: today's picture on a terminal, moving as the bureau works."""

import asyncio
import contextlib
import os
import sys
import termios
import tty
from collections.abc import Iterator
from dataclasses import replace

import typer
from rich.live import Live

from deploy.command.asking import MetricsUnreachable, metrics_url, reader_headers
from deploy.command.live.look import Look, look_of
from deploy.command.live.stream import Follower
from deploy.command.live.view import screen
from deploy.command.output import SafeConsole, print_json
from deploy.command.reading import UrlOption
from deploy.command.stack import JsonOption
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

REDRAW_SECONDS_MIN = 0.1
"""Faster than this nobody reads."""
REDRAW_SECONDS_MAX = 1.0
"""Once a second, so that a window of another size is filled."""
FIRST_SECONDS_MAX = 10.0
PAGE_COLUMNS, PAGE_ROWS = 120, 40
"""The size of the one picture where there is no screen."""


def register(app: typer.Typer) -> None:
    app.command(help=say("top.help"))(top)


def top(*, url: UrlOption = "", as_json: JsonOption = False) -> None:
    settings = load_settings(LocalSettings)
    address = metrics_url(settings, url)
    console = SafeConsole()
    screened = Screen(
        Follower(address, lambda: reader_headers(settings), SystemClock(), lambda: None),
        console,
        look_of(console, LANGUAGE),
    )
    if console.is_terminal and sys.stdin.isatty() and not as_json:
        asyncio.run(screened.live())
        return
    asyncio.run(screened.once())
    if as_json:
        print_json(screened.reader.watched.picture)
    else:
        screened.print_page()


class Screen:
    """One terminal that shows the picture until somebody presses q."""

    def __init__(self, reader: Follower, console: SafeConsole, look: Look) -> None:
        self.reader = reader
        self._console = console
        self._look = look
        self._changed = asyncio.Event()
        self._over = asyncio.Event()
        reader.changed = self._changed.set

    async def once(self) -> None:
        """
        Follow until the first picture is there.

        Raises:
            MetricsUnreachable: it does not come.
        """
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(self.reader.run())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FIRST_SECONDS_MAX):
                    while self.reader.watched.picture is None and not self.reader.watched.fault:
                        await self._changed.wait()
                        self._changed.clear()
            following.cancel()
        if self.reader.watched.picture is None:
            raise MetricsUnreachable(server=self.reader.url, reason=self.reader.watched.fault)

    def print_page(self) -> None:
        """Print the picture as plain text, once, for a file or a pipe."""
        page = SafeConsole(width=PAGE_COLUMNS, height=PAGE_ROWS, no_color=True)
        page.print(screen(self.reader.watched, self._look, (PAGE_COLUMNS, PAGE_ROWS)))

    async def live(self) -> None:
        """Draw whenever something changes, until q or Ctrl-C."""
        with _keys_at_once(), Live(console=self._console, screen=True, auto_refresh=False) as live:
            loop = asyncio.get_running_loop()
            loop.add_reader(sys.stdin.fileno(), self._read_keys)
            try:
                async with asyncio.TaskGroup() as tasks:
                    following = tasks.create_task(self.reader.run())
                    await self._draw(live)
                    following.cancel()
            finally:
                loop.remove_reader(sys.stdin.fileno())

    async def _draw(self, live: Live) -> None:
        while not self._over.is_set():
            size = self._console.size
            drawn = screen(self.reader.watched, self._look, (size.width, size.height))
            live.update(drawn, refresh=True)
            await self.reader.clock.sleep(REDRAW_SECONDS_MIN)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REDRAW_SECONDS_MAX):
                    await self._changed.wait()
            self._changed.clear()

    def _read_keys(self) -> None:
        for key in os.read(sys.stdin.fileno(), 64).decode(errors="ignore"):
            match key:
                case "q" | "Q" | "\x04":
                    self._over.set()
                case "?" | "h":
                    self._look = replace(self._look, helping=not self._look.helping)
                case _:
                    continue
            self._changed.set()


@contextlib.contextmanager
def _keys_at_once() -> Iterator[None]:
    """Get keys as they are pressed, and give the terminal back as it was."""
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
