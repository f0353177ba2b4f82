"""`casetrack figures`: what a case log says in numbers, computed from the projection alone."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from deploy.command.database import auditor_dsn
from deploy.command.output import err, out, print_json
from deploy.command.stack import JsonOption
from deploy.databases import UNREACHABLE
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from deploy.unreachable import unreachable
from services.metrics.adapters.figures import load_cases
from services.metrics.domain.log_figures import LogQuestion, log_figures
from shared.contracts.moments import local_instant_of
from shared.eventstore.connecting import connect
from shared.eventstore.migrations import Schema
from shared.eventstore.port import StoreUnavailable
from shared.runtime.settings import load_settings

CONNECT_SECONDS_MAX = 10.0
ENTRIES_SHOWN_MAX = 12
DEFAULT_ZONE = "Asia/Shanghai"

SourceOption = Annotated[str, typer.Option("--source", help=say("figures.source"))]
AtOption = Annotated[list[str] | None, typer.Option("--at", help=say("figures.at"))]
ZoneOption = Annotated[str, typer.Option("--timezone", help=say("figures.timezone"))]


def register(app: typer.Typer) -> None:
    app.command(help=say("figures.help"))(figures)


def figures(
    *,
    source: SourceOption,
    at: AtOption = None,
    timezone: ZoneOption = DEFAULT_ZONE,
    as_json: JsonOption = False,
) -> None:
    zone = _zone(timezone)
    instants = {text: _instant(text, zone) for text in at or []}
    settings = load_settings(LocalSettings)
    figured = asyncio.run(figures_of(auditor_dsn(settings), source, zone, instants))
    if figured["cases"] == 0:
        err.print(say("figures.nothing", source=source))
    if as_json:
        print_json({"source": source, **figured})
    else:
        _show(figured)


async def figures_of(
    dsn: str, source: str, zone: tzinfo, instants: dict[str, datetime]
) -> dict[str, Any]:
    """
    Return the figures of *source* from the projection in the database *dsn*.

    Raises:
        ServerUnreachable: the database does not answer.
    """
    settings = {"search_path": Schema.METRICS.value, "application_name": "casetrack-figures"}
    try:
        connection = await connect(dsn, timeout=CONNECT_SECONDS_MAX, server_settings=settings)
        try:
            loaded = await load_cases(connection, source)
        finally:
            await connection.close()
    except (*UNREACHABLE, StoreUnavailable) as fault:
        raise unreachable("PostgreSQL", fault) from fault
    return log_figures(loaded.cases, LogQuestion(zone, instants, loaded.started, loaded.ended))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        said = say("figures.timezone_wrong", timezone=name)
        raise typer.BadParameter(said, param_hint="--timezone") from None


def _instant(text: str, zone: tzinfo) -> datetime:
    try:
        return local_instant_of(text, zone)
    except ValueError:
        said = say("figures.at_wrong", at=text)
        raise typer.BadParameter(said, param_hint="--at") from None


def _show(figured: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(say("figures.figure"))
    table.add_column(say("figures.value"), overflow="fold")
    for name, value in figured.items():
        table.add_row(name, "\n".join(_lines(value)))
    out.print(table)


def _lines(value: Any) -> Iterator[str]:  # noqa: ANN401 - any figure
    match value:
        case {"mean": _}:
            yield "  ".join(f"{name} {figure}" for name, figure in value.items())
        case dict():
            shown = list(value.items())[:ENTRIES_SHOWN_MAX]
            yield from (f"{figure}  {name}" for name, figure in shown)
            if len(value) > len(shown):
                yield say("figures.more", count=len(value) - len(shown))
        case None:
            yield "–"
        case _:
            yield str(value)
