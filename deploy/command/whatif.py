"""`casetrack whatif`: other rules over all that is on record, and nothing is changed."""

import asyncio
from datetime import date
from importlib.resources import files
from typing import Annotated, ClassVar

import typer

from deploy.command.changing import RuleFileArgument
from deploy.command.database import auditor_dsn
from deploy.command.days import WRITTEN, typed_day
from deploy.command.output import Styled, err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.command.words import measured
from deploy.databases import UNREACHABLE
from deploy.faults import Fault
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from deploy.unreachable import unreachable
from services.metrics.adapters.recorded import open_records
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.rules.refusals import RulesRejection
from services.metrics.domain.rules.whatif import Window
from services.metrics.handlers.verify import Advance
from services.metrics.handlers.whatif import Supposing
from services.metrics.ports.projection import ProjectionOutdated
from services.metrics.views.whatif import CardUnder, RunUnder, WhatIf
from shared.contracts.moments import FIRST_DAY
from shared.contracts.naming import called
from shared.contracts.supervision.words import AlertLevel
from shared.eventstore.port import StoreUnavailable
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

SHOWN_MAX = 20
MINUS = "\N{MINUS SIGN}"

FromOption = Annotated[
    date | None,
    typer.Option("--from", parser=typed_day, metavar=WRITTEN, help=say("whatif.from_help")),
]
ToOption = Annotated[
    date | None,
    typer.Option("--to", parser=typed_day, metavar=WRITTEN, help=say("whatif.to_help")),
]


class RulesUnfit(Fault):
    """Nothing can be judged by what the file says."""

    code: ClassVar[str] = "rules_unfit"


class MadeByOthers(Fault):
    """The projection is of another release."""

    code: ClassVar[str] = "projection_of_another_release"


def register(app: typer.Typer) -> None:
    app.command(help=say("whatif.help"))(whatif)


def whatif(
    file: RuleFileArgument,
    *,
    since: FromOption = None,
    until: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    if since and until and since > until:
        raise typer.BadParameter(say("whatif.days"), param_hint="--to")
    window = Window(since or FIRST_DAY, until or date.max)
    course = ProgressBar(say("whatif.progress"), err, SystemClock())
    dsn = auditor_dsn(load_settings(LocalSettings))
    with course:
        found = asyncio.run(asked(dsn, file.read_bytes(), window, course.advance))
    if as_json:
        print_json(found)
    else:
        _show(found)


async def asked(dsn: str, document: bytes, window: Window, advance: Advance) -> WhatIf:
    """
    Return what would be otherwise in the database *dsn* by the rules in *document*.

    Raises:
        RulesUnfit: nothing can be judged by them.
        MadeByOthers: the projection has to be made anew first.
        ServerUnreachable: PostgreSQL does not answer.
    """
    try:
        async with open_records(dsn) as records:
            supposing = Supposing(records, our_fingerprint())
            return await supposing.handle(document, window, advance)
    except RulesRejection as refusal:
        catalogue = Catalogue.read(OWN, files("services.metrics.api") / "messages")
        text = catalogue.text(LANGUAGE, refusal.code, refusal.values)
        raise RulesUnfit(reason=f"{text.title} {text.detail}".strip()) from refusal
    except ProjectionOutdated as outdated:
        raise MadeByOthers from outdated
    except (*UNREACHABLE, StoreUnavailable) as fault:
        raise unreachable("PostgreSQL", fault) from fault


def _show(found: WhatIf) -> None:
    told = {"subjects": f"{found.subjects:,}", "facts": f"{found.facts:,}"}
    if not found.differences:
        out.print(Styled.assemble(("= ", "in_time"), say("whatif.same", **told)))
    else:
        out.print(say("whatif.differs", differences=f"{found.differences:,}", **told))
        columns = ("sla", "moved", "appeared", "vanished", "cards")
        if found.limits:
            show_table(
                [say(f"whatif.{name}") for name in columns],
                [
                    [
                        one.sla_id,
                        str(one.moved),
                        str(one.appeared),
                        str(one.vanished),
                        f"+{one.cards_appear} {MINUS}{one.cards_vanish}",
                    ]
                    for one in found.limits
                ],
            )
        _show_named(found)
    if found.lanes_behind or found.due_clocks:
        said = say("whatif.unsettled", lanes=found.lanes_behind, clocks=found.due_clocks)
        out.print(said, style="dim")


def _show_named(found: WhatIf) -> None:
    if found.runs:
        out.print()
        columns = ("dossier", "sla", "started_on", "due_recorded", "due")
        show_table([say(f"whatif.{name}") for name in columns], map(_run, found.runs[:SHOWN_MAX]))
    if found.cards:
        out.print()
        columns = ("dossier", "sla", "level", "raised_at", "what")
        show_table([say(f"whatif.{name}") for name in columns], map(_card, found.cards[:SHOWN_MAX]))
    if found.figures:
        out.print()
        figures = [
            [
                one.kpi_id,
                measured(one.recorded, one.unit),
                measured(one.value, one.unit),
                one.name.said(LANGUAGE),
            ]
            for one in found.figures
        ]
        headers = [say(f"whatif.{name}") for name in ("kpi", "recorded", "value", "name")]
        show_table(headers, figures)


def _run(one: RunUnder) -> list[str]:
    before = str(one.due_recorded or "–") if one.recorded else say("whatif.none")
    after = str(one.due or "–") if one.remains else say("whatif.none")
    return [one.dossier, one.sla_id, str(one.started_on), before, after]


def _card(one: CardUnder) -> list[str]:
    level = called(AlertLevel, one.level, LANGUAGE)
    what = say("whatif.appears" if one.appears else "whatif.vanishes")
    return [one.dossier, one.sla_id, level, f"{one.raised_at:%Y-%m-%d %H:%M}", what]
