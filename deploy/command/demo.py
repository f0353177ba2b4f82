"""`casetrack demo`: everything from nothing, and a bureau at work to look at."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.status import Status
from rich.table import Table

from deploy.bureau.backlog import PUBLISHER, PastWeeks
from deploy.bureau.counters import Counters
from deploy.bureau.day import BureauDay
from deploy.bureau.errand import Pace
from deploy.command import interruption
from deploy.command.gateway import delivery_as
from deploy.command.importing import PUBLISHER as IMPORTER
from deploy.command.link import show_link
from deploy.command.output import DIFFERS, Styled, err, out, waiting
from deploy.command.up import bring_up, stay, taken_down
from deploy.delivery import Delivery, client_of
from deploy.faults import StoppedMeanwhile, first_of
from deploy.importers.document import bare_name
from deploy.importers.mapping import Import
from deploy.importers.profiles import guessed
from deploy.importers.sending import Arrangement, Sending
from deploy.stack import control
from deploy.stack.dashboard import build_page
from deploy.stack.parts import PORT_OFFSET, address_of
from deploy.stack.places import CHECKOUT
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from shared.policy.calendar import ZONE, business_date, official_calendar
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.settings import load_settings
from shared.web.issuer import Bearer, LocalIssuer

CONNECTIONS = 16
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.5
LINE_SECONDS = 20.0
TABLE_WIDTH = 100
DAYS_MAX = 366
USUAL_SEED = 2024
USUAL_SPEED = 60.0
LOG_VARIABLE = "CASETRACK_DEMO_LOG"
LOG_FOLDER = CHECKOUT / "data"

DaysOption = Annotated[int, typer.Option("--days", min=1, max=DAYS_MAX, help=say("demo.days"))]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help=say("demo.seed"))]
SpeedOption = Annotated[float, typer.Option("--speed", min=0.1, max=10_000, help=say("demo.speed"))]
LeaveOption = Annotated[bool, typer.Option("--exit-when-done", help=say("demo.exit_when_done"))]
LogOption = Annotated[
    Path | None,
    typer.Option("--log", envvar=LOG_VARIABLE, exists=True, dir_okay=False, help=say("demo.log")),
]


def register(app: typer.Typer) -> None:
    app.command(help=say("demo.help"))(demo)


def demo(
    *,
    days: DaysOption = 1,
    seed: SeedOption = USUAL_SEED,
    speed: SpeedOption = USUAL_SPEED,
    exit_when_done: LeaveOption = False,
    log: LogOption = None,
) -> None:
    settings = load_settings(LocalSettings)
    build_page(err.print)
    show = Show(settings, days, seed, speed, log or _found_log())
    refusals: list[str] | None = None
    with _stack(settings):
        _welcome(settings)
        refusals = asyncio.run(show.run())
        if not exit_when_done:
            err.print(say("demo.stays"))
            stay(settings.places)
    if refusals:
        err.print(say("demo.refusals", reasons="; ".join(refusals)))
    if refusals or (refusals is None and exit_when_done):
        raise typer.Exit(DIFFERS)


@contextmanager
def _stack(settings: LocalSettings) -> Iterator[None]:
    """Hold the stack up, and take down what we brought up; what stood before is left standing."""
    # The page says that its data are made up, where the stack is ours.
    os.environ["METRICS_DEMO"] = "true"
    if bring_up(settings) is not None:
        with taken_down(settings.places):
            yield
        return
    try:
        yield
    except StoppedMeanwhile:
        err.print(say("down.elsewhere"))
    except KeyboardInterrupt:
        err.print(say("demo.left_running"))
        sys.exit(interruption.status())
    else:
        err.print(say("demo.left_running"))


def _welcome(settings: LocalSettings) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name in PORT_OFFSET:
        address = address_of(name, settings.port)
        table.add_row(say(f"demo.{name}"), address + ("/" if name == "metrics" else "/docs"))
    out.print(table, width=TABLE_WIDTH)
    show_link(settings)


def _found_log() -> Path | None:
    """Return a log of the `data` folder that we know how to read, if there is one."""
    found = sorted(LOG_FOLDER.glob("*.xes*"), key=lambda path: path.stat().st_size)
    return next((path for path in found if guessed(bare_name(path)) is not None), None)


@dataclass(frozen=True, slots=True)
class Show:
    """The bureau at work, and the real log beside it."""

    settings: LocalSettings
    days: int
    seed: int
    speed: float
    log: Path | None

    async def run(self) -> list[str]:
        """
        Play to the end, and return what was refused.

        Raises:
            StoppedMeanwhile: the stack was stopped; nothing more is sent to it.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch())
                refusals = await self._play()
                watching.cancel()
        except ExceptionGroup as several:
            raise first_of(several) from None
        return refusals

    async def _play(self) -> list[str]:
        async with self._counters() as counters, self._gateway(PUBLISHER) as gateway:
            day = self._day(counters, gateway)
            with waiting(say("demo.past")) as status:
                await day.tell_the_past()
                async with asyncio.TaskGroup() as tasks:
                    telling = tasks.create_task(_tell(day, status))
                    importing = tasks.create_task(self._import())
                    await day.play(self.days)
                    await importing
                    telling.cancel()
            err.print(say("demo.over", done=day.done, given=counters.given))
        return counters.refusals

    async def _watch(self) -> None:
        while control.stands(self.settings.places):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(LOOK_SECONDS)

    async def _import(self) -> None:
        if self.log is None:
            err.print(say("demo.no_log", variable=LOG_VARIABLE))
            return
        name = bare_name(self.log)
        profile = guessed(name)
        if profile is None:
            err.print(say("demo.log_unknown", file=self.log.name))
            return
        sending = Sending(self.log, Import(name, profile), Arrangement(), lambda _c, _r: None)
        async with self._gateway(IMPORTER) as delivery:
            await sending.run(delivery)
        counted = sending.tally
        err.print(
            say(
                "demo.imported",
                file=self.log.name,
                cases=counted.cases,
                accepted=counted.accepted,
                duplicate=counted.duplicate,
            ),
        )

    def _day(self, counters: Counters, gateway: Delivery) -> BureauDay:
        now = counters.clock.now()
        backlog = PastWeeks(business_date(now), self.seed, official_calendar())
        tag = f"{now.astimezone(ZONE):%Y%m%d%H%M}"
        return BureauDay(counters, gateway, Pace(counters.clock, self.speed), backlog, tag)

    def _counters(self) -> Counters:
        clock, ids = SystemClock(), SystemIds()
        issuer = LocalIssuer.open(self.settings.places.keys, clock, ids)
        addresses = {name: address_of(name, self.settings.port) for name in PORT_OFFSET}
        return Counters(
            client=client_of(CONNECTIONS),
            addresses=addresses,
            bearer=lambda role: issuer.issue(Bearer(role)),
            clock=clock,
        )

    def _gateway(self, publisher: str) -> Delivery:
        return delivery_as(
            publisher,
            self.settings,
            connections=CONNECTIONS,
            patience_seconds=PATIENCE_SECONDS,
        )


async def _tell(day: BureauDay, status: Status) -> None:
    """Show how the day goes: on a terminal all the time, else as a line now and then."""
    while True:
        line = say(
            "demo.progress",
            arrived=day.arrived,
            under_way=day.under_way,
            done=day.done,
            given=day.counters.given,
        )
        if err.is_terminal:
            status.update(Styled(line))
        else:
            err.print(line)
        await day.pace.clock.sleep(LOOK_SECONDS if err.is_terminal else LINE_SECONDS)
