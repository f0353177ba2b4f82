"""`casetrack down`, `status`, `logs`: the local stack, once it is up."""

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.command import interruption
from deploy.command.output import (
    DIFFERS,
    FINE,
    UNREACHABLE,
    Styled,
    err,
    out,
    print_json,
    print_line,
    waiting,
)
from deploy.stack import control
from deploy.stack.diagnosis import Diagnosis, Health
from deploy.stack.settings import LocalSettings
from deploy.stack.status import StackStatus, look
from deploy.texts import say
from shared.runtime.settings import load_settings

LOG_LINES = 40
TABLE_WIDTH = 200  # an address is for copying: rather a long line than a cut one
LOOK_SECONDS = 0.3

JsonOption = Annotated[bool, typer.Option("--json", help=say("json"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("down.help"))(down)
    app.command(help=say("status.help"))(status)
    app.command(help=say("logs.help"))(logs)


def down() -> None:
    places = load_settings(LocalSettings).places
    with waiting(say("down.stopping")):
        stopped = control.stop(places)
    err.print(say("down.done") if stopped else say("down.nothing", home=places.home))


def status(*, as_json: JsonOption = False) -> None:
    settings = load_settings(LocalSettings)
    seen = look(settings.places)
    unsent, behind = _unsent(settings) if seen.runs else ([], [])
    if as_json:
        print_json({**seen.document(), "outboxes": unsent})
    elif seen.runs:
        show(seen)
        for finding in behind:
            out.print(say(f"doctor.{finding.check}", **finding.values), style="yellow")
    else:
        err.print(say("status.nothing", home=settings.places.home))
    if not seen.runs:
        raise typer.Exit(UNREACHABLE)
    raise typer.Exit(FINE if seen.all_ready else DIFFERS)


def logs(
    service: Annotated[str | None, typer.Argument(help=say("logs.service"))] = None,
    *,
    lines: Annotated[int, typer.Option("--lines", "-n", help=say("logs.lines"))] = LOG_LINES,
    follow: Annotated[bool, typer.Option("--follow", "-f", help=say("logs.follow"))] = False,
) -> None:
    folder = load_settings(LocalSettings).places.logs
    files = sorted(folder.glob(f"{service or '*'}.log"))
    if not files:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "–"
        err.print(say("logs.unknown", service=service or "*", known=known))
        raise typer.Exit(DIFFERS)
    width = max(len(path.stem) for path in files)
    for path in files:
        for line in path.read_text(errors="replace").splitlines()[-lines:]:
            print_line(f"{path.stem:<{width}} | {line}")
    if follow:
        _follow({path: path.stat().st_size for path in files}, width)


def show(seen: StackStatus) -> None:
    """Print the table of what runs where."""
    table = Table(box=None, pad_edge=False)
    for column in ("part", "state", "pid", "address"):
        table.add_column(say(f"status.{column}"))
    for name, address, pid, ready in seen.rows():
        mark, word = (("● ", "green"), "ready") if ready else (("○ ", "red"), "waiting")
        state = Styled.assemble(mark, say(f"state.{word}"))
        table.add_row(name, state, str(pid or "–"), address or "–")
    out.print(table, width=TABLE_WIDTH)


def _unsent(settings: LocalSettings) -> tuple[list[dict[str, Any]], list[Diagnosis]]:
    """Return every owner's outbox, and what of that a person has to know."""
    from deploy.command.outboxes import findings, outboxes  # noqa: PLC0415 - no stack, no database

    seen = outboxes(settings)
    return [asdict(one) for one in seen], [
        finding for finding in findings(seen) if finding.verdict is not Health.FINE
    ]


def _follow(seen: Mapping[Path, int], width: int) -> None:
    offsets = dict(seen)
    try:
        while True:
            for path, offset in offsets.items():
                size = path.stat().st_size
                # A log that was capped begins again.
                start = offset if offset <= size else 0
                with path.open("rb") as handle:
                    handle.seek(start)
                    for line in handle.read(size - start).decode(errors="replace").splitlines():
                        print_line(f"{path.stem:<{width}} | {line}")
                offsets[path] = size
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        sys.exit(interruption.status())
