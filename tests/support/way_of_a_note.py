"""``python -m tests.support.way_of_a_note``: how far an event goes that was learned just now."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner

from deploy.command.__main__ import app
from services.metrics.handlers.cases import Cases
from shared.contracts.envelope import Event
from shared.contracts.naming import Language, fact_called
from shared.policy.rules import Editions
from shared.web.auth import Role
from tests.edges.test_intake_commands import ACCEPTANCE, received
from tests.support.intake_service import hall_in_memory
from tests.support.metrics_store import RULES, opened

NOTE = "casetrack.handling.note.added.v1"


async def decided(folder: Path) -> tuple[list[Any], Sequence[Event]]:
    """Ask for a note too early, in time and without the right; return the answers and the facts."""
    async with hall_in_memory(folder) as hall:
        case_no = await received(hall)
        path, note = f"/v1/cases/{case_no}/notes", {"text": "请核对仓储条件。"}
        early = await hall.command(Role.HANDLER, path, note)
        await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{case_no}/acceptance", ACCEPTANCE)
        taken = await hall.command(Role.HANDLER, path, note)
        strange = await hall.command(Role.INSPECTOR, path, note)
        answers = [early.json()["code"], taken.status_code, strange.status_code]
        return answers, (await hall.store.load(f"case-{case_no}")).events


async def shown(events: Sequence[Event]) -> dict[str, Any]:
    """Return what metrics makes of *events*, and its timeline of them."""
    case_no = events[0].partitionkey
    async with opened("memory") as store:
        await store.fold(*events)
        dossier = await store.readings.dossier(case_no)
        timeline = await Cases(store.readings, Editions(RULES), store.clock).timeline(case_no)
    assert dossier
    return {
        "phase": dossier.case.phase,
        "steps": [step.fact for step in dossier.case.steps],
        "anomalies": dossier.anomalies,
        "timeline": [(told.type, told.anomaly) for told in timeline or ()],
    }


async def way(folder: Path) -> dict[str, Any]:
    """Return what became of a note: asked for, folded, shown, named and listed."""
    answers, events = await decided(folder)
    listed = json.loads(CliRunner().invoke(app, ["contracts", "list", "--json"]).stdout)
    return {
        "answers": answers,
        **await shown(events),
        "named": [fact_called(NOTE, language) for language in Language],
        "listed": NOTE in {one["type"] for one in listed["types"]},
    }


if __name__ == "__main__":
    with TemporaryDirectory() as keys:
        told = asyncio.run(way(Path(keys)))
    sys.stdout.write(f"\n{json.dumps(told)}")
