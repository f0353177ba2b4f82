"""`casetrack up`: brings the local stack up, and stays with it."""

import signal
import time
from types import FrameType
from typing import Annotated

import typer

from deploy.command.link import show_link
from deploy.command.output import Downloads, err, explained
from deploy.command.stack import show
from deploy.command.texts import say
from deploy.local import control
from deploy.local.journal import Record
from deploy.local.places import Places
from deploy.local.settings import LocalSettings
from deploy.local.status import look
from shared.runtime.settings import load_settings

LOOK_SECONDS = 0.3

Detach = Annotated[bool, typer.Option("--detach", "-d", help=say("up.detach"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("up.help"))(up)


def up(*, detach: Detach = False) -> None:
    settings = load_settings(LocalSettings)
    with explained():
        record = bring_up(settings)
    if record is None:
        err.print(say("up.already", home=settings.places.home))
        show(look(settings.places))
        return
    show(look(settings.places))
    show_link(settings)
    if detach:
        return
    err.print(say("up.foreground"))
    stay(settings.places)


def bring_up(settings: LocalSettings) -> Record | None:
    """Start the stack with progress on stderr; None where it runs already. Raises Fault."""
    with Downloads(say("download.kafka")) as downloads:
        waiting = err.status(say("up.starting"))

        def watch(record: Record) -> None:
            ready = sum(part.ready for part in record.parts.values())
            names = [name for name, part in record.parts.items() if not part.ready]
            waiting.update(say("up.progress", ready=ready, waiting=", ".join(names) or "…"))
            waiting.start()

        try:
            return control.start(settings, watch, downloads.file)
        finally:
            waiting.stop()


def stay(places: Places) -> None:
    """Stay until Ctrl-C, a termination or the supervisor's end; then stop everything."""
    asked: list[int] = []

    def ask(number: int, _: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    while not asked and control.is_running(places):
        time.sleep(LOOK_SECONDS)
    if asked:
        err.print(say("down.stopping"))
    control.stop(places)
    err.print(say("down.done"))
