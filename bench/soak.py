"""
Hours under a steady load, with the page open: whether anything grows.

Every process of a bureau is looked at from outside while facts come: its memory (its own
share, with its children's), its file handles, how far relay and fold are behind; and the page, as
a supervisor has it open on a wall: its heap after a collection, its listeners, and whether it
calls its data live. What a part needs to warm up counts for nothing: the second quarter of the
time is held against the last.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from statistics import median
from typing import Any

import httpx2
import psutil
from playwright.async_api import Page, async_playwright
from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn
from rich.table import Table

from bench.gateway import PATH, SINGLE, bodies, quiet
from bench.load import open_load, post, quantile
from bench.processes import family, handles_of, memory_of
from bench.report import HOME, machine
from bench.whole import Whole, whole
from deploy.command import interruption
from deploy.stack.browser import find_browser
from deploy.stack.ports import LOOPBACK
from shared.web.auth import Role

MINUTES = float(os.environ.get("CASETRACK_SOAK_MINUTES", "120"))
PER_SECOND = float(os.environ.get("CASETRACK_SOAK_PER_SECOND", "200"))
STRETCH_SECONDS = 30.0
"""So long one token and its connections are used."""
GROWTH_MAX, GROWTH_MIB_MAX, HANDLES_MAX = 0.10, 16.0, 16
"""What is less than this is no growth: allocators and pools breathe."""
LAG_SECONDS_MAX = 5.0
"""As on the page, which calls its data late from here on."""
COLLECT = "HeapProfiler.collectGarbage"
MEASURES = "Performance.getMetrics"
LIVE = '() => document.querySelector(\'[data-part="freshness"]\')?.classList.contains("live")'


@dataclass(frozen=True, slots=True)
class Look:
    """What one part needed at one moment."""

    mib: float
    handles: int


@dataclass(slots=True)
class Seen:
    """Everything that was looked at, in its order."""

    parts: dict[str, list[Look]] = field(default_factory=dict)
    lags: list[float] = field(default_factory=list)
    live: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    again: list[str] = field(default_factory=list)
    """Parts that had to be started again."""

    def note(self, name: str, look: Look) -> None:
        self.parts.setdefault(name, []).append(look)


@dataclass(frozen=True, slots=True)
class Growth:
    """One part in the second quarter of the run and in its last."""

    part: str
    mib_then: float
    mib_now: float
    handles_then: float
    handles_now: float

    @classmethod
    def of(cls, part: str, looks: Sequence[Look]) -> "Growth":
        quarter = max(1, len(looks) // 4)
        then, now = looks[quarter : 2 * quarter] or looks[:1], looks[-quarter:]
        return cls(
            part,
            round(median(look.mib for look in then), 1),
            round(median(look.mib for look in now), 1),
            median(look.handles for look in then),
            median(look.handles for look in now),
        )

    @property
    def flat(self) -> bool:
        mib = _grows(self.mib_then, self.mib_now, GROWTH_MIB_MAX)
        return not mib and not _grows(self.handles_then, self.handles_now, HANDLES_MAX)


def _grows(then: float, now: float, least: float) -> bool:
    return now - then > max(least, GROWTH_MAX * then)


async def main() -> int:
    """Run it; return 0 where everything stayed as it was."""
    before, seen = machine(), Seen()
    with whole() as bureau:
        async with async_playwright() as playwright:
            found = find_browser()
            browser = await playwright.chromium.launch(
                executable_path=found.executable,
                args=list(found.arguments),
                env=dict(found.environment),
            )
            page = await browser.new_page()
            await page.goto(bureau.sign_in(Role.SUPERVISOR))
            await _soak(bureau, page, seen)
            await browser.close()
        seen.again = [name for name, part in bureau.record.parts.items() if part.starts > 1]
        status = _told(before, seen)
        await quiet(bureau.standing())
        print(await asyncio.to_thread(bureau.verify))
    return status


async def _soak(bureau: Whole, page: Page, seen: Seen) -> None:
    events = bodies()
    stretches = max(1, round(60 * MINUTES / STRETCH_SECONDS))
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as shown:
        for _ in shown.track(range(stretches), description="soak"):
            await _stretch(bureau, events, seen)
            await _look(bureau, page, seen)


async def _stretch(bureau: Whole, events: Iterator[bytes], seen: Seen) -> None:
    token = bureau.token(Role.PUBLISHER)
    facts = islice(events, round(PER_SECOND * STRETCH_SECONDS))
    requests = [post(PATH, token, SINGLE, body) for body in facts]
    answers = await open_load(bureau.port("intake"), requests, PER_SECOND)
    seen.accepted += answers.count(202)
    seen.refused += len(requests) - answers.count(202)
    seen.milliseconds.append(quantile(answers.milliseconds, 0.99))


async def _look(bureau: Whole, page: Page, seen: Seen) -> None:
    for name, part in bureau.record.parts.items():
        process = part.process and part.process.found()
        if process is not None:
            seen.note(name, _needed(process))
    seen.note("page", await _of_page(page))
    seen.live.append(await page.evaluate(LIVE))
    seen.lags.append(await _lag(bureau))


def _needed(process: psutil.Process) -> Look:
    """Return what *process* and its children need; what they share is counted once among them."""
    parts = family(process)
    return Look(sum(map(memory_of, parts)) / 2**20, sum(map(handles_of, parts)))


async def _of_page(page: Page) -> Look:
    """Return the page's heap after a collection, and how many listeners wait in it."""
    # As somebody who passes by the wall; a page that nobody touches ends its session.
    await page.mouse.move(10, 10)
    await page.mouse.move(20, 20)
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await session.send(COLLECT)
    measured = {one["name"]: one["value"] for one in (await session.send(MEASURES))["metrics"]}
    await session.detach()
    return Look(measured["JSHeapUsedSize"] / 2**20, int(measured["JSEventListeners"]))


