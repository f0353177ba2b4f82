"""
``python -m bench.drill``: the same load on 1, 2 and 4 metrics workers, each on a stack of its own.

Prints a table and what it comes to for more districts; writes `.casetrack/drill.json`.
Exit status: 0 nothing was lost and nothing differs; 1 something is.
"""

import asyncio
import json
import logging
import os
import platform
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from bench.drill.course import course_of
from bench.drill.load import made_events
from bench.drill.sizes import Sizes
from bench.report import HOME, machine, versions
from deploy.capacity import Costs, need_lines, needs, run_lines
from deploy.command import interruption

DIFFERS = 1
console = Console(soft_wrap=True)


def main() -> int:
    # What becomes of the parts is in the drill's own lines, or a fault.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    sizes = Sizes()
    document = asyncio.run(_drill(sizes))
    path = HOME / "drill.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _show(document)
    found = sum(run["verify"]["differences"] for run in document["runs"])
    return DIFFERS if found else 0


async def _drill(sizes: Sizes) -> dict[str, Any]:
    began = time.monotonic()

    def tell(said: str) -> None:
        console.print(f"{time.monotonic() - began:6.0f} s  {said}", highlight=False)

    document: dict[str, Any] = {
        "name": "drill",
        "machine": machine(),
        "versions": {"python": platform.python_version(), **versions()},
        "sizes": sizes.document(),
        "runs": [],
    }
    tell("making the events")
    events = made_events(sizes)
    document["sizes"]["bytes_per_event"] = sum(len(one.body) for one in events) // len(events)
    for count in sizes.workers:
        tell(f"metrics workers: {count}; PostgreSQL, Kafka and all services start")
        run = await course_of(count, sizes, events, tell)
        document["runs"].append({**run, "load_after": round(os.getloadavg()[0], 2)})
    return document


def _show(document: Mapping[str, Any]) -> None:
    table = Table(title="the same load on so many metrics workers")
    table.add_column("")
    for run in document["runs"]:
        table.add_column(str(run["workers"]), justify="right")
    for name, cells in run_lines(document["runs"]):
        table.add_row(name, *cells)
    console.print(table)
    need = Table(title="what it comes to, for so many districts (docs/howto/capacity.md)")
    found = needs(Costs.of(document))
    for column in ("", *(str(one.districts) for one in found)):
        need.add_column(column, justify="right" if column else "left")
    for name, cells in need_lines(found):
        need.add_row(name, *cells)
    console.print(need)
    console.print({key: document[key] for key in ("machine", "versions", "sizes")})


if __name__ == "__main__":
    sys.exit(interruption.heard(main))
