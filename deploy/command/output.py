"""
The one door of all that the command prints: answers on stdout, progress and troubles on stderr.

What is stored or received is shown, never obeyed: neither by the terminal, whose controls are
spelled out, nor by what draws tables, for which no text holds markup.
"""

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.segment import Segment
from rich.status import Status
from rich.style import StyleType
from rich.text import Text

from deploy.command.shades import theme
from deploy.texts import say
from shared.runtime.visible import visible, visible_json

FINE = 0
DIFFERS = 1
WRONG_USAGE = 2
UNREACHABLE = 3

LAID_OUT = "\n\t"
"""What may stand in a text of several lines; nothing else is obeyed."""


class Styled(Text):
    """A text of one line and one or more styles."""

    def __init__(self, text: str = "", style: StyleType = "", **how: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(visible(text), style, **how)

    def append(self, text: Text | str, style: StyleType | None = None) -> Self:
        super().append(visible(text) if isinstance(text, str) else text, style)
        return self


class SafeConsole(Console):
    """A console that shows every text as it is, whoever wrote it."""

    def __init__(self, **how: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(theme=theme(), markup=False, emoji=False, highlight=False, **how)

    def render_str(self, text: str, **how: Any) -> Text:  # noqa: ANN401 - handed on
        """Return *text* to be laid out: what is spelled out has its width from the beginning."""
        return super().render_str(visible(text, keep=LAID_OUT), **how)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what will be written; whatever came here by another way is spelled out now."""
        for text, style, control in super().render(renderable, options):
            shown = text if control else visible(text, keep=LAID_OUT)
            yield Segment(shown, style, control)


out = SafeConsole(soft_wrap=True)
err = SafeConsole(stderr=True, soft_wrap=True)


def print_json(document: object) -> None:
    """Print the one document of a `--json` answer; what its strings hide is escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
    _write(visible_json(text) + "\n")


def _plain(model: object) -> object:
    """Return what a *model* of the API, or a day of it, is in JSON."""
    from msgspec import to_builtins  # noqa: PLC0415 - the help and the state need none of it

    return to_builtins(model)


def print_line(line: str) -> None:
    """Print *line*, however long, in one piece: a link, a token, a line of a log."""
    _write(visible(line, keep="\t") + "\n")


def print_bytes(raw: bytes) -> None:
    """Print *raw* as it is into a file or a pipe, and spelled out on a terminal."""
    if sys.stdout.isatty():
        _write(visible(raw.decode("utf-8", "backslashreplace"), keep=LAID_OUT))
    else:
        sys.stdout.buffer.write(raw)


def accept_all_characters() -> None:
    """Let a terminal without UTF-8 show the numbers of characters that it has not."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def waiting(line: str) -> Status:
    """Return what shows on a terminal that *line* is being done; nothing elsewhere."""
    return err.status(Styled(line))


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class Downloads:
    """One bar for all files of a download; shown only once something is fetched."""

    def __init__(self, what: str) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=True,
        )
        self._what = what

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    @contextmanager
    def file(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """Show one file on its way; the name and the size come from the registry."""
        if not self._bar.live.is_started:
            err.print(self._what)
            self._bar.start()
        task = self._bar.add_task(say("download.file", name=name), total=size)
        yield lambda count: self._bar.advance(task, count)
        self._bar.remove_task(task)
