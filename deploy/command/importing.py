"""`casetrack import`: a real case log through the gateway, as often as you like."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.command import interruption
from deploy.command.gateway import delivery_as
from deploy.command.output import DIFFERS, err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.delivery import Delivery
from deploy.faults import Fault
from deploy.importers.document import LogUnreadable, bare_name
from deploy.importers.mapping import Import
from deploy.importers.profiles import PROFILES, Profile, ProfileName, guessed
from deploy.importers.sending import LANES, Arrangement, Sending, Tally
from deploy.importers.told import Oddity
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from shared.runtime.settings import load_settings

PUBLISHER = "importer"
PATIENCE_SECONDS = 300.0


SOURCE_CHARACTERS_MAX = 256
"""As long as a `source` may be."""
ODDITIES = frozenset(Oddity)

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", exists=True, dir_okay=False, readable=True, help=say("import.file")
    ),
]
ChosenOption = Annotated[ProfileName | None, typer.Option("--profile", help=say("import.profile"))]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help=say("import.limit"))]
SeedOption = Annotated[int | None, typer.Option("--shuffle", help=say("import.shuffle"))]
TwiceOption = Annotated[bool, typer.Option("--twice", help=say("import.twice"))]
GatewayOption = Annotated[str, typer.Option("--gateway", help=say("import.gateway"))]
PatienceOption = Annotated[float, typer.Option("--patience", min=0.0, help=say("import.patience"))]


def register(app: typer.Typer) -> None:
    app.command("import", help=say("import.help"))(import_logs)


def import_logs(  # noqa: PLR0913 - the options of the command
    files: FilesArgument,
    *,
    profile: ChosenOption = None,
    limit: LimitOption = None,
    shuffle: SeedOption = None,
    twice: TwiceOption = False,
    gateway: GatewayOption = "",
    patience: PatienceOption = PATIENCE_SECONDS,
    as_json: JsonOption = False,
) -> None:
    logs = _logs(files, profile)
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
    if any(one["rejected"] or one["damage"] for one in told):
        raise typer.Exit(DIFFERS)


def _logs(files: list[Path], profile: ProfileName | None) -> list[tuple[Path, Import]]:
    """Return each file as a log of its own; whatever could never be imported is refused at once."""
    logs = [(path, Import(bare_name(path), _profile(path, profile))) for path in files]
    names = [log.log for _, log in logs]
    for path, log in logs:
        if not log.log or len(log.source) > SOURCE_CHARACTERS_MAX or not _is_unicode(log.log):
            shown = path.name.encode(errors="backslashreplace").decode()
            raise typer.BadParameter(say("import.name_unusable", file=shown), param_hint="FILE...")
        if names.count(log.log) > 1:
            raise typer.BadParameter(say("import.name_twice", name=log.log), param_hint="FILE...")
    return logs


def _is_unicode(name: str) -> bool:
    return name.encode(errors="replace").decode() == name


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
    bar = ProgressBar(log.log, err, delivery.clock)
    sending = Sending(path, log, arrangement, settled=bar.advance)
    damage = None
    with _resumable(sending.tally), bar:
        try:
            asyncio.run(_run(sending, delivery))
        except LogUnreadable as fault:
            damage = {"code": fault.damage.value, "detail": str(fault.what)}
            reason = say(f"import.damage.{fault.damage}", what=fault.what)
            err.print(f"✗ {say('import.damaged', file=path, reason=reason)}")
    return {
        "file": str(path),
        "source": log.source,
        "profile": log.profile.name.value,
        "seconds": round(bar.seconds, 3),
        **asdict(sending.tally),
        "damage": damage,
    }


async def _run(sending: Sending, delivery: Delivery) -> None:
    async with delivery:
        await sending.run(delivery)


@contextmanager
def _resumable(tally: Tally) -> Iterator[None]:
    """Say how to go on where the import ends before the log does."""
    try:
        yield
    except KeyboardInterrupt:
        err.print(say("import.interrupted", accepted=tally.accepted, duplicate=tally.duplicate))
        sys.exit(interruption.status())
    except Fault:
        err.print(say("import.stopped", accepted=tally.accepted, duplicate=tally.duplicate))
        raise


def _show(told: dict[str, Any]) -> None:
    out.print(say("import.done", **told))
    for reason in told["rejections"]:
        out.print(f"  ✗ {_where(reason)}: {_why(reason)}")
    shown = sum(reason.get("lost", 1) for reason in told["rejections"])
    if told["rejected"] > shown:
        out.print(f"  … {say('import.more', count=told['rejected'] - shown)}")
    for note in told["notes"]:
        said = say(f"import.note.{note['code']}", field=note["field"], case_no=note["case_no"])
        out.print(f"  · {_where(note)}: {said}")
    if told["noted"] > len(told["notes"]):
        out.print(f"  … {say('import.more', count=told['noted'] - len(told['notes']))}")
    if told["events"] and not told["meant"]:
        out.print(say("import.nothing_meant", profile=told["profile"]))
    out.print(say("import.next", source=told["source"]))


def _where(reason: dict[str, Any]) -> str:
    event = say("import.event", number=reason["event"]) if "event" in reason else ""
    return say("import.place", case=reason["case"], line=reason["line"], event=event)


def _why(reason: dict[str, Any]) -> str:
    code, field, detail = (reason.get(name, "") for name in ("code", "field", "detail"))
    if code in ODDITIES and "id" not in reason:
        lost = reason.get("lost", 1)
        return say(f"import.oddity.{code}", field=field, detail=detail, lost=lost)
    return " · ".join(word for word in (code, field, detail) if word)
