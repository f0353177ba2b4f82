"""`casetrack import`: a real case log through the gateway, as often as you like."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from deploy.command.course import Course
from deploy.command.delivery import Delivery
from deploy.command.gateway import delivery_as
from deploy.command.output import DIFFERS, err, explained, out, print_json
from deploy.command.stack import Json
from deploy.command.texts import say
from deploy.command.xes.mapping import Import
from deploy.command.xes.profiles import PROFILES, Profile, ProfileName, guessed
from deploy.command.xes.reading import LogUnreadable, bare_name
from deploy.command.xes.sending import LANES, Arrangement, Sending, Tally
from deploy.local.faults import Fault
from deploy.local.settings import LocalSettings
from shared.runtime.settings import load_settings

PUBLISHER = "importer"
PATIENCE_SECONDS = 300.0


class LogDamaged(Fault):
    """The file is no XES log, or breaks off."""

    code: ClassVar[str] = "log_damaged"


Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", exists=True, dir_okay=False, readable=True, help=say("import.file")
    ),
]
Chosen = Annotated[ProfileName | None, typer.Option("--profile", help=say("import.profile"))]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help=say("import.limit"))]
Seed = Annotated[int | None, typer.Option("--shuffle", help=say("import.shuffle"))]
Twice = Annotated[bool, typer.Option("--twice", help=say("import.twice"))]
Gateway = Annotated[str, typer.Option("--gateway", help=say("import.gateway"))]
Patience = Annotated[float, typer.Option("--patience", min=0.0, help=say("import.patience"))]


def register(app: typer.Typer) -> None:
    app.command("import", help=say("import.help"))(import_logs)


def import_logs(  # noqa: PLR0913 - the options of the command
    files: Files,
    *,
    profile: Chosen = None,
    limit: Limit = None,
    shuffle: Seed = None,
    twice: Twice = False,
    gateway: Gateway = "",
    patience: Patience = PATIENCE_SECONDS,
    as_json: Json = False,
) -> None:
    logs = [(path, Import(bare_name(path), _profile(path, profile))) for path in files]
    arrangement = Arrangement(limit, shuffle, 2 if twice else 1)
    settings = load_settings(LocalSettings)
    told = []
    for path, log in logs:
        delivery = delivery_as(
            PUBLISHER, settings, address=gateway, connections=LANES, patience_seconds=patience
        )
        told.append(_import(path, log, arrangement, delivery))
        if not as_json:
            _show(told[-1])
    if as_json:
        print_json({"files": told})
    if any(one["rejected"] for one in told):
        raise typer.Exit(DIFFERS)


def _profile(path: Path, chosen: ProfileName | None) -> Profile:
    profile = guessed(bare_name(path)) if chosen is None else PROFILES[chosen]
    if profile is None:
        known = ", ".join(PROFILES)
        raise typer.BadParameter(
            say("import.profile_unknown", file=path.name, known=known), param_hint="--profile"
        )
    return profile


def _import(
    path: Path, log: Import, arrangement: Arrangement, delivery: Delivery
) -> dict[str, Any]:
    course = Course(log.log, err, delivery.clock)
    sending = Sending(path, log, arrangement, settled=course.advance)
    with explained(), _resumable(path, sending.tally), course:
        asyncio.run(_run(sending, delivery))
    return {
        "file": str(path),
        "source": log.source,
        "profile": log.profile.name.value,
        "seconds": round(course.seconds, 3),
        **asdict(sending.tally),
    }


async def _run(sending: Sending, delivery: Delivery) -> None:
    async with delivery:
        await sending.run(delivery)


@contextmanager
def _resumable(path: Path, tally: Tally) -> Iterator[None]:
    """Say how to go on where the import ends before the log does."""
    try:
        yield
    except LogUnreadable as fault:
        raise LogDamaged(file=path, reason=fault) from fault
    except KeyboardInterrupt:
        err.print(say("import.interrupted", accepted=tally.accepted, duplicate=tally.duplicate))
        raise typer.Exit(DIFFERS) from None
    except Fault:
        err.print(say("import.stopped", accepted=tally.accepted, duplicate=tally.duplicate))
        raise


def _show(told: dict[str, Any]) -> None:
    out.print(say("import.done", **told))
    for reason in told["rejections"]:
        out.print("  ✗ " + " · ".join(str(value) for value in reason.values()), markup=False)
    out.print(say("import.next", source=told["source"]))
