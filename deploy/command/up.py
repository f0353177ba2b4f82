"""`casetrack up`: brings the local stack up, and stays with it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from deploy.command import interruption
from deploy.command.link import show_link
from deploy.command.output import Downloads, Styled, err, waiting
from deploy.command.stack import show
from deploy.faults import StoppedMeanwhile
from deploy.stack import control
from deploy.stack.journal import StackPhase, StackRecord
from deploy.stack.leash import Leash
from deploy.stack.places import StackFolders
from deploy.stack.settings import LocalSettings
from deploy.stack.status import look
from deploy.texts import say
from shared.runtime.settings import load_settings

LOOK_SECONDS = 0.3

DetachOption = Annotated[bool, typer.Option("--detach", "-d", help=say("up.detach"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("up.help"))(up)


def up(*, detach: DetachOption = False) -> None:
    settings = load_settings(LocalSettings)
    leash = bring_up(settings)
    if leash is None:
        err.print(say("up.already", home=settings.places.home))
        show(look(settings.places))
        return
    if detach:
        leash.let_go()
        _welcome(settings)
        return
    with taken_down(settings.places):
        _welcome(settings)
        err.print(say("up.foreground"))
        stay(settings.places)


def _welcome(settings: LocalSettings) -> None:
    show(look(settings.places))
    show_link(settings)


def bring_up(settings: LocalSettings) -> Leash | None:
    """Start the stack with progress on stderr; None where it runs already. Raises Fault."""
    with Downloads(say("download.kafka")) as downloads:
        status = waiting(say("up.starting"))

        def watch(record: StackRecord) -> None:
            status.update(Styled(_progress(record)))
            status.start()

        try:
            return control.start(settings, watch, downloads.file)
        finally:
            status.stop()


def _progress(record: StackRecord) -> str:
    if record.phase is StackPhase.STOPPING:
        return say("down.stopping")
    ready = sum(part.ready for part in record.parts.values())
    names = [name for name, part in record.parts.items() if not part.ready]
    return say("up.progress", ready=ready, waiting=", ".join(names) or "…")


@contextmanager
def taken_down(places: StackFolders) -> Iterator[None]:
    """Take down what we have brought up, however the block ends, and say so in a line."""
    try:
        yield
    except StoppedMeanwhile:
        _stop(places)
        err.print(say("down.elsewhere"))
    except KeyboardInterrupt:
        _stop(places)
        err.print(say("down.done"))
        sys.exit(interruption.status())
    except BaseException:
        _stop(places)
        raise
    else:
        _stop(places)
        err.print(say("down.done"))


def stay(places: StackFolders) -> None:
    """
    Stay for as long as the stack runs.

    Raises:
        StoppedMeanwhile: somebody has stopped it.
        SupervisorLost: it has ended, and nobody has asked it to.
    """
    while control.stands(places):
        time.sleep(LOOK_SECONDS)


def _stop(places: StackFolders) -> None:
    interruption.unheard()
    with waiting(say("down.stopping")):
        control.stop(places)
