"""`casetrack plan`: the bureau's annual plan, item by item, on a terminal."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from deploy.command.asking import Asking
from deploy.command.days import WRITTEN, typed_day
from deploy.command.output import out, print_json
from deploy.command.reports import report
from deploy.command.stack import JsonOption
from deploy.command.tables import Cell, marked, show_table
from deploy.command.words import measured
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.views.plan import PlanFigure, PlanItem, PlanPage, TargetLine
from shared.runtime.settings import load_settings

UntilOption = Annotated[
    date | None, typer.Option(parser=typed_day, metavar=WRITTEN, help=say("plan.until_help"))
]
UrlOption = Annotated[str, typer.Option("--url", help=say("reading.url_help"))]

COLUMNS = ("item", "level", "id", "value", "target", "expected", "name")


def register(app: typer.Typer) -> None:
    plan = typer.Typer(help=say("plan.help"), no_args_is_help=True)
    plan.command("list", help=say("plan.list_help"))(list_plan)
    plan.command("report", help=say("plan.report_help"))(report)
    app.add_typer(plan, name="plan")


def list_plan(
    *, until: UntilOption = None, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    asking = Asking.begin(load_settings(LocalSettings), url)
    page = asking.get(PlanPage, "/v1/plan", to=until.isoformat() if until else None)
    if as_json:
        print_json({"since": page.since, "until": page.until, "items": page.items})
        return
    out.print(say("plan.days", since=page.since, until=page.until), style="muted")
    headers = [say(f"plan.{name}") for name in COLUMNS]
    show_table(headers, [line for item in page.items for line in _lines(item)])


def _lines(item: PlanItem) -> Iterator[list[Cell]]:
    """Yield the item, and a line for each of its figures and of the bureau's own targets."""
    yield [str(item.item), marked(item.level), "", "", "", "", item.name.said(LANGUAGE)]
    for one in item.figures:
        expected = "" if one.expected is None else measured(one.expected, one.unit)
        yield [
            "",
            marked(one.level),
            one.kpi_id,
            measured(one.value, one.unit),
            _target(one),
            expected,
            one.name.said(LANGUAGE),
        ]
    for target in item.targets:
        yield _own(target)


def _own(target: TargetLine) -> list[Cell]:
    """Return the line of a target; its unit is the bureau's own word, and no figure's."""
    said = {"name": target.name, "unit": target.unit, "due": target.due, "target": target.target}
    return [
        "",
        marked(target.level),
        say("plan.own"),
        measured(target.reported, ""),
        f"≥ {measured(target.value, '')}",
        measured(target.expected, ""),
        say("plan.own_target", **said),
    ]


def _target(figure: PlanFigure) -> str:
    """Return what is aimed at, in a cell."""
    match figure.target:
        case None:
            return ""
        case target if target.at_least is not None:
            return f"≥ {measured(target.at_least, figure.unit)}"
        case target if target.at_most is not None:
            return f"≤ {measured(target.at_most, figure.unit)}"
        case target:
            return say(f"plan.{target.trend}") if target.trend else ""
