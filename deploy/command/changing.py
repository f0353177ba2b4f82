"""Handing in a change of the rules: what it would change, and what it has changed."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from msgspec.structs import asdict

from deploy.command.asking import LAW_DESK, Asking
from deploy.command.output import err, out, print_json
from deploy.command.progress_bar import ProgressBar
from deploy.command.tables import show_table
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from services.metrics.views.rules import MovedRun, RulesChanged, RulesProgress, Stage
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

LANES_SECONDS_MAX = 600

COUNTED = {Stage.FORESEEING: "progress.cases", Stage.FOLDING: "progress.lanes"}

RuleFileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=say("rules.file"))
]
UrlOption = Annotated[str, typer.Option("--url", help=say("reading.url_help"))]


def law_desk(url: str) -> Asking:
    """Return a conversation of the law desk."""
    return Asking.begin(load_settings(LocalSettings), url, LAW_DESK)


def document_in(file: Path) -> Any:  # noqa: ANN401 - any JSON
    """Return what *file* says; one that is no JSON is a wrong argument."""
    try:
        return json.loads(file.read_bytes())
    except ValueError as fault:
        said = say("rules.file_wrong", file=file, reason=fault)
        raise typer.BadParameter(said, param_hint="FILE") from fault


def hand_in(path: str, body: Any, url: str, *, preview: bool, as_json: bool) -> None:  # noqa: ANN401 - any JSON
    """Hand in a change, or ask what it would change, and show the answer."""
    with Bars() as bars:
        answer = law_desk(url).watch(
            RulesChanged,
            path,
            body,
            (RulesProgress, bars.hear),
            preview=preview,
            wait=LANES_SECONDS_MAX,
        )
    if as_json:
        print_json(answer)
    else:
        _show(answer)


@dataclass(slots=True)
class Bars:
    """The stages that a change goes through, a bar for each."""

    _stage: Stage = Stage.FORESEEING
    _bar: ProgressBar = field(init=False)
    _shown: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self._begin(self._stage)
        return self

    def __exit__(self, *_: object) -> None:
        self._shown.close()

    def hear(self, progress: RulesProgress) -> None:
        """Show how far it is."""
        if progress.stage is not self._stage:
            self._shown.close()
            self._begin(progress.stage)
        reached = progress.done / progress.of if progress.of else None
        self._bar.advance(progress.done - self._bar.done, reached)

    def _begin(self, stage: Stage) -> None:
        what = say(f"rules.stage.{stage}")
        bar = ProgressBar(what, err, SystemClock(), COUNTED[stage])
        self._stage, self._bar = stage, self._shown.enter_context(bar)


def _show(answer: RulesChanged) -> None:
    told = asdict(answer)
    if not answer.new:
        out.print(say("rules.nothing_new", **told))
        return
    out.print(say(_outcome(answer), **told))
    out.print(say("rules.effect", **told))
    if not (answer.preview or answer.proposed or answer.folded):
        out.print(say("rules.not_folded"), style="yellow")
    if answer.examples:
        columns = ("dossier", "sla", "started_on", "due_before", "due_after", "cards")
        show_table([say(f"rules.{name}") for name in columns], map(_line, answer.examples))


def _outcome(answer: RulesChanged) -> str:
    if answer.preview:
        return "rules.would_change"
    return "rules.proposed" if answer.proposed else "rules.changed"


def _line(run: MovedRun) -> list[str]:
    cards = f"+{run.cards_raised} \N{MINUS SIGN}{run.cards_revoked}"
    days = [str(day or "–") for day in (run.started_on, run.due_before, run.due_after)]
    return [run.dossier, run.sla, *days, cards]
