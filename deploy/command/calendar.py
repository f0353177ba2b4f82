"""`casetrack calendar due`: when a limit ends, and the days that do not count."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.table import Table

from deploy.command.changing import RuleFileArgument, UrlOption, document_in, hand_in
from deploy.command.days import WRITTEN, typed_day
from deploy.command.filing import show_filed
from deploy.command.output import Styled, out, print_json
from deploy.command.stack import JsonOption
from deploy.texts import LANGUAGE, say
from services.metrics.domain.reasons.filing import LIMIT_DAYS_MAX, counted
from shared.contracts.moments import day_of
from shared.contracts.words import LimitUnit
from shared.policy.calendar import WorkCalendar, official_calendar
from shared.policy.notice import read_notice
from shared.policy.rules import shipped

SHOWN = ("starts_on", "limit", "unit", "due", "provisional", "calendar_version", "days", "sentence")

FromOption = Annotated[
    date | None,
    typer.Option("--from", parser=typed_day, metavar=WRITTEN, help=say("calendar.from")),
]
LimitOption = Annotated[
    int | None, typer.Option(min=0, max=LIMIT_DAYS_MAX, help=say("calendar.limit"))
]
UnitOption = Annotated[LimitUnit, typer.Option(case_sensitive=False, help=say("calendar.unit"))]
ItemOption = Annotated[str, typer.Option("--item", help=say("calendar.item"))]
NoticeFileOption = Annotated[
    Path | None,
    typer.Option("--notice", exists=True, dir_okay=False, help=say("calendar.notice")),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=say("calendar.help"), no_args_is_help=True)
    group.command("due", help=say("calendar.due_help"))(show_due)
    group.command("preview", help=say("calendar.preview_help"))(preview_notice)
    group.command("publish", help=say("calendar.publish_help"))(publish_notice)
    app.add_typer(group, name="calendar")


def show_due(  # noqa: PLR0913 - what a person may name
    *,
    start: FromOption = None,
    limit: LimitOption = None,
    unit: UnitOption = LimitUnit.WD,
    item: ItemOption = "",
    notice: NoticeFileOption = None,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    if item:
        show_filed(item, start, url, as_json=as_json)
        return
    if start is None or limit is None:
        raise typer.BadParameter(say("calendar.from_and_limit"))
    document = due_document(_calendar_with(notice), start, limit, unit)
    if as_json:
        print_json(document)
    else:
        _show(document)


def preview_notice(
    file: RuleFileArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    hand_in("/v1/rules/calendar", document_in(file), url, preview=True, as_json=as_json)


def publish_notice(
    file: RuleFileArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    hand_in("/v1/rules/calendar", document_in(file), url, preview=False, as_json=as_json)


def due_document(
    calendar: WorkCalendar, start: date, limit: int, unit: LimitUnit
) -> dict[str, Any]:
    """Return what explains the end of a limit that nothing stops."""
    rules = replace(shipped(), calendar=calendar)
    explained = to_builtins(counted(rules, start, limit, unit, LANGUAGE))
    return {name: explained[name] for name in SHOWN}


def _calendar_with(notice: Path | None) -> WorkCalendar:
    calendar = official_calendar()
    if notice is None:
        return calendar
    try:
        return read_notice(notice.read_bytes()).published_in(calendar)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"])) or "days"
        why = say(f"calendar.{fault['type']}", **fault["ctx"]) if _is_ours(fault) else fault["msg"]
        said = say("calendar.notice_wrong", file=notice, where=where, why=why)
        raise typer.BadParameter(said, param_hint="--notice") from error


def _is_ours(fault: ErrorDetails) -> bool:
    """Whether the notice can be read, and does not settle its year."""
    return fault["type"].startswith("notice_")


def _show(document: dict[str, Any]) -> None:
    due = Styled.assemble((document["due"], "bold"), f"  {document['sentence'][LANGUAGE]}")
    out.print(due, end="\n\n")
    table = Table(box=None, pad_edge=False, show_header=False)
    number = 0
    for day in document["days"]:
        number += day["counted"]
        on = day_of(day["date"])
        table.add_row(
            day["date"],
            say(f"calendar.weekday.{on.weekday()}"),
            str(number) if day["counted"] else "",
            say(f"calendar.why.{day['kind']}", name=day.get("name", "")),
            style=None if day["counted"] else "dim",
        )
    out.print(table)
    out.print(f"\n{say('calendar.version', version=document['calendar_version'])}", style="dim")
