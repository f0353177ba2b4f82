"""`casetrack doctor`: whether this machine can carry the stack, and what to do where it cannot."""

import typer
from rich.table import Table

from deploy.command.outboxes import findings as outbox_findings
from deploy.command.outboxes import outboxes
from deploy.command.output import DIFFERS, Styled, out, print_json
from deploy.command.stack import JsonOption
from deploy.stack.diagnosis import Diagnosis, Health
from deploy.stack.examination import examine
from deploy.stack.settings import LocalSettings
from deploy.texts import say, text
from shared.runtime.settings import load_settings

SIGNS = {
    Health.FINE: ("✓", "green"),
    Health.DOUBTFUL: ("!", "yellow"),
    Health.BAD: ("✗", "red"),
}


def register(app: typer.Typer) -> None:
    app.command(help=say("doctor.help"))(doctor)


def doctor(*, as_json: JsonOption = False) -> None:
    settings = load_settings(LocalSettings)
    findings = [*examine(settings), *outbox_findings(outboxes(settings))]
    if as_json:
        print_json({"checks": [_document(finding) for finding in findings]})
    else:
        _show(findings)
    if any(finding.verdict is Health.BAD for finding in findings):
        raise typer.Exit(DIFFERS)


def _document(finding: Diagnosis) -> dict[str, str]:
    said = text(f"doctor.{finding.check}", **finding.values)
    fix = "" if finding.verdict is Health.FINE else said.detail
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "found": said.title,
        "fix": fix,
    }


def _show(findings: list[Diagnosis]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        document = _document(finding)
        table.add_row(Styled(*SIGNS[finding.verdict]), document["found"])
        if document["fix"]:
            table.add_row("", f"→ {document['fix']}")
    out.print(table)
