"""`casetrack publishers doubt`: what a publisher told while somebody else may have had its key."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

import typer
from msgspec.structs import asdict

from deploy.command.asking import Asking
from deploy.command.changing import UrlOption
from deploy.command.output import err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.views.publisher import DoubtProgress, PublisherDoubted, SuspectFact
from shared.contracts.moments import local_instant_of
from shared.contracts.naming import fact_called
from shared.policy.calendar import ZONE, spelled
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

WRITTEN = "YYYY-MM-DDTHH:MM"


def typed_instant(text: str) -> datetime:
    """Return the instant that *text* spells; without an offset it is the bureau's own time."""
    try:
        return local_instant_of(text, ZONE)
    except ValueError:
        raise typer.BadParameter(say("doubt.instant_wrong", at=text)) from None


PublisherIdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("publishers.id_help"))]
FromOption = Annotated[
    datetime,
    typer.Option("--from", parser=typed_instant, metavar=WRITTEN, help=say("doubt.from_help")),
]
ToOption = Annotated[
    datetime,
    typer.Option("--to", parser=typed_instant, metavar=WRITTEN, help=say("doubt.to_help")),
]
ReasonOption = Annotated[str, typer.Option("--reason", help=say("case.reason_help"))]
PreviewOption = Annotated[bool, typer.Option("--preview", help=say("doubt.preview_help"))]


def doubt(  # noqa: PLR0913 - what a person says of a publisher
    publisher_id: PublisherIdArgument,
    *,
    since: FromOption,
    until: ToOption,
    reason: ReasonOption,
    preview: PreviewOption = False,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    body = {"since": since.isoformat(), "until": until.isoformat(), "reason": reason}
    with ProgressBar(say("doubt.progress"), err, SystemClock(), "progress.cases") as bar:

        def hear(progress: DoubtProgress) -> None:
            reached = progress.done / progress.of if progress.of else None
            bar.advance(progress.done - bar.done, reached)

        answer = Asking.begin(load_settings(LocalSettings), url).watch(
            PublisherDoubted,
            f"/v1/publishers/{quote(publisher_id, safe='')}/doubts",
            body,
            (DoubtProgress, hear),
            preview=preview,
        )
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def _show(answer: PublisherDoubted) -> None:
    told = asdict(answer)
    out.print(say("doubt.found", **told))
    if answer.facts:
        out.print(say("doubt.would_reject" if answer.preview else "doubt.rejected", **told))
    if answer.judged:
        out.print(say("doubt.judged", **told), style="yellow")
    if answer.examples:
        columns = ("case_no", "fact_id", "type", "recorded_at", "believed")
        show_table([say(f"doubt.{name}") for name in columns], map(_line, answer.examples))


def _line(fact: SuspectFact) -> list[str]:
    at = spelled(fact.recorded_at, "seconds")
    said = {None: "–", True: say("doubt.confirmed"), False: say("doubt.not_believed")}
    return [fact.case_no, fact.fact_id, fact_called(fact.type, LANGUAGE), at, said[fact.believed]]
