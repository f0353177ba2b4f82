"""The made-up bureau in containers: its day is played, and seen on its page."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.containers.standing import QUIET_SECONDS, ComposeStack, Step, Unexpected

SPEED = "1200"
"""Minutes of the bureau in each of ours: a day takes half of one."""
DAY_SECONDS_MAX = 600
PLAYED = "day_played"


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """The containers of the profile `demo`."""

    standing: ComposeStack

    def steps(self) -> Sequence[Step]:
        """Return what is done, in its order."""
        return (
            ("demo: up", self.up),
            ("demo: a bureau's day", self.day),
            ("demo: page", self.page),
            ("demo: verify", self.verify),
        )

    async def up(self) -> str:
        """Bring everything up from nothing, its keys included."""
        await self.standing.up()
        names = await self.standing.tell("ps", "--format", "{{.Name}}")
        return f"{len(names.split())} containers run"

    async def day(self) -> str:
        """Wait for the end of the day, which has to end well."""
        (name,) = (await self.standing.tell("ps", "--all", "--format", "{{.Name}}", "demo")).split()
        began = time.monotonic()
        while (state := self.standing.composed.state(name))["Status"] != "exited":
            if time.monotonic() - began > DAY_SECONDS_MAX:
                raise Unexpected("the day does not end")
            await asyncio.sleep(QUIET_SECONDS)
        said = await self.standing.tell("logs", "--no-log-prefix", "demo")
        if state["ExitCode"]:
            raise Unexpected(f"the day ended with {state['ExitCode']}: {said[-500:]}")
        # Compose may begin what it shows with an order to the terminal.
        last = next(line for line in said.splitlines() if PLAYED in line)
        told = json.loads(last[last.index("{") :])
        return f"{told['arrived']} people, {told['done']} done, {told['commands']} commands"

    async def page(self) -> str:
        """Sign in and see the day: cases, cards and this moment's tiles."""
        async with self.standing.browser() as client:
            seen = {
                name: len(await self.standing.items(client, f"/v1/{name}"))
                for name in ("cases", "alerts", "kpis")
            }
            tiles = await self.standing.picture(client)
        if not (all(seen.values()) and tiles):
            raise Unexpected(f"the page shows {seen}, {tiles}")
        counted = ", ".join(f"{count} {name}" for name, count in seen.items())
        return f"first pages of {counted}; {len(tiles)} tiles count something"

    async def verify(self) -> str:
        return f"{await self.standing.verified()} subjects without a difference"
