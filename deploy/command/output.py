"""How the command speaks: answers on stdout, progress and troubles on stderr."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from deploy.command.texts import say, text
from deploy.local.faults import Fault, RegistryUnreachable, ServerUnreachable

FINE = 0
DIFFERS = 1
WRONG_USAGE = 2
UNREACHABLE = 3

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(document: object) -> None:
    """Print the one document of a `--json` answer."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


@contextmanager
def explained() -> Iterator[None]:
    """Turn a fault into one line, a way out and an exit status."""
    try:
        yield
    except Fault as fault:
        said = text(fault.code, **fault.values)
        err.print(f"[red]✗[/] {_plain(said.title)}")
        if said.detail:
            err.print(f"  → {_plain(said.detail)}")
        raise typer.Exit(_status(fault)) from fault


def _plain(line: str) -> str:
    return line.replace("[", r"\[")


def _status(fault: Fault) -> int:
    match fault:
        case RegistryUnreachable() | ServerUnreachable():
            return UNREACHABLE
        case _:
            return DIFFERS


class Downloads:
    """One bar for all files of a download; shown only once something is fetched."""

    def __init__(self, what: str) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
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