async def _lag(bureau: Whole) -> float:
    headers = {"Authorization": f"Bearer {bureau.token(Role.SUPERVISOR)}"}
    address = f"http://{LOOPBACK}:{bureau.port('metrics')}/v1/freshness"
    async with httpx2.AsyncClient(headers=headers) as client:
        answer = await client.get(address)
        return float(answer.raise_for_status().json()["lag_seconds"])


def _told(before: dict[str, Any], seen: Seen) -> int:
    """Print and keep what was seen; return the exit status."""
    grown = [Growth.of(name, looks) for name, looks in seen.parts.items()]
    late = sum(lag > LAG_SECONDS_MAX for lag in seen.lags)
    load = {
        "facts_accepted": seen.accepted,
        "facts_refused": seen.refused,
        "answers_p99_ms": round(median(seen.milliseconds), 1),
        "lag_s": {share: round(quantile(seen.lags, share), 1) for share in (0.5, 0.99)},
        "looks": len(seen.lags),
        "looks_late": late,
        "looks_with_the_page_live": sum(seen.live),
        "started_again": seen.again,
    }
    table = Table(title=f"{MINUTES:g} minutes at {PER_SECOND:g} facts/s with the page open")
    for column in ("part", "MiB, 2nd quarter", "last", "handles", "last", ""):
        table.add_column(column, justify="left" if column == "part" else "right")
    for one in grown:
        figures = (one.mib_then, one.mib_now, one.handles_then, one.handles_now)
        table.add_row(one.part, *(f"{figure:g}" for figure in figures), "" if one.flat else "grows")
    console = Console()
    console.print(table)
    console.print(load)
    parts = {name: [asdict(look) for look in looks] for name, looks in seen.parts.items()}
    document = {"machine": before, "load": load, "growth": [asdict(one) for one in grown]}
    (HOME / "soak.json").write_text(json.dumps({**document, "looks": parts}, indent=1) + "\n")
    return 0 if all(one.flat for one in grown) and not seen.again and not seen.refused else 1


if __name__ == "__main__":
    sys.exit(interruption.heard(lambda: asyncio.run(main())))
