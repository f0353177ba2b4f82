"""`casetrack rebuild`: the projection folded again beside the live one, compared, and switched."""

import asyncio
import json
import subprocess
from typing import Annotated, Any

import typer

from deploy.command.database import metrics_dsn
from deploy.command.output import DIFFERS, Styled, err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.databases import UNREACHABLE
from deploy.faults import RebuildUnderWay
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from deploy.unreachable import unreachable
from services.metrics.adapters.rebuilding import open_beside
from services.metrics.app.filling import crew
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import first_rules
from services.metrics.handlers.rebuild import ALONE, Crew, Rebuilding, RebuildOutcome
from services.metrics.handlers.verify import Advance
from services.metrics.ports.rebuilding import RebuildOvertaken
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

EXAMPLE_CHARACTERS_MAX = 100

SwitchOption = Annotated[bool, typer.Option("--switch", help=say("rebuild.switch"))]

ProcessesOption = Annotated[
    int | None, typer.Option("--processes", min=1, help=say("rebuild.processes"))
]


def register(app: typer.Typer) -> None:
    app.command(help=say("rebuild.help"))(rebuild)


def rebuild(
    *,
    switch: SwitchOption = False,
    processes: ProcessesOption = None,
    as_json: JsonOption = False,
) -> None:
    dsn = metrics_dsn(load_settings(LocalSettings))
    # What a helper has to say we say ourselves: what it leaves undone is ours.
    ours = crew(dsn, processes, stderr=subprocess.DEVNULL)
    bar = ProgressBar(say("rebuild.progress"), err, SystemClock())
    with bar:
        outcome = asyncio.run(rebuilt(dsn, bar.advance, switch=switch, crew=ours))
    document = {**outcome.document(), "seconds": round(bar.seconds, 1)}
    if as_json:
        print_json(document)
    else:
        _show(document)
    if outcome.differences and not switch:
        raise typer.Exit(DIFFERS)


async def rebuilt(
    dsn: str, advance: Advance, *, switch: bool, crew: Crew = ALONE
) -> RebuildOutcome:
    """
    Return what a rebuild has found in the database *dsn*; with *switch* it is the live one then.

    Raises:
        RebuildUnderWay: somebody else rebuilds.
        ServerUnreachable: PostgreSQL does not answer.
    """
    try:
        async with open_beside(dsn, our_fingerprint()) as beside:
            if beside is None:
                raise RebuildUnderWay
            rebuilding = Rebuilding(beside, first_rules(), SystemClock(), crew)
            return await rebuilding.handle(advance, switch=switch)
    except RebuildOvertaken as overtaken:
        raise RebuildUnderWay from overtaken
    except (*UNREACHABLE, StoreUnavailable) as fault:
        raise unreachable("PostgreSQL", fault) from fault


def _show(document: dict[str, Any]) -> None:
    differences = document["differences"]
    counts = {name: document[name] for name in ("subjects", "facts", "seconds", "edition")}
    if differences:
        out.print(say("rebuild.differs", **counts, count=len(differences)), style="yellow")
        names = ("what", "name", "added", "gone", "changed", "example")
        show_table([say(f"rebuild.{name}") for name in names], map(_line, differences))
    else:
        out.print(Styled.assemble(("✓ ", "green"), say("rebuild.fine", **counts)))
    out.print(say("rebuild.switched" if document["switched"] else "rebuild.not_switched"))


def _line(difference: dict[str, Any]) -> list[str]:
    example = json.dumps(difference["examples"][0], ensure_ascii=False)
    if len(example) > EXAMPLE_CHARACTERS_MAX:
        example = f"{example[:EXAMPLE_CHARACTERS_MAX]}…"
    counts = [str(difference[name]) for name in ("added", "gone", "changed")]
    return [say(f"rebuild.what.{difference['what']}"), difference["name"], *counts, example]
